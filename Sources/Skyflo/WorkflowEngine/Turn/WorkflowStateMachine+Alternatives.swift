import KubeModel
import SkyfloAPI

/// How a model offers several changes of which a person chooses one: it asks for them in one reply, all with the same text in
/// the argument ``argument``.
package enum Alternatives {
    package static let argument = "alternative_group"
    /// How many a person may be asked to choose from.
    package static let most = 4

    /// What a call's arguments say of a group; nil where they say nothing.
    static func label(_ arguments: String) -> String? {
        guard arguments.contains(argument), let json = try? JSONParser.parse(arguments),
            let label = json[argument]?.string, !label.allSatisfy(\.isWhitespace)
        else { return nil }
        return label
    }

    /// Makes groups of the calls of a reply. One that is alone with its text stands by itself; those that are too many are
    /// not asked for.
    static func group(_ calls: inout [Call], at: KubeTime) {
        var members: [String: [Int]] = [:]
        for (position, call) in calls.enumerated() where !call.state.isFinal {
            if let label = label(call.arguments) { members[label, default: []].append(position) }
        }
        for positions in members.values where positions.count > 1 {
            for position in positions.prefix(most) { calls[position].alternativeGroup = calls[positions[0]].id }
            for position in positions.dropFirst(most) {
                calls[position].end(
                    .failed, result: "not executed: more than \(most) alternatives in one group", at: at)
            }
        }
    }
}

extension WorkflowStateMachine {
    /// The other calls of its group that wait for a decision like it.
    package func alternatives(to call: Call) -> [String] {
        guard let group = call.alternativeGroup else { return [] }
        return calls.filter { $0.id != call.id && $0.alternativeGroup == group && $0.isWaitingForDecision }.map(\.id)
    }
}

extension [Call] {
    /// Ends those of which another was chosen. The first decision that is taken in chooses; whoever takes in several takes
    /// them in the order of the calls, so that the same one is chosen whoever does it.
    mutating func endAlternatives(to chosen: Call, at: KubeTime) {
        guard let group = chosen.alternativeGroup, chosen.isReadyToExecute else { return }
        for position in indices where self[position].alternativeGroup == group && self[position].id != chosen.id {
            guard [.proposed, .awaitingApproval].contains(self[position].state) else { continue }
            self[position].end(.denied, result: "\(chosen.id) was approved instead", at: at)
        }
    }
}
