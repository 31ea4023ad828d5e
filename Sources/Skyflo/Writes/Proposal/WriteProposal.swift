import SkyfloAPI

/// A write that has not happened: the exact requests, what they are aimed at, and how to see afterwards that it worked.
package struct WriteProposal: Sendable, Hashable {
    /// One line for people: `Scale deployment shop/web from 2 to 3 replicas`.
    package var summary: String
    /// In the order in which they are done. Those with a step are a sequence (``WriteStep``), and then all of them are.
    package var writes: [PlannedWrite]
    package var risk: Risk
    /// For the approver: side effects, other owners of the object.
    package var warnings: [String]
    /// What must hold when the write has done what it is for.
    package var postConditions: [PostCondition]

    /// What the preview begins with: what is behind the writes, as a chart and its values. Empty for nothing.
    package var introduction = ""
    /// What the preview hides wherever it stands.
    package var secrets: Set<String> = []

    /// Where a post-condition is about running pods, that nobody warns about them is one too.
    package init(
        summary: String, writes: [PlannedWrite], risk: Risk, warnings: [String] = [],
        postConditions: [PostCondition] = [], introduction: String = "", secrets: Set<String> = []
    ) {
        self.introduction = introduction
        self.secrets = secrets
        self.summary = summary
        self.writes = writes
        self.risk = risk
        self.warnings = warnings
        self.postConditions = postConditions + PostCondition.warnings(beside: postConditions)
    }

    /// A write of requests to the API server, each with its target's uid and resourceVersion as preconditions.
    package init(
        summary: String, requests: [PlannedRequest], risk: Risk, warnings: [String] = [],
        postConditions: [PostCondition] = []
    ) {
        self.init(
            summary: summary, writes: requests.map { PlannedWrite($0) }, risk: risk, warnings: warnings,
            postConditions: postConditions)
    }

    /// Those of the writes that are requests to the API server.
    package var requests: [PlannedRequest] { writes.compactMap(\.request) }

    /// Whether it is done step by step.
    package var isSequence: Bool { writes.contains { $0.step != nil } }
}

/// A proposal of a single request.
extension WriteProposal {
    package init(
        _ summary: String, planned: PlannedRequest, risk: Risk, warnings: [String] = [],
        postConditions: [PostCondition]
    ) {
        self.init(
            summary: summary, requests: [planned], risk: risk,
            warnings: warnings, postConditions: postConditions)
    }
}
