import ConversationAccess
import KubeModel
import SkyfloAPI

/// The parts of a conversation's page that change while it goes on: each is sent again when it has changed.
struct ConversationMarkup: Sendable {
    /// So many turns are shown; what is before them is in the transcript.
    private static let shownTurns = 20

    let conversation: Conversation
    let earlier: EarlierTurns
    let user: String
    /// Whether the person may decide on what waits.
    let mayDecide: Bool
    let formKey: String

    init(
        _ conversation: Conversation, earlier: EarlierTurns = .none, user: String, mayDecide: Bool, formKey: String
    ) {
        self.conversation = conversation
        self.earlier = earlier
        self.user = user
        self.mayDecide = mayDecide
        self.formKey = formKey
    }

    enum Part: String, Sendable, CaseIterable { case state, plan, facts, changes, turns, dock }

    private var status: ConversationStatus { conversation.status }

    var title: String { status.title.flatMap { $0.isEmpty ? nil : $0 } ?? conversation.object.name }
    var waiting: Int { conversation.pendingApprovals.count }
    /// Whether a turn runs or is about to.
    var isRunning: Bool { !conversation.spec.stop && (!status.isTurnEnded || !conversation.waitingMessages.isEmpty) }

    func html(of part: Part) -> HTML {
        switch part {
        case .state: PhaseMarkup(status.phase, pending: waiting).html
        case .plan: plan
        case .facts: facts
        case .changes: ChangesMarkup(conversation: conversation, formKey: formKey).html
        case .turns: turns
        case .dock: dock
        }
    }

    /// A part where it stands in the page.
    func placed(_ part: Part, in element: HTML.Element = .div, class names: String? = nil) -> HTML {
        HTML(element, .id("part-" + part.rawValue), .data("part", is: part.rawValue), names.map(Attribute.class)) {
            html(of: part)
        }
    }

    // MARK: Turns

    private var turns: HTML {
        let messages = self.messages
        let hidden = max(0, messages.count - Self.shownTurns)
        let note = HTML(.section, .class("turn"), .id("turns-before")) {
            HTML(.p, .class("meta")) { "\(hidden) earlier turns are in the transcript." }
        }
        let shown = messages.enumerated().dropFirst(hidden).map { position, message in
            TurnMarkup(view: self, number: position + 1, message: message).html
        }
        return HTML(joining: (hidden > 0 ? [note] : []) + shown)
    }

    /// What was said in each turn so far: follow-ups know their turns, messages of the spec take the others in order.
    private var messages: [String] {
        let followUps = Dictionary(
            status.followUpsTaken.map { ($0.value, conversation.spec.followUps[$0.key] ?? "") },
            uniquingKeysWith: { $1 })
        var rest = conversation.spec.messages[...]
        return (1...max(1, status.turn)).map { followUps[$0] ?? rest.popFirst() ?? "" }
    }

    // MARK: Beside them

    private var plan: HTML {
        guard !status.plan.isEmpty else { return .empty }
        let done = status.plan.count { $0.state == .done }
        return HTML(.details, .class("plan"), .flag(.open), .data("keep", is: "plan")) {
            HTML(.summary) {
                HTML.icon(.go, class: "i turnr")
                HTML(.h2, .class("grow")) { "Plan: \(done) of \(status.plan.count) done" }
            }
            HTML(.ol, .class("steps")) {
                for (position, step) in status.plan.enumerated() { Self.step(step, number: position + 1) }
            }
        }
    }

    private static func step(_ step: PlanStepStatus, number: Int) -> HTML {
        let isNow = step.state == .inProgress || step.state == .awaitingApproval || step.state == .verifying
        let word =
            switch step.state {
            case .done: "Done"
            case .notDone: "Not done"
            case .awaitingApproval: "Waits for a decision"
            case .verifying: "Is checked"
            case .inProgress: "Now"
            }
        return HTML(
            .li, .class(step.state == .done ? "done" : isNow ? "now" : ""), isNow ? .aria("current", is: "step") : nil
        ) {
            HTML(.span, .class("mark")) {
                switch step.state {
                case .done: HTML.icon(.check)
                case .notDone: HTML.icon(.x)
                case .awaitingApproval: HTML.icon(.gate)
                default: HTML.text(String(number))
                }
            }
            HTML(.span) {
                step.text
                HTML(.span, .class("meta")) { word }
            }
        }
    }

    private var facts: HTML {
        let worker = status.workerIdentity
        return HTML(.section) {
            HTML(.h2) { "Runs as" }
            HTML(.dl, .class("facts")) {
                fact("Account", value: "\(conversation.namespace)/\(conversation.spec.serviceAccountName)")
                fact("Model", value: conversation.spec.model)
                fact("Tools", value: conversation.spec.toolsets?.joined(separator: ", "))
                fact("Asked by", value: conversation.creator)
                fact("Worker", value: worker.isEmpty ? nil : "\(worker), epoch \(status.workerEpoch)")
                fact("Does", value: status.activity)
            }
        }
    }

    private func fact(_ name: String, value: String?) -> HTML? {
        value.map { value in
            HTML(joining: [HTML(.dt) { name }, HTML(.dd) { value }])
        }
    }

    // MARK: The dock

    private var dock: HTML {
        let pending = conversation.pendingApprovals
        return HTML(joining: [
            pending.first.map { first in
                HTML(.div, .class("pend"), .set(.role, to: "status")) {
                    HTML.icon(.gate)
                    HTML(.b, .class("grow")) {
                        pending.count == 1
                            ? "1 change waits for a decision" : "\(pending.count) changes wait for a decision"
                    }
                    HTML(.a, .class("btn small"), .href(.here("gate-\(first.id)"))) { "Look at it" }
                }
            } ?? .empty,
            queue, stop,
        ])
    }

    private var queue: HTML {
        // The first turn's message is shown above from the start.
        let messages = conversation.waitingMessages.dropFirst(status.turn == 0 ? 1 : 0)
        guard !messages.isEmpty else { return .empty }
        return HTML(.ul, .class("queue"), .aria("label", is: "Messages that wait for their turn")) {
            for message in messages {
                HTML(.li) {
                    HTML.icon(.clock)
                    HTML(.span, .class("grow cut")) { message.content }
                }
            }
        }
    }

    private var stop: HTML {
        if conversation.spec.stop {
            return HTML.post(.part(.resume, of: conversation.key), formKey: formKey, class: "row wrap stopline") {
                HTML(.span, .class("grow meta")) { "Stopped: nothing runs." }
                HTML(.button, .class("btn small")) { "Resume" }
            }
        }
        guard isRunning else { return .empty }
        return HTML(.details, .class("stopline"), .data("keep", is: "stop")) {
            HTML(.summary, .class("row")) {
                HTML.icon(.stop)
                "Stop the turn"
            }
            HTML.post(.part(.stop, of: conversation.key), formKey: formKey, class: "row wrap") {
                HTML(.span, .class("grow meta")) {
                    "What is being sent is seen through; nothing else that was approved runs."
                }
                HTML(.button, .class("btn small risky")) { "Stop \(conversation.object.name)" }
            }
        }
    }
}
