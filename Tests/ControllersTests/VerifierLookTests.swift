import KubeClient
import KubeModel
import Testing
import WorkflowEngine
import Writes

@testable import Controllers

@Suite struct VerifierLookTests {
    private static let nodeList = "/api/v1/pods"
    private static let names = ["a", "b", "c"]

    /// Looks at whether three pods of node `n` are gone, of which the last is.
    private func look(on node: String?, _ prepare: (FakeCluster) -> Void = { _ in }) async throws
        -> (findings: [String], paths: [String])
    {
        let cluster = FakeCluster()
        var conditions: [PostCondition] = []
        for name in Self.names {
            let pod = cluster.put(
                KubeObject(.pods, namespace: "shop", name: name, members: ["spec": ["nodeName": "n"]]), in: .pods)
            conditions.append(.gone(.init(resource: .pods, namespace: "shop", name: name), uid: pod.uid))
        }
        cluster.remove(.pods, "c")
        // Of the same name, in another namespace.
        cluster.put(KubeObject(.pods, namespace: "other", name: "c", members: ["spec": ["nodeName": "n"]]), in: .pods)
        prepare(cluster)
        let clock = SteppedClock()
        let verifier = Verifier(
            api: ReadOnlyAPI(cluster.impersonating(Scene.worker)), clock: clock, deadline: clock.uptime,
            since: clock.now,
            display: RedactedCall(arguments: "{}", writes: [], redactor: Redactor(key: Array("a key for tests".utf8))))
        let looks = try await verifier.look(at: conditions, on: node)
        let findings = looks.map { look in
            switch look.finding {
            case .met: "gone"
            case .pending: "there"
            case .failed: "failed"
            }
        }
        return (findings, cluster.sent.map(\.request.path))
    }

    @Test func `pods that are to go from a node cost one list, and one look for each that is gone`() async throws {
        let (findings, paths) = try await look(on: "n")
        #expect(findings == ["there", "there", "gone"])
        #expect(paths == [Self.nodeList, "/api/v1/namespaces/shop/pods"])
    }

    @Test func `each is looked at where the node isn't known, or its pods can't be listed`() async throws {
        let alone = try await look(on: nil)
        #expect(alone.findings == ["there", "there", "gone"] && alone.paths.count == 3)
        let refused = try await look(on: "n") { cluster in
            cluster.before({ $0.path == Self.nodeList }) { _ in
                throw APIStatus(code: 403, reason: .forbidden, message: "no")
            }
        }
        #expect(refused.findings == alone.findings && refused.paths.count == 3)
    }
}
