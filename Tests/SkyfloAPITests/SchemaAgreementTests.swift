import FoundationEssentials
import KubeModel
import KubeSchema
import SkyfloAPI
import Testing

/// The schema that a file under crds/ installs, as an API server reads it.
func schema(_ file: String) throws -> (json: JSONValue, schema: StructuralSchema) {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "crds/\(file)"), encoding: .utf8)
    let json = try #require(try YAML.parse(text)["spec", "versions"]?[0]?["schema", "openAPIV3Schema"])
    return (json, try StructuralSchema(json))
}

@Suite struct SchemaAgreementTests {
    static let maximalSpec: JSONValue = [
        "messages": [["content": "hello"]], "followUps": ["a": ["content": "more"]],
        "skyfloRef": ["name": "sky", "namespace": "other"], "model": "big",
        "serviceAccountName": "copilot", "toolsets": ["kubernetes"], "approval": ["mode": "Always"],
        "limits": [
            "modelTurns": 1, "toolCalls": 2, "writes": 3, "tokens": 4, "turnTimeoutSeconds": 5,
            "approvalTimeoutSeconds": 6,
        ],
        "stop": true, "undo": ["c1"], "ttlSecondsAfterFinished": 7,
    ]

    static let maximalModel: JSONValue = [
        "name": "default", "provider": "Offline", "model": "m", "baseURL": "http://localhost", "region": "eu-central-1",
        "project": "shop-1", "apiKeySecretRef": ["name": "s", "key": "k"], "maxTokens": 9,
        "auth": [
            "entraID": ["tenantID": "t", "clientID": "c", "clientSecretRef": ["name": "s", "key": "k"]],
            "aws": ["roleARN": "arn:aws:iam::123456789012:role/r", "sessionName": "se", "externalID": "ex"],
            "google": ["credentialsSecretRef": ["name": "s", "key": "k"]],
        ],
        "prices": ["promptPerMillion": "2.50", "cachedPerMillion": "1.25", "completionPerMillion": "10"],
        "contextWindow": 4096, "temperature": "0.5", "reasoningEffort": "high", "thinkingBudget": 1024,
        "timeouts": ["firstTokenSeconds": 1, "silenceSeconds": 2, "replySeconds": 3],
        "headers": [["name": "x-a", "value": "v", "secretRef": ["name": "s", "key": "k"]]],
        "caBundle": "pem", "caSecretRef": ["name": "s", "key": "k"], "caConfigMapRef": ["name": "s", "key": "k"],
        "proxy": "http://p", "fallback": ["other"],
    ]

    /// The paths of all leaves below a schema, lists entered.
    private func leaves(_ schema: JSONValue, _ path: [String] = []) -> Set<[String]> {
        if let items = schema["items"] { return leaves(items, path) }
        guard let properties = schema["properties"]?.object, !properties.isEmpty else { return [path] }
        return properties.reduce(into: []) { $0.formUnion(leaves($1.value, path + [$1.key])) }
    }

    private func leaves(of value: JSONValue, _ path: [String] = []) -> Set<[String]> {
        switch value {
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(leaves(of: $1, path)) }
        case .object(let members): members.reduce(into: []) { $0.formUnion(leaves(of: $1.value, path + [$1.key])) }
        default: [path]
        }
    }

    private func removing(_ path: ArraySlice<String>, from value: JSONValue) -> JSONValue {
        if case .array(let elements) = value { return .array(elements.map { removing(path, from: $0) }) }
        guard let key = path.first else { return value }
        var value = value
        value[key] = path.count == 1 ? nil : value[key].map { removing(path.dropFirst(), from: $0) }
        return value
    }

    @Test func `the schema of a Conversation's spec and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_conversations.yaml")
        let spec = try #require(json["properties", "spec"])
        // followUps has keys of its own.
        let stated = leaves(of: Self.maximalSpec).map { $0.first == "followUps" ? Array($0.prefix(1)) : $0 }
        #expect(leaves(spec) == Set(stated))
        for path in leaves(spec) {
            let without = ConversationSpec(removing(path[...], from: Self.maximalSpec))
            #expect(without != ConversationSpec(Self.maximalSpec), "\(path) isn't read")
        }
        var object: JSONValue = ["apiVersion": "skyflo.ai/v1", "kind": "Conversation", "spec": Self.maximalSpec]
        #expect(schema.validate(object, old: nil).isEmpty)
        #expect(schema.prune(&object).isEmpty)
    }

    @Test func `the defaults of the schema are those of the Swift type`() throws {
        let schema = try schema("skyflo.ai_conversations.yaml").schema
        var object: JSONValue = ["spec": ["messages": [["content": "hello"]]]]
        let before = ConversationSpec(try #require(object["spec"]))
        schema.applyDefaults(&object)
        #expect(object["spec", "limits", "modelTurns"] == 25)
        #expect(ConversationSpec(try #require(object["spec"])) == before)
    }

    @Test func `the schema of a SkyfloAI's models and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let models = try #require(json["properties", "spec"]?["properties", "models"])
        #expect(leaves(models) == leaves(of: Self.maximalModel))
        func read(_ model: JSONValue) -> SkyfloAI.Model? {
            SkyfloAI(KubeObject(["spec": ["models": [model]]])).models.first
        }
        for path in leaves(models) {
            #expect(read(removing(path[...], from: Self.maximalModel)) != read(Self.maximalModel), "\(path) isn't read")
        }
        let object: JSONValue = ["spec": ["models": [["name": "a", "provider": "OpenAI"]]]]
        #expect(schema.validate(object, old: nil).map(\.description).contains { $0.contains("needs a model") })
    }

    static let maximalIntegrations: [IntegrationKind: JSONValue] = [
        .argoCD: [
            "name": "argo", "url": "http://localhost", "secretRef": ["name": "s", "tokenKey": "t"],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "allowedApplications": ["shop-*"], "timeoutSeconds": 9,
        ],
        .gitHub: [
            "name": "hub", "url": "http://localhost", "secretRef": ["name": "s", "tokenKey": "t"],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "allowedRepositories": ["acme/*"], "logHosts": ["*.example.com"], "timeoutSeconds": 9,
        ],
        .gitLab: [
            "name": "lab", "url": "http://localhost", "secretRef": ["name": "s", "tokenKey": "t"],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "allowedProjects": ["acme/*"], "logHosts": ["*.example.com"], "timeoutSeconds": 9,
        ],
        .jenkins: [
            "name": "main", "url": "http://localhost",
            "secretRef": ["name": "s", "usernameKey": "u", "tokenKey": "t"],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "readOnly": true, "allowedJobs": ["shop/*"], "timeoutSeconds": 9,
        ],
        .prometheus: [
            "name": "metrics", "url": "http://localhost",
            "secretRef": ["name": "s", "usernameKey": "u", "tokenKey": "t"],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "tenant": ["header": "X-Team", "value": "a"], "timeoutSeconds": 9,
        ],
    ]

    @Test(arguments: IntegrationKind.allCases)
    func `the schema of a SkyfloAI's integrations and the Swift type have the same fields`(
        _ kind: IntegrationKind
    ) throws {
        let maximal = try #require(Self.maximalIntegrations[kind])
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let list = try #require(json["properties", "spec", "properties", "integrations", "properties", kind.rawValue])
        #expect(leaves(list) == leaves(of: maximal))
        func read(_ integration: JSONValue) -> IntegrationSettings? {
            SkyfloAI(KubeObject(["spec": ["integrations": [kind.rawValue: [integration]]]])).integrations.first
        }
        for path in leaves(list) {
            #expect(read(removing(path[...], from: maximal)) != read(maximal), "\(path) isn't read")
        }
        func problems(_ integration: JSONValue) -> [String] {
            schema.validate(["spec": ["integrations": [kind.rawValue: [integration]]]], old: nil).map(\.description)
        }
        #expect(problems(maximal).contains { $0.contains("not both") })
        var usable = removing(["caSecretRef"], from: maximal)
        #expect(problems(usable) == [])
        usable["url"] = "http://user@host/"
        #expect(!problems(usable).isEmpty)
    }

    @Test func `two integrations of different kinds can't have the same name`() throws {
        let schema = try schema("skyflo.ai_skyfloais.yaml").schema
        for (first, one) in Self.maximalIntegrations {
            for (second, other) in Self.maximalIntegrations where first != second {
                let lists: JSONValue = [
                    first.rawValue: [removing(["caSecretRef"], from: one)],
                    second.rawValue: [
                        MergePatch.apply(["name": one["name"] ?? .null], to: removing(["caSecretRef"], from: other))
                    ],
                ]
                let found = schema.validate(["spec": ["integrations": lists]], old: nil).map(\.description)
                #expect(found.contains { $0.contains("have the same name") }, "\(first) \(second): \(found)")
            }
        }
    }

    @Test func `the schema has what is said of integrations`() throws {
        let (_, schema) = try schema("skyflo.ai_skyfloais.yaml")
        var status = SkyfloAIStatus()
        var found = IntegrationStatus(kind: "Jenkins", name: "main", isReached: true, message: "m")
        (found.user, found.version, found.since) = ("copilot", "2.479.3", KubeTime(seconds: 1_800_000_000))
        status.integrations = [found]
        var object: JSONValue = ["spec": [:], "status": status.json]
        #expect(schema.validate(object, old: nil).map(\.description) == [])
        #expect(schema.prune(&object) == [])
        #expect(SkyfloAIStatus(json: status.json) == status)
    }

    @Test func `the schema of a SkyfloAI's chart repositories and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let list = try #require(json["properties", "spec", "properties", "helm", "properties", "repositories"])
        let maximal: JSONValue = [
            "name": "stable", "url": "oci://ghcr.io/acme",
            "secretRef": ["name": "s", "usernameKey": "u", "tokenKey": "t"],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "allowedCharts": ["web*"], "allowedHosts": ["*.example.com"], "tokenHost": "auth.example.com",
            "plainHTTP": true, "timeoutSeconds": 9,
        ]
        #expect(leaves(list) == leaves(of: maximal))
        func read(_ repository: JSONValue) -> HelmRepositorySettings? {
            SkyfloAI(KubeObject(["spec": ["helm": ["repositories": [repository]]]])).helmRepositories.first
        }
        for path in leaves(list) {
            #expect(read(removing(path[...], from: maximal)) != read(maximal), "\(path) isn't read")
        }
        func problems(_ repository: JSONValue) -> [String] {
            schema.validate(["spec": ["helm": ["repositories": [repository]]]], old: nil).map(\.description)
        }
        #expect(problems(maximal).contains { $0.contains("not both") })
        let usable = removing(["caSecretRef"], from: maximal)
        #expect(problems(usable) == [])
        for change: JSONValue in [
            ["url": "https://user@host/"], ["url": "file:///charts"], ["url": "https://charts.example.com"],
            ["allowedHosts": ["*"]], ["tokenHost": "https://a"], ["name": "a/b"],
        ] { #expect(!problems(MergePatch.apply(change, to: usable)).isEmpty, "\(change)") }
    }

    @Test func `the schema has what is said of chart repositories`() throws {
        let (_, schema) = try schema("skyflo.ai_skyfloais.yaml")
        var found = HelmRepositoryStatus(name: "stable", isReached: true, message: "m")
        found.since = KubeTime(seconds: 1_800_000_000)
        var status = SkyfloAIStatus()
        status.helmRepositories = [found]
        var object: JSONValue = ["spec": [:], "status": status.json]
        #expect(schema.validate(object, old: nil).map(\.description) == [])
        #expect(schema.prune(&object) == [])
        #expect(SkyfloAIStatus(json: status.json) == status)
    }

    @Test func `the schema of a SkyfloAI's MCP servers and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let servers = try #require(json["properties", "spec", "properties", "mcpServers"])
        let maximal: JSONValue = [
            "name": "weather", "url": "http://localhost/mcp", "purpose": "weather",
            "headers": [["name": "X-Key", "value": "k ", "secretRef": ["name": "s", "key": "k"]]],
            "oauth": [
                "tokenURL": "http://localhost/token", "clientID": "c", "clientSecretRef": ["name": "o", "key": "k"],
                "scopes": ["read"],
            ],
            "caSecretRef": ["name": "a", "key": "k"], "caConfigMapRef": ["name": "b", "key": "k"], "enabled": false,
            "readOnly": true, "reads": ["forecast"], "timeoutSeconds": 9,
            "acceptedDigest": .string("sha256:" + String(repeating: "a", count: 64)),
        ]
        #expect(leaves(servers) == leaves(of: maximal))
        func read(_ server: JSONValue) -> MCPServerSettings? {
            SkyfloAI(KubeObject(["spec": ["mcpServers": [server]]])).mcpServers.first
        }
        for path in leaves(servers) {
            #expect(read(removing(path[...], from: maximal)) != read(maximal), "\(path) isn't read")
        }
        func problems(_ server: JSONValue) -> [String] {
            schema.validate(["spec": ["mcpServers": [server]]], old: nil).map(\.description)
        }
        #expect(problems(maximal).contains { $0.contains("not both") })
        let usable = removing(["caSecretRef"], from: maximal)
        #expect(problems(usable) == [])
        for name in MCPServerSettings.reservedNames {
            #expect(!problems(MergePatch.apply(["name": .string(name)], to: usable)).isEmpty)
            #expect(read(MergePatch.apply(["name": .string(name)], to: usable)) == nil)
        }
        for change: JSONValue in [
            ["url": "http://user@host/"], ["acceptedDigest": "sha256:1"],
            ["headers": [["name": "Host", "value": "a"]]],
            ["headers": [["name": "X-A"]]],
            ["headers": [["name": "authorization", "value": "a"]]],
            ["oauth": ["scopes": ["a b"]]],
        ] { #expect(!problems(MergePatch.apply(change, to: usable)).isEmpty, "\(change)") }
    }

    @Test func `the schema has what is said of MCP servers`() throws {
        let (_, schema) = try schema("skyflo.ai_skyfloais.yaml")
        var (tool, waiting, server) = (MCPServerStatus.Tool(), MCPServerStatus.Waiting(), MCPServerStatus())
        (tool.name, tool.digest, tool.isRead) = ("forecast", "sha256:1", true)
        (waiting.name, waiting.change, waiting.digest, waiting.description) = ("rain", .changed, "sha256:2", "d")
        (server.name, server.url, server.isReached, server.revision) = ("weather", "http://a", true, "2026-07-28")
        (server.server, server.digest, server.message) = ("fixture 1", "sha256:3", "m")
        (server.tools, server.waiting, server.since) = ([tool], [waiting], KubeTime(seconds: 1_800_000_000))
        var status = SkyfloAIStatus()
        status.mcpServers = [server]
        var object: JSONValue = ["spec": [:], "status": status.json]
        #expect(schema.validate(object, old: nil).map(\.description) == [])
        #expect(schema.prune(&object) == [])
        #expect(SkyfloAIStatus(json: status.json) == status)
    }

    @Test func `the schema of a SkyfloAI's runbooks and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let runbooks = try #require(json["properties", "spec", "properties", "runbooks"])
        let maximal: JSONValue = [
            "name": "oom", "configMapRef": ["name": "runbooks", "key": "oom.md"], "keywords": ["oom"],
            "kinds": ["Pod"], "namespaces": ["shop-*"],
        ]
        #expect(leaves(runbooks) == leaves(of: maximal))
        func read(_ runbook: JSONValue) -> RunbookReference? {
            SkyfloAI(KubeObject(["spec": ["runbooks": [runbook]]])).runbooks.first
        }
        for path in leaves(runbooks) {
            #expect(read(removing(path[...], from: maximal)) != read(maximal), "\(path) isn't read")
        }
        var object: JSONValue = ["spec": ["runbooks": [maximal], "titles": "Model", "summaries": "None"]]
        #expect(schema.validate(object, old: nil).isEmpty && schema.prune(&object).isEmpty)
        let asks = SkyfloAI(KubeObject(object))
        #expect(asks.asksForTitles && !asks.asksForSummaries)
        #expect(!SkyfloAI(KubeObject([:])).asksForTitles && SkyfloAI(KubeObject([:])).asksForSummaries)
        object["spec", "titles"] = "Sometimes"
        #expect(!schema.validate(object, old: nil).isEmpty)
    }

    static let maximalTrigger: JSONValue = [
        "name": "t", "suspend": true, "namespace": "n", "serviceAccountName": "s", "message": "m", "model": "big",
        "toolsets": ["kubernetes"], "approvalMode": "Writes", "historyLimit": 3,
        "limits": [
            "modelTurns": 1, "toolCalls": 2, "writes": 3, "tokens": 4, "turnTimeoutSeconds": 5,
            "approvalTimeoutSeconds": 6,
        ],
    ]
    static let maximalSources: [JSONValue] = [
        [
            "cron": [
                "schedule": "@daily", "timeZone": "Europe/Vienna", "startingDeadlineSeconds": 60,
                "concurrencyPolicy": "Allow",
            ]
        ],
        [
            "alertmanager": [
                "secretRef": ["name": "s", "tokenKey": "t", "usernameKey": "u", "passwordKey": "p"],
                "resolved": "Ignore", "maxPerHour": 3,
            ]
        ],
    ]

    @Test func `the schema of a SkyfloAI's triggers and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let triggers = try #require(json["properties", "spec", "properties", "triggers"])
        let maximal = Self.maximalSources.map { MergePatch.apply($0, to: Self.maximalTrigger) }
        #expect(leaves(triggers) == maximal.reduce(into: []) { $0.formUnion(leaves(of: $1)) })
        func read(_ trigger: JSONValue) -> TriggerSettings? {
            SkyfloAI(KubeObject(["spec": ["triggers": [trigger]]])).triggers.first
        }
        for trigger in maximal {
            for path in leaves(of: trigger) {
                #expect(read(removing(path[...], from: trigger)) != read(trigger), "\(path) isn't read")
            }
            let object: JSONValue = ["spec": ["triggers": [trigger]]]
            #expect(schema.validate(object, old: nil).map(\.description) == [])
        }
        let both = MergePatch.apply(Self.maximalSources[0], to: maximal[1])
        for refused in [both, Self.maximalTrigger] {
            let found = schema.validate(["spec": ["triggers": [refused]]], old: nil).map(\.description)
            #expect(found.contains { $0.contains("either cron or alertmanager") })
        }
    }

    @Test func `the schema has what is said of triggers`() throws {
        let (_, schema) = try schema("skyflo.ai_skyfloais.yaml")
        var trigger = TriggerStatus(name: "t", type: "Cron")
        let time = KubeTime(seconds: 1_800_000_000)
        (trigger.schedule, trigger.countedFrom, trigger.lastTime) = ("@daily UTC", time, time)
        (trigger.nextTime, trigger.lastConversation, trigger.lastError) = (time, "shop/t-1", "e")
        trigger.lastErrorTime = time
        var status = SkyfloAIStatus()
        status.triggers = [trigger]
        var object: JSONValue = ["spec": [:], "status": status.json]
        #expect(schema.validate(object, old: nil).map(\.description) == [])
        #expect(schema.prune(&object) == [])
        #expect(SkyfloAIStatus(json: status.json) == status)
    }

    static let maximalApprovals: JSONValue = [
        "quorum": 2, "twoPerson": true, "serviceAccounts": "Nobody", "allowUnproven": true,
        "requireApproverRights": true,
        "autoApprove": [
            [
                "name": "r", "tools": ["t"], "verbs": ["patch"], "apiGroups": ["apps"], "resources": ["deployments"],
                "namespaces": ["shop"],
                "selector": [
                    "matchLabels": ["a": "b"],
                    "matchExpressions": [["key": "k", "operator": "In", "values": ["v"]]],
                ],
                "windows": [["days": ["Mon"], "start": "08:00", "end": "09:00", "timeZone": "Europe/Berlin"]],
                "maxRisk": "High",
            ]
        ],
        "rules": [
            [
                "name": "r1", "effect": "Allow", "message": "m", "tools": ["t"], "verbs": ["patch"],
                "apiGroups": ["apps"], "resources": ["deployments"], "namespaces": ["shop-*"],
                "selector": [
                    "matchLabels": ["a": "b"],
                    "matchExpressions": [["key": "k", "operator": "In", "values": ["v"]]],
                ],
                "windows": [["days": ["Mon"], "start": "08:00", "end": "09:00", "timeZone": "Europe/Berlin"]],
                "maxRisk": "High",
            ],
            [
                "name": "r2", "effect": "Require", "minRisk": "High",
                "require": ["quorum": 2, "users": ["alice"], "permission": true],
            ],
        ],
    ]

    @Test func `the schema of a SkyfloAI's limits and the Swift type have the same fields`() throws {
        let (json, _) = try schema("skyflo.ai_skyfloais.yaml")
        let limits = try #require(json["properties", "spec"]?["properties", "limits"])
        let maximal: JSONValue = [
            "runningTurns": 2, "runningTurnsPerNamespace": 1, "conversationTokens": 3, "conversationCost": "0.5",
            "namespaceTokensPerDay": 4, "namespaceCostPerDay": "12",
        ]
        #expect(leaves(limits) == leaves(of: maximal))
        let skyflo = SkyfloAI(KubeObject(["spec": ["limits": maximal]]))
        #expect(skyflo.turnCaps == TurnCaps(runningTurns: 2, runningTurnsPerNamespace: 1))
        #expect(skyflo.spendingLimits.conversation == .init(tokens: 3, cost: 500_000_000_000))
        #expect(skyflo.spendingLimits.namespaceDay == .init(tokens: 4, cost: 12_000_000_000_000))
    }

    @Test(
        arguments: [
            (["effect": "Deny", "maxRisk": "Low"], "maxRisk is for the effect Allow"),
            (["effect": "Allow", "minRisk": "Low"], "minRisk is for the effects"),
            (["effect": "Deny", "require": ["quorum": 2]], "require is for the effect Require"),
            (["effect": "Freeze"], "a Freeze needs windows"),
            (["effect": "Freeze", "windows": []], "a Freeze needs windows"),
            (["effect": "Maybe"], "Unsupported value"), ([:], "Required value"),
            (["effect": "Deny", "namespaces": ["Prod"]], "should match"),
        ] as [(JSONValue, String)])
    func `a rule that contradicts itself is refused`(_ rule: JSONValue, _ why: String) throws {
        let schema = try schema("skyflo.ai_skyfloais.yaml").schema
        var rule = rule
        rule["name"] = "r"
        let found = schema.validate(["spec": ["approvals": ["rules": [rule]]]], old: nil).map(\.description)
        #expect(found.contains { $0.contains(why) }, "\(found)")
    }

    @Test func `the schema of a SkyfloAI's approvals and the Swift type have the same fields`() throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let approvals = try #require(json["properties", "spec"]?["properties", "approvals"])
        // matchLabels has keys of its own.
        let stated = leaves(of: Self.maximalApprovals).map { $0.last == "a" ? Array($0.dropLast()) : $0 }
        #expect(leaves(approvals) == Set(stated))
        func read(_ approvals: JSONValue) -> ApprovalPolicy {
            SkyfloAI(KubeObject(["spec": ["approvals": approvals]])).approvals
        }
        for path in leaves(approvals) {
            #expect(
                read(removing(path[...], from: Self.maximalApprovals)) != read(Self.maximalApprovals),
                "\(path) isn't read")
        }
        var object: JSONValue = ["spec": ["approvals": Self.maximalApprovals, "stop": true, "readOnly": true]]
        #expect(schema.validate(object, old: nil).isEmpty)
        #expect(schema.prune(&object).isEmpty)
    }

    static let maximalComponent: JSONValue = [
        "image": "i", "replicas": 2, "resources": ["limits": ["memory": "1Gi"]], "env": [["name": "TZ", "value": "v"]],
        "tlsSecretName": "s", "clusterName": "c", "trustedProxies": ["10.0.0.1"], "readOnly": true,
        "origins": ["https://desk.example.com"],
        "ingress": ["className": "nginx", "host": "h", "tlsSecretName": "t", "annotations": ["a": "b"]],
        "gateway": ["parentRefs": [["name": "g"]], "hostnames": ["h"]],
    ]

    @Test(arguments: ComponentKind.allCases)
    func `the schema of a SkyfloAI's components and the Swift type have the same fields`(_ kind: ComponentKind) throws {
        let (json, schema) = try schema("skyflo.ai_skyfloais.yaml")
        let component = try #require(json["properties", "spec", "properties", kind.rawValue])
        // What isn't stored by a schema of ours has keys of its own.
        let open: Set<String> = ["limits", "a", "parentRefs"]
        let stated = leaves(of: Self.maximalComponent).map { path in
            path.firstIndex { open.contains($0) }.map {
                Array(path[..<$0]) + (path[$0] == "parentRefs" ? ["parentRefs"] : [])
            }
                ?? path
        }
        #expect(leaves(component).isSubset(of: Set(stated)))
        func read(_ settings: JSONValue) -> ComponentSettings? {
            SkyfloAI(KubeObject(["spec": [kind.rawValue: settings]])).components[kind]
        }
        for path in leaves(component) {
            #expect(
                read(removing(path[...], from: Self.maximalComponent)) != read(Self.maximalComponent),
                "\(path) isn't read")
        }
        let object: JSONValue = [
            "spec": [
                kind.rawValue: Self.maximalComponent, "paused": true, "imagePullSecrets": [["name": "p"]],
                "nodeSelector": ["a": "b"], "tolerations": [["key": "k"]], "affinity": ["nodeAffinity": [:]],
            ]
        ]
        #expect(schema.validate(object, old: nil).map(\.description) == [])
        let skyfloAI = SkyfloAI(KubeObject(object))
        #expect(skyfloAI.isPaused && skyfloAI.placement.imagePullSecrets == ["p"])
        #expect(skyfloAI.placement.nodeSelector == ["a": "b"] && skyfloAI.placement.tolerations.count == 1)
        #expect(skyfloAI.placement.affinity != nil)
    }

    @Test func `the schema has what is said of components`() throws {
        let (_, schema) = try schema("skyflo.ai_skyfloais.yaml")
        var component = ComponentStatus()
        (component.name, component.phase, component.message) = ("ui", .notReady, "m")
        (component.readyReplicas, component.desiredReplicas, component.version) = (1, 2, "0.1.0")
        (component.image, component.objects, component.reason) = ("i", ["Service/skyflo-ui"], "ImagePullFailed")
        var status = SkyfloAIStatus()
        status.components = [component]
        (status.uiStatus, status.engineStatus, status.mcpStatus) = (
            component.summary, component.summary, component.summary
        )
        var object: JSONValue = ["spec": [:], "status": status.json]
        #expect(schema.validate(object, old: nil).map(\.description) == [])
        #expect(schema.prune(&object) == [])
        #expect(SkyfloAIStatus(json: status.json) == status)
    }
}
