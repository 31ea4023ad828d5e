import ConversationAccess
import KubeModel
import SkyfloAPI

/// Everything that waits for a decision, across namespaces.
struct WaitingPage {
    let frame: Frame
    let waiting: [Person.Waiting]
    let now: KubeTime

    var html: HTML {
        let mine = waiting.filter(\.mayDecide)
        let others = waiting.filter { !$0.mayDecide }
        let count = mine.reduce(0) { $0 + $1.entries.count }
        return frame.page(
            title: "Waiting for me", waiting: count, heading: HTML(.h1, .class("grow")) { "Waiting for me" }
        ) {
            HTML(.div, .class("page")) {
                section(mine, id: "mine", title: "Waits for you", note: Self.note(mine))
                if !others.isEmpty {
                    section(
                        others, id: "others", title: "Waits for others",
                        note: "You may not decide here: it takes the verb approve on conversations.")
                }
            }
        }
    }

    private static func note(_ waiting: [Person.Waiting]) -> String {
        let count = waiting.reduce(0) { $0 + $1.entries.count }
        return count == 0
            ? "Nothing waits for you."
            : "\(count) \(count == 1 ? "decision" : "decisions"), what expires first on top"
    }

    private func section(_ waiting: [Person.Waiting], id: String, title: String, note: String) -> HTML {
        HTML(.section, .aria("labelledby", is: id)) {
            HTML(.div, .class("head")) {
                HTML(.h2, .id(id)) { title }
                HTML(.span, .class("meta")) { note }
            }
            if !waiting.isEmpty {
                HTML(.div, .class("waits")) {
                    HTML(.div, .class("tape"))
                    HTML(joining: waiting.flatMap { one in one.entries.map { row($0, of: one) } })
                }
            }
        }
    }

    private func row(_ entry: PendingApproval, of waiting: Person.Waiting) -> HTML {
        let conversation = waiting.conversation
        let link = Route.conversation(conversation.key).link(fragment: "gate-\(entry.id)")
        let summary = entry.approval.summary ?? entry.approval.tool
        return HTML(.div, .class("wait")) {
            HTML(.div) {
                HTML(.h3) { HTML(.a, .href(link)) { summary } }
                HTML(.p, .class("meta")) {
                    conversation.namespace
                    " · "
                    conversation.status.title ?? conversation.object.name
                    if let creator = conversation.creator { " · asked by \(creator)" }
                }
            }
            HTML(.div) { RiskMarkup(entry.approval.risk).html }
            HTML(.div, .class("meta")) {
                entry.approval.waitingFor ?? "needs a decision"
                HTML(.br)
                if let expiry = entry.approval.expiresAt {
                    expiry <= now ? "expired" : "expires in " + HumanDuration.text(from: now, to: expiry)
                }
            }
            HTML(.a, .class("btn small"), .href(link), .aria("label", is: "Review: \(summary)")) { "Review" }
        }
    }
}

/// How much a change may break: a word, and bars.
struct RiskMarkup {
    let risk: String

    init(_ risk: String?) { self.risk = risk ?? "unknown" }

    var html: HTML {
        HTML(.span, .class(risk.lowercased() == "high" ? "risk high" : "risk")) {
            HTML.icon(.warn)
            "\(risk.prefix(1).uppercased())\(risk.dropFirst()) risk"
        }
    }
}
