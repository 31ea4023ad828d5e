import KubeModel

/// A pod template that a Deployment or a Rollout has had: they keep their history in the ReplicaSets that they control.
package struct ReplicaSetRevision: Sendable {
    package var number: Int
    package var set: KubeObject
    /// Without the label that the controller adds.
    package var template: JSONValue

    /// In ascending order.
    ///
    /// - Parameters:
    ///   - key: the annotation that has the number.
    ///   - hashLabel: the label that the controller adds.
    package static func all(
        in sets: [KubeObject], controlledBy owner: KubeObject, numberedBy key: String, hashLabel: String
    ) -> [ReplicaSetRevision] {
        sets.filter { $0.controller?.uid == owner.uid }.compactMap { set in
            guard let number = set.annotations[key].flatMap({ Int($0) }), var template = set["spec", "template"]
            else { return nil }
            template[path: ["metadata", "labels", hashLabel]] = nil
            return ReplicaSetRevision(number: number, set: set, template: template)
        }.sorted { $0.number < $1.number }
    }
}

extension ReplicaSetRevision {
    /// Where a Deployment's revision has its number.
    package static let deploymentKey = "deployment.kubernetes.io/revision"

    /// Those of a Deployment, in ascending order.
    package static func all(in sets: [KubeObject], ofDeployment deployment: KubeObject) -> [ReplicaSetRevision] {
        all(in: sets, controlledBy: deployment, numberedBy: deploymentKey, hashLabel: "pod-template-hash")
    }
}
