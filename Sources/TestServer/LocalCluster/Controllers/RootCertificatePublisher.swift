import KubeModel
import Logging

/// Puts the ConfigMap `kube-root-ca.crt` into every namespace, and puts it back when somebody changes or deletes it.
struct RootCertificatePublisher: Sendable {
    let storage: ObjectStorage
    let logger: Logger
    let certificatePEM: String

    private static let name = "kube-root-ca.crt"
    private static let manager = "kube-controller-manager"
    private static let description =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
        + "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
        + "Kubernetes clusters."

    func handle(_ event: StoreEvent) {
        let object = event.object.object
        if event.resource == APIResource.namespaces.id, event.kind != .deleted { return publish(in: object.name) }
        guard event.resource == APIResource.configMaps.id, object.name == Self.name, let namespace = object.namespace
        else { return }
        publish(in: namespace)
    }

    private func publish(in namespace: String) {
        guard let home = storage.store.get(.namespaces, name: namespace)?.object, !home.isBeingDeleted,
            let definition = storage.catalog.find(.configMaps)
        else { return }
        let data: JSONValue = ["ca.crt": .string(certificatePEM + "\n")]
        let key = ObjectKey(namespace: namespace, name: Self.name)
        storage.attempt(logger, what: "publishing the root certificate") { () throws(APIStatus) in
            guard let live = storage.store.get(definition.id, key: key)?.object else {
                let map: JSONValue = [
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": [
                        "name": .string(Self.name),
                        "annotations": ["kubernetes.io/description": .string(Self.description)],
                    ], "data": data,
                ]
                _ = try storage.create(
                    map, definition: definition, namespace: namespace, options: .controller(Self.manager))
                return
            }
            guard live.json["data"] != data else { return }
            _ = try storage.update(definition, key: key, options: .controller(Self.manager)) { current in
                var object = current
                object.json["data"] = data
                return object
            }
        }
    }
}
