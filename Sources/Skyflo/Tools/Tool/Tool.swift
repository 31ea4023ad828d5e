public import KubeClient
public import KubeModel

/// Something that a model can ask for by name.
///
/// A tool can't write. What it is given to talk to the cluster refuses every request that changes something, so all that
/// it can do about a write is to return a ``WriteProposal`` with the exact requests. Whoever runs tools decides whether
/// those are sent, and sends them as they are. This makes "what was approved is what runs" a matter of types.
public protocol Tool: Sendable {
    /// `k8s_scale`
    var name: String { get }
    /// `Scale Kubernetes Resource`
    var title: String { get }
    /// For the model: what it does, when to use it.
    var description: String { get }
    /// `kubernetes`, `helm`, `argo`, `jenkins`.
    var toolset: String { get }
    var parameters: ToolParameters { get }
    /// Whether it never proposes a write. Only for asking before reads (`approval.mode: Always`): whether a call writes is
    /// decided by what it proposes, not by this.
    var onlyReads: Bool { get }

    /// Carries out a read, or proposes a write.
    ///
    /// - Parameter arguments: already checked against ``parameters``, with defaults filled in.
    /// - Throws: ``ToolFailure`` for what the model should hear about (`APIStatus` from the cluster is turned into one by
    ///   the caller); `CancellationError`.
    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome
}

/// What a tool call may use.
public struct ToolContext: Sendable {
    /// Refuses writes, and does everything as the ServiceAccount of the conversation.
    public var api: ReadOnlyAPI
    /// Finds resources by the names that people use.
    public var mapper: RESTMapper
    /// Where the Conversation lives: the default where a tool call names no namespace.
    public var namespace: String
    public var redactor: Redactor
    /// How many bytes a result may have; a longer one is cut, and says so.
    public var outputLimit: Int

    public init(
        api: ReadOnlyAPI, mapper: RESTMapper, namespace: String, redactor: Redactor, outputLimit: Int = 16_384
    ) {
        self.api = api
        self.mapper = mapper
        self.namespace = namespace
        self.redactor = redactor
        self.outputLimit = outputLimit
    }
}

public enum ToolOutcome: Sendable {
    /// A read: text for the model.
    case output(String)
    case proposal(WriteProposal)
}

/// A write that has not happened: the exact requests, what they are aimed at, and how to see afterwards that it worked.
public struct WriteProposal: Sendable, Hashable {
    public enum Risk: String, Sendable, Comparable {
        case low = "Low", medium = "Medium", high = "High"
        public static func < (a: Risk, b: Risk) -> Bool { a.order < b.order }
        private var order: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }
    }

    /// One line for people: `Scale deployment shop/web from 2 to 3 replicas`.
    public var summary: String
    /// In the order in which they are done. Those with a step are a sequence (``WriteStep``), and then all of them are.
    public var writes: [PlannedWrite]
    public var risk: Risk
    /// For the approver: side effects, other owners of the object.
    public var warnings: [String]
    /// What must hold when the write has done what it is for.
    public var postConditions: [PostCondition]

    /// Where a post-condition is about running pods, that nobody warns about them is one too.
    public init(
        summary: String, writes: [PlannedWrite], risk: Risk, warnings: [String] = [],
        postConditions: [PostCondition] = []
    ) {
        self.summary = summary
        self.writes = writes
        self.risk = risk
        self.warnings = warnings
        self.postConditions = postConditions + PostCondition.warnings(beside: postConditions)
    }

    /// A write of requests to the API server, each with its target's uid and resourceVersion as preconditions.
    public init(
        summary: String, requests: [PlannedRequest], risk: Risk, warnings: [String] = [],
        postConditions: [PostCondition] = []
    ) {
        self.init(
            summary: summary, writes: requests.map { PlannedWrite($0) }, risk: risk, warnings: warnings,
            postConditions: postConditions)
    }

    /// Those of the writes that are requests to the API server.
    public var requests: [PlannedRequest] { writes.compactMap(\.request) }

    /// Whether it is done step by step.
    public var isSequence: Bool { writes.contains { $0.step != nil } }
}

public struct PlannedRequest: Sendable, Hashable {
    public var request: KubeRequest
    public var target: Target
    /// The target as it was when the request was planned; nil when the request creates it.
    public var before: KubeObject?
    /// What the preview of the request was made of; nil before there is one, and where the request could not be tried out.
    public var previewed: PreviewedContent?

    public init(request: KubeRequest, target: Target, before: KubeObject?, previewed: PreviewedContent? = nil) {
        self.request = request
        self.target = target
        self.before = before
        self.previewed = previewed
    }

    /// The object that a request is aimed at.
    public struct Target: Sendable, Hashable {
        public var resource: APIResource
        public var namespace: String?
        public var name: String
        /// Empty when the request creates the object.
        public var uid: String
        public var resourceVersion: String

        public init(resource: APIResource, namespace: String?, name: String, uid: String, resourceVersion: String) {
            self.resource = resource
            self.namespace = namespace
            self.name = name
            self.uid = uid
            self.resourceVersion = resourceVersion
        }

        /// `deployment shop/web`
        public var text: String { "\(resource.singular) \(namespace.map { "\($0)/" } ?? "")\(name)" }
    }
}

/// What the model is told when a call can't be carried out.
public struct ToolFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    /// What the call is about has moved while it was prepared: the same call may well succeed.
    public var isStale = false
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}
