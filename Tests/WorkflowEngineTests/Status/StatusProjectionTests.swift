import FoundationEssentials
import KubeModel
import KubeSchema
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct StatusProjectionTests {
    static func schema() throws -> (json: JSONValue, schema: StructuralSchema) {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "crds/skyflo.ai_conversations.yaml"), encoding: .utf8)
        let json = try #require(try YAML.parse(text)["spec", "versions"]?[0]?["schema", "openAPIV3Schema"])
        return (json, try StructuralSchema(json))
    }

    static func conversation(_ status: JSONValue = [:], spec: JSONValue = ["messages": [["content": "scale web"]]])
        -> Conversation
    {
        var object = KubeObject(
            .conversations, namespace: "shop", name: "talk", members: ["spec": spec, "status": status])
        object["metadata", "uid"] = "u"
        object["metadata", "generation"] = 3
        return Conversation(object)
    }

    /// Of a transcript that was moved, so that all members are there.
    private static let position: TranscriptPosition = {
        var position = TranscriptPosition(
            namespace: "skyflo-system", secretPrefix: "talk-transcript", secrets: 1, entries: 2, bytes: 3, head: "h")
        position.formerSecrets = 1
        return position
    }()

    func projection(_ play: MachineHarness, _ conversation: Conversation = conversation()) -> StatusProjection {
        StatusProjection(
            machine: play.machine, conversation: conversation, now: play.now, worker: "me", epoch: 1,
            transcript: Self.position)
    }

    /// What the API server makes of it, as a whole status.
    func status(_ projection: StatusProjection, before: JSONValue = [:]) -> JSONValue {
        MergePatch.apply(projection.patch(), to: ["status": before])["status"] ?? .null
    }

    private func paths(_ schema: JSONValue, _ path: [String] = []) -> Set<[String]> {
        if let items = schema["items"] { return paths(items, path) }
        if let values = schema["additionalProperties"] { return paths(values, path + ["*"]) }
        guard let properties = schema["properties"]?.object, !properties.isEmpty else { return [path] }
        return properties.reduce(into: []) { $0.formUnion(paths($1.value, path + [$1.key])) }
    }

    private func paths(of value: JSONValue, _ schema: JSONValue, _ path: [String] = []) -> Set<[String]> {
        if case .array(let elements) = value {
            return elements.reduce(into: []) { $0.formUnion(paths(of: $1, schema["items"] ?? .null, path)) }
        }
        guard case .object(let members) = value, schema["properties"] != nil || schema["additionalProperties"] != nil
        else {
            return [path]
        }
        return members.reduce(into: []) { found, member in
            let isMap = schema["additionalProperties"] != nil
            let below = isMap ? schema["additionalProperties"] : schema["properties", member.key]
            found.formUnion(paths(of: member.value, below ?? .null, path + [isMap ? "*" : member.key]))
        }
    }

    private func request(_ play: MachineHarness) -> ApprovalRequest {
        ApprovalRequest(
            summary: "Scale", risk: "Low", warnings: ["w"], preview: "-2\n+3",
            requests: [
                [
                    "method": "PATCH", "path": "/apis/apps/v1/x",
                    "query": [["name": "fieldManager", "value": "skyflo"]],
                    "contentType": "application/json", "body": "{}",
                    "target": [
                        "group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment",
                        "namespace": "shop", "name": "web", "uid": "u", "resourceVersion": "5",
                    ],
                    "previewed": ["before": "hmac-sha256:0", "after": "hmac-sha256:1"],
                ]
            ], postConditions: [["type": "Replicas"]], digest: "sha256:0", expiresAt: play.now.adding(seconds: 100),
            changes: [
                [
                    "kind": "Changed", "obstacle": "too large",
                    "target": [
                        "group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment",
                        "namespace": "shop", "name": "web", "uid": "u", "resourceVersion": "5",
                    ],
                ]
            ])
    }

    private func command(_ play: MachineHarness) -> ApprovalRequest {
        var request = request(play)
        request.requests = [
            ["backend": "Exec", "command": ["true"], "container": "c", "timeoutSeconds": 30],
            ["backend": "PodStep", "podStep": "Log", "container": "c"],
            [
                "backend": "Release",
                "release": [
                    "kind": "MarkRecord", "release": "web", "namespace": "shop", "revision": 3, "secretUID": "u",
                    "digest": "0a", "part": "hooks/1/0", "bodyDigest": "0b", "status": "deployed",
                    "from": ["pending-rollback"], "message": "Rollback to 1", "hooks": [0, 1],
                    "firstDeployed": "2026-01-01T00:00:00Z",
                ],
            ],
            [
                "backend": "Jenkins", "integration": "main", "action": "Build", "method": "POST",
                "path": "/job/a/buildWithParameters", "job": "a", "build": 7, "subject": "s", "mark": "skyflo-1",
                "form": [
                    [
                        "name": "ENV", "value": "dev", "secret": true, "type": "choice", "choices": ["dev", "prod"],
                        "default": "dev", "lastSuccessful": "prod",
                    ]
                ],
            ],
            [
                "backend": "MCP", "server": "weather", "tool": "report", "definition": "sha256:0", "method": "POST",
                "body": "{}",
                "target": [
                    "group": "skyflo.ai", "version": "v1", "resource": "mcpservers", "namespace": "shop",
                    "name": "weather",
                ],
            ],
        ]
        return request
    }

    private func sequence(_ play: MachineHarness) -> ApprovalRequest {
        var request = request(play)
        request.requests = ["one", "two"].map { title in
            [
                "step": WriteStep(
                    title: title, stage: 1, deadlineSeconds: 60, isRetried: true, awaits: ["type": "Gone"],
                    isOnFailure: true
                ).json
            ]
        }
        return request
    }

    @Test func `everything that is written fits the schema, and the schema has nothing that isn't written`() throws {
        let (json, schema) = try Self.schema()
        var written: Set<[String]> = []
        var all: JSONValue = [:]
        func look(_ play: MachineHarness, newApprovals: Set<String> = [], incomplete: [String: String] = [:]) throws {
            var projection = projection(play, Self.conversation(all))
            projection.newApprovals = newApprovals
            projection.incomplete = incomplete
            projection.timeToFirstToken = 0.25
            projection.shownArguments = { $0.arguments }
            projection.address = "10.0.0.1:8443"
            projection.stream = StreamAccess(service: "skyflo-system/https:skyflo-live:events", key: "key")
            all = status(projection, before: all)
            var object: JSONValue = ["spec": ["messages": [["content": "x"]]], "status": all]
            #expect(schema.validate(object, old: nil).map(\.description) == [])
            #expect(schema.prune(&object) == [])
            written.formUnion(paths(of: all, try #require(json["properties", "status"])))
        }
        var play = MachineHarness()
        try look(play)
        play.propose(
            "scale", saying: "Scaling web.", ModelTurn.Usage(prompt: 1000, completion: 10, cost: 2_600_000_000))
        play.apply(.approvalRequested(id: "c1", request(play)))
        try look(play, newApprovals: ["c1"])
        #expect(all["plan"] == [["step": "Scaling web.", "state": "AwaitingApproval", "calls": ["c1"]]])
        #expect(all["usage", "cost"] == "0.002600")
        all["approvals", "c1"] = MergePatch.apply(
            [
                "decision": "Approved", "decidedBy": "alice", "reason": "ok",
                "votes": ["bob": ["decision": "Approved", "reason": "too"]],
            ], to: try #require(all["approvals", "c1"]))
        try look(play, incomplete: ["c1": "2 of 3 approvals"])
        #expect(all["approvals", "c1"]?["waitingFor"] == "2 of 3 approvals")
        try look(play)
        #expect(all["approvals", "c1"]?["waitingFor"] == nil)
        var ruled = MachineHarness()
        var withRunbook = ModelTurn(content: "", calls: [.init(modelID: "m", tool: "scale", arguments: "{}")])
        withRunbook.context = ContextUse(model: "m", bytes: 10, runbooks: ["scaling"])
        ruled.apply(.modelReplied(withRunbook))
        var hidden = request(ruled)
        hidden.references = ["name = web (from the result of c1, get: name)"]
        hidden.shown = .init(arguments: "{‹redacted:0›}", requests: hidden.requests, fingerprint: "hmac-sha256:0")
        ruled.apply(.approvalRequested(id: "c1", hidden))
        ruled.apply(.decided(id: "c1", Decision(approved: true, by: "SkyfloAI", rule: "small")))
        let byRule = status(
            {
                var projection = projection(ruled)
                projection.newApprovals = ["c1"]
                return projection
            }())
        #expect(byRule["approvals", "c1"]?["autoApprovedBy"] == "small")
        #expect(byRule["approvals", "c1"]?["arguments"] == "{‹redacted:0›}")
        written.formUnion(paths(of: byRule, try #require(json["properties", "status"])))
        let choice = status(
            {
                var play = MachineHarness()
                play.apply(
                    .modelReplied(
                        ModelTurn(
                            content: "",
                            calls: ["m1", "m2"].map {
                                .init(modelID: $0, tool: "scale", arguments: #"{"alternative_group":"a"}"#)
                            })))
                for id in ["c1", "c2"] {
                    var request = request(play)
                    request.touches = Array(repeating: "Pods: 2 (web-1, web-2)", count: 40)
                    play.apply(.approvalRequested(id: id, request))
                }
                var projection = projection(play)
                projection.newApprovals = ["c1", "c2"]
                return projection
            }())
        #expect(choice["approvals", "c1"]?["alternatives"] == ["c2"])
        #expect(choice["approvals", "c2"]?["touches"]?.array?.count == 16)
        written.formUnion(paths(of: choice, try #require(json["properties", "status"])))
        var queued = projection(MachineHarness(), Self.conversation())
        queued.machine = Machine(policy: .init(limits: Limits()))
        queued.queued = .init(since: queued.now, message: "waits for a turn: 1 is ahead")
        let waiting = status(queued)
        #expect(waiting["phase"] == "Pending" && waiting["reason"] == "TurnQueued")
        written.formUnion(paths(of: waiting, try #require(json["properties", "status"])))
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"))
        try look(play)
        #expect(all["phase"] == "Executing" && all["approvals", "c1"]?["decision"] == "Approved")
        play.apply(.wrote(id: "c1", uids: ["u"]), .writeEnded(id: "c1", .applied("ok")))
        try look(play)
        #expect(all["changes", "c1"]?["target", "name"] == "web")
        play.apply(.verified(id: "c1", [.init(check: "3 replicas", verdict: .passed, evidence: "3/3")]))
        play.apply(.modelReplied(ModelTurn(content: "Done.")))
        play.apply(.turnEnded(try #require(play.end())))
        try look(play)
        #expect(all["plan"]?[0]?["state"] == "Done")
        play.apply(
            .undoStarted(changes: ["c1"]), .approvalRequested(id: "c2", request(play)),
            .decided(id: "c2", approved), .writeStarted(id: "c2"), .wrote(id: "c2", uids: ["u"]))
        try look(play, newApprovals: ["c2"])
        #expect(all["changes", "c1"]?["undoneBy"] == "c2" && all["undosTaken"] == 1)
        play.apply(
            .turnEnded(TurnEnd(.completed, reason: .undone)), .turnStarted(number: 2, message: "more", followUp: "f"))
        try look(play)
        #expect(all["followUpsTaken", "f"] == 2)
        play.propose("wait")
        let wait = CallWait(title: "pod/web", until: play.now.adding(seconds: 30), isWatched: true)
        play.apply(.callWaiting(id: "c3", wait))
        try look(play)
        #expect(all["calls", "c3"]?["waitingFor"] == "pod/web" && all["phase"] == "Waiting")
        play.apply(.callResolved(id: "c3", succeeded: true, result: "Met"))
        try look(play)
        #expect(all["calls", "c3"]?["waitingFor"] == nil && all["calls", "c3"]?["waitingUntil"] == nil)
        let loading = ModelTurn.Call(modelID: "m", tool: LoadedToolsets.tool, arguments: #"{"name":"nodes"}"#)
        play.apply(.modelReplied(ModelTurn(content: "", calls: [loading])))
        play.apply(.callResolved(id: "c4", succeeded: true, result: "Loaded nodes"))
        try look(play)
        #expect(all["loadedToolsets"] == ["nodes"])
        var short = ModelTurn(
            content: "", calls: ["exec", "drain"].map { .init(modelID: $0, tool: $0, arguments: "{}") })
        short.context = ContextUse(model: "m", bytes: 10, leftOut: "1 earlier turn left out")
        play.apply(.modelReplied(short))
        let calls = play.machine.calls.map(\.id)
        play.apply(.approvalRequested(id: calls[0], command(play)), .approvalRequested(id: calls[1], sequence(play)))
        try look(play, newApprovals: Set(calls))
        play.apply(
            .decided(id: calls[1], approved), .writeStarted(id: calls[1]), .stepStarted(id: calls[1], step: 0),
            .stepEnded(id: calls[1], step: 0, .applied("ok", uid: "u")), .stepStarted(id: calls[1], step: 1),
            .stepEnded(id: calls[1], step: 1, .postponed("budget")))
        try look(play)
        #expect(all["progress", "summary"] == "0 of 2 steps are done")
        #expect(all["progress", "steps"]?[1]?["message"] == "budget")
        let cut = ModelTurn.Usage(prompt: 7, cost: 2_000_000, estimated: .init(prompt: 7, cost: 1_000_000))
        play.apply(.replyCut(model: "m", cut))
        try look(play)
        #expect(all["usage", "estimatedTokens"] == 7 && all["usage", "lastTurn", "estimatedCost"] == "0.000001")
        let wanted = paths(try #require(json["properties", "status"]))
        #expect(wanted.subtracting(written) == [], "in the schema, and never written")
    }

    @Test func `what a person wrote is in no patch, and what somebody wrote too early is cleared`() throws {
        var play = MachineHarness()
        play.propose("scale")
        play.apply(.approvalRequested(id: "c1", request(play)))
        var first = projection(play, Self.conversation(["approvals": ["c1": ["decision": "Approved"]]]))
        first.newApprovals = ["c1"]
        #expect(
            status(first, before: ["approvals": ["c1": ["decision": "Approved"]]])["approvals", "c1"]?["decision"]
                == nil)
        let decided: JSONValue = [
            "approvals": ["c1": ["decision": "Approved", "digest": "sha256:0", "requests": [["method": "PATCH"]]]]
        ]
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"))
        let later = projection(play, Self.conversation(decided)).patch()
        #expect(later["status", "approvals"] == [:])
    }

    @Test func `all condition types are there from the first write on`() {
        var play = MachineHarness()
        let first = status(projection(play))
        #expect(first["conditions"]?.array?.count == ConversationCondition.allCases.count)
        play.apply(.modelFailed("no connection"))
        play.apply(.turnEnded(play.end()!))
        let conditions = Conversation(KubeObject(["status": status(projection(play))])).status.conditions
        #expect(conditions[type: "Failed"]?.status == .true && conditions[type: "Failed"]?.message == "no connection")
        #expect(conditions[type: "Running"]?.status == .false && conditions[type: "Completed"]?.status == .false)
    }

    @Test func `a status stays under 256 KiB after many more turns than it keeps, with large results and approvals`()
        throws
    {
        var play = MachineHarness(limits: Limits(modelTurns: 10))
        var current: JSONValue = [:]
        let large = String(repeating: "x", count: 40_000)
        for number in 1...150 {
            if number > 1 { play.apply(.turnStarted(number: number, message: large)) }
            play.propose("scale")
            let id = play.machine.calls[0].id
            var request = request(play)
            request.preview = large
            request.requests[0]["body"] = .string(large)
            play.apply(.approvalRequested(id: id, request))
            var projection = projection(play, Self.conversation(current))
            projection.newApprovals = [id]
            current = status(projection, before: current)
            play.apply(
                .decided(id: id, approved), .writeStarted(id: id), .wrote(id: id, uids: ["u"]),
                .writeEnded(id: id, .applied(large)))
            current = status(self.projection(play, Self.conversation(current)), before: current)
            play.apply(.verified(id: id, [.init(check: large, verdict: .passed, evidence: large)]))
            play.apply(.modelReplied(ModelTurn(content: large)))
            play.apply(.turnEnded(try #require(play.end())))
            current = status(self.projection(play, Self.conversation(current)), before: current)
            guard number % 50 == 0 else { continue }
            #expect(JSONWriter.bytes(current).count < 256 * 1024)
        }
        #expect(current["calls"]?.object?.count == 50)
    }

    /// As it is stored: a control character of a log takes six bytes.
    @Test(arguments: ["\u{1}", "\"", "<"])
    func `a status stays under 256 KiB with results that grow when they are stored`(_ character: String) throws {
        var play = MachineHarness(limits: Limits(toolCalls: 1000))
        var current: JSONValue = [:]
        let large = String(repeating: character, count: 16_000)
        for number in 1...4 {
            if number > 1 { play.apply(.turnStarted(number: number, message: "again")) }
            let calls = (0..<32).map { ModelTurn.Call(modelID: "m\($0)", tool: "k8s_logs", arguments: "{}") }
            play.apply(.modelReplied(ModelTurn(content: large, calls: calls)))
            for id in play.machine.calls.map(\.id) {
                play.apply(.callResolved(id: id, succeeded: true, result: large))
            }
            play.apply(.modelReplied(ModelTurn(content: large)))
            play.apply(.turnEnded(try #require(play.end())))
            current = status(projection(play, Self.conversation(current)), before: current)
        }
        let escaped = JSONWriter.string(current).reduce(0) { $0 + ("<>&".contains($1) ? 6 : $1.utf8.count) }
        #expect(escaped < 160 * 1024, "which leaves room for approvals")
    }

    /// They have no requests, only arguments.
    @Test func `approvals of reads that were decided lose their arguments when they get large`() throws {
        var play = MachineHarness(limits: Limits(toolCalls: 1000), mode: .always, readTools: ["k8s_get"])
        var current: JSONValue = [:]
        let arguments = "{\"x\":\"" + String(repeating: "a", count: 24_000) + "\"}"
        for _ in 0..<12 {
            let calls = (0..<3).map { ModelTurn.Call(modelID: "m\($0)", tool: "k8s_get", arguments: arguments) }
            play.apply(.modelReplied(ModelTurn(content: "", calls: calls)))
            let ids = play.machine.calls.map(\.id)
            for id in ids {
                var request = play.request(expiresAt: play.now.adding(seconds: 10_000))
                request.requests = []
                play.apply(.approvalRequested(id: id, request))
            }
            var projection = projection(play, Self.conversation(current))
            projection.newApprovals = Set(ids)
            current = status(projection, before: current)
            #expect(JSONWriter.bytes(current).count < 256 * 1024)
            for id in ids { play.apply(.decided(id: id, Decision(approved: false, by: "bob"))) }
            current = status(self.projection(play, Self.conversation(current)), before: current)
        }
    }
}

@Suite struct BoundedTextTests {
    @Test(arguments: [
        "", "short", String(repeating: "x", count: 100), String(repeating: "ü😀", count: 50), "e\u{301}\u{302}",
        String(repeating: "\u{1}\"\\\n", count: 30),
    ])
    func `a text is cut between characters, and never has more bytes than allowed`(_ text: String) {
        for limit in 10...120 {
            let bounded = text.bounded(to: limit)
            #expect(JSONWriter.bytes(.string(bounded)).count - 2 <= limit)
            #expect(
                bounded == text || (JSONWriter.bytes(.string(text)).count - 2 > limit && bounded.hasSuffix("… (cut)")))
            #expect(!bounded.unicodeScalars.contains("\u{FFFD}"))
        }
    }
}
