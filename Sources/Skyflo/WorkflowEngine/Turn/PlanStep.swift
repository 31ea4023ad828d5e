import SkyfloAPI

/// What the model said it was about to do, with the calls that it asked for in the same breath.
package struct PlanStep: Sendable, Hashable {
    package var text: String
    /// Ids.
    package var calls: [String]
}

extension WorkflowStateMachine {
    /// How many steps a status keeps: the newest.
    package static let keptSteps = 16

    package func state(of step: PlanStep) -> PlanStepStatus.State {
        let all = (pastCalls.map(\.call) + calls).filter { step.calls.contains($0.id) }
        guard all.allSatisfy(\.state.isFinal) else { return .inProgress }
        return all.allSatisfy { $0.state == .succeeded || $0.state == .stale } ? .done : .notDone
    }
}
