import Integrations
import KubeClient
import Writes

/// Something that a model can ask for by name.
///
/// A tool can't write. What it is given to talk to the cluster refuses every request that changes something, so all that
/// it can do about a write is to return a ``WriteProposal`` with the exact requests. Whoever runs tools decides whether
/// those are sent, and sends them as they are. This makes "what was approved is what runs" a matter of types.
package protocol Tool: Sendable {
    /// `k8s_scale`
    var name: String { get }
    /// `Scale Kubernetes Resource`
    var title: String { get }
    /// For the model: what it does, when to use it.
    var description: String { get }
    /// `kubernetes`, `helm`, `argo`, `jenkins`.
    var toolset: String { get }
    var parameters: ToolParameters { get }
    /// Of a tool that somebody else has described: what its arguments have to be is said by this, in place of ``parameters``.
    var foreignSchema: ForeignSchema? { get }
    /// Whether it never proposes a write. Only for asking before reads (`approval.mode: Always`): whether a call writes is
    /// decided by what it proposes, not by this.
    var onlyReads: Bool { get }
    /// Whether it may take away or replace what somebody needs, rather than only add to it. As long as a tool says nothing,
    /// whatever may write counts as destructive.
    var isDestructive: Bool { get }
    /// Whether the same call once more, after the first was carried out, changes nothing more. As long as a tool says
    /// nothing, only reads count as that.
    var isIdempotent: Bool { get }
    /// Whether it reaches something other than the objects of the API server: a program in a container, an application, a
    /// repository.
    var isOpenWorld: Bool { get }
    /// All that it may send or propose, in the terms of RBAC. A proposal of anything else is refused. Nil for a tool that
    /// doesn't say.
    var requests: [ToolRequest]? { get }
    /// All that it may send or propose to integrations. What isn't in it is not sent; as long as a tool says nothing, that is
    /// everything.
    var routes: [IntegrationRoute] { get }

    /// Carries out a read, or proposes a write.
    ///
    /// - Parameter arguments: already checked against ``parameters``, with defaults filled in.
    /// - Throws: ``ToolFailure`` for what the model should hear about (`APIStatus` from the cluster is turned into one by
    ///   the caller); `CancellationError`.
    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome
}

extension Tool {
    package var foreignSchema: ForeignSchema? { nil }
    package var isDestructive: Bool { !onlyReads }
    package var isIdempotent: Bool { onlyReads }
    package var isOpenWorld: Bool { false }
    package var requests: [ToolRequest]? { nil }
    package var routes: [IntegrationRoute] { [] }
}

/// What a tool call may use.
package struct ToolContext: Sendable {
    /// Refuses writes, and does everything as the ServiceAccount of the conversation.
    package var api: ReadOnlyAPI
    /// Finds resources by the names that people use.
    package var mapper: RESTMapper
    /// Where the Conversation lives: the default where a tool call names no namespace.
    package var namespace: String
    package var redactor: Redactor
    /// Systems outside of the cluster that the SkyfloAI names. Nothing can be changed through it.
    package var integrations: IntegrationReader
    /// Charts that may be installed.
    package var charts: any ChartProvider
    /// How many bytes a result may have; a longer one is cut, and says so.
    package var outputLimit: Int
    /// How far the call's wait is; nil at its first look, and for a call that doesn't wait.
    package var waited: WaitProgress?
    /// Told how far a call is that takes its time. Nothing may depend on it.
    package var report: (@Sendable (ToolProgress) -> Void)?

    package init(
        api: ReadOnlyAPI, mapper: RESTMapper, namespace: String, redactor: Redactor,
        integrations: IntegrationReader = .none, charts: any ChartProvider = NoCharts(), outputLimit: Int = 16_384
    ) {
        self.api = api
        self.mapper = mapper
        self.namespace = namespace
        self.redactor = redactor
        self.integrations = integrations
        self.charts = charts
        self.outputLimit = outputLimit
    }
}

/// How far a call is, for whoever looks on.
package struct ToolProgress: Sendable, Hashable {
    /// Without what looks like a credential.
    package var message: String
    /// From 1; nil for what isn't done in steps.
    package var step: Int?
    package var steps: Int?

    package init(message: String, step: Int? = nil, steps: Int? = nil) {
        self.message = message
        self.step = step
        self.steps = steps
    }
}

package enum ToolOutcome: Sendable {
    /// A read: text for the model.
    case output(String)
    case proposal(WriteProposal)
    /// A read that isn't over yet. The same call is made again later, with ``ToolContext/waited``, until it has an output.
    case waiting(ToolWait)
}
