/// What a preview was made of: the target's content before and after the request, as keyed hashes.
///
/// An approval lives as long as both stay equal. The status of a live workload moves all the time, and with it the
/// resourceVersion; that alone is no reason to ask again.
package struct PreviewedContent: Sendable, Hashable {
    /// Of the target as it was when the request was planned.
    package var before: String
    /// Of what the server's dry run made of it.
    package var after: String

    package init(before: String, after: String) {
        self.before = before
        self.after = after
    }
}

extension PreviewedContent: JSONRecord {
    package init() { self.init(before: "", after: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&before, as: "before")
        members.require(&after, as: "after")
    }
}
