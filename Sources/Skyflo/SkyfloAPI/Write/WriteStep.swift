public import KubeModel

/// How a write takes part in a sequence: a plan of several writes with waits between them, which one approval covers.
///
/// Stages follow one another: a step is sent when all steps of earlier stages are done. Within a stage each step is tried
/// on its own, so that one that has to wait holds no other up.
public struct WriteStep: Sendable, Hashable {
    /// What people read: `evict pod shop/web-1`.
    public var title: String
    public var stage: Int
    /// How many seconds after the beginning of the sequence it has to be done.
    public var deadlineSeconds: Int
    /// Whether it is tried again where the server asks for that, as it does for evictions that a disruption budget doesn't
    /// allow yet.
    public var isRetried: Bool
    /// The post-condition that has to hold before the step counts as done, as the tools write it; nil for none.
    public var awaits: JSONValue?

    public init(
        title: String, stage: Int, deadlineSeconds: Int, isRetried: Bool = false, awaits: JSONValue? = nil
    ) {
        self.title = title
        self.stage = stage
        self.deadlineSeconds = deadlineSeconds
        self.isRetried = isRetried
        self.awaits = awaits
    }

    public var json: JSONValue {
        .compact([
            "title": .string(title), "stage": JSONValue(stage), "deadlineSeconds": JSONValue(deadlineSeconds),
            "retried": isRetried ? .bool(true) : nil, "awaits": awaits,
        ])
    }

    /// nil for what ``json`` doesn't write.
    public init?(json: JSONValue) {
        guard let title = json["title"]?.string, let stage = json["stage"]?.int, stage > 0,
            let deadline = json["deadlineSeconds"]?.int, deadline > 0
        else { return nil }
        self.init(
            title: title, stage: stage, deadlineSeconds: deadline, isRetried: json["retried"]?.bool ?? false,
            awaits: json["awaits"])
    }
}
