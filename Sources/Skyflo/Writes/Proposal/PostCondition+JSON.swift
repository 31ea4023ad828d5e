import KubeModel

extension PostCondition {
    /// `{"type": "Replicas", "target": {…}, "count": 3}`
    package var json: JSONValue {
        let target = PlannedRequest.Target(
            resource: subject.resource, namespace: subject.namespace, name: subject.name, uid: "", resourceVersion: "")
        var json: JSONValue = ["type": .string(type), "target": target.json]
        switch self {
        case .replicas(_, let count): json["count"] = JSONValue(count)
        case .gone(_, let uid): json["uid"] = .string(uid)
        case .podsGone(_, let uid, let selector):
            json["uid"] = .string(uid)
            json["selector"] = .string(selector.description)
        case .ready(_, let replacing, let runsOnce):
            json["replacing"] = replacing.isEmpty ? nil : JSONValue(replacing)
            json["runsOnce"] = runsOnce ? true : nil
        case .jobComplete(_, let deletesItself): json["deletesItself"] = deletesItself ? true : nil
        case .noWarnings(_, let knownPods): json["knownPods"] = knownPods.map { JSONValue($0) }
        case .delivery(_, let goal):
            json["goal"] = .string(goal.kind.rawValue)
            json["mark"] = goal.mark.map(JSONValue.string)
            json["operation"] = goal.operation
        case .jenkins(_, let goal):
            json["goal"] = .string(goal.kind.rawValue)
            json["job"] = .string(goal.job)
            json["build"] = goal.build.map { JSONValue($0) }
            json["item"] = goal.item.map { JSONValue($0) }
            json["input"] = goal.input.map(JSONValue.string)
        case .rolloutComplete, .exists, .stored, .serves, .ended: break
        }
        return json
    }

    /// Tells the conditions of one call apart, also for a version with other titles: `RolloutComplete deployments.apps
    /// shop/web`.
    package var id: String {
        let place = subject.namespace.map { "\($0)/" } ?? ""
        return "\(type) \(subject.resource.qualifiedName) \(place)\(subject.name)"
    }

    private var type: String {
        switch self {
        case .rolloutComplete: "RolloutComplete"
        case .replicas: "Replicas"
        case .gone: "Gone"
        case .exists: "Exists"
        case .stored: "Stored"
        case .ready: "Ready"
        case .jobComplete: "JobComplete"
        case .serves: "Serves"
        case .ended: "Ended"
        case .podsGone: "PodsGone"
        case .noWarnings: "NoWarnings"
        case .delivery: "Delivery"
        case .jenkins: "Jenkins"
        }
    }

    /// nil for what ``json`` doesn't write. What it didn't write in earlier versions may be missing.
    package init?(json: JSONValue) {
        guard let target = json["target"].flatMap(PlannedRequest.Target.init(json:)) else { return nil }
        let subject = Subject(resource: target.resource, namespace: target.namespace, name: target.name)
        switch (json["type"]?.string, json["count"]?.int, json["uid"]?.string) {
        case ("RolloutComplete", _, _): self = .rolloutComplete(subject)
        case ("Replicas", let count?, _): self = .replicas(subject, count: count)
        case ("Gone", _, let uid?): self = .gone(subject, uid: uid)
        case ("Exists", _, _): self = .exists(subject)
        case ("Stored", _, _): self = .stored(subject)
        case ("Serves", _, _): self = .serves(subject)
        case ("Ended", _, _): self = .ended(subject)
        case ("Ready", _, _):
            let ids = (json["replacing"]?.object ?? [:]).compactMap { name, id in id.string.map { (name, $0) } }
            self = .ready(
                subject, replacing: Dictionary(ids, uniquingKeysWith: { $1 }),
                runsOnce: json["runsOnce"]?.bool ?? false)
        case ("JobComplete", _, _):
            self = .jobComplete(subject, deletesItself: json["deletesItself"]?.bool ?? false)
        case ("NoWarnings", _, _):
            self = .noWarnings(subject, knownPods: json["knownPods"]?.array?.compactMap(\.string))
        case ("Delivery", _, _):
            guard let kind = json["goal"]?.string.flatMap(DeliveryGoal.Kind.init) else { return nil }
            self = .delivery(subject, DeliveryGoal(kind, mark: json["mark"]?.string, operation: json["operation"]))
        case ("Jenkins", _, _):
            guard let kind = json["goal"]?.string.flatMap(JenkinsGoal.Kind.init), let job = json["job"]?.string else {
                return nil
            }
            self = .jenkins(
                subject,
                JenkinsGoal(
                    kind, job: job, build: json["build"]?.int, item: json["item"]?.int, input: json["input"]?.string))
        case ("PodsGone", _, let uid?):
            guard let text = json["selector"]?.string, let selector = try? LabelSelector(parsing: text) else {
                return nil
            }
            self = .podsGone(subject, uid: uid, selector: selector)
        default: return nil
        }
    }
}
