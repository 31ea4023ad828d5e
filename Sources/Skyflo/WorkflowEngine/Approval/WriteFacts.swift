import KubeModel

/// One request of a write, as far as it can be told from the request itself what it does.
package struct WriteFacts: Sendable, Hashable {
    /// RBAC's: `create`, `update`, `patch`, `delete`.
    package var verb: String
    package var group: String
    /// With the subresource: `deployments/scale`.
    package var resource: String
    /// nil for what lies in no namespace.
    package var namespace: String?
    /// Of the object.
    package var name: String
    /// Of the object as it is; nil where it isn't there yet.
    package var labels: [String: String]?
    /// The body as the server gets it.
    package var body: JSONValue?
    /// What the server said would be other than before: as it was, and as it would be. A body needn't name what it takes
    /// away: a list that is replaced, a container without its security context. nil where that isn't known.
    package var effects: [JSONValue]?

    package init(
        verb: String, group: String, resource: String, namespace: String?, name: String = "",
        labels: [String: String]?, body: JSONValue?, effects: [JSONValue]? = []
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.body = body
        self.effects = effects
    }
}

extension WriteFacts {
    /// Deletes a namespace, and with it everything that is in it.
    var deletesNamespace: Bool { verb == "delete" && group.isEmpty && resource == "namespaces" }

    /// Where it takes effect. To an authorizer, and here, a namespace lies in itself.
    var place: String? { group.isEmpty && resource.hasPrefix("namespaces") ? name : namespace }

    /// What it comes to, for who wants to prevent it: one way to change an object is as good as the other, and an eviction
    /// deletes a pod.
    var equivalentVerbs: Set<String> {
        if verb == "create", group.isEmpty, resource == "pods/eviction" { return ["create", "delete"] }
        return ["update", "patch"].contains(verb) ? ["update", "patch"] : [verb]
    }

    /// A command in a pod, and its eviction, aren't written into the pod: its labels are those that it has.
    private var leavesLabels: Bool { group.isEmpty && ["pods/exec", "pods/eviction"].contains(resource) }

    /// Whether it may change the number of replicas without going through the subresource for that.
    var maySetReplicas: Bool {
        guard ["update", "patch"].contains(verb), !resource.contains("/") else { return false }
        guard let effects else { return true }
        return effects.contains { $0["spec", "replicas"] != nil }
    }

    /// Whether a selector fits the object as it is, or may fit it as it would be.
    func mayFit(_ selector: LabelSelector) -> Bool {
        guard let labels else {
            guard let body, body.object != nil, !leavesLabels else { return true }
            return selector.matches(KubeObject(body).labels)
        }
        // A Scale has no labels of its own where the object's kind keeps its number elsewhere than in spec.replicas.
        let mayHaveOthers = labels.isEmpty && resource.contains("/") && !leavesLabels
        if selector.matches(labels) || mayHaveOthers { return true }
        guard verb != "delete", !leavesLabels else { return false }
        return effects.map { $0.contains { $0["metadata", "labels"] != nil } } ?? true
    }
}
