/// What the model said it was about to do, and how that stands: an entry of `status.plan`.
package struct PlanStepStatus: Sendable, Hashable {
    package enum State: String, Sendable, JSONCodable {
        case inProgress = "InProgress"
        /// A person has to decide about some of it.
        case awaitingApproval = "AwaitingApproval"
        /// It was carried out, and code watches what comes of it.
        case verifying = "Verifying"
        case done = "Done"
        /// Something of it failed, was denied or never happened.
        case notDone = "NotDone"
    }

    package var text: String
    package var state: State
    /// Ids.
    package var calls: [String]

    package init(text: String, state: State, calls: [String]) {
        self.text = text
        self.state = state
        self.calls = calls
    }
}

/// Unreadable in a state that this version doesn't know.
extension PlanStepStatus: JSONRecord {
    package init() { self.init(text: "", state: .inProgress, calls: []) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&text, as: "step")
        members.require(&state, as: "state")
        members.code(&calls, as: "calls")
    }
}
