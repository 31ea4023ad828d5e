import KubeClient
import KubeModel
import MCP
import SkyfloAPI
import ToolKit
import Writes

/// What the MCP server offers to one caller: tools that read the cluster, and conversations with the operator. Everything is
/// done with the caller's own rights: by the API that it is made with.
package struct ClusterFeatures: ServedFeatures {
    package struct Options: Sendable {
        /// Conversations only read, too.
        package var isReadOnly: Bool
        /// nil for all.
        package var toolsets: Set<String>?
        /// Whether a user who asked through MCP may approve through MCP what came of it.
        package var allowsOwnApprovals: Bool

        package init(isReadOnly: Bool = false, toolsets: Set<String>? = nil, allowsOwnApprovals: Bool = false) {
            self.isReadOnly = isReadOnly
            self.toolsets = toolsets
            self.allowsOwnApprovals = allowsOwnApprovals
        }
    }

    private let api: any KubeAPI
    private let user: String
    private let namespace: String
    private let registry: ToolRegistry
    /// Of the registry: its schemas are made anew each time that it is asked for.
    private let catalog: ToolCatalog
    private let redactor: Redactor
    private let mapper: RESTMapper
    private let options: Options
    private let now: @Sendable () -> KubeTime

    /// - Parameters:
    ///   - api: acts as the caller, or can do nothing.
    ///   - user: whom the API server takes the caller for.
    ///   - namespace: where a call names none.
    ///   - redactor: with a key of this process: equal secrets look equal for as long as it lives.
    package init(
        api: any KubeAPI, user: String, namespace: String, registry: ToolRegistry, redactor: Redactor,
        options: Options = Options(), now: @escaping @Sendable () -> KubeTime
    ) {
        self.api = api
        self.user = user
        self.namespace = namespace
        self.registry = registry
        catalog = registry.catalog
        self.redactor = redactor
        self.options = options
        self.now = now
        mapper = RESTMapper(api: api)
    }

    private var conversationTools: ConversationTools {
        ConversationTools(api: api, user: user, namespace: namespace, options: options, now: now)
    }

    // MARK: Tools

    package func tools() async throws -> [ServedTool] {
        let names = try await readingTools()
        let reading = catalog.entries.filter { names.contains($0.name) }.map { entry in
            var annotations = entry.hints.json
            annotations["title"] = .string(entry.title)
            return ServedTool(
                name: entry.name, title: entry.title, description: entry.description, inputSchema: entry.schema,
                annotations: annotations)
        }
        return ConversationTools.definitions(isReadOnly: options.isReadOnly) + reading
    }

    /// Tools that read, of toolsets that this server offers and this cluster has something for.
    private func readingTools() async throws -> Set<String> {
        let useless = registry.useless(apiGroups: try await apiGroups(), integrations: [])
        return Set(
            registry.definitions(toolsets: options.toolsets, onlyReading: true)
                .filter { !useless.contains($0.toolset) && !$0.toolset.isEmpty }.map(\.name))
    }

    private func apiGroups() async throws -> Set<String> {
        let answer = try await api.call(KubeRequest(.get, path: "/apis"))
        return Set((answer["groups"]?.array ?? []).compactMap { $0["name"]?.string } + [""])
    }

    package func call(
        tool: String, arguments: JSONObject, request: RequestMeta, progress: ProgressReporter
    ) async throws -> ToolResult {
        if let name = ConversationTools.Name(rawValue: tool) {
            return try await conversationTools.call(
                name, arguments: arguments, client: request.client, progress: progress)
        }
        guard let entry = catalog.entries.first(where: { $0.name == tool && !$0.toolset.isEmpty }),
            options.toolsets?.contains(entry.toolset) ?? true
        else { throw RPCError(.invalidParams, "there is no tool \(tool.prefix(80))") }
        guard entry.hints.isReadOnly else {
            return .failure(
                options.isReadOnly
                    ? "\(tool) changes something, and this server is read-only."
                    : "\(tool) changes something, which is done through a conversation only: describe the change to "
                        + "conversation_ask; it returns a preview that a person approves.")
        }
        return try await read(tool, arguments: arguments, progress: progress)
    }

    package func mayWait(_ tool: String) -> Bool {
        ["conversation_ask", "conversation_wait", "k8s_wait", "wait_for_x_seconds"].contains(tool)
    }

    private func read(
        _ tool: String, arguments: JSONObject, progress: ProgressReporter
    ) async throws -> ToolResult {
        let text = JSONWriter.string(.object(arguments))
        do {
            return try await ReadingCall(
                registry: registry, tool: tool, arguments: text, context: context, now: now
            ).result(progress: progress)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .failure(redactor.redact(text: ToolFailure(describing: error).message))
        }
    }

    private var context: ToolContext {
        let identity = Impersonation(user: user, groups: [])
        return ToolContext(
            api: ReadOnlyAPI(CallerAPI(api, identity: identity).impersonating(identity)), mapper: mapper,
            namespace: namespace, redactor: redactor)
    }

    // MARK: Resources

    private var conversationResources: ConversationResources { ConversationResources(api: api, namespace: namespace) }

    package func resources(after cursor: String?) async throws -> (resources: [ServedResource], next: String?) {
        try await conversationResources.page(after: cursor)
    }

    package func resourceTemplates() -> [ResourceTemplate] { ConversationResources.templates }

    package func read(resource uri: String) async throws -> [ResourceContents] {
        try await conversationResources.read(uri)
    }

    // MARK: Prompts

    package func prompts() -> [ServedPrompt] { Prompts.all }

    package func prompt(named name: String, arguments: [String: String]) async throws -> PromptMessages {
        try Prompts.messages(of: name, arguments: arguments, namespace: namespace)
    }

    package func complete(
        _ reference: CompletionReference, argument: String, value: String, context: [String: String]
    ) async throws -> [String] {
        try await Completions(api: api, namespace: namespace)
            .values(for: reference, argument: argument, beginning: value, context: context)
    }
}

/// The caller's API, for what asks for an identity by name: that of the caller itself needs no impersonation, and no other is
/// ever taken.
private struct CallerAPI: KubeAPI {
    private let api: any KubeAPI
    private let identity: Impersonation

    init(_ api: any KubeAPI, identity: Impersonation) {
        self.api = api
        self.identity = identity
    }

    private func check(_ other: Impersonation?) throws {
        guard other == nil || other == identity else {
            throw KubeClientError(.unsupported, message: "a caller's request can't be made as somebody else")
        }
    }

    func send(_ request: KubeRequest, as other: Impersonation?) async throws -> KubeResponse {
        try check(other)
        return try await api.send(request, as: nil)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as other: Impersonation?,
        body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try check(other)
        return try await api.stream(request, as: nil, body: body)
    }
}
