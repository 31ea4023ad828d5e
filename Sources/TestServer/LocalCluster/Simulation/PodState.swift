import KubeModel

/// What controllers ask of pods.
enum PodState {
    static func isReady(_ pod: KubeObject) -> Bool { Conditions.isTrue("Ready", object: pod) }

    static func isFinished(_ pod: KubeObject) -> Bool {
        ["Succeeded", "Failed"].contains(pod["status", "phase"]?.string ?? "")
    }

    /// Neither finished nor on its way out.
    static func isActive(_ pod: KubeObject) -> Bool { !isFinished(pod) && !pod.isBeingDeleted }

    /// A pod of `owner`'s template, owned and not yet named.
    static func new(from owner: KubeObject) -> KubeObject {
        var pod = KubeObject(["apiVersion": "v1", "kind": "Pod"])
        pod.json["metadata"] = owner["spec", "template", "metadata"] ?? .object([:])
        pod["metadata", "generateName"] = .string("\(owner.name)-")
        pod.json["spec"] = owner["spec", "template", "spec"]
        pod.ownerReferences = [OwnerReference(controller: owner)]
        return pod
    }
}
