/// A condition by the API conventions (`metav1.Condition`).
public struct Condition: Sendable, Hashable {
    /// Whether the condition holds; `unknown` where it can't be told.
    public enum Status: String, Sendable {
        /// The condition holds.
        case `true` = "True"
        /// The condition doesn't hold.
        case `false` = "False"
        /// It can't be told whether the condition holds.
        case unknown = "Unknown"
    }

    /// The name of the condition in CamelCase, such as `Ready`. A list has one of each type.
    public var type: String
    /// Whether the condition holds.
    public var status: Status
    /// The reason of the status in one word in CamelCase, for machines; never empty.
    public var reason: String
    /// The reason of the status in a sentence for people; it may be empty.
    public var message: String
    /// The `metadata.generation` of the object that the condition was judged by.
    public var observedGeneration: Int
    /// The time when `status` last changed; a new reason or message doesn't move it.
    public var lastTransitionTime: KubeTime

    /// Makes a condition of its fields.
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

    /// Reads a condition; nil without a type or a status of the three. Other missing fields read as empty or zero.
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

    /// The condition as the API writes it, all fields present.
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
    /// The condition of that type; nil where the list has none.
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
