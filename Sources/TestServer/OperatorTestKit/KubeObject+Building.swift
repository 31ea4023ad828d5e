public import KubeModel

extension APIResource {
    /// The ConfigMaps (`v1`).
    public static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
}

/// Small valid objects for tests.
extension KubeObject {
    /// A namespace.
    public static func namespace(_ name: String) -> KubeObject { KubeObject(.namespaces, name: name) }

    /// A ConfigMap with that `data`.
    public static func configMap(
        _ name: String, namespace: String = "default", data: [String: String] = [:]
    ) -> KubeObject {
        KubeObject(.configMaps, namespace: namespace, name: name, members: ["data": JSONValue(data)])
    }

    /// A pod with one container, named like the object.
    public static func pod(_ name: String, namespace: String = "default", image: String = "busybox") -> KubeObject {
        KubeObject(
            .pods, namespace: namespace, name: name,
            members: ["spec": ["containers": [["name": .string(name), "image": .string(image)]]]])
    }

    /// A Deployment whose pods are labelled `app: NAME` and have one container, named like the object.
    public static func deployment(
        _ name: String, namespace: String = "default", image: String = "busybox", replicas: Int = 1
    ) -> KubeObject {
        let labels: JSONValue = ["app": .string(name)]
        return KubeObject(
            .deployments, namespace: namespace, name: name,
            members: [
                "spec": [
                    "replicas": JSONValue(replicas), "selector": ["matchLabels": labels],
                    "template": [
                        "metadata": ["labels": labels],
                        "spec": ["containers": [["name": .string(name), "image": .string(image)]]],
                    ],
                ]
            ])
    }

    /// A copy with these labels.
    public func labeled(_ labels: [String: String]) -> KubeObject {
        var copy = self
        copy.labels = labels
        return copy
    }

    /// A copy that `owner`, as the server returned it, controls.
    public func controlled(by owner: KubeObject) -> KubeObject {
        var copy = self
        copy.ownerReferences = [OwnerReference(controller: owner)]
        return copy
    }
}
