/// The value of `authorizer` and its parts in admission policies (KEP-3488): a question about rights that is put
/// together step by step, then asked.
public struct CELAuthorizer: Sendable {
    /// The right that is asked for. Empty texts are unset.
    public struct Access: Sendable, Hashable {
        /// The verb, such as `get`.
        public var verb = ""
        /// The API group, empty for the core group.
        public var group = ""
        /// The plural of the resource.
        public var resource = ""
        /// The subresource; empty for the object itself.
        public var subresource = ""
        /// The namespace; empty for the whole cluster.
        public var namespace = ""
        /// The name of the object; empty for all.
        public var name = ""
        /// The URL path, where it isn't about a resource.
        public var path: String?
        /// The ServiceAccount that is asked about; nil for the user of the request.
        public var serviceAccount: (namespace: String, name: String)? {
            account.map { ($0[0], $0[1]) }
        }
        fileprivate var account: [String]?

        /// Makes a question that asks for nothing yet.
        public init() {}
    }

    /// The answer of an authorizer.
    public struct Decision: Sendable, Hashable {
        /// Whether the right exists.
        public var isAllowed: Bool
        /// The reason of the answer, for people; it may be empty.
        public var reason: String

        /// Makes an answer.
        public init(isAllowed: Bool, reason: String) {
            self.isAllowed = isAllowed
            self.reason = reason
        }
    }

    /// The types that expressions see.
    enum Kind: String, Sendable {
        case authorizer = "kubernetes.authorization.Authorizer"
        case groupCheck = "kubernetes.authorization.GroupCheck"
        case resourceCheck = "kubernetes.authorization.ResourceCheck"
        case pathCheck = "kubernetes.authorization.PathCheck"
        case decision = "kubernetes.authorization.Decision"
    }

    private(set) var kind = Kind.authorizer
    private var access = Access()
    private var decision = Decision(isAllowed: false, reason: "")
    private let requestResource: Access
    private let decide: @Sendable (Access) -> Decision

    /// Makes the value of `authorizer` for one request.
    ///
    /// - Parameters:
    ///   - requestResource: The right that the request itself needs, for `authorizer.requestResource`.
    ///   - decide: Answers for the user of the request, or for the ServiceAccount that is named.
    public init(requestResource: Access, decide: @escaping @Sendable (Access) -> Decision) {
        self.requestResource = requestResource
        self.decide = decide
    }

    static let functions: [String: CELFunction] = [
        "serviceAccount": function([.authorizer], count: 2, result: .authorizer(.authorizer)),
        "path": function([.authorizer], count: 1, result: .authorizer(.pathCheck)),
        "group": function([.authorizer], count: 1, result: .authorizer(.groupCheck)),
        "resource": function([.groupCheck], count: 1, result: .authorizer(.resourceCheck)),
        "subresource": function([.resourceCheck], count: 1, result: .authorizer(.resourceCheck)),
        "namespace": function([.resourceCheck], count: 1, result: .authorizer(.resourceCheck)),
        "name": function([.resourceCheck], count: 1, result: .authorizer(.resourceCheck)),
        "check": function([.resourceCheck, .pathCheck], count: 1, result: .authorizer(.decision)),
        "allowed": function([.decision], count: 0, result: .bool),
        "errored": function([.decision], count: 0, result: .bool),
        "error": function([.decision], count: 0, result: .string),
        "reason": function([.decision], count: 0, result: .string),
    ]

    private static func function(_ receivers: Set<Kind>, count: Int, result: CELType) -> CELFunction {
        .member(Set(receivers.map(\.rawValue)), count: count...count, result: result)
    }

    func member(_ name: String) -> CELValue? {
        guard kind == .authorizer, name == "requestResource" else { return nil }
        var check = self
        check.kind = .resourceCheck
        let account = access.account
        check.access = requestResource
        check.access.account = account
        return .authorizer(check)
    }

    func call(_ name: String, arguments: [CELValue]) throws(CELFailure) -> CELValue {
        var texts: [String] = []
        for argument in arguments {
            guard case .string(let text) = argument else { throw CELEvaluator.noOverload }
            texts.append(text)
        }
        guard let function = Self.functions[name], function.receivers?.contains(kind.rawValue) == true,
            function.arguments.contains(texts.count)
        else { throw CELEvaluator.noOverload }
        return texts.isEmpty ? answer(name) : .authorizer(refined(name, texts: texts))
    }

    /// A decision is always known here: rules that can't be read allow nothing.
    private func answer(_ name: String) -> CELValue {
        switch name {
        case "allowed": .bool(decision.isAllowed)
        case "errored": .bool(false)
        case "reason": .string(decision.reason)
        default: .string("")
        }
    }

    private func refined(_ name: String, texts: [String]) -> CELAuthorizer {
        var next = self
        switch name {
        case "serviceAccount": next.access.account = texts
        case "path": (next.kind, next.access.path) = (.pathCheck, texts[0])
        case "group": (next.kind, next.access.group) = (.groupCheck, texts[0])
        case "resource": (next.kind, next.access.resource) = (.resourceCheck, texts[0])
        case "subresource": next.access.subresource = texts[0]
        case "namespace": next.access.namespace = texts[0]
        case "name": next.access.name = texts[0]
        default:
            next.access.verb = texts[0]
            next.kind = .decision
            next.decision = decide(next.access)
        }
        return next
    }
}
