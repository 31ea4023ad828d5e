import KubeModel

/// How a write takes part in a sequence: a plan of several writes with waits between them, which one approval covers.
///
/// Stages follow one another: a step is sent when all steps of earlier stages are done. Within a stage each step is tried
/// on its own, so that one that has to wait holds no other up.
package struct WriteStep: Sendable, Hashable {
    /// What people read: `evict pod shop/web-1`.
    package var title: String
    package var stage: Int
    /// How many seconds after the beginning of the sequence it has to be done.
    package var deadlineSeconds: Int
    /// Whether it is tried again where the server asks for that, as it does for evictions that a disruption budget doesn't
    /// allow yet.
    package var isRetried: Bool
    /// The post-condition that has to hold before the step counts as done, as the tools write it; nil for none.
    package var awaits: JSONValue?
    /// Whether it is sent only once an earlier step has failed, or has not been done in time. Such steps come last.
    package var isOnFailure: Bool

    package init(
        title: String, stage: Int, deadlineSeconds: Int, isRetried: Bool = false, awaits: JSONValue? = nil,
        isOnFailure: Bool = false
    ) {
        self.title = title
        self.stage = stage
        self.deadlineSeconds = deadlineSeconds
        self.isRetried = isRetried
        self.awaits = awaits
        self.isOnFailure = isOnFailure
    }
}

extension WriteStep: JSONRecord {
    package init() { self.init(title: "", stage: 1, deadlineSeconds: 1) }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&title, as: "title")
        members.require(&stage, as: "stage") { $0 > 0 }
        members.require(&deadlineSeconds, as: "deadlineSeconds") { $0 > 0 }
        members.code(&isRetried, as: "retried", omitting: false)
        members.code(&awaits, as: "awaits")
        members.code(&isOnFailure, as: "onFailure", omitting: false)
    }
}
