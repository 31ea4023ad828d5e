import KubeModel

/// Settings of the co-pilot for the conversations that refer to it.
package struct SkyfloAI: Sendable {
    package let object: KubeObject
    /// Never empty.
    package let models: [Model]
    /// nil: all there are.
    package let toolsets: [String]?
    package let instructions: String?
    /// The ServiceAccount of its namespace as which the operator reads the Secrets and ConfigMaps that are named here; nil for
    /// the operator itself.
    package let secretsServiceAccountName: String?
    package let runbooks: [RunbookReference]
    /// True: a model is asked for the titles of conversations.
    package let asksForTitles: Bool
    /// True: a model sums up what of a conversation it can't read any more.
    package let asksForSummaries: Bool
    /// True: no conversation that this governs begins a write, or goes on with a turn.
    package let stop: Bool
    /// True: no conversation that this governs may write.
    package let readOnly: Bool
    package let approvals: ApprovalPolicy
    /// How much of it may run at once.
    package let turnCaps: TurnCaps
    /// Systems outside of the cluster that conversations may use.
    package let integrations: [IntegrationSettings]
    /// Repositories of charts that conversations may use.
    package let helmRepositories: [HelmRepositorySettings]
    /// Servers of the Model Context Protocol whose tools conversations may use.
    package let mcpServers: [MCPServerSettings]
    package let spendingLimits: SpendingLimits
    /// What makes conversations by itself.
    package let triggers: [TriggerSettings]
    /// The components that the spec asks for.
    package let components: [ComponentKind: ComponentSettings]
    package let placement: ComponentPlacement
    /// True: components are left as they are.
    package let isPaused: Bool

    package init(_ object: KubeObject) {
        self.object = object
        let spec = object["spec"]
        let listed = (spec?["models"]?.array ?? []).compactMap(Model.init)
        models = listed.isEmpty ? [.offline] : listed
        toolsets = spec?["toolsets"]?.array?.compactMap(\.string)
        instructions = spec?["instructions"]?.string
        secretsServiceAccountName = spec?["secretsServiceAccountName"]?.string
        runbooks = (spec?["runbooks"]?.array ?? []).compactMap(RunbookReference.init)
        asksForTitles = spec?["titles"]?.string == "Model"
        asksForSummaries = spec?["summaries"]?.string != "None"
        stop = spec?["stop"]?.bool ?? false
        readOnly = spec?["readOnly"]?.bool ?? false
        approvals = ApprovalPolicy(spec?["approvals"] ?? .object([:]))
        turnCaps = TurnCaps(spec?["limits"] ?? .object([:]))
        integrations = IntegrationSettings.all(spec?["integrations"])
        helmRepositories = HelmRepositorySettings.all(spec?["helm"])
        mcpServers = MCPServerSettings.all(spec?["mcpServers"])
        spendingLimits = SpendingLimits(spec?["limits"] ?? .object([:]))
        triggers = (spec?["triggers"]?.array ?? []).compactMap(TriggerSettings.init)
        components = ComponentKind.allCases.reduce(into: [:]) { $0[$1] = ComponentSettings(spec?[$1.rawValue], of: $1) }
        placement = ComponentPlacement(spec)
        isPaused = spec?["paused"]?.bool ?? false
    }

    package var status: SkyfloAIStatus { object["status"].flatMap { SkyfloAIStatus(json: $0) } ?? SkyfloAIStatus() }
    package var conditions: [Condition] { status.conditions }

    /// Whether the key of a model may be read from a Secret. It is sent to an address that the same SkyfloAI names: tokens
    /// of ServiceAccounts and the like would leave the cluster at the wish of somebody who may not read them.
    package static func mayHoldKey(_ secret: KubeObject) -> Bool {
        ["", "Opaque"].contains(secret["type"]?.string ?? "")
    }

    /// The model of that name, or the default one.
    package func model(named name: String?) -> Model? {
        guard let name else { return models.first }
        return models.first { $0.name == name }
    }
}

/// How many turns may run at the same time: `spec.limits` of a SkyfloAI. Those that wait for a person don't count.
package struct TurnCaps: Sendable, Hashable {
    /// Of all conversations that the SkyfloAI governs; nil for no limit.
    package var runningTurns: Int?
    /// Of these, in one namespace; nil for no limit.
    package var runningTurnsPerNamespace: Int?

    package init(runningTurns: Int? = nil, runningTurnsPerNamespace: Int? = nil) {
        self.runningTurns = runningTurns
        self.runningTurnsPerNamespace = runningTurnsPerNamespace
    }

    init(_ json: JSONValue) {
        self.init(
            runningTurns: json["runningTurns"]?.int, runningTurnsPerNamespace: json["runningTurnsPerNamespace"]?.int)
    }
}
