import ConversationAccess
import KubeModel
import SkyfloAPI

/// A call that waits for a decision: effect before reason, reason before button.
struct GateMarkup {
    let entry: PendingApproval
    let conversation: Conversation
    let user: String
    let mayDecide: Bool
    let formKey: String

    private var approval: Approval { entry.approval }
    private var summary: String { approval.summary ?? approval.tool }

    var html: HTML {
        HTML(
            .section, .class("gatebox"), .id("gate-\(entry.id)"), .aria("labelledby", is: "title-\(entry.id)"),
            .set(.tabindex, to: "-1")
        ) {
            HTML(.div, .class("tape"))
            HTML(.header) {
                HTML(.div, .class("row wrap")) {
                    HTML.pill(mayDecide ? "Waits for you" : "Waits for a decision", kind: "gate", icon: .gate)
                    RiskMarkup(approval.risk).html
                    HTML(.span, .class("meta grow")) { "\(approval.tool) · \(entry.id)" }
                    if let expiry = approval.expiresAt {
                        HTML(.span, .class("meta")) {
                            "until "
                            HTML.time("\(expiry)")
                        }
                    }
                }
                HTML(.h3, .id("title-\(entry.id)")) { summary }
            }
            HTML(.div, .class("in")) {
                warnings
                if approval.preview.isEmpty {
                    HTML(.p, .class("note")) {
                        approval.requests.isEmpty ? "It only reads." : "There is no diff of it."
                    }
                } else {
                    DiffMarkup(approval.preview).html(of: summary)
                }
                details
            }
            decision
        }
    }

    private var warnings: HTML {
        var lines: [(text: String, isBad: Bool)] = []
        if !entry.isIntact {
            lines.append(
                (
                    "It was changed after the operator wrote it: its requests don't match its digest. It can only be denied.",
                    true
                ))
        }
        lines += approval.warnings.map { ($0, true) }
        lines += approval.references.map { ("The argument \($0)", false) }
        if !approval.alternatives.isEmpty {
            let others = approval.alternatives.joined(separator: ", ")
            lines.append(("Approving it denies the alternatives \(others).", false))
        }
        lines += approval.touches.map { ("Touches: \($0)", false) }
        guard !lines.isEmpty else { return .empty }
        return HTML(.ul, .class("warns"), .aria("label", is: "Warnings")) {
            for line in lines {
                HTML(.li, .class(line.isBad ? "bad" : "")) {
                    HTML.icon(.warn)
                    HTML(.span) { line.text }
                }
            }
        }
    }

    private var details: HTML {
        HTML(.details, .class("more"), .data("keep", is: "requests \(entry.id)")) {
            HTML(.summary) {
                HTML.icon(.go, class: "i turnr")
                "Exact requests, rights and digest"
            }
            HTML(joining: approval.requests.map { RequestMarkup($0).html })
            HTML(.dl, .class("facts pad")) {
                HTML(.dt) { "Sent as" }
                HTML(.dd) { HTML(.code) { "\(conversation.namespace)/\(conversation.spec.serviceAccountName)" } }
                HTML(.dt) { "Arguments" }
                HTML(.dd) { HTML(.code) { approval.arguments } }
                HTML(.dt) { "Digest" }
                HTML(.dd) { HTML(.code) { entry.digest } }
            }
        }
    }

    // MARK: Deciding

    private var decision: HTML {
        let own = approval.votes.first { $0.user == user }
        return HTML(joining: [
            votes,
            mayDecide && own == nil
                ? form
                : HTML(.p, .class("decide meta")) {
                    if let own {
                        "You \(own.decision.rawValue.lowercased()) it; \(approval.waitingFor ?? "others have to decide")."
                    } else {
                        "You may not decide here: it takes the verb approve on conversations in \(conversation.namespace)."
                    }
                },
        ])
    }

    private var votes: HTML {
        guard !approval.votes.isEmpty || approval.waitingFor != nil else { return .empty }
        return HTML(.p, .class("under meta")) {
            for vote in approval.votes {
                "\(vote.decision.rawValue) by \(vote.user)\(vote.reason.isEmpty ? "" : ": \(vote.reason)"). "
            }
            approval.waitingFor.map(HTML.text)
        }
    }

    private var form: HTML {
        HTML.post(.part(.decisions, of: conversation.key), formKey: formKey, class: "decide") {
            // The first button is what Enter in the reason would press: none decides.
            HTML(.button, .flag(.disabled), .flag(.hidden)) { "" }
            HTML.field("call", value: entry.id)
            HTML.field("digest", value: entry.digest)
            HTML.field("uid", value: conversation.uid)
            HTML(.div, .class("field")) {
                HTML(.label, .set(.forElement, to: "reason-\(entry.id)")) { "Reason (the model reads it)" }
                HTML(
                    .input, .class("input"), .id("reason-\(entry.id)"), .set(.name, to: "reason"),
                    .set(.maxlength, to: "1024"), .set(.placeholder, to: "Optional"), .set(.autocomplete, to: "off"))
            }
            HTML(
                .button, .class("btn"), .data("deny"), .set(.name, to: "decision"), .set(.value, to: "Denied"),
                .aria("label", is: "Deny \(entry.id): \(summary)")
            ) { "Deny" }
            if entry.isIntact {
                HTML(
                    .button, .class("btn main-act"), .data("approve"), .set(.name, to: "decision"),
                    .set(.value, to: "Approved"), .aria("label", is: "Approve \(entry.id): \(summary)")
                ) { "Approve" + (subject.map { " 1 change to \($0)" } ?? "") }
            }
        }
    }

    /// The object, where it is one.
    private var subject: String? {
        let targets = approval.requests.compactMap { StoredWrite(json: $0)?.target }
        guard targets.count == 1, let kind = targets[0].kind, let name = targets[0].name else { return nil }
        return "\(kind.lowercased())/\(name)"
    }
}

/// Exactly what would be sent; of what this version doesn't understand all that there is.
struct RequestMarkup {
    let request: JSONValue

    init(_ request: JSONValue) { self.request = request }

    var html: HTML {
        guard let write = StoredWrite(json: request) else {
            return HTML(.pre, .class("req")) { JSONWriter.string(request, options: .pretty) }
        }
        var lines = write.step.map { ["step \($0.stage): \($0.title)"] } ?? []
        lines += write.lines
        if let body = write.body, write.backend.map({ $0 == .kubernetes }) ?? true { lines.append(body) }
        if let version = write.target?.resourceVersion, !version.isEmpty {
            lines.append("if resourceVersion is \(version)")
        }
        return HTML(.pre, .class("req")) { lines.joined(separator: "\n") }
    }
}

/// What was written, and how it is taken back.
struct ChangesMarkup {
    let conversation: Conversation
    let formKey: String

    var html: HTML {
        let changes = conversation.status.changes
        return HTML(.section, .class(changes.isEmpty ? "" : "changes")) {
            HTML(.h2) { changes.isEmpty ? "Changes: none yet" : "Changes: \(changes.count)" }
            if changes.isEmpty {
                HTML(.p, .class("meta")) { "What gets approved and sent is listed here, with Undo." }
            } else {
                HTML(.ul, .class("stack")) {
                    for change in changes { row(change) }
                }
            }
        }
    }

    private func row(_ change: ChangeStatus) -> HTML {
        HTML(.li) {
            HTML(.p) { change.summary.isEmpty ? change.id : change.summary }
            HTML(.p, .class("meta")) {
                change.id
                change.at.map { HTML(joining: [.text(" · "), .time("\($0)")]) }
                if let call = change.undoneBy { " · taken back by \(call)" }
                if let undone = change.undoes { " · took back \(undone)" }
            }
            if let obstacle = change.obstacle {
                HTML(.p, .class("meta")) { "Can't be taken back: \(obstacle)" }
            } else if conversation.spec.undo.contains(change.id) {
                if change.undoneBy == nil { HTML(.p, .class("meta")) { "Undo requested." } }
            } else if change.undoneBy == nil {
                HTML.post(.part(.undo, of: conversation.key), formKey: formKey, class: "inline") {
                    HTML.field("change", value: change.id)
                    HTML(.button, .class("btn small"), .aria("label", is: "Undo \(change.id): \(change.summary)")) {
                        HTML.icon(.undo)
                        "Undo"
                    }
                }
            }
        }
    }
}
