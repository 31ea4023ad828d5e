import ConversationAccess
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// One turn: what was said, the calls with what waits, what code checked, the answer.
struct TurnMarkup {
    let view: ConversationMarkup
    let number: Int
    let message: String

    var conversation: Conversation { view.conversation }
    private var status: ConversationStatus { conversation.status }
    /// Of earlier turns the status has no more than the calls.
    private var isLast: Bool { number == max(1, status.turn) }

    var html: HTML {
        HTML(.section, .class("turn"), .id("turn-\(number)"), .aria("label", is: "Turn \(number)")) {
            HTML(.div, .class("said")) {
                HTML(.p, .class("plain")) { message }
                HTML(.span, .class("meta")) {
                    number == 1 ? "\(conversation.creator ?? "message") · message 1" : "message \(number)"
                }
            }
            HTML(.ol, .class("tl")) {
                HTML(joining: calls)
                if isLast { HTML(joining: [problem, evidence, answer(status.answer), usage]) } else { earlier }
            }
        }
    }

    private var calls: [HTML] {
        let ids = status.calls.filter { max(1, $0.value.turn) == number }.keys.sorted(by: CallOrder.precedes)
        return ids.compactMap { id in status.calls[id].map { CallMarkup(id: id, call: $0, turn: self).html } }
    }

    /// Of a turn that isn't the last.
    private var earlier: HTML {
        guard let endings = view.earlier.endings[number] else {
            let why = view.earlier.obstacle.map { " (\($0))" } ?? ""
            return item(icon: .chat) {
                HTML(.p, .class("meta")) { "What was answered in this turn is in the transcript\(why)." }
            }
        }
        return HTML(
            joining: endings.map { end in
                end.answer.isEmpty
                    ? problem(end.reason.rawValue, message: end.message, isStop: end.kind == .stopped)
                    : answer(end.answer)
            })
    }

    private func problem(_ reason: String, message: String, isStop: Bool) -> HTML {
        item(icon: .warn) {
            HTML(.p, .class(isStop ? "note" : "note bad")) {
                HTML(.span) {
                    HTML(.b) { reason }
                    message.isEmpty ? "" : ": \(message)"
                }
            }
        }
    }

    /// Why the turn doesn't go on, or didn't.
    private var problem: HTML {
        let accepted = status.conditions[type: "Accepted"]
        let ended = status.phase == .failed ? status.conditions[type: "Failed"] : nil
        let stopped = status.phase == .stopped ? status.conditions[type: "Completed"] : nil
        guard let condition = ended ?? stopped ?? (accepted?.status == .false ? accepted : nil) else { return .empty }
        return problem(condition.reason, message: condition.message, isStop: status.phase == .stopped)
    }

    private func answer(_ text: String?) -> HTML {
        guard let text, !text.isEmpty else { return .empty }
        return item(icon: .chat) {
            HTML(.article, .class("prose"), .aria("label", is: "Answer")) { Markdown.html(text) }
        }
    }

    private var evidence: HTML {
        guard !status.verification.isEmpty else { return .empty }
        return item(icon: .shield, kind: "ok") {
            HTML(.section, .class("card"), .aria("labelledby", is: "evidence")) {
                HTML(.h2, .class("pad row"), .id("evidence")) { "Checked by code, not by the model" }
                HTML(.ul, .class("evid")) {
                    for check in status.verification { Self.check(check) }
                }
            }
        }
    }

    private static func check(_ check: CheckStatus) -> HTML {
        let (kind, icon): (String, Icon) =
            switch check.verdict {
            case .passed: ("ok", .check)
            case .failed, .timedOut: ("bad", .x)
            default: ("", .clock)
            }
        return HTML(.li, .class(kind)) {
            HTML.icon(icon)
            HTML(.span) {
                check.check
                HTML(.span, .class("meta")) { "\(check.result)\(check.evidence.isEmpty ? "" : ": \(check.evidence)")" }
            }
            HTML(.span, .class("meta")) { check.checkedAt.map { HTML.time("\($0)") } ?? .empty }
        }
    }

    private var usage: HTML {
        let usage = status.usage
        func figure(_ value: String?, _ unit: String) -> HTML? {
            value.map { value in
                HTML(.span) {
                    HTML(.b) { value }
                    " " + unit
                }
            }
        }
        func seconds(_ milliseconds: Int?) -> String? {
            milliseconds.map { "\($0 / 1000).\($0 % 1000 / 100) s" }
        }
        // A reply that was cut off has no count of its own.
        let about = usage.estimatedTokens == nil ? "" : "~"
        let figures = HTML(
            joining: [
                figure(usage.promptTokens > 0 ? "\(about)\(usage.promptTokens)" : nil, "tokens in"),
                figure(usage.cachedTokens > 0 ? "\(usage.cachedTokens)" : nil, "cached"),
                figure(usage.completionTokens > 0 ? "\(about)\(usage.completionTokens)" : nil, "out"),
                figure(usage.cost.map { usage.estimatedCost == nil ? $0 : "~\($0)" }, "cost"),
                figure(seconds(usage.timeToFirstTokenMilliseconds), "to the first token"),
                figure(seconds(usage.timeToRespondMilliseconds), "to respond"),
            ].compactMap(\.self))
        guard !figures.isEmpty else { return .empty }
        return item(icon: .clock) {
            HTML(.p, .class("usage")) { figures }
        }
    }

    /// A place on the turn's line.
    func item(icon: Icon, kind: String = "", @HTMLBuilder content: () -> HTML) -> HTML {
        HTML(.li) {
            HTML(.span, .class(kind.isEmpty ? "node" : "node \(kind)")) { HTML.icon(icon) }
            content()
        }
    }
}

/// One call: how it stands, what came of it, and its approval where it has one.
struct CallMarkup {
    let id: String
    let call: CallStatus
    let turn: TurnMarkup

    var html: HTML {
        let approval = turn.conversation.status.approvals[id]
        if let entry = PendingApproval(id, in: turn.conversation) {
            return HTML(.li, .class("gateli after")) {
                HTML(.span, .class("node gate")) { HTML.icon(.gate) }
                GateMarkup(
                    entry: entry, conversation: turn.conversation, user: turn.view.user, mayDecide: turn.view.mayDecide,
                    formKey: turn.view.formKey
                ).html
            }
        }
        return turn.item(icon: .term, kind: Self.kind(of: call.state)) {
            row
            approval.flatMap(decided)
        }
    }

    private var row: HTML {
        HTML(
            .details, .class("tool"), .data("keep", is: "call \(id)"),
            .flag(.open, if: call.state == .failed || call.state == .unknown)
        ) {
            HTML(.summary) {
                HTML.icon(.go, class: "i turnr")
                HTML(.code) { call.tool }
                HTML(.span, .class("cut grow")) { call.summary ?? call.arguments ?? "" }
                HTML.pill(Self.word(for: call.state), kind: Self.kind(of: call.state))
                if let at = call.startedAt { HTML(.span, .class("meta wide-only")) { HTML.time("\(at)") } }
            }
            HTML(.div, .class("body")) {
                if let arguments = call.arguments {
                    HTML(.p, .class("req")) { arguments }
                }
                if let waitingFor = call.waitingFor {
                    HTML(.p, .class("note")) {
                        "Waits for \(waitingFor)\(call.waitingUntil.map { ", until \($0)" } ?? "")"
                    }
                }
                if let result = call.result {
                    HTML(
                        .pre, .class("term"), .set(.tabindex, to: "0"), .aria("label", is: "Output of \(call.tool)")
                    ) { result }
                }
                HTML(.div, .class("tfoot")) { HTML(.span, .class("grow")) { "\(id) · \(call.state.rawValue)" } }
            }
        }
    }

    private func decided(_ approval: Approval) -> HTML? {
        let votes = approval.votes
        guard !votes.isEmpty || approval.autoApprovedBy != nil else { return nil }
        return HTML(.details, .class("more"), .data("keep", is: "sent \(id)")) {
            HTML(.summary) {
                HTML.icon(.go, class: "i turnr")
                if let rule = approval.autoApprovedBy { "Approved by the rule \(rule) " }
                for vote in votes {
                    "\(vote.decision.rawValue) by \(vote.user)\(vote.reason.isEmpty ? "" : ": \(vote.reason)") "
                }
            }
            if !approval.preview.isEmpty { DiffMarkup(approval.preview).html(of: approval.summary ?? approval.tool) }
            HTML(joining: approval.requests.map { RequestMarkup($0).html })
        }
    }

    private static func word(for state: CallState) -> String {
        switch state {
        case .succeeded: "Done"
        case .awaitingApproval: "Waits for a decision"
        case .proposed: "Proposed"
        case .executing: "Runs"
        case .waiting: "Waits"
        case .verifying: "Is checked"
        default: state.rawValue
        }
    }

    private static func kind(of state: CallState) -> String {
        switch state {
        case .succeeded: "ok"
        case .failed, .unknown, .stale: "bad"
        case .proposed, .executing, .waiting, .verifying, .awaitingApproval: "run"
        case .denied, .expired, .cancelled: ""
        }
    }
}
