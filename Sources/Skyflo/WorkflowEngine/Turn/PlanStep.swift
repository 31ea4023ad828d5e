import KubeModel
import SkyfloAPI

/// What the model said it was about to do, with the calls that it asked for in the same breath.
package struct PlanStep: Sendable, Hashable {
    package var text: String
    /// Ids.
    package var calls: [String]
}

extension PlanStep {
    /// What calls are about to do, for a model that says nothing with them: `rollout restart: deployment web`.
    ///
    /// Of the arguments only kinds, names and namespaces are shown, as far as they can be such: others may be anything.
    static func text(of calls: [ModelTurn.Call]) -> String {
        var lines: [String] = []
        for call in calls {
            let line = text(of: call)
            if !lines.contains(line) { lines.append(line) }
        }
        let most = 3
        let more = lines.count > most ? "; and \(lines.count - most) more" : ""
        return lines.prefix(most).joined(separator: "; ") + more
    }

    private static func text(of call: ModelTurn.Call) -> String {
        var words = call.tool.split(separator: "_").prefix(6).map { String($0.prefix(32)) }
        if words.count > 1, ["k8s", "argo", "git", "helm", "jenkins", "prometheus"].contains(words[0]) {
            words.removeFirst()
        }
        let verb = words.joined(separator: " ")
        guard let arguments = try? JSONParser.parse(call.arguments) else { return verb }
        let target = ["resource_type", "kind", "name", "pod_name"].compactMap { arguments[$0]?.string }.filter(isName)
        let namespace = arguments["namespace"]?.string.flatMap { isName($0) ? "in \($0)" : nil }
        let object = (target + [namespace].compactMap(\.self)).joined(separator: " ")
        return object.isEmpty ? verb : "\(verb): \(object)"
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 63
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
                }
            }
    }
}

extension WorkflowStateMachine {
    /// How many steps a status keeps: the newest.
    package static let keptSteps = 16

    package func state(of step: PlanStep) -> PlanStepStatus.State {
        let all = (pastCalls.map(\.call) + calls).filter { step.calls.contains($0.id) }
        guard all.allSatisfy(\.state.isFinal) else {
            if all.contains(where: \.isWaitingForDecision) { return .awaitingApproval }
            return all.allSatisfy { $0.state.isFinal || $0.state == .verifying } ? .verifying : .inProgress
        }
        return all.allSatisfy { $0.state == .succeeded || $0.state == .stale } ? .done : .notDone
    }
}
