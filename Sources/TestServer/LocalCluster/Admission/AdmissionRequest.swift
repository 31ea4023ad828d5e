import KubeModel

/// A write as admission policies see it (`admission.k8s.io/v1 AdmissionRequest`), without its objects.
struct AdmissionRequest: Sendable {
    enum Operation: String, Sendable { case create = "CREATE", update = "UPDATE", delete = "DELETE" }

    var operation: Operation
    var resource: APIResource
    var subresource: String
    /// The name of the object; empty where the server makes it up.
    var name: String
    /// The namespace of the object; for a namespace its own name.
    var namespace: String
    var user: UserInfo
    var isDryRun: Bool

    /// What the objects are: those of some subresources are of a kind of their own.
    var kind: GroupVersionKind {
        switch (resource.plural, subresource) {
        case (_, "scale"): GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")
        case ("pods", "eviction"): GroupVersionKind(group: "policy", version: "v1", kind: "Eviction")
        default: resource.groupVersionKind
        }
    }

    var isNamespace: Bool { resource.group.isEmpty && resource.plural == "namespaces" }

    /// The variable `request`. Empty texts are absent, as a real server leaves them out. `asked` is the request with
    /// the resource of its path, where `resource` is another version of it.
    func json(asked: AdmissionRequest) -> JSONValue {
        func text(_ text: String) -> JSONValue? { text.isEmpty ? nil : .string(text) }
        return .compact([
            "kind": Self.kind(kind), "resource": Self.resource(resource), "subResource": text(subresource),
            "requestKind": Self.kind(asked.kind), "requestResource": Self.resource(asked.resource),
            "requestSubResource": text(subresource), "name": text(name), "namespace": text(namespace),
            "operation": .string(operation.rawValue), "userInfo": user.json, "dryRun": .bool(isDryRun),
            "options": .object([:]),
        ])
    }

    private static func kind(_ kind: GroupVersionKind) -> JSONValue {
        ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
    }

    private static func resource(_ api: APIResource) -> JSONValue {
        ["group": .string(api.group), "version": .string(api.version), "resource": .string(api.plural)]
    }
}

/// The object before and after; nil where there is none.
struct AdmissionObjects: Sendable {
    var object: KubeObject?
    var old: KubeObject?
}
