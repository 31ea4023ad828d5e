import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Every request that a turn costs the API server, in order, each with what needs it. One more or one less is a decision:
/// the table says which promise (the numbers are those of "What must never happen") goes with it.
///
/// A write needs 21. For fewer, one of these would have to go: the proof of the moment (a policy and a binding, each an object
/// of its own, and a watch of them that has stalled looks like one that has nothing to tell); the decision in the transcript
/// before the intent; the intent before the write or the outcome after it; the question stored before it is shown; the answer
/// stored before the status vouches for it; or what the approver is told of what the write touches (four lists).
@Suite struct RequestBudgetTests {
    /// A request, and why it is sent.
    struct Needed: Sendable {
        var request: String
        var why: String
        /// Sent beside the one before it, so either may be first.
        var isBeside: Bool

        init(_ request: String, _ why: String, beside: Bool = false) {
            self.request = request
            self.why = why
            isBeside = beside
        }
    }

    /// Until the model has what it was first asked for. Of a process that has worked a moment ago: the model's key (a minute)
    /// and the ServiceAccount's existence (ten seconds) are remembered, see ``ModelKeyCache`` and ``ServiceAccountCache``.
    /// Where a person takes longer than that to decide, the ServiceAccount is asked for again beside the terms of the write.
    private static let start = [
        Needed("patch conversations/talk/status", "4: one worker, before anything is done; people see the phase"),
        // No status write can bring it along: the API server leaves metadata out of what it takes from one.
        Needed("patch conversations/talk", "4: how far it is, where backups keep it: it never runs again"),
    ]

    private static let readTurn =
        start + [
            Needed("copilot: list deployments", "the model's read"),
            Needed("create secrets", "9: the answer and what led to it, in the transcript"),
            Needed("patch conversations/talk/status", "the answer, which the transcript's new head vouches for"),
        ]

    private static let writeTurn =
        start + [
            Needed("copilot: get deployments/web", "2: the target as it is; what the diff begins with"),
            Needed(
                "copilot: dry-run patch deployments/web/scale",
                "2: what the request would make of it, shown and digested"),
            // Four kinds, of which no request lists two. Not remembered: an earlier write may have changed what is left.
            Needed("copilot: list pods", "the approver sees which pods it touches; a warning about them means nothing"),
            Needed("copilot: list poddisruptionbudgets", "and what budgets they have", beside: true),
            Needed(
                "copilot: list horizontalpodautoscalers", "and whether an autoscaler sets them, and undoes it",
                beside: true),
            Needed("copilot: list resourcequotas", "and what the quota leaves", beside: true),
            Needed("create secrets", "4, 9: the question is stored before anybody can answer it"),
            Needed("patch conversations/talk/status", "1: the question is shown"),
            // The person decides.
            Needed("patch secrets/transcript", "4: whoever finds the write begun believes it only with the decision"),
            // A watch may be behind without knowing it, so none of these is left to one.
            Needed("get validatingadmissionpolicies/skyflo-approvals", "1, 3: it is proven at the moment of the write"),
            Needed("get validatingadmissionpolicybindings/skyflo-approvals", "1, 3: and everywhere", beside: true),
            Needed("get skyfloais/skyflo", "1, 8: the rules, and the stop, of the moment of the write", beside: true),
            Needed("patch conversations/talk/status", "1, 4, 8: the intent, under the version that has the decision"),
            Needed("copilot: patch deployments/web/scale", "what was approved"),
            Needed("patch conversations/talk/status", "4: the outcome, right after it"),
            Needed("copilot: watch deployments", "whether the replicas are there, until they are"),
            Needed("copilot: list events", "whether anybody has warned, by when they are there"),
            Needed("patch secrets/transcript", "9: what was done and the answer, in the transcript"),
            Needed("patch conversations/talk/status", "the answer, which the transcript's new head vouches for"),
        ]

    /// The first turn of a process, whose key the check of the SkyfloAI has read.
    @Test func `a process that knows of no ServiceAccount asks for it once`() async throws {
        let sent = Mutex<[String]>([])
        let model = ScriptedModel(.says("Hello."))
        try await Story.run(nil) { story in
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                NotedAPI(api) { request, identity in sent.withLock { $0.append(Self.text(request, identity)) } }
            }
            try await story.withOperator(model, wrap: wrap) {
                try await story.ask("hello")
                try await story.untilPhase(.completed)
                #expect(sent.withLock { $0.count { $0 == "get serviceaccounts/copilot" } } == 1)
            }
        }
    }

    @Test func `another message costs no reading of the transcript`() async throws {
        let sent = Mutex<[String]>([])
        let model = ScriptedModel(.says("Hello."))
        try await Story.run(nil) { story in
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                NotedAPI(api) { request, identity in sent.withLock { $0.append(Self.text(request, identity)) } }
            }
            try await story.withOperator(model, wrap: wrap) {
                try await story.ask("hello")
                try await story.untilPhase(.completed)
                try await story.change(spec: ["messages": [["content": "hello"], ["content": "again"]]])
                let done = try await story.untilPhase(.completed, turn: 2)
                #expect(!sent.withLock(\.self).contains("get secrets/transcript"))
                // The next one was claimed all the same, and what was said before was known.
                #expect(done.status.workerEpoch == 2)
                #expect(model.requests.last?.messages.count == 4)
            }
        }
    }

    @Test func `each request of a read turn is needed`() async throws {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Two.") }
            return .calls(("k8s_get", ["resource_type": "deployments"]))
        }
        try await Self.expect(Self.readTurn, events: ["TurnCompleted"], of: model) { _ in }
    }

    @Test func `each request of a turn with an approved write is needed`() async throws {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Done.") }
            return .scale(to: 3)
        }
        try await Self.expect(
            Self.writeTurn, events: ["ApprovalRequired", "WriteExecuted", "TurnCompleted"], of: model
        ) { story in
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
        }
    }

    // MARK: Counting

    private static func expect(
        _ needed: [Needed], events: [String], of model: ScriptedModel,
        _ decide: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        let sent = Mutex<[String]>([])
        let told = Mutex<[String]>([])
        try await Story.run(nil) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: key, namespace: shop}
                stringData: {OPENAI_API_KEY: none}
                """)
            try await story.letOperatorReadSecrets()
            try await story.changeSkyflo([
                "models": [["name": "m", "model": "m", "apiKeySecretRef": ["name": "key"]]],
                "approvals": ["allowUnproven": false],
            ])
            let installed = SystemClock().now.adding(seconds: -60)
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                NotedAPI(PolicyAPI(api) { installed }) { request, identity in
                    if request.path.hasSuffix("/events"), request.method == .post {
                        told.withLock { $0.append(reason(of: request)) }
                    } else {
                        sent.withLock { $0.append(text(request, identity)) }
                    }
                }
            }
            // Of a turn whose model is quick, also on a machine that isn't.
            try await story.withOperator(model, progressInterval: .seconds(60), wrap: wrap) {
                // What the first turn of a process asks about kinds is remembered.
                try await story.ask("list deployments", name: "first", spec: ["approval": ["mode": "ReadOnly"]])
                try await story.until("over", of: "first") { $0.status.phase?.isTerminal ?? false }
                try await eventually("told") { !told.withLock(\.isEmpty) }
                sent.withLock { $0 = [] }
                told.withLock { $0 = [] }
                let began = ContinuousClock.now
                try await story.ask("please")
                try await decide(story)
                try await story.untilPhase(.completed)
                try await eventually("told") { told.withLock(\.count) == events.count }
                // On a machine that takes its time it is asked for again.
                if ContinuousClock.now - began > .seconds(5) {
                    sent.withLock { $0.removeAll { $0 == "get serviceaccounts/copilot" } }
                }
            }
        }
        #expect(told.withLock(\.self) == events)
        let actual = sent.withLock(\.self)
        #expect(Self.inOrder(actual, as: needed) == needed.map(\.request))
    }

    /// The requests in the order of the table as far as that leaves it open.
    private static func inOrder(_ requests: [String], as needed: [Needed]) -> [String] {
        var rest = requests[...]
        var ordered: [String] = []
        var group: [String] = []
        for (position, next) in needed.enumerated() {
            group.append(next.request)
            if position + 1 < needed.count, needed[position + 1].isBeside { continue }
            let found = rest.prefix(group.count)
            rest = rest.dropFirst(group.count)
            ordered += found.sorted() == group.sorted() ? group : Array(found)
            group = []
        }
        return ordered + rest
    }

    /// `copilot: dry-run patch deployments/web/scale`
    private static func text(_ request: KubeRequest, _ identity: Impersonation?) -> String {
        let parts = request.path.split(separator: "/").map(String.init)
        let inGroup = parts.dropFirst(parts.first == "api" ? 2 : 3)
        let inNamespace = inGroup.first == "namespaces" && inGroup.count > 2 ? inGroup.dropFirst(2) : inGroup
        let path = inNamespace.map { $0.contains("-transcript-") ? "transcript" : $0 }
        let verb =
            switch request.method {
            case .get: request[query: "watch"] != nil ? "watch" : path.count == 1 ? "list" : "get"
            case .post: "create"
            case .put: "update"
            case .patch: "patch"
            case .delete: "delete"
            }
        let user = identity.map { "\($0.user.split(separator: ":").last ?? ""): " } ?? ""
        let isDryRun = request[query: "dryRun"] != nil
        return "\(user)\(isDryRun ? "dry-run " : "")\(verb) \(path.joined(separator: "/"))"
    }

    private static func reason(of event: KubeRequest) -> String {
        (try? JSONParser.parse(event.body ?? ""))?["reason"]?.string ?? ""
    }
}
