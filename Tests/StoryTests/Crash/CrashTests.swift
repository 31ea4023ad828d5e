import FoundationEssentials
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import Testing

/// Whole conversations, with faults at every request to the API server and every question to the model: whatever happens to
/// the workers, what was approved is written once, and nothing else is.
///
/// Runs a sample; hack/crash.sh runs more.
@Suite struct CrashTests {
    private static let runs = ProcessInfo.processInfo.environment["SKYFLO_CRASH_RUNS"].flatMap { Int($0) }

    @Test func `whatever happens to the workers, what was approved is written once and nothing else`() async throws {
        let runs = Self.runs ?? 80
        let seed = UInt64(ProcessInfo.processInfo.environment["SKYFLO_CRASH_SEED"] ?? "") ?? 1
        let tally = Tally()
        async let other: Void = Self.lane(1, runs: runs / 2, seed: seed, tally)
        try await Self.lane(0, runs: runs - runs / 2, seed: seed, tally)
        try await other
        let counts = tally.counts
        print(counts)
        #expect(counts.runs == runs && counts.deaths > 0 && counts.writes > 0)
    }

    /// Runs after runs in a cluster of its own. Each scenario first runs without a fault, to count its effects.
    private static func lane(_ lane: Int, runs: Int, seed: UInt64, _ tally: Tally) async throws {
        var random = SplitMix(state: seed &* 2 &+ UInt64(lane))
        let draws = (0..<runs).map { _ in random.next() }
        try await Story.run(nil) { story in
            try await prepare(story)
            var effects: [CrashScenario: Int] = [:]
            for (index, scenario) in CrashScenario.allCases.enumerated() {
                let outcome = try await CrashRun(id: -1 - index, scenario: scenario, faults: [], story: story).run()
                #expect(outcome.complaints.isEmpty && outcome.counts.unknown == 0, "\(outcome.complaints)")
                effects[scenario] = outcome.effects
            }
            for (id, draw) in draws.enumerated() {
                var random = SplitMix(state: draw)
                let scenario = try #require(CrashScenario.allCases.randomElement(using: &random))
                let faults = Fault.draw(effects: effects[scenario] ?? 1, using: &random)
                let run = CrashRun(id: id, scenario: scenario, faults: faults, story: story)
                do {
                    let outcome = try await run.run()
                    for complaint in outcome.complaints { Issue.record(Comment(rawValue: complaint)) }
                    tally.add(outcome.counts)
                } catch {
                    Issue.record("\(run): \(error)")
                }
            }
        }
    }

    static func prepare(_ story: Story) async throws {
        try await story.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: copilot-edits, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: drains}
            rules:
            - {apiGroups: [""], resources: [nodes], verbs: [get, list, patch]}
            - {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
            - {apiGroups: [""], resources: [pods/eviction, pods/exec], verbs: [create, get]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: copilot-drains}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: drains}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            """)
        _ = try await story.api.patch(
            .skyfloAIs, namespace: Story.namespace, name: "skyflo",
            patch: .merge([
                "spec": [
                    "approvals": [
                        "autoApprove": [
                            [
                                "name": "labelled", "verbs": ["patch"], "resources": ["configmaps"],
                                "selector": ["matchLabels": ["auto": "yes"]],
                            ]
                        ]
                    ]
                ]
            ]))
    }
}

/// Vigna's splitmix64: the same runs for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
