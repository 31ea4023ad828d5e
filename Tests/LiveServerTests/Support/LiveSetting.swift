import ControllerRuntime
import FoundationEssentials
import HTTPTransport
import KubeClient
import KubeModel
import LiveEvents
import LocalCluster
import Logging
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing
import Transcripts
import WorkflowEngine

@testable import LiveServer

/// A cluster with a Conversation, and workers of which only the live server runs: what turns do, a test tells.
struct LiveSetting: Sendable {
    static let key = ObjectKey(namespace: "shop", name: "talk")
    static let path = "/v1/namespaces/shop/conversations/talk/events"

    let cluster: TestCluster
    let uid: String
    let certificate: ServingCertificate

    static func run(_ body: (LiveSetting) async throws -> Void) async throws {
        try await TestCluster.run { cluster in
            for name in ["shop", "skyflo-system"] {
                try await cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: \(name)}}")
            }
            for file in ["crds/skyflo.ai_skyfloais.yaml", "crds/skyflo.ai_conversations.yaml", "rbac/people.yaml"] {
                try await cluster.apply(String(contentsOf: URL(filePath: root + file), encoding: .utf8))
            }
            let talk = KubeObject(
                .conversations, namespace: "shop", name: "talk",
                members: ["spec": ["messages": [["content": "hello"]]]])
            // A new kind is served a moment after its definition is there.
            let made = try await eventuallyFound("the Conversation") {
                do {
                    return try await cluster.api.create(talk, in: .conversations)
                } catch let status as APIStatus where status.isNotFound {
                    return nil
                }
            }
            try await body(
                LiveSetting(
                    cluster: cluster, uid: made.uid,
                    certificate: try ServingCertificate.selfMade(names: ["localhost"])))
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()

    /// Says in the status who works on the first turn.
    func claim(_ worker: LiveWorker, phase: String = "Planning", members: JSONValue = [:]) async throws {
        var status: JSONValue = [
            "phase": .string(phase), "turn": 1,
            "worker": ["identity": .string(worker.identity), "epoch": 1, "address": "127.0.0.1:\(worker.port)"],
        ]
        for (name, value) in members.object ?? [:] { status[name] = value }
        _ = try await cluster.api.patch(
            .conversations, namespace: "shop", name: "talk", subresource: "status", patch: .merge(["status": status]))
    }

    /// Runs a worker while `body` runs.
    func withWorker(
        _ identity: String = "one", limits: LiveServerLimits = LiveServerLimits(),
        routes: [any EndpointRoute] = [], files: CertificateFiles? = nil, _ body: (LiveWorker) async throws -> Void
    ) async throws {
        let worker = LiveWorker(self, identity: identity, limits: limits, routes: routes, files: files)
        let (conversations, server) = (worker.conversations, worker.server)
        try await running([{ await conversations.run() }, { try await server.run() }]) {
            try await conversations.waitForSync()
            try await eventually("it listens") { worker.port > 0 }
            try await body(worker)
        }
    }
}

private final class ListeningPort: Sendable {
    let number = Mutex(0)
}

/// One process that serves live events.
final class LiveWorker: Sendable {
    let identity: String
    let turns = LiveTurns()
    let conversations: Informer
    let server: LiveServer
    /// What it counts.
    let metrics = MetricsRegistry(help: LiveMetrics.help)
    private let uid: String
    private let listening: ListeningPort

    /// 0 while it doesn't listen.
    var port: Int { listening.number.withLock(\.self) }

    fileprivate init(
        _ setting: LiveSetting, identity: String, limits: LiveServerLimits, routes: [any EndpointRoute],
        files: CertificateFiles?
    ) {
        let logger = Logger(label: "live", factory: { _ in SwiftLogNoOpLogHandler() })
        self.identity = identity
        uid = setting.uid
        conversations = Informer(api: setting.cluster.api, resource: .conversations, logger: logger)
        let listening = ListeningPort()
        self.listening = listening
        var configuration = LiveServer.Configuration(
            host: "127.0.0.1", port: 0, certificate: setting.certificate, limits: limits,
            cluster: try? .kubeconfig(text: setting.cluster.endpoint.kubeconfig()), metrics: metrics
        ) { port in
            listening.number.withLock { $0 = port }
        }
        configuration.routes = routes
        configuration.files = files
        server = LiveServer(
            configuration, turns: turns, conversations: conversations, api: setting.cluster.api,
            transcripts: SecretTranscriptReader(api: setting.cluster.api, namespace: "skyflo-system"),
            identity: identity, logger: logger)
    }

    /// Begins the first turn here.
    func begin(streamKey: String = "key-of-the-turn") -> LiveTurn {
        let turn = LiveTurn(
            LiveSetting.key, uid: uid, number: 1, epoch: 1, streamKey: streamKey, narration: TurnNarration())
        turns.begin(turn)
        return turn
    }

    /// Straight to it, with this token.
    func configuration(_ token: String?) -> ClusterConfiguration {
        ClusterConfiguration(
            server: "https://127.0.0.1:\(port)", insecureSkipTLSVerify: true,
            credentials: token.map { .token($0) } ?? .none)
    }
}
