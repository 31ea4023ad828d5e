public import KubeModel

extension PostCondition {
    /// `{"type": "Replicas", "target": {…}, "count": 3}`
    public var json: JSONValue {
        let target = PlannedRequest.Target(
            resource: subject.resource, namespace: subject.namespace, name: subject.name, uid: "", resourceVersion: "")
        var json: JSONValue = ["type": .string(type), "target": target.json]
        switch self {
        case .replicas(_, let count): json["count"] = JSONValue(count)
        case .gone(_, let uid): json["uid"] = .string(uid)
        case .rolloutComplete, .exists: break
        }
        return json
    }

    private var type: String {
        switch self {
        case .rolloutComplete: "RolloutComplete"
        case .replicas: "Replicas"
        case .gone: "Gone"
        case .exists: "Exists"
        }
    }

    /// nil for what ``json`` doesn't write.
    public init?(json: JSONValue) {
        guard let target = json["target"].flatMap(PlannedRequest.Target.init(json:)) else { return nil }
        let subject = Subject(resource: target.resource, namespace: target.namespace, name: target.name)
        switch (json["type"]?.string, json["count"]?.int, json["uid"]?.string) {
        case ("RolloutComplete", _, _): self = .rolloutComplete(subject)
        case ("Replicas", let count?, _): self = .replicas(subject, count: count)
        case ("Gone", _, let uid?): self = .gone(subject, uid: uid)
        case ("Exists", _, _): self = .exists(subject)
        default: return nil
        }
    }
}
