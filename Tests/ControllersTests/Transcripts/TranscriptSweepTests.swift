import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import Synchronization
import Testing
import Transcripts

@testable import Controllers

/// What is removed of transcripts, and what isn't.
@Suite struct TranscriptSweepTests {
    private struct Place {
        let cluster: FakeCluster
        let conversations: Informer
        let archive: SecretTranscriptArchive
        let reconciler: TranscriptReconciler
        let logger: Logger

        init(namespace: String? = nil) {
            cluster = FakeCluster()
            var logger = Logger(label: "sweep")
            logger.logLevel = .critical
            self.logger = logger
            conversations = Informer(api: cluster, resource: .conversations, namespace: namespace, logger: logger)
            archive = SecretTranscriptArchive(api: cluster, namespace: "skyflo-system")
            reconciler = TranscriptReconciler(
                api: cluster, archive: archive, conversations: conversations, logger: logger)
        }

        /// Runs while the cache has what is there when it starts.
        func run(_ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [conversations] in await conversations.run() }
                try await conversations.waitForSync()
                defer { group.cancelAll() }
                try await body()
            }
        }

        @discardableResult
        func conversation(_ name: String = "talk") -> KubeObject {
            cluster.put(
                KubeObject(.conversations, namespace: "shop", name: name, members: ["spec": [:]]), in: .conversations)
        }

        func transcript(
            of uid: String, _ chunk: Int = 0, namespace: String = "shop", name: String = "talk"
        ) {
            var secret = KubeObject(
                .secrets, namespace: "skyflo-system", name: "skyflo-transcript-\(uid)-\(chunk)",
                members: ["type": "skyflo.ai/transcript"])
            secret.labels = [
                "skyflo.ai/conversation-uid": uid, "skyflo.ai/conversation-namespace": namespace,
            ]
            secret.annotations = ["skyflo.ai/conversation": name]
            cluster.put(secret, in: .secrets)
        }

        var left: [String] { cluster.secrets(namespace: "skyflo-system").map(\.name) }

        func look(_ uid: String) async throws {
            _ = try await reconciler.reconcile(ObjectKey(namespace: nil, name: uid))
        }

        /// - Returns: the uids that a sweep has looked at.
        func sweep() async throws -> Set<String> {
            let asked = Mutex<Set<String>>([])
            let sweep = TranscriptSweep(
                archive: archive, reconciler: reconciler,
                enqueue: { key in asked.withLock { _ = $0.insert(key.name) } },
                turn: nil, clock: SystemClock(), logger: logger)
            try await sweep.sweep()
            return asked.withLock(\.self)
        }
    }

    @Test func `all Secrets of a conversation that is gone are removed, and no others`() async throws {
        let place = Place()
        let alive = place.conversation("other")
        for chunk in 0...11 { place.transcript(of: "u-gone", chunk) }
        place.transcript(of: alive.uid, name: "other")
        place.transcript(of: "u-gone-2", name: "third")
        try await place.run {
            try await place.look("u-gone")
            #expect(
                place.left.sorted() == ["skyflo-transcript-\(alive.uid)-0", "skyflo-transcript-u-gone-2-0"].sorted())
        }
    }

    /// Another worker has begun it, and our watch is behind.
    @Test func `a conversation that was just made keeps its transcript`() async throws {
        let place = Place()
        try await place.run {
            let talk = place.conversation()
            place.transcript(of: talk.uid)
            #expect(try await place.sweep() == [talk.uid])
            try await place.look(talk.uid)
            #expect(place.left.count == 1)
        }
    }

    @Test func `of a conversation that was made anew by the same name only the old transcript goes`() async throws {
        let place = Place()
        let new = place.conversation()
        place.transcript(of: new.uid)
        place.transcript(of: "u-old")
        try await place.run {
            #expect(try await place.sweep() == ["u-old"])
            try await place.look("u-old")
            #expect(place.left == ["skyflo-transcript-\(new.uid)-0"])
        }
    }

    @Test func `one that is being deleted keeps its transcript until it is gone`() async throws {
        let place = Place()
        let talk = place.conversation()
        place.cluster.change(.conversations, "talk", ["metadata": ["deletionTimestamp": "2026-01-01T00:00:00Z"]])
        place.transcript(of: talk.uid)
        try await place.run {
            try await place.look(talk.uid)
            #expect(place.left.count == 1)
        }
    }

    @Test func `forged notes on one Secret don't have the transcript removed`() async throws {
        let place = Place()
        try await place.run {
            // The cache doesn't know it yet: only the notes lead to it.
            let talk = place.conversation()
            place.transcript(of: talk.uid, 0, namespace: "elsewhere", name: "nobody")
            place.transcript(of: talk.uid, 1)
            try await place.look(talk.uid)
            #expect(place.left.count == 2)
        }
    }

    @Test func `a label doesn't make a transcript of another Secret`() async throws {
        let place = Place()
        for name in ["skyflo-redaction-key", "skyflo-transcript-u-gone", "skyflo-transcript-u-gone-x"] {
            var secret = KubeObject(.secrets, namespace: "skyflo-system", name: name)
            secret.labels = ["skyflo.ai/conversation-uid": "u-gone", "skyflo.ai/conversation-namespace": "shop"]
            secret.annotations = ["skyflo.ai/conversation": "talk"]
            place.cluster.put(secret, in: .secrets)
        }
        place.transcript(of: "u-gone")
        try await place.run {
            try await place.look("u-gone")
            #expect(place.left.count == 3 && !place.left.contains("skyflo-transcript-u-gone-0"))
        }
    }

    @Test func `where the notes are gone nothing is removed`() async throws {
        let place = Place()
        place.transcript(of: "u-gone")
        place.cluster.put(
            KubeObject(.secrets, namespace: "skyflo-system", name: "skyflo-transcript-u-gone-0"), in: .secrets)
        try await place.run {
            try await place.look("u-gone")
            #expect(place.left.count == 1)
        }
    }

    @Test func `an operator of one namespace leaves the transcripts of others alone`() async throws {
        let place = Place(namespace: "shop")
        place.transcript(of: "u-1", namespace: "billing")
        place.transcript(of: "u-2")
        try await place.run {
            #expect(try await place.sweep() == ["u-2"])
            try await place.look("u-1")
            #expect(place.left.count == 2)
        }
    }

    @Test func `of several workers one sweeps each time`() async throws {
        let place = Place()
        let clock = SteppedClock()
        func turn(_ identity: String) -> SweepTurn {
            SweepTurn(api: place.cluster, namespace: "skyflo-system", identity: identity, clock: clock)
        }
        #expect(try await turn("a").take(every: .seconds(600)))
        #expect(try await !turn("b").take(every: .seconds(600)))
        clock.advance(by: .seconds(600))
        #expect(try await turn("b").take(every: .seconds(600)))
        #expect(try await !turn("a").take(every: .seconds(600)))
    }

    @Test func `two that take the turn at once don't both have it`() async throws {
        let place = Place()
        let clock = SteppedClock()
        let turn = SweepTurn(api: place.cluster, namespace: "skyflo-system", identity: "a", clock: clock)
        let other = SweepTurn(api: place.cluster, namespace: "skyflo-system", identity: "b", clock: clock)
        #expect(try await turn.take(every: .seconds(600)))
        clock.advance(by: .seconds(600))
        let seen = try #require(place.cluster.object(.leases, TranscriptSweep.leaseName, namespace: "skyflo-system"))
        place.cluster.before({ $0.method == .put }) { cluster in cluster.put(seen, in: .leases) }
        #expect(try await !other.take(every: .seconds(600)))
    }
}
