import KubeClient
import KubeModel
import LanguageModels
import LiveEvents
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// How far calls are, for whoever follows the turn.
@Suite struct ToolProgressStoryTests {
    /// Paths of requests that were sent as the conversation's ServiceAccount.
    private final class Requests: Sendable {
        private let paths = Mutex<[String]>([])

        func note(_ request: KubeRequest) { paths.withLock { $0.append(request.path) } }
        func count(_ part: String) -> Int { paths.withLock { $0.count { $0.contains(part) } } }
    }

    /// The statuses that the operator wrote of a conversation, and when.
    private final class StatusWrites: Sendable {
        private let writes = Mutex<[(at: ContinuousClock.Instant, status: JSONValue)]>([])

        func note(_ request: KubeRequest) {
            guard request.path.hasSuffix("/conversations/talk/status"),
                let body = request.body.flatMap({ try? JSONParser.parse($0) })
            else { return }
            writes.withLock { $0.append((.now, body["status"] ?? .null)) }
        }

        var all: [(at: ContinuousClock.Instant, status: JSONValue)] { writes.withLock(\.self) }
    }

    private static func run(
        _ model: ScriptedModel, _ body: @escaping @Sendable (Story, Requests) async throws -> Void
    ) async throws {
        try await Story.run(nil) { story in
            try await story.apply(LiveSite.service)
            let (site, requests) = (LiveSite(story), Requests())
            try await story.withOperator(
                model, live: site.configuration,
                wrap: { api in
                    NotedAPI(api) { request, identity in if identity != nil { requests.note(request) } }
                }
            ) {
                try await eventually("it listens") { site.port != nil }
                try await body(story, requests)
            }
        }
    }

    private static func key(_ story: Story) async throws -> String {
        let conversation = try await story.until("followed") { $0.status.stream != nil }
        return try #require(conversation.status.stream?.key)
    }

    private static func progress(_ reader: EventReader) -> [CallProgress] {
        reader.events.compactMap { if case .callProgress(let progress) = $0.content { progress } else { nil } }
    }

    private static func askForPod(_ story: Story) async throws {
        try await ExecStoryTests.prepare(story)
        try await story.ask("probe")
        try await story.untilPhase(.awaitingApproval)
        try await story.approve("c1")
    }

    private static func pod() -> ScriptedModel {
        ScriptedModel(
            .calls(("k8s_run_pod", ["name": "probe", "image": "long:1", "command": "true", "timeout_seconds": 600])),
            .says("Done."))
    }

    @Test func `what a pod writes is seen while it runs, once`() async throws {
        try await Self.run(Self.pod()) { story, requests in
            try await Self.askForPod(story)
            let (reader, late) = (EventReader(), EventReader())
            let key = try await Self.key(story)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await reader.read(story.api, key: key) }
                try await eventually("the log comes") {
                    Self.progress(reader).contains { $0.output?.contains("probe is ready") == true }
                }
                group.cancelAll()
            }
            // It is read no more, and from where it was for whoever comes later.
            let looks = requests.count("/pods")
            try await eventually("the pod is looked at again") { requests.count("/pods") > looks + 2 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await late.read(story.api, key: key) }
                let before = requests.count("/pods/probe/log")
                try await eventually("it is followed again") { requests.count("/pods/probe/log") > before }
                group.cancelAll()
            }
            let output = Self.progress(late).compactMap(\.output).joined()
            #expect(output.ranges(of: "probe is ready").count == 1, "\(output)")
            #expect(Self.progress(reader).allSatisfy { $0.call == "c1" && $0.tool == "k8s_run_pod" })
        }
    }

    @Test func `where nobody looks on, no log is asked for`() async throws {
        try await Self.run(Self.pod()) { story, requests in
            try await Self.askForPod(story)
            try await story.until("the pod runs") {
                $0.status.progress?.states.map(\.state) == [.waiting, .pending, .pending]
            }
            let looks = requests.count("/pods")
            try await eventually("the pod is looked at some times") { requests.count("/pods") > looks + 2 }
            #expect(requests.count("/log") == 0)
        }
    }

    /// Waits until the settings are on.
    private static func waiting() -> ScriptedModel {
        ScriptedModel(
            .calls(
                (
                    "k8s_wait",
                    [
                        "resource_type": "configmap", "name": "settings", "for": "jsonpath={.data.mode}=on",
                        "timeout": "10m",
                    ]
                )), .says("It is on."))
    }

    private static func settings(_ mode: String) -> String {
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {mode: \(mode)}}"
    }

    @Test func `a wait says what is still missing, whenever that changes`() async throws {
        let model = Self.waiting()
        try await Self.run(model) { story, _ in
            try await story.apply(Self.settings("starting"))
            try await story.ask("wait")
            let reader = EventReader()
            let key = try await Self.key(story)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await reader.read(story.api, key: key) }
                try await eventually("it says what is") {
                    Self.progress(reader).contains { $0.message.contains("starting") }
                }
                try await story.apply(Self.settings("halfway"))
                try await eventually("it says what is now") {
                    Self.progress(reader).contains { $0.message.contains("halfway") }
                }
                try await story.apply(Self.settings("'on'"))
                try await group.waitForAll()
            }
            #expect(reader.events.last?.kind == .completed)
        }
    }

    @Test func `however much a tool tells, the status is written at most once a second, and only with news`()
        async throws
    {
        let model = Self.waiting()
        let writes = StatusWrites()
        try await Story.run(nil) { story in
            try await story.apply(LiveSite.service)
            let site = LiveSite(story)
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                NotedAPI(api) { request, identity in if identity == nil { writes.note(request) } }
            }
            try await story.withOperator(model, live: site.configuration, wrap: wrap) {
                try await eventually("it listens") { site.port != nil }
                try await story.apply(Self.settings("m0"))
                try await story.ask("wait")
                let reader = EventReader()
                let key = try await Self.key(story)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await reader.read(story.api, key: key) }
                    for mode in 1...3 {
                        try await story.apply(Self.settings("m\(mode)"))
                        try await eventually("m\(mode) is told") {
                            Self.progress(reader).contains { $0.message.contains("m\(mode)") }
                        }
                    }
                    try await story.apply(Self.settings("'on'"))
                    try await group.waitForAll()
                }
                try await story.untilPhase(.completed)
            }
        }
        let all = writes.all
        let first = try #require(all.first)
        let seconds = Int(first.at.duration(to: try #require(all.last).at) / .seconds(1))
        // Its claim and its end are written at once, and so is that the call waits: whoever takes over goes by it.
        #expect(all.count <= seconds + 4, "\(all.count) in \(seconds) s")
        for (before, after) in zip(all, all.dropFirst()) { #expect(before.status != after.status) }
    }
}
