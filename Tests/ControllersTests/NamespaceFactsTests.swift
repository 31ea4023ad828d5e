import ControllerRuntime
import KubeClient
import KubeModel
import Testing

@testable import Controllers

/// What a model is told of the namespace that it works in.
@Suite struct NamespaceFactsTests {
    private static func rule(
        _ verbs: [String], _ groups: [String], _ resources: [String], names: [String] = []
    ) -> JSONValue {
        [
            "verbs": JSONValue(verbs), "apiGroups": JSONValue(groups), "resources": JSONValue(resources),
            "resourceNames": JSONValue(names),
        ]
    }

    private func text(_ rules: JSONValue..., isReadOnly: Bool = false, isIncomplete: Bool = false) -> String {
        AccessSummary(["resourceRules": .array(rules), "incomplete": .bool(isIncomplete)]).text(isReadOnly: isReadOnly)
    }

    private static let view = rule(["get", "list", "watch"], ["*"], ["*"])

    // MARK: Rights

    @Test func `rights are told by what is usual, whichever way is shorter`() {
        #expect(text() == "read nothing; change, create, delete nothing; no exec")
        #expect(
            text(Self.rule(["*"], ["*"], ["*"]))
                == "read all common kinds; change, create, delete all common kinds; exec")
        #expect(text(Self.view, isReadOnly: true) == "read all common kinds")
        #expect(
            text(
                Self.view, Self.rule(["patch"], ["apps"], ["deployments", "deployments/scale"]),
                Self.rule(["delete"], [""], ["pods"]), Self.rule(["create"], [""], ["pods/exec"]))
                == "read all common kinds; change deployments; create nothing; delete pods; exec")
    }

    @Test func `what is missing is named where that is less, and what is for some objects only is said`() {
        let most = Self.rule(
            ["get", "list"], ["", "apps", "batch", "autoscaling", "networking.k8s.io"],
            [
                "pods", "pods/log", "services", "configmaps", "persistentvolumeclaims", "deployments", "statefulsets",
                "daemonsets", "jobs", "cronjobs", "ingresses", "horizontalpodautoscalers", "events",
            ])
        #expect(text(most, isReadOnly: true) == "read all common kinds but secrets")
        #expect(
            text(Self.rule(["get"], [""], ["configmaps"], names: ["a"]), isReadOnly: true, isIncomplete: true)
                == "read configmaps (some) (perhaps more)")
    }

    @Test func `kinds of other operators that may be changed are named, not all of many`() {
        let rollouts = Self.rule(["patch"], ["argoproj.io"], ["rollouts", "rollouts/status"])
        #expect(text(rollouts).contains("; change also rollouts.argoproj.io; "))
        let many = Self.rule(["*"], ["a.io"], ["a", "b", "c", "d", "e"])
        #expect(text(many).contains("; change also a.a.io, b.a.io, c.a.io and 2 more; "))
    }

    // MARK: Asking

    private let cluster = FakeCluster()
    private let clock = SteppedClock()

    private func facts(
        _ cache: NamespaceFactsCache, isReadOnly: Bool = false, api: (any KubeAPI)? = nil
    ) async throws -> String {
        try await cache.text(
            namespace: "shop", identity: Scene.worker, isReadOnly: isReadOnly, api: api ?? cluster, clock: clock)
    }

    private func deploy(_ name: String, annotations: [String: String] = [:], labels: [String: String] = [:]) {
        var object = KubeObject(.deployments, namespace: "shop", name: name, members: ["spec": [:]])
        object["metadata", "annotations"] = .object(.init(annotations.map { ($0.key, .string($0.value)) }))
        object["metadata", "labels"] = .object(.init(labels.map { ($0.key, .string($0.value)) }))
        cluster.put(object, in: .deployments)
    }

    @Test func `rights and owners are asked for as the conversation's account, and remembered for five minutes`()
        async throws
    {
        cluster.allow([Self.view])
        deploy("web", annotations: ["meta.helm.sh/release-name": "shop"])
        deploy("api", annotations: ["meta.helm.sh/release-name": "shop"])
        deploy("own")
        let cache = NamespaceFactsCache(patience: .seconds(120))
        let text = try await facts(cache)
        #expect(
            text
                == "Its rights here: read all common kinds; change, create, delete nothing; no exec. "
                + "Managed from elsewhere: Helm release shop (api, web).")
        #expect(cluster.sent.count == 2 && cluster.sent.allSatisfy { $0.identity == Scene.worker })
        #expect(try await facts(cache, isReadOnly: true) == "Its rights here: read all common kinds.")
        clock.advance(by: .seconds(299))
        #expect(try await facts(cache) == text)
        #expect(cluster.sent.count == 2)
        clock.advance(by: .seconds(1))
        #expect(try await facts(cache) == text)
        #expect(cluster.sent.count == 4)
    }

    @Test func `what can't be found out is left out`() async throws {
        for path in ["selfsubjectrulesreviews", "deployments"] {
            cluster.before({ $0.path.hasSuffix(path) }) { _ in
                throw APIStatus(code: 403, reason: .forbidden, message: "no")
            }
        }
        let cache = NamespaceFactsCache(patience: .seconds(120))
        #expect(try await facts(cache) == "")
        #expect(try await facts(cache) == "" && cluster.sent.isEmpty, "nor asked for again at once")
    }

    @Test func `however much there is to tell, it is a few hundred bytes`() async throws {
        cluster.allow([
            Self.rule(["*"], ["a.example.com"], (0..<50).map { "\(String(repeating: "x", count: 60))\($0)" })
        ])
        for number in 0..<40 {
            deploy("web-\(number)", annotations: ["meta.helm.sh/release-name": "release-\(number)"])
        }
        let text = try await facts(NamespaceFactsCache(patience: .seconds(120)))
        #expect(text.utf8.count <= NamespaceFactsCache.limit)
        #expect(SystemPromptTests.tokens(text) < 200)
    }
}
