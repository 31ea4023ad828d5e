import KubeModel

/// Some of a list.
package struct GitPage<Element: Sendable>: Sendable {
    package var items: [Element]
    /// Whether there are more behind them.
    package var hasMore: Bool

    package init(_ items: [Element], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }
}

package struct GitCommit: Sendable, Hashable {
    package var id: String
    package var message: String
    package var author: String
    package var date: KubeTime?
    package var parents: [String]

    package init(id: String, message: String, author: String, date: KubeTime?, parents: [String] = []) {
        self.id = id
        self.message = message
        self.author = author
        self.date = date
        self.parents = parents
    }

    /// The first line of its message.
    package var subject: String { message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "" }
}

/// What a commit, or a request to merge, does to a file.
package struct GitFileChange: Sendable, Hashable {
    package var path: String
    /// Where it was before; nil where it wasn't moved.
    package var oldPath: String?
    /// `added`, `modified`, `removed`, `renamed`
    package var status: String
    package var additions: Int?
    package var deletions: Int?
    /// Unified, without the lines of the file's names; nil where the host gives none: binaries, and what is too large.
    package var patch: String?
}

package struct GitComparison: Sendable {
    package var commits: [GitCommit]
    /// That the second has and the first has not.
    package var ahead: Int
    /// That the first has and the second has not; nil where the host doesn't tell.
    package var behind: Int?
    package var files: [GitFileChange]
}

/// A pull request, or merge request.
package struct GitMergeRequest: Sendable, Hashable {
    package var number: Int
    package var title: String
    /// `open`, `closed`, `merged`
    package var state: String
    package var isDraft: Bool
    package var author: String
    package var source: String
    package var target: String
    package var updated: KubeTime?
    package var merged: KubeTime?
    package var headCommit: String?
    package var mergeCommit: String?
    package var labels: [String]
    package var text: String
    /// Whether it could be merged, in the host's own word.
    package var mergeability: String?
}

package struct GitReview: Sendable, Hashable {
    package var user: String
    package var state: String
}

/// What was checked about a commit, and how that went.
package struct GitCheck: Sendable, Hashable {
    package var name: String
    package var state: String
    package var detail: String?
}

/// A pipeline, or a run of a workflow.
package struct GitPipeline: Sendable, Hashable {
    package var id: Int
    package var name: String
    package var ref: String
    package var commit: String
    /// What began it: `push`, `schedule`.
    package var event: String
    /// In the host's own word.
    package var status: String
    package var created: KubeTime?
}

package struct GitJob: Sendable, Hashable {
    package var id: Int
    package var name: String
    /// Empty where the host has no stages.
    package var stage: String
    package var status: String
    /// In seconds; nil where it hasn't ended.
    package var duration: Int?
    /// Why it failed, and the steps that did.
    package var reasons: [String]
    /// Whether the pipeline goes on all the same.
    package var mayFail: Bool

    package var isFailed: Bool { ["failed", "failure", "timed_out", "startup_failure"].contains(status) }
}

/// A part of a log.
package struct GitLog: Sendable, Hashable {
    package var text: String
    /// Whether there is more that wasn't read.
    package var isCut: Bool
    /// What the host says of errors where it keeps the log elsewhere; then there is no text.
    package var annotations: [String]
    /// Why there is no text.
    package var obstacle: String?
}

/// What is asked for of a list.
package struct GitListQuery: Sendable {
    package var ref: GitReference?
    package var path: String?
    package var author: String?
    package var since: KubeTime?
    package var state: String?
    package var limit: Int
    package var page: Int

    package init(limit: Int = 20, page: Int = 1) {
        self.limit = limit
        self.page = page
    }
}

extension JSONValue {
    var gitTime: KubeTime? { string.flatMap { KubeTime($0) } }
}
