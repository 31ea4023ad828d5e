/// A condition by the API conventions (`metav1.Condition`).
public struct Condition: Sendable, Hashable {
    public enum Status: String, Sendable { case `true` = "True", `false` = "False", unknown = "Unknown" }

    public var type: String
    public var status: Status
    /// CamelCase, for machines; never empty.
    public var reason: String
    /// For people.
    public var message: String
    public var observedGeneration: Int
    /// When `status` last changed; a new reason or message doesn't move it.
    public var lastTransitionTime: KubeTime

    public init(
        type: String, status: Status, reason: String, message: String, observedGeneration: Int,
        lastTransitionTime: KubeTime
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }

    public init?(_ json: JSONValue) {
        guard let type = json["type"]?.string, let status = json["status"]?.string.flatMap(Status.init(rawValue:))
        else {
            return nil
        }
        self.init(
            type: type, status: status, reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "",
            observedGeneration: json["observedGeneration"]?.int ?? 0,
            lastTransitionTime: json["lastTransitionTime"]?.string.flatMap(KubeTime.init) ?? KubeTime(microseconds: 0))
    }

    public var json: JSONValue {
        [
            "type": .string(type), "status": .string(status.rawValue),
            "observedGeneration": JSONValue(observedGeneration),
            "lastTransitionTime": .string(lastTransitionTime.description), "reason": .string(reason),
            "message": .string(message),
        ]
    }
}

extension [Condition] {
    public subscript(type type: String) -> Condition? { first { $0.type == type } }

    /// Puts `condition` in place of the one of its type, keeping that one's transition time where the status is the same.
    public mutating func set(_ condition: Condition) {
        guard let at = firstIndex(where: { $0.type == condition.type }) else {
            append(condition)
            return
        }
        var condition = condition
        if self[at].status == condition.status { condition.lastTransitionTime = self[at].lastTransitionTime }
        self[at] = condition
    }
}
