import FoundationEssentials
import KubeClient
import KubeModel
import Testing

/// The policy of config/admission, with the roles of rbac/: who may write what into a Conversation's status.
@Suite struct ApprovalPolicyTests {
    static let conversations = APIResource(
        group: "skyflo.ai", version: "v1", plural: "conversations", kind: "Conversation")
    static let policies = APIResource(
        group: "admissionregistration.k8s.io", version: "v1", plural: "validatingadmissionpolicies",
        kind: "ValidatingAdmissionPolicy", namespaced: false)

    private static let alice = Impersonation(user: "alice")
    private static let bob = Impersonation(user: "bob")
    /// May patch the status, and lacks the verb approve.
    private static let clerk = Impersonation(user: "clerk")
    /// May make conversations and change their spec.
    private static let rita = Impersonation(user: "rita")
    private static let admin: Impersonation? = nil

    /// A Conversation with three calls that wait and one that runs.
    private struct World: Sendable {
        let api: KubeClient
        let namespace: String

        func patch(_ patch: Patch, as user: Impersonation?, subresource: String? = "status") async throws -> KubeObject
        {
            let api: any KubeAPI = user.map { self.api.impersonating($0) } ?? self.api
            return try await api.patch(
                conversations, namespace: namespace, name: "c", subresource: subresource, patch: patch)
        }

        func approve(_ id: String, _ entry: JSONValue, as user: Impersonation?) async throws -> KubeObject {
            try await patch(.merge(["status": ["approvals": .object([id: entry])]]), as: user)
        }

        func live() async throws -> KubeObject { try await api.get(conversations, namespace: namespace, name: "c") }

        /// The policy refuses it, and nothing has changed.
        func expectRefused(
            _ what: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ body: () async throws -> Void
        ) async throws {
            let before = try await live()
            do {
                try await body()
                Issue.record("\(what) was allowed", sourceLocation: sourceLocation)
            } catch let status as APIStatus {
                #expect(status.isForbidden, "\(what): \(status)", sourceLocation: sourceLocation)
                #expect(
                    status.message.contains(
                        "'skyflo-approvals' with binding 'skyflo-approvals' denied request: \(text)"),
                    "\(what): \(status.message)", sourceLocation: sourceLocation)
            }
            #expect(try await live() == before, "\(what)", sourceLocation: sourceLocation)
        }

        private var conversations: APIResource { ApprovalPolicyTests.conversations }
    }

    static let status: JSONValue = [
        "phase": "AwaitingApproval",
        "calls": [
            "c1": ["tool": "t", "state": "AwaitingApproval"], "c2": ["tool": "t", "state": "AwaitingApproval"],
            "c3": ["tool": "t", "state": "AwaitingApproval"], "done": ["tool": "t", "state": "Executing"],
        ],
        "approvals": [
            "c1": ["digest": "d1", "expiresAt": "2030-01-01T00:00:00Z"], "c2": ["digest": "d2"], "c3": ["digest": "d3"],
            "done": ["digest": "d4"],
        ],
    ]

    private func run(_ server: Server, _ body: @escaping @Sendable (World) async throws -> Void) async throws {
        try await server.run { api, namespace in
            try await Self.install(api)
            let world = World(api: api, namespace: namespace)
            try await Self.bind(world)
            _ = try await api.create(
                KubeObject(
                    Self.conversations, namespace: namespace, name: "c",
                    members: ["spec": ["messages": [["content": "hello"]]]]),
                in: Self.conversations)
            _ = try await world.patch(.merge(["status": Self.status]), as: Self.admin)
            try await Self.untilInForce(world)
            try await body(world)
        }
    }

    private static func install(_ api: KubeClient) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let mapper = RESTMapper(api: api, reloadInterval: .zero)
        for file in [
            "crds/skyflo.ai_conversations.yaml", "crds/skyflo.ai_skyfloais.yaml", "rbac/operator.yaml",
            "rbac/people.yaml", "config/admission/skyflo-approvals.yaml",
        ] {
            for json in try YAML.parseAll(try String(contentsOf: root.appending(path: file), encoding: .utf8)) {
                let object = KubeObject(json)
                let group = try #require(object.groupVersion)
                let kind = GroupVersionKind(group: group.group, version: group.version, kind: object.kind)
                _ = try await api.apply(
                    object, in: try await mapper.resource(for: kind),
                    options: WriteOptions(fieldManager: "contract", force: true))
            }
        }
        let deadline = ContinuousClock.now + .seconds(120)
        while (try? await api.list(conversations)) == nil, ContinuousClock.now < deadline {}
    }

    private static func bind(_ world: World) async throws {
        func binding(_ name: String, _ kind: String, _ role: String, _ users: [String]) async throws {
            let resource = APIResource(
                group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding")
            let subjects = users.map { user -> JSONValue in
                ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)]
            }
            _ = try await world.api.create(
                KubeObject(
                    resource, namespace: world.namespace, name: name,
                    members: [
                        "roleRef": [
                            "apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(role),
                        ], "subjects": .array(subjects),
                    ]), in: resource)
        }
        let roles = APIResource(group: "rbac.authorization.k8s.io", version: "v1", plural: "roles", kind: "Role")
        _ = try await world.api.create(
            KubeObject(
                roles, namespace: world.namespace, name: "clerk",
                members: [
                    "rules": [
                        [
                            "apiGroups": ["skyflo.ai"], "resources": ["conversations/status"],
                            "verbs": ["get", "patch", "update"],
                        ]
                    ]
                ]), in: roles)
        try await binding("approvers", "ClusterRole", "skyflo-approver", ["alice", "bob"])
        try await binding("clerks", "Role", "clerk", ["clerk"])
        try await binding("requesters", "ClusterRole", "skyflo-requester", ["rita", "alice"])
    }

    /// A real server learns of roles and policies a moment after they were written.
    private static func untilInForce(_ world: World) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            do {
                let patch = Patch.merge(["status": ["phase": "Failed"]])
                _ = try await world.api.impersonating(clerk).patch(
                    conversations, namespace: world.namespace, name: "c", subresource: "status", patch: patch,
                    options: WriteOptions(dryRun: true))
            } catch let status as APIStatus where status.message.contains("denied request") {
                return
            } catch is APIStatus {
                continue
            }
        }
        Issue.record("the policy did not come into force")
    }

    // MARK: Decisions

    @Test(arguments: Server.allCases)
    func `approvers decide in their own name, several calls in one patch, each once`(_ server: Server) async throws {
        try await run(server) { world in
            let approved: JSONValue = ["decision": "Approved", "decidedBy": "alice", "reason": "fine"]
            let denied: JSONValue = ["decision": "Denied", "decidedBy": "alice"]
            let both = try await world.patch(
                .merge(["status": ["approvals": ["c1": approved, "c2": denied]]]), as: Self.alice)
            #expect(both["status", "approvals", "c1", "decidedBy"] == "alice")
            for other: JSONValue in [
                ["decision": "Denied"], ["decidedBy": "bob", "decision": "Denied"], ["reason": "other"],
            ] {
                for user in [Self.alice, Self.bob, Self.admin] {
                    try await world.expectRefused("changing to \(other)", "") {
                        _ = try await world.approve("c1", other, as: user)
                    }
                }
            }
            try await world.expectRefused("taking back", "of an approval") {
                let nothing: JSONValue = ["decision": .null, "decidedBy": .null, "reason": .null]
                _ = try await world.approve("c1", nothing, as: Self.alice)
            }
        }
    }

    @Test(arguments: Server.allCases)
    func `nobody decides under another's name, without the verb, or what doesn't wait`(_ server: Server) async throws {
        try await run(server) { world in
            for user in [Self.alice, Self.admin] {
                try await world.expectRefused("another's name", "a decision needs decision, and decidedBy has to be") {
                    _ = try await world.approve("c1", ["decision": "Approved", "decidedBy": "bob"], as: user)
                }
                try await world.expectRefused("no name", "a decision needs decision, and decidedBy has to be") {
                    _ = try await world.approve("c1", ["decision": "Approved"], as: user)
                }
            }
            try await world.expectRefused("a name without a decision", "a decision needs decision") {
                _ = try await world.approve("c1", ["decidedBy": "alice"], as: Self.alice)
            }
            try await world.expectRefused("without the verb", "deciding needs the verb approve") {
                _ = try await world.approve("c1", ["decision": "Approved", "decidedBy": "clerk"], as: Self.clerk)
            }
            for id in ["done", "new"] {
                try await world.expectRefused("deciding \(id)", "only a call that waits for approval") {
                    _ = try await world.approve(id, ["decision": "Approved", "decidedBy": "alice"], as: Self.alice)
                }
            }
            try await world.expectRefused("one good and one forged decision", "a decision needs decision") {
                let patch: JSONValue = [
                    "c1": ["decision": "Approved", "decidedBy": "alice"],
                    "c2": ["decision": "Approved", "decidedBy": "bob"],
                ]
                _ = try await world.patch(.merge(["status": ["approvals": patch]]), as: Self.alice)
            }
        }
    }

    @Test(arguments: Server.allCases)
    func `each user has one vote, under the own name`(_ server: Server) async throws {
        try await run(server) { world in
            let yes: JSONValue = ["decision": "Approved"]
            _ = try await world.approve("c1", ["votes": ["alice": yes]], as: Self.alice)
            let two = try await world.approve("c1", ["votes": ["bob": yes]], as: Self.bob)
            #expect(two["status", "approvals", "c1", "votes"]?.object?.count == 2)
            let no: JSONValue = ["decision": "Denied"]
            let votes: [(voter: String, vote: JSONValue, user: Impersonation)] = [
                ("alice", no, Self.alice), ("alice", .null, Self.alice), ("bob", .null, Self.alice),
                ("bob", no, Self.alice), ("carol", yes, Self.alice), ("clerk", yes, Self.clerk),
            ]
            for (voter, value, user) in votes {
                let vote: JSONValue = .object([voter: value])
                try await world.expectRefused("\(vote)", "") {
                    _ = try await world.approve("c1", ["votes": vote], as: user)
                }
            }
        }
    }

    // MARK: The rest of the status

    @Test(arguments: Server.allCases)
    func `people write nothing else, whatever kind of write it is`(_ server: Server) async throws {
        try await run(server) { world in
            let patches: [JSONValue] = [
                ["phase": "Completed"], ["answer": "forged"], ["calls": ["c1": ["state": "Succeeded"]]],
                ["calls": .null], ["approvals": ["c1": ["digest": "other"]]],
                ["approvals": ["c1": ["expiresAt": "2040-01-01T00:00:00Z"]]], ["approvals": ["c1": ["digest": .null]]],
                ["approvals": ["new": ["digest": "d"]]], ["approvals": ["c1": .null]], ["approvals": .null],
                ["approvals": ["c1": ["decision": "Approved", "decidedBy": "alice", "digest": "other"]]],
                ["phase": "Completed", "approvals": ["c1": ["decision": "Approved", "decidedBy": "alice"]]],
            ]
            for patch in patches {
                try await world.expectRefused("\(patch)", "") {
                    _ = try await world.patch(.merge(["status": patch]), as: Self.alice)
                }
            }
            try await world.expectRefused("no status", "of the status") {
                _ = try await world.patch(.merge(["status": .null]), as: Self.alice)
            }
            try await world.expectRefused("JSON patch", "of the status") {
                let operations: JSONValue = [["op": "replace", "path": "/status/phase", "value": "Completed"]]
                _ = try await world.patch(.json(operations), as: Self.alice)
            }
            try await world.expectRefused("PUT", "of an approval") {
                var object = try await world.live()
                object["status", "approvals", "c1", "digest"] = "other"
                _ = try await world.api.impersonating(Self.alice).update(
                    object, in: Self.conversations, subresource: "status")
            }
            try await world.expectRefused("apply", "of the status") {
                let object = KubeObject(
                    Self.conversations, namespace: world.namespace, name: "c",
                    members: ["status": ["phase": "Completed"]])
                _ = try await world.api.impersonating(Self.alice).apply(
                    object, in: Self.conversations, subresource: "status",
                    options: WriteOptions(fieldManager: "alice", force: true))
            }
        }
    }

    @Test(arguments: Server.allCases)
    func `the verb operate opens the rest, and no write of the main resource reaches it`(_ server: Server) async throws
    {
        try await run(server) { world in
            let system = Impersonation.serviceAccount(namespace: "skyflo-system", name: "skyflo-operator")
            let written = try await world.patch(
                .merge(["status": ["phase": "Executing", "approvals": ["c3": ["digest": "other"]]]]), as: system)
            #expect(written["status", "approvals", "c3", "digest"] == "other")
            try await world.expectRefused("the operator decides", "deciding needs the verb approve") {
                let name = JSONValue.string(system.user)
                _ = try await world.approve("c1", ["decision": "Approved", "decidedBy": name], as: system)
            }
            let ignored = try await world.patch(
                .merge(["status": ["phase": "Failed"], "spec": ["stop": true]]), as: Self.rita, subresource: nil)
            #expect(ignored["status", "phase"] == "Executing" && ignored["spec", "stop"] == true)
        }
    }

    // MARK: Makers

    @Test(arguments: Server.allCases)
    func `a recorded maker is true, stays, and is the only one who asks`(_ server: Server) async throws {
        try await run(server) { world in
            func made(_ name: String, by maker: String) -> KubeObject {
                var object = KubeObject(
                    Self.conversations, namespace: world.namespace, name: name,
                    members: ["spec": ["messages": [["content": "hello"]]]])
                object.annotations = ["skyflo.ai/created-by": maker]
                return object
            }
            try await world.expectRefused("another's name", "skyflo.ai/created-by has to be who creates it: rita") {
                _ = try await world.api.impersonating(Self.rita).create(made("m", by: "alice"), in: Self.conversations)
            }
            _ = try await world.api.impersonating(Self.rita).create(made("m", by: "rita"), in: Self.conversations)
            func change(_ patch: JSONValue, as user: Impersonation) async throws {
                _ = try await world.api.impersonating(user).patch(
                    Self.conversations, namespace: world.namespace, name: "m", patch: .merge(patch))
            }
            let more: JSONValue = ["spec": ["messages": [["content": "hello"], ["content": "and more"]]]]
            try await world.expectRefused("another's message", "of a conversation of rita others may change only") {
                try await change(more, as: Self.alice)
            }
            for maker: JSONValue in ["alice", .null] {
                try await world.expectRefused("another maker", "skyflo.ai/created-by is set on creation, or never") {
                    try await change(["metadata": ["annotations": ["skyflo.ai/created-by": maker]]], as: Self.rita)
                }
            }
            try await change(["spec": ["stop": true]], as: Self.alice)
            try await change(more, as: Self.rita)
        }
    }

    @Test(arguments: Server.allCases)
    func `the type checker has nothing to say about the policy`(_ server: Server) async throws {
        try await run(server) { world in
            let policy = try await world.api.get(Self.policies, name: "skyflo-approvals")
            #expect(policy["status", "typeChecking", "expressionWarnings"] == nil, "\(policy.json)")
        }
    }
}
