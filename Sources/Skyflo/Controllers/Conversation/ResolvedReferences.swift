import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import ToolKit
import WorkflowEngine
import Writes

/// Something that a conversation's spec names isn't there, or can't be used. It may come.
struct UnresolvedReference: Error {
    var reason: ConversationReason
    var message: String
}

/// Everything that a conversation's spec names, found.
struct ResolvedReferences: Sendable {
    /// Of the SkyfloAI that governs the conversation.
    var skyfloAI: ObjectKey
    var model: SkyfloAI.Model
    /// Those that are asked where the model can't be.
    var fallbacks: [SkyfloAI.Model] = []
    var languageModel: any LanguageModel
    /// What the language model shows to its provider.
    var credential: Credential?
    var identity: Impersonation
    /// nil: all.
    var toolsets: Set<String>?
    /// Of all tools that the model may come to know.
    var definitions: [ToolDefinition]
    var tools: ToolRegistry
    var systemPrompt: String
    /// What the model is told of the conversation's namespace; empty for nothing.
    var namespaceFacts = ""
    /// Those that match one of the conversation's messages.
    var runbooks: [Runbook] = []
    /// A model is asked for the conversation's title.
    var asksForTitles = false
    /// The model sums up what of the conversation it can't read any more.
    var asksForSummaries = false
    /// What the conversation may take of models, all turns together.
    var spending = SpendingLimits.Amount()

    static func resolve(
        for conversation: Conversation, _ dependencies: ConversationReconciler.Dependencies
    ) async throws -> ResolvedReferences {
        let spec = conversation.spec
        let skyflo = try await skyfloAI(for: conversation, dependencies)
        guard let model = skyflo.model(named: spec.model) else {
            throw UnresolvedReference(
                reason: .modelNotFound,
                message: "SkyfloAI \(skyflo.object.key) lists no model \"\(spec.model ?? "")\"; it has: "
                    + skyflo.models.map(\.name).joined(separator: ", "))
        }
        let mcp = try await dependencies.integrations(of: skyflo.object.key).mcpToolsets()
        let tools = dependencies.tools.adding(mcp.tools, onDemand: mcp.groups)
        let toolsets = try toolsets(
            of: spec, skyflo: skyflo,
            known: tools.toolsets.union(skyflo.mcpServers.filter(\.isEnabled).map(\.name)))
        async let made = languageModel(of: model, in: skyflo, dependencies)
        let identity = try await identity(of: conversation, dependencies)
        let isChosen = spec.toolsets != nil || skyflo.toolsets != nil
        let groups = try await apiGroups(servedBy: dependencies.mapper)
        let useless = tools.useless(
            apiGroups: groups ?? [],
            integrations: Set(skyflo.integrations.filter(\.isEnabled).map(\.kind)))
        // Each description costs tokens in every request. Tools that aren't offered still say what is missing when called.
        let offered = isChosen ? toolsets : toolsets?.subtracting(useless)
        let isReadOnly = spec.approvalMode == .readOnly || skyflo.readOnly
        async let hints = hints(
            for: conversation, of: skyflo, model: model, identity: identity, isReadOnly: isReadOnly, dependencies)
        let definitions = tools.definitions(toolsets: offered, onlyReading: isReadOnly)
        let prompt = SystemPrompt(
            isReadOnly: isReadOnly,
            installation: try await dependencies.installation.installation(
                serving: groups, useless: useless, off: tools.toolsets.subtracting(toolsets ?? tools.toolsets),
                absent: mcp.absent,
                api: dependencies.api, clock: dependencies.clock),
            instructions: skyflo.instructions)
        let (languageModel, credential) = try await made
        var references = ResolvedReferences(
            skyfloAI: skyflo.object.key, model: model,
            fallbacks: model.fallback.compactMap { skyflo.model(named: $0) }, languageModel: languageModel,
            credential: credential, identity: identity,
            toolsets: toolsets, definitions: definitions, tools: tools,
            systemPrompt: prompt.text, spending: skyflo.spendingLimits.conversation)
        (references.namespaceFacts, references.runbooks) = try await hints
        references.asksForTitles = skyflo.asksForTitles && model.provider != .offline
        references.asksForSummaries = skyflo.asksForSummaries && model.provider != .offline
        return references
    }

    /// What a model is told besides the instructions. The offline model takes nothing but users' words.
    private static func hints(
        for conversation: Conversation, of skyflo: SkyfloAI, model: SkyfloAI.Model, identity: Impersonation,
        isReadOnly: Bool, _ dependencies: ConversationReconciler.Dependencies
    ) async throws -> (facts: String, runbooks: [Runbook]) {
        guard model.provider != .offline else { return ("", []) }
        let (api, clock) = (dependencies.api, dependencies.clock)
        async let facts = dependencies.namespaceFacts.text(
            namespace: conversation.namespace, identity: identity, isReadOnly: isReadOnly, api: api, clock: clock)
        let runbooks = try await dependencies.runbooks.matching(
            conversation, in: skyflo, redactor: Redactor(key: dependencies.options.redactionKey), api: api, clock: clock
        )
        return (try await facts, runbooks)
    }

    // MARK: SkyfloAI

    /// The one that the spec names, else the only one of the namespace, else the operator's default.
    static func skyfloAI(
        for conversation: Conversation, _ dependencies: ConversationReconciler.Dependencies
    ) async throws -> SkyfloAI {
        let cache = dependencies.skyfloAIs
        if let reference = conversation.spec.skyfloRef {
            let key = ObjectKey(namespace: reference.namespace ?? conversation.namespace, name: reference.name)
            try await checkReach(of: key, from: conversation, dependencies)
            guard let object = cache.get(key) else {
                throw UnresolvedReference(
                    reason: .skyfloAINotFound,
                    message: "SkyfloAI \(key), which spec.skyfloRef names, does not exist: create it, or name another")
            }
            return SkyfloAI(object)
        }
        let own = try await skyfloAIs(in: conversation.namespace, dependencies)
        if own.count > 1 {
            let names = own.map(\.name).sorted().joined(separator: ", ")
            throw UnresolvedReference(
                reason: .skyfloAIAmbiguous,
                message: "the namespace has several SkyfloAIs (\(names)): name one in spec.skyfloRef")
        }
        if let object = own.first ?? dependencies.options.defaultSkyfloAI.flatMap(cache.get) { return SkyfloAI(object) }
        let lacks =
            dependencies.options.defaultSkyfloAI.map {
                ", spec.skyfloRef names none, and the operator's default SkyfloAI \($0) does not exist"
            } ?? " and spec.skyfloRef names none"
        throw UnresolvedReference(
            reason: .skyfloAINotFound,
            message:
                "the namespace \(conversation.namespace) has no SkyfloAI\(lacks): create one "
                + "(an empty spec is enough; it uses the built-in model offline), and the conversation continues by itself"
        )
    }

    /// Those of a namespace. Where none is known the API server is asked: a conversation that is applied together with its
    /// SkyfloAI may not run by the rules of the operator's default because its watch was faster.
    private static func skyfloAIs(
        in namespace: String, _ dependencies: ConversationReconciler.Dependencies
    ) async throws -> [KubeObject] {
        let known = dependencies.skyfloAIs.list(namespace: namespace)
        guard known.isEmpty, dependencies.options.defaultSkyfloAI != nil else { return known }
        let found = try await dependencies.api.list(.skyfloAIs, namespace: namespace).items
        for object in found { dependencies.skyfloAIs.insert(object) }
        return found
    }

    /// Who may write a SkyfloAI anywhere could otherwise decide what is approved in any other namespace, and whoever asks
    /// could choose by whose rules.
    private static func checkReach(
        of key: ObjectKey, from conversation: Conversation, _ dependencies: ConversationReconciler.Dependencies
    ) async throws {
        guard key.namespace != conversation.namespace else { return }
        let isDefault = key == dependencies.options.defaultSkyfloAI
        guard isDefault, try await skyfloAIs(in: conversation.namespace, dependencies).isEmpty else {
            let why = isDefault ? "the namespace has its own" : "it is in another namespace"
            throw UnresolvedReference(
                reason: .skyfloAINotFound, message: "SkyfloAI \(key) can't be used in \(conversation.namespace): \(why)"
            )
        }
    }

    private static func toolsets(
        of spec: ConversationSpec, skyflo: SkyfloAI, known: Set<String>
    ) throws -> Set<String>? {
        let enabled = skyflo.toolsets.map(Set.init) ?? known
        guard let wanted = spec.toolsets.map(Set.init) else { return enabled }
        if let missing = wanted.subtracting(known.intersection(enabled)).min() {
            throw UnresolvedReference(
                reason: .toolsetNotFound,
                message: "the toolset \"\(missing)\" does not exist or is not allowed by the SkyfloAI; available: "
                    + known.intersection(enabled).sorted().joined(separator: ", "))
        }
        return wanted
    }

    /// nil where the cluster doesn't say.
    private static func apiGroups(servedBy mapper: RESTMapper) async throws -> Set<String>? {
        do {
            return Set(try await mapper.allResources().map(\.group))
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }

    // MARK: Secret and ServiceAccount

    /// The same with the model's key as it is by now, for when the provider has refused the one that was read earlier.
    ///
    /// - Returns: nil where there is no other. A key belongs to the address that is named beside it: where the SkyfloAI
    ///   describes the model otherwise by now, this turn's address doesn't get it.
    func withNewKey(_ dependencies: ConversationReconciler.Dependencies) async throws -> ResolvedReferences? {
        guard let skyflo = dependencies.skyfloAIs.get(skyfloAI).map({ SkyfloAI($0) }),
            skyflo.model(named: model.name) == model
        else { return nil }
        do {
            let (model, key) = try await Self.languageModel(of: model, in: skyflo, dependencies, isNew: true)
            guard key != credential else { return nil }
            var renewed = self
            renewed.credential = key
            renewed.languageModel = model
            return renewed
        } catch is UnresolvedReference {
            return nil
        }
    }

    /// The ServiceAccount that tools work as.
    private static func identity(
        of conversation: Conversation, _ dependencies: ConversationReconciler.Dependencies
    ) async throws -> Impersonation {
        let (namespace, name) = (conversation.namespace, conversation.spec.serviceAccountName)
        guard conversation.identity != dependencies.options.user else {
            throw UnresolvedReference(
                reason: .serviceAccountRefused,
                message: "the ServiceAccount \(namespace)/\(name) is the operator's own; tools may not use it")
        }
        guard
            try await dependencies.serviceAccounts.contains(
                ObjectKey(namespace: namespace, name: name), api: dependencies.api, clock: dependencies.clock)
        else {
            throw UnresolvedReference(
                reason: .serviceAccountNotFound,
                message: "ServiceAccount \(namespace)/\(name) does not exist: "
                    + "create it, or name another in spec.serviceAccountName")
        }
        return Impersonation(user: conversation.identity)
    }
}

extension ResolvedReferences {
    func policy(for spec: ConversationSpec) -> WorkflowStateMachine.Policy {
        .init(
            limits: spec.limits, mode: spec.approvalMode,
            readTools: Set(definitions.filter(\.onlyReads).map(\.name)).subtracting([LoadToolsetTool.name]),
            writeTools: Set(definitions.filter { !$0.onlyReads }.map(\.name)).subtracting([LoadToolsetTool.name]),
            spending: spending)
    }
}
