import Controllers
import KubeClient
import KubeModel
import LanguageModels
import LiveEvents
import LiveServer
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Synchronization
import Testing

/// Following turns while they happen, over HTTPS, with the whole operator.
@Suite struct LiveStoryTests {
    private static let words = (1...200).map { "word " + String(repeating: "x", count: $0 % 7 + 1) + " " }

    /// Says all words, the second half of them when the gate opens.
    private static func talker(_ gate: Gate) -> StreamingModel {
        StreamingModel { _, _, say in
            for word in words.prefix(100) { say(.content(word)) }
            await gate.wait()
            for word in words.dropFirst(100) { say(.content(word)) }
            return .says(words.joined())
        }
    }

    private static func run(
        _ model: any ModelProvider, limits: LiveServerLimits = LiveServerLimits(),
        wrap: @escaping @Sendable (any KubeAPI) -> any KubeAPI = { $0 },
        _ body: @escaping @Sendable (Story, LiveSite) async throws -> Void
    ) async throws {
        try await Story.run(nil) { story in
            try await story.apply(LiveSite.service)
            let site = LiveSite(story, limits: limits)
            try await story.withOperator(model, live: site.configuration, wrap: wrap) {
                try await eventually("it listens") { site.port != nil }
                try await body(story, site)
            }
        }
    }

    private static func streamKey(_ story: Story) async throws -> String {
        let conversation = try await story.until("followed") { $0.status.stream != nil }
        return try #require(conversation.status.stream?.key)
    }

    private static func isSorted(_ events: [LiveEvent]) -> Bool {
        zip(events, events.dropFirst()).allSatisfy { $0.number < $1.number }
    }

    @Test func `who may read the conversation follows its turn through the API server's proxy, to the end`()
        async throws
    {
        let gate = Gate()
        try await Self.run(Self.talker(gate)) { story, _ in
            try await story.ask("hello")
            let key = try await Self.streamKey(story)
            let reader = EventReader()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await reader.read(story.api, key: key) }
                try await eventually("the first half is there before the reply is") { reader.tokens.count == 100 }
                gate.open()
                try await group.waitForAll()
            }

            #expect(reader.tokens.joined() == Self.words.joined())
            #expect(Self.isSorted(reader.events))
            let kinds = reader.events.map(\.kind)
            #expect(kinds.first == .turnStarted)
            #expect(kinds.last == .completed)
            #expect(kinds.contains(.generationStarted) && kinds.contains(.firstToken) && kinds.contains(.usage))
            #expect(reader.messages.last.map { if case .notice(.end) = $0 { true } else { false } } == true)

            // The key is void from here on, and in no status.
            let done = try await story.untilPhase(.completed)
            #expect(done.status.stream == nil)
            let late = await #expect(throws: APIStatus.self) { try await EventReader().read(story.api, key: key) }
            #expect(late?.code == 401)
        }
    }

    @Test func `events, transcripts and alerts are at one port, each with its own question who asks`() async throws {
        let model = StreamingModel { _, _, say in
            say(.content("Hi."))
            return .says("Hi.")
        }
        try await Self.run(model) { story, site in
            try await story.ask("hello")
            try await story.untilPhase(.completed)
            let transcript = EventReader.path.replacing("/events", with: "/transcript")
            func status(_ request: KubeRequest, _ token: String?) async throws -> Int {
                try await withKubeClient(site.direct(token), logger: story.logger) { direct in
                    do {
                        _ = try await direct.call(request)
                        return 200
                    } catch let status as APIStatus {
                        return status.code
                    }
                }
            }
            let alert = KubeRequest(
                .post, path: "/v1/triggers/shop/skyflo/none", contentType: "application/json", body: "{}")
            let token = story.endpoint.token
            #expect(try await status(KubeRequest(.get, path: transcript), token) == 200)
            #expect(try await status(KubeRequest(.get, path: transcript), nil) == 401)
            #expect(try await status(alert, token) == 401, "a token of the cluster is no trigger's")
            #expect(try await status(KubeRequest(.get, path: EventReader.path), nil) == 401)
            #expect(try await status(KubeRequest(.get, path: "/v1/other"), token) == 404)
            let reader = EventReader()
            try await withKubeClient(site.direct(token), logger: story.logger) { direct in
                try await reader.read(direct, path: EventReader.path)
            }
            #expect(reader.events.last?.kind == .completed)
        }
    }

    @Test func `a client that comes late and one that drops get everything once`() async throws {
        let gate = Gate()
        try await Self.run(Self.talker(gate)) { story, _ in
            try await story.ask("hello")
            let key = try await Self.streamKey(story)
            let first = EventReader()
            try await first.read(story.api, key: key, upTo: 40)
            let second = EventReader()
            try await second.read(story.api, key: key, after: first.events.last?.number, upTo: 30)
            let (third, late) = (EventReader(), EventReader())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await third.read(story.api, key: key, after: second.events.last?.number) }
                group.addTask { try await late.read(story.api, key: key) }
                try await eventually("both are up to date") { late.tokens.count == 100 && !third.tokens.isEmpty }
                gate.open()
                try await group.waitForAll()
            }

            #expect(first.events + second.events + third.events == late.events)
            #expect(late.tokens.joined() == Self.words.joined())
        }
    }

    @Test func `skyflo watch shows the words as they come, and the answer on the output`() async throws {
        let gate = Gate()
        let out = Mutex("")
        let said = Mutex("")
        try await Self.run(Self.talker(gate)) { story, _ in
            try await story.ask("hello")
            let terminal = Terminal(
                write: { text in out.withLock { $0 += text } }, writeError: { text in said.withLock { $0 += text } })
            let session = Session(api: story.api, namespace: Story.namespace, terminal: terminal) {
                KubeTime(seconds: 0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let status = try await WatchAction("talk").perform(in: session)
                    #expect(status == .success)
                }
                try await eventually("half of it is on the screen") {
                    said.withLock { $0.contains(Self.words.prefix(100).joined()) }
                }
                gate.open()
                try await group.waitForAll()
            }
        }
        #expect(said.withLock { $0.contains(Self.words.joined()) })
        #expect(out.withLock(\.self) == Self.words.joined() + "\n")
    }

    @Test func `thinking in tags is told as thinking, never as an answer`() async throws {
        let model = StreamingModel { _, _, say in
            for piece in ["<th", "ink>Let ", "me see.</thi", "nk>\n\nWeb ", "is fine."] { say(.content(piece)) }
            return .says("Web is fine.")
        }
        try await Self.run(model) { story, site in
            try await story.ask("hello")
            try await story.untilPhase(.completed)
            let reader = EventReader()
            let token = story.endpoint.token
            try await withKubeClient(site.direct(token), logger: story.logger) { direct in
                try await reader.read(direct, path: EventReader.path)
            }

            #expect(reader.tokens.joined() == "Web is fine.")
            let thinking = reader.events.compactMap { if case .thinking(let text) = $0.content { text } else { nil } }
            #expect(thinking.joined() == "Let me see.")
        }
    }

    @Test func `a token opens the stream to who may get the conversation, and to nobody else`() async throws {
        let gate = Gate()
        var limits = LiveServerLimits()
        limits.recheck = .milliseconds(200)
        limits.tick = .milliseconds(100)
        try await Self.run(Self.talker(gate), limits: limits) { story, site in
            defer { gate.open() }
            try await story.ask("hello")
            try await story.until("claimed") { $0.status.stream != nil }
            func code(_ token: String?) async throws -> Int? {
                try await withKubeClient(site.direct(token), logger: story.logger) { direct in
                    await #expect(throws: APIStatus.self) {
                        try await EventReader().read(direct, path: EventReader.path)
                    }?.code
                }
            }
            #expect(try await code(nil) == 401)
            #expect(try await code("of-another-cluster") == 401)
            let bob = story.cluster.addUser("bob", groups: [])
            #expect(try await code(bob) == 403)

            let binding = """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: bob, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: skyflo-viewer}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}]
                """
            try await story.apply(binding)
            let reader = EventReader()
            try await withKubeClient(site.direct(bob), logger: story.logger) { direct in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // What was refused a moment ago is remembered for some seconds, and who asks without a break is cut off.
                        while reader.messages.isEmpty {
                            do {
                                try await reader.read(direct, path: EventReader.path)
                            } catch let refusal as APIStatus where refusal.code == 403 {
                                try await Task.sleep(for: .milliseconds(500))
                            }
                        }
                    }
                    try await eventually("bob follows") { reader.tokens.count == 100 }
                    let bindings = APIResource(
                        group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding")
                    try await story.api.delete(bindings, namespace: "shop", name: "bob")
                    try await group.waitForAll()
                }
            }
            #expect(
                reader.messages.last == .notice(.end(reason: "you may not follow the conversation any more")),
                "what came: \(reader.messages.suffix(3))")
            #expect(!reader.events.contains { $0.kind == .completed })
        }
    }

    @Test func `a client that never reads, and one that asks for nonsense, hold nobody up`() async throws {
        let gate = Gate()
        var limits = LiveServerLimits()
        limits.stall = .milliseconds(500)
        limits.tick = .milliseconds(100)
        let long = String(repeating: "lorem ipsum ", count: 4000)
        let model = StreamingModel { _, _, say in
            await gate.wait()
            for _ in 0..<60 { say(.content(long)) }
            return .says("Done.")
        }
        try await Self.run(model, limits: limits) { story, site in
            try await story.ask("hello")
            let key = try await Self.streamKey(story)
            try await withKubeClient(site.direct(story.endpoint.token), logger: story.logger) { direct in
                for query in ["turn=x", "after=-1", "after=1.5", "turn=0"] {
                    let parts = query.split(separator: "=").map(String.init)
                    let bad = await #expect(throws: APIStatus.self) {
                        try await EventReader().read(
                            direct, path: EventReader.path, query: [.init(parts[0], value: parts[1])])
                    }
                    #expect(bad?.code == 400)
                }
                for path in ["/", "/v1", "/v1/namespaces/shop/conversations/talk", EventReader.path + "/x"] {
                    let bad = await #expect(throws: APIStatus.self) { try await EventReader().read(direct, path: path) }
                    #expect(bad?.code == 404, "\(path)")
                }
                // Takes the head, and nothing else until the turn is over.
                try await direct.stream(KubeRequest(.get, path: EventReader.path, accept: "text/event-stream")) { _ in
                    gate.open()
                    try await story.untilPhase(.completed)
                }
            }
            _ = key
        }
    }

    @Test func `a stop reaches the model's stream`() async throws {
        let begun = Gate()
        let cancelled = Mutex<ContinuousClock.Instant?>(nil)
        let model = StreamingModel { _, _, say in
            say(.content("I am "))
            begun.open()
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                cancelled.withLock { $0 = .now }
                throw error
            }
            return .says("never")
        }
        try await Self.run(model) { story, _ in
            try await story.ask("hello")
            await begun.wait()
            let stopped = ContinuousClock.now
            try await story.change(spec: ["stop": true])
            try await story.untilPhase(.stopped)

            let found = cancelled.withLock(\.self)
            let reached = try #require(found)
            print("a stop reached the model's stream after \(stopped.duration(to: reached))")
            #expect(stopped < reached)
        }
    }

    @Test func `another worker's turn is passed on, and a takeover is told once`() async throws {
        let gate = Gate()
        let model = StreamingModel { _, turn, say in
            say(.content("first "))
            if turn == 0 { try await Task.sleep(for: .seconds(600)) }
            await gate.wait()
            say(.content("second"))
            return .says("first second")
        }
        try await Story.run(nil) { story in
            try await story.apply(LiveSite.service)
            let (one, two) = (LiveSite(story), LiveSite(story))
            let lease = WorkerLease(namespace: "skyflo-system")
            let (seen, rest) = (EventReader(), EventReader())
            let claimed = Gate()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await story.withOperator(model, lease: lease, live: one.configuration) {
                        try await eventually("one listens") { one.port != nil }
                        try await story.ask("hello")
                        try await story.until("claimed") { $0.status.worker.address != nil && $0.status.stream != nil }
                        claimed.open()
                        try await eventually("two listens") { two.port != nil }
                        // The second one doesn't have the turn.
                        try await withKubeClient(two.direct(story.endpoint.token), logger: story.logger) { direct in
                            try await eventually("the second knows of it") {
                                let reader = EventReader()
                                try? await reader.read(direct, path: EventReader.path, upTo: 1)
                                return !reader.events.isEmpty
                            }
                            try await withThrowingTaskGroup(of: Void.self) { readers in
                                readers.addTask { try await seen.read(direct, path: EventReader.path) }
                                try await eventually("it is passed on") { seen.tokens == ["first "] }
                                readers.cancelAll()
                            }
                        }
                    }
                    // The first is gone.
                }
                group.addTask {
                    // A worker that is there from the start could be the one that gets the turn.
                    await claimed.wait()
                    try await story.withOperator(model, identity: "operator-2", lease: lease, live: two.configuration) {
                        try await eventually("the first was followed", within: .seconds(120)) {
                            !seen.tokens.isEmpty
                        }
                        try await story.until("taken over") {
                            $0.status.workerIdentity == "operator-2" && $0.status.stream != nil
                        }
                        gate.open()
                        try await withKubeClient(two.direct(story.endpoint.token), logger: story.logger) { direct in
                            try await rest.read(direct, path: EventReader.path, after: seen.events.last?.number)
                        }
                    }
                }
                try await group.waitForAll()
            }
            guard case .takenOver("operator-2", let after)? = rest.events.first?.content else {
                Issue.record("what came: \(rest.messages)")
                return
            }
            let counting = seen.events.filter { $0.number <= after } + rest.events
            #expect(Self.isSorted(counting))
            #expect(counting.first?.kind == .turnStarted)
            #expect(counting.last?.kind == .completed)
            #expect(rest.tokens.joined() == "first second")
        }
    }

    @Test func `a watch goes on through two takeovers, and gives the answer once`() async throws {
        let words = ["one ", "two ", "three"]
        let seen = Gate()
        let model = StreamingModel { _, turn, say in
            say(.content(words[turn]))
            if turn < 2 { try await Task.sleep(for: .seconds(600)) }
            // Of a turn that is over nothing but the answer would be shown.
            await seen.wait()
            return .says(words[2])
        }
        let out = Mutex("")
        let said = Mutex("")
        let asked = Gate()
        try await Story.run(nil) { story in
            try await story.apply(LiveSite.service)
            let terminal = Terminal(
                write: { text in out.withLock { $0 += text } }, writeError: { text in said.withLock { $0 += text } })
            let session = Session(api: story.api, namespace: Story.namespace, terminal: terminal) {
                KubeTime(seconds: 0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await asked.wait()
                    let status = try await WatchAction("talk").perform(in: session)
                    #expect(status == .success)
                }
                for worker in 0..<3 {
                    let site = LiveSite(story)
                    try await story.withOperator(
                        model, identity: "operator-\(worker)", lease: WorkerLease(namespace: "skyflo-system"),
                        live: site.configuration
                    ) {
                        try await eventually("it listens", within: .seconds(120)) { site.port != nil }
                        if worker == 0 {
                            try await story.ask("hello")
                            asked.open()
                        }
                        try await eventually("worker \(worker) is on the screen", within: .seconds(120)) {
                            said.withLock { $0.contains(words[worker]) }
                        }
                        guard worker == 2 else { return }
                        seen.open()
                        try await story.untilPhase(.completed)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(out.withLock(\.self) == words[2] + "\n")
        for word in words { #expect(said.withLock { $0.ranges(of: word).count } == 1) }
    }

    @Test func `what is older comes from the transcript, with the numbers that it had`() async throws {
        let model = StreamingModel { _, turn, say in
            say(.content("Answer \(turn)."))
            return .says("Answer \(turn).")
        }
        try await Self.run(model) { story, site in
            try await story.ask("one")
            try await story.untilPhase(.completed)
            let token = story.endpoint.token
            let live = EventReader()
            try await withKubeClient(site.direct(token), logger: story.logger) { direct in
                try await live.read(direct, path: EventReader.path)
            }
            try await story.change(spec: ["messages": [["content": "one"], ["content": "two"]]])
            try await story.untilPhase(.completed, turn: 2)

            let all = EventReader()
            try await withKubeClient(site.direct(token), logger: story.logger) { direct in
                try await all.read(direct, path: EventReader.path, after: .zero)
            }
            let facts = live.events.filter { event in all.events.contains { $0.number == event.number } }
            #expect(facts.map(\.kind).contains(.completed))
            for fact in facts { #expect(all.events.contains(fact)) }
            #expect(all.events.map(\.kind).filter { $0 == .turnStarted }.count == 2)
            #expect(Self.isSorted(all.events))
        }
    }

    @Test func `nobody's turn costs a request more because it can be followed`() async throws {
        let counts = Mutex<[Int]>([])
        for isLive in [false, true] {
            let sent = Mutex(0)
            let model = ScriptedModel(.says("Hi."))
            try await Story.run(nil) { story in
                let site = LiveSite(story)
                let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                    NotedAPI(api) { request, _ in
                        if request.path.contains("/namespaces/shop/") {
                            sent.withLock { $0 += 1 }
                        }
                    }
                }
                try await story.withOperator(model, live: isLive ? site.configuration : nil, wrap: wrap) {
                    if isLive { try await eventually("it listens") { site.port != nil } }
                    sent.withLock { $0 = 0 }
                    try await story.ask("hello")
                    try await story.untilPhase(.completed)
                }
            }
            counts.withLock { $0.append(sent.withLock(\.self)) }
        }
        let found = counts.withLock(\.self)
        #expect(found[0] == found[1])
    }
}
