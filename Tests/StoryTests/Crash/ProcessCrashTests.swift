import Controllers
import FoundationEssentials
import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import ScriptedOpenAI
import SkyfloAPI
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The same promises as ``CrashTests``, of real processes that are killed and held, with what was written taken from the
/// API server.
@Suite(.enabled(if: OperatorProcess.binary != nil, "skyflo isn't built")) struct ProcessCrashTests {
    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
    private static let seed = UInt64(setting("SKYFLO_CRASH_SEED") ?? 1)

    @Test func `an operator's process that is killed at any moment loses nothing and writes nothing twice`()
        async throws
    {
        let kills = Self.setting("SKYFLO_CRASH_KILLS") ?? 4
        try await Self.withStory { story, trail in
            let fate = FaultSchedule(seed: Self.seed, times: kills, spacing: 10...150)
            let process = try OperatorProcess("killed", try await story.operatorEndpoint())
            let pending = Pending()
            trail.onRequest(of: process) { _ in pending.note(fate) { process.send(SIGKILL) } }
            let runs = Runs(story, trail)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await process.run() }
                group.addTask { try await pending.run() }
                try await runs.run(lanes: 4) { fate.isOpen }
                group.cancelAll()
                while let _ = try? await group.next() {}
            }
            try await runs.judge()
            // Fewer than there were signals: two may meet the same process, and the last ones none.
            #expect(process.kills > kills / 2)
            var counts = runs.counts
            counts.workers = process.starts
            counts.deaths = process.kills
            print("processes: \(counts)")
        }
    }

    @Test func `a process that was held while another took over does no harm when it goes on`() async throws {
        try await Self.withStory { story, trail in
            let options = ["--lease", "--lease-duration", "3"]
            let processes = [
                try OperatorProcess("held-a", try await story.operatorEndpoint(), options: options),
                try OperatorProcess("held-b", try await story.operatorEndpoint(), options: options),
            ]
            let fate = FaultSchedule(seed: Self.seed, times: 1, spacing: 1...10)
            let held = Journal<(process: OperatorProcess, starts: Int)>()
            for process in processes {
                trail.onRequest(of: process) { event in
                    // It has something under way, which can't go on without it unless it is taken over.
                    guard Self.showsWork(event), fate.strikes() != nil else { return }
                    held.add((process, process.starts))
                    process.send(SIGSTOP)
                }
            }
            let runs = Runs(story, trail)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for process in processes { group.addTask { try await process.run() } }
                try await runs.run(lanes: 4) { fate.isOpen }
                let (process, starts) = try #require(held.entries.first)
                process.send(SIGCONT)
                try await eventually("\(process.identity) sees that it lost its lease, and ends") {
                    process.starts > starts
                }
                let other = try #require(processes.first { $0.identity != process.identity })
                // It may have ended by itself, late as it was: one that only starts knows no signal yet.
                let before = try await Self.lease(of: other, in: story)["spec", "renewTime"]
                try await eventually("\(other.identity) renews its lease") {
                    let lease = try await Self.lease(of: other, in: story)
                    return lease["spec", "renewTime"] != before && lease["spec", "holderIdentity"]?.string != ""
                }
                other.end()
                try await eventually("\(other.identity) gives its lease back") {
                    try await Self.lease(of: other, in: story)["spec", "holderIdentity"] == ""
                }
                group.cancelAll()
                while let _ = try? await group.next() {}
            }
            try await runs.judge()
        }
    }

    private static func lease(of process: OperatorProcess, in story: Story) async throws -> KubeObject {
        try await story.api.get(
            .leases, namespace: "skyflo-system", name: WorkerLease.name(of: process.identity))
    }

    /// Whether the request has just written that a turn is under way.
    private static func showsWork(_ event: AuditEvent) -> Bool {
        let body = String(decoding: event.body, as: UTF8.self)
        return event.method == "PATCH" && event.status == 200 && event.target.contains("/status")
            && ["Planning", "AwaitingApproval", "Executing"].contains { body.contains("\"phase\":\"\($0)\"") }
    }

    /// A shop whose co-pilot asks the scripted model.
    private static func withStory(_ body: @escaping @Sendable (Story, AuditTrail) async throws -> Void) async throws {
        let trail = AuditTrail()
        try await Story.run(nil, audit: { trail.note($0) }) { story in
            try await CrashTests.prepare(story)
            try await story.letOperatorReadSecrets()
            try await story.apply(
                "{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: shop}, stringData: {OPENAI_API_KEY: none}}"
            )
            try await ScriptedOpenAI.withRunning(logger: story.logger, CrashScenario.reply) { url in
                let model: JSONValue = [
                    "name": "scripted", "provider": "OpenAI", "model": "scripted", "baseURL": .string(url),
                    "apiKeySecretRef": ["name": "key"],
                ]
                _ = try await story.api.patch(
                    .skyfloAIs, namespace: Story.namespace, name: "skyflo", patch: .merge(["spec": ["models": [model]]])
                )
                try await body(story, trail)
            }
        }
    }
}

/// Conversations one after the other in some lanes.
private final class Runs: Sendable {
    private let story: Story
    private let trail: AuditTrail
    private let made = Mutex<[CrashRun]>([])
    private let tally = Tally()

    init(_ story: Story, _ trail: AuditTrail) {
        self.story = story
        self.trail = trail
    }

    var counts: Counts { tally.counts }

    /// - Parameter goesOn: whether there is to be another one.
    func run(lanes: Int, while goesOn: @escaping @Sendable () -> Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<lanes {
                group.addTask { [self] in
                    repeat { try await next().follow() } while goesOn()
                }
            }
            try await group.waitForAll()
        }
    }

    private func next() -> CrashRun {
        made.withLock { made in
            // Names of which none is a part of another.
            let id = 100_000 + made.count
            // The API server's audit log has no commands.
            let scenarios = CrashScenario.allCases.filter { !$0.isOnceOnly }
            let scenario = scenarios[made.count % scenarios.count]
            let run = CrashRun(id: id, scenario: scenario, faults: [], story: story)
            trail.follow(CrashScenario.name(id), run.audit)
            made.append(run)
            return run
        }
    }

    /// After whatever may still happen has happened.
    func judge() async throws {
        for run in made.withLock(\.self) {
            let outcome = try await run.verdict()
            for complaint in outcome.complaints { Issue.record(Comment(rawValue: complaint)) }
            tally.add(outcome.counts)
        }
    }
}

/// Does to a process what is its fate: at once, while the API server still has the answer, or a little later.
private final class Pending: Sendable {
    private let (later, schedule) = AsyncStream<(Duration, @Sendable () -> Void)>.makeStream()

    func note(_ fate: FaultSchedule, _ act: @escaping @Sendable () -> Void) {
        guard let strike = fate.strikes() else { return }
        if strike.now { act() } else { schedule.yield((strike.later, act)) }
    }

    func run() async throws {
        for await (delay, act) in later {
            try await Task.sleep(for: delay)
            act()
        }
    }
}
