import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

/// A decision is taken in by what is known, and decided again by what the API server says right before the write.
@Suite struct KnownDecisionTests {
    private static let isTerms: @Sendable (KubeRequest) -> Bool = {
        $0.path.contains("/skyfloais/") || $0.path.contains("/validatingadmissionpolic")
    }

    /// What was read of the terms since the last time.
    private static func terms(_ cluster: FakeCluster) -> [String] {
        defer { cluster.forgetSent() }
        return cluster.sent.map(\.request).filter(isTerms).map { String($0.path.split(separator: "/").last ?? "") }
    }

    @Test func `a decision costs one reading of the terms, after it is in the transcript and before the intent`()
        async throws
    {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.forgetSent()
            try await scene.approve()
            #expect(Self.terms(scene.cluster).isEmpty)
            try await scene.execute()
            let order = scene.cluster.sent.map(\.request).compactMap { request -> String? in
                if Self.isTerms(request) { return "terms" }
                if request.path.contains("/secrets/") { return "transcript" }
                if KubeRequest.isStatusWrite(request) { return "status" }
                return KubeRequest.isWrite(of: "web")(request) ? "write" : nil
            }
            #expect(order == ["transcript", "terms", "status", "write", "status"])
        }
    }

    @Test func `a decision that doesn't count by the terms of the write is told from them, and not taken in again`()
        async throws
    {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["quorum": 2]]])
            try await scene.approve()
            try await scene.execute()
            #expect(scene.cluster.toolWrites.isEmpty)
            #expect(try scene.c1.state == .awaitingApproval && scene.c1.decision == nil)
            // Were the cache as deaf as before, it would ask all the same.
            for _ in 0..<2 {
                _ = Self.terms(scene.cluster)
                try await scene.gate.applyDecisions(to: &scene.store, scene.references)
                #expect(try scene.c1.decision == nil)
                #expect(scene.store.incomplete["c1"] == "1 of 2 approvals")
                #expect(Self.terms(scene.cluster) == ["sky"])
            }
        }
    }

    /// Whatever is read of it, the cache has it until its watch tells otherwise.
    @Test func `a SkyfloAI that is gone while the cache has it is believed in once`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.remove(.skyfloAIs, "sky")
            try await scene.approve()
            try await scene.execute()
            #expect(scene.gate.governing(scene.references) != nil)
            try await scene.gate.applyDecisions(to: &scene.store, scene.references)
            #expect(try scene.c1.state == .awaitingApproval && scene.c1.decision == nil)
            #expect(scene.store.incomplete["c1"]?.contains("was deleted") == true)
            #expect(scene.cluster.toolWrites.isEmpty)
        }
    }

    @Test func `what isn't enough by what is known is looked at anew, for it may be by now`() async throws {
        try await Scene.run(approvals: ["allowUnproven": true, "quorum": 2]) { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["quorum": 1]]])
            try await scene.approve()
        }
    }

    /// The choice ends the others, and withdrawing it doesn't bring them back.
    @Test func `of alternatives none is chosen by what is known alone`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScaleEither: "web", "api")
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["quorum": 2]]])
            scene.decide("Approved")
            try await scene.store.refresh()
            try await scene.gate.applyDecisions(to: &scene.store, scene.references)
            #expect(try scene.c1.decision == nil && scene.store.incomplete["c1"] == "1 of 2 approvals")
            #expect(scene.store.machine.pendingApprovals.map(\.id) == ["c1", "c2"])
        }
    }

    @Test func `whether approvals are proven is asked for until somebody has looked`() async throws {
        try await Scene.run(approvals: ["allowUnproven": false]) { scene in
            try await scene.ask(toScale: "web")
            scene.decide("Approved")
            try await scene.store.refresh()
            _ = Self.terms(scene.cluster)
            try await scene.gate.applyDecisions(to: &scene.store, scene.references)
            #expect(Self.terms(scene.cluster).sorted() == ["sky", "skyflo-approvals", "skyflo-approvals"])
            #expect(scene.store.incomplete["c1"]?.contains("isn't installed") == true)
        }
    }

    @Test func `a denial counts whatever the terms are`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.decide("Denied")
            try await scene.store.refresh()
            _ = Self.terms(scene.cluster)
            try await scene.gate.applyDecisions(to: &scene.store, scene.references)
            #expect(try scene.c1.state == .denied)
            #expect(Self.terms(scene.cluster).isEmpty)
        }
    }

    @Test func `what a rule decides, and the rest of what was begun, needs no proof of people`() async throws {
        let rules: JSONValue = [["name": "all", "tools": ["k8s_scale"], "maxRisk": "High"]]
        try await Scene.run(approvals: ["autoApprove": rules]) { scene in
            try await scene.ask(toScale: "web", "api")
            let terms = try await scene.gate.readRules(for: scene.store.conversation, scene.references)
            scene.gate.autoApprove(["c1"], in: &scene.store, under: try #require(terms))
            _ = Self.terms(scene.cluster)
            try await scene.execute()
            #expect(scene.cluster.toolWrites.count == 2)
            #expect(Self.terms(scene.cluster) == ["sky", "sky"])
        }
    }

    // MARK: The ServiceAccount

    @Test func `a write waits for a ServiceAccount that is missing by now, with its decision`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.remove(.serviceAccounts, "copilot")
            try await scene.execute()
            #expect(scene.cluster.toolWrites.isEmpty)
            #expect(try scene.c1.state == .awaitingApproval && scene.c1.decision?.approved == true)
            // What the conversation names is looked for anew.
            #expect(scene.store.references == nil)
        }
    }

    @Test func `a ServiceAccount that goes between two requests keeps the second back`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web", "api")
            try await scene.approve()
            // As if more than ten seconds went by each time.
            var dependencies = scene.dependencies
            dependencies.serviceAccounts = ServiceAccountCache(lifetime: .zero)
            let coordinator = WriteCoordinator(
                dependencies, gate: ApprovalGate(dependencies), stopWatcher: scene.coordinator.stopWatcher)
            scene.cluster.after(KubeRequest.isWrite(of: "web")) { $0.remove(.serviceAccounts, "copilot") }
            try await coordinator.execute("c1", in: &scene.store, references: scene.references)
            #expect(scene.replicas("web") == 3 && scene.replicas("api") == 2)
            #expect(try scene.c1.result?.contains("ServiceAccount shop/copilot no longer exists") == true)
        }
    }
}
