import KubeModel

/// What is left of a deleted object to make it again.
enum DeletedObjectRestore {
    /// - Throws: why it wouldn't be the same thing.
    static func body(of object: KubeObject?) throws(ToolFailure) -> JSONValue {
        guard var object else { throw ToolFailure("its content is not known") }
        let group = object.groupVersion?.group ?? ""
        if let refusal = refusal(group, object: object) { throw ToolFailure(refusal) }
        object.json["status"] = nil
        for field in [
            "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink",
            "deletionTimestamp", "deletionGracePeriodSeconds", "generateName",
        ] { object.json[path: ["metadata", field]] = nil }
        for path in serverSet(group, object: object) { object.json[path: path] = nil }
        return object.json
    }

    private static func refusal(_ group: String, object: KubeObject) -> String? {
        switch (group, object.kind) {
        case ("", "Pod"), ("apps", "ReplicaSet"), ("batch", "Job"):
            guard let owner = object.controller else { return nil }
            return "\(owner.kind.lowercased()) \(owner.name) creates a new one by itself if one is needed"
        case ("", "Namespace"): return "what was in the namespace was deleted with it"
        case ("apiextensions.k8s.io", "CustomResourceDefinition"): return "its objects were deleted with it"
        case ("", "PersistentVolumeClaim"), ("", "PersistentVolume"):
            return "a new one would have none of its data"
        case ("", "Node"), ("", "Event"), ("coordination.k8s.io", "Lease"): return "it is made by the cluster itself"
        default: return nil
        }
    }

    /// What the server or its controllers decided, and would refuse or mistake from somebody else.
    private static func serverSet(_ group: String, object: KubeObject) -> [[String]] {
        switch (group, object.kind) {
        case ("", "Service") where object["spec", "clusterIP"]?.string != "None":
            [["spec", "clusterIP"], ["spec", "clusterIPs"], ["spec", "healthCheckNodePort"]]
        case ("", "Pod"): [["spec", "nodeName"]]
        case ("batch", "Job") where object["spec", "manualSelector"]?.bool != true:
            [["spec", "selector"]]
                + ["controller-uid", "batch.kubernetes.io/controller-uid"].flatMap {
                    [["metadata", "labels", $0], ["spec", "template", "metadata", "labels", $0]]
                }
        case ("apps", "Deployment"): [["metadata", "annotations", "deployment.kubernetes.io/revision"]]
        case ("", "ServiceAccount"): [["secrets"]]
        default: []
        }
    }

    static let losses =
        "it is created again with a new uid and without its status; references of others to the old uid are not restored"
}
