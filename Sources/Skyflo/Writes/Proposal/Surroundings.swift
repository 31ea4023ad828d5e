import KubeModel

/// What exists now of what warnings may be about: a workload, its pods, and its replica sets.
package struct Surroundings: Sendable {
    /// nil where it is missing, or couldn't be read.
    package var object: KubeObject?
    /// nil where they couldn't be looked at.
    package var pods: [KubeObject]?
    /// Of a Deployment; nil where they couldn't be looked at.
    package var replicaSets: [KubeObject]?
    /// Why something couldn't be looked at.
    package var obstacle: String?

    package init(object: KubeObject?, pods: [KubeObject]?, replicaSets: [KubeObject]? = nil, obstacle: String? = nil) {
        self.object = object
        self.pods = pods
        self.replicaSets = replicaSets
        self.obstacle = obstacle
    }

    private static let revision = "deployment.kubernetes.io/revision"
    private static let hash = "pod-template-hash"
    private static let argoHash = "rollouts-pod-template-hash"

    func pod(named name: String, uid: String?) -> KubeObject? {
        pods?.first { uid == nil ? $0.name == name : $0.uid == uid }
    }

    /// Whether a pod that exists was made of an earlier template.
    func isOutdated(_ pod: KubeObject) -> Bool {
        switch object?.kind {
        case "Deployment": isOutdated(templateHash: pod.labels[Self.hash])
        case "Rollout": Self.differ(pod.labels[Self.argoHash], object?["status", "currentPodHash"]?.string)
        case "StatefulSet":
            Self.differ(pod.labels["controller-revision-hash"], object?["status", "updateRevision"]?.string)
        case "DaemonSet":
            Self.differ(
                pod.labels["pod-template-generation"],
                object?.annotations["deprecated.daemonset.template.generation"])
        default: false
        }
    }

    /// Whether a hash is known to be that of an earlier template of the Deployment.
    func isOutdated(templateHash: String?) -> Bool {
        guard let templateHash else { return false }
        if object?.kind == "Rollout" { return Self.differ(templateHash, object?["status", "currentPodHash"]?.string) }
        guard let current else { return false }
        if templateHash == current { return false }
        return sets.contains { $0.labels[Self.hash] == templateHash }
            || pods?.contains { $0.labels[Self.hash] == templateHash } == true
    }

    /// Where the replica sets can't be read, the youngest pod is of the newest template.
    private var current: String? {
        let number = object?.annotations[Self.revision]
        let newest = sets.first { number != nil && $0.annotations[Self.revision] == number }
        return newest?.labels[Self.hash]
            ?? pods?.max { ($0.creationTimestamp ?? .distantPast) < ($1.creationTimestamp ?? .distantPast) }?
            .labels[Self.hash]
    }

    private var sets: [KubeObject] { (replicaSets ?? []).filter { $0.controller?.uid == object?.uid } }

    private static func differ(_ a: String?, _ b: String?) -> Bool {
        guard let a, let b else { return false }
        return a != b
    }
}

extension KubeTime {
    fileprivate static let distantPast = KubeTime(microseconds: 0)
}
