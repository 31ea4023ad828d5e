import KubeClient
import KubeModel
import ToolKit
import Writes

/// The history of a Rollout: the ReplicaSets that it controls, with the pod templates that they were made of.
struct RolloutRevisions {
    static let key = "rollout.argoproj.io/revision"
    static let hashLabel = "rollouts-pod-template-hash"

    struct Revision {
        var number: Int
        var set: KubeObject
        /// Without the label that the controller adds.
        var template: JSONValue

        var hash: String? { self.set.labels[RolloutRevisions.hashLabel] }
        var cause: String? { self.set.annotations["kubernetes.io/change-cause"] }
        var images: [String] {
            (template["spec", "containers"]?.array ?? []).map { $0["image"]?.string ?? "" }
        }

        /// What the controller uses it for: `stable`, `canary`, `active`, `preview`.
        func roles(in rollout: KubeObject) -> [String] {
            guard let hash else { return [] }
            let status = rollout["status"]
            var roles: [String] = []
            if status?["stableRS"]?.string == hash { roles.append("stable") }
            if rollout["spec", "strategy", "blueGreen"] != nil {
                if status?["blueGreen", "activeSelector"]?.string == hash { roles.append("active") }
                if status?["blueGreen", "previewSelector"]?.string == hash { roles.append("preview") }
            } else if status?["currentPodHash"]?.string == hash, !roles.contains("stable") {
                roles.append("canary")
            }
            return roles
        }
    }

    /// In ascending order.
    private(set) var list: [Revision]
    private let text: String

    init(of target: LiveTarget, _ context: ToolContext) async throws {
        text = target.text
        let selector = LabelSelector(podsOf: target.object)
        let sets = try await context.api.listAll(
            .replicaSets, namespace: target.namespace, options: ListOptions(labelSelector: selector)
        ).items
        list = ReplicaSetRevision.all(
            in: sets, controlledBy: target.object, numberedBy: Self.key, hashLabel: Self.hashLabel
        ).map { Revision(number: $0.number, set: $0.set, template: $0.template) }
    }

    var newest: Int { list.last?.number ?? 0 }

    /// - Parameter number: nil for the one before the newest.
    /// - Throws: ``ToolFailure`` with the numbers that there are.
    func revision(_ number: Int?) throws(ToolFailure) -> Revision {
        guard let number else {
            guard list.count > 1 else { throw ToolFailure("\(text) has no revision before \(newest)") }
            return list[list.count - 2]
        }
        guard let found = list.first(where: { $0.number == number }) else {
            let known = list.map { String($0.number) }.joined(separator: ", ")
            throw ToolFailure("\(text) has no revision \(number); there are: \(known.isEmpty ? "none" : known)")
        }
        return found
    }
}
