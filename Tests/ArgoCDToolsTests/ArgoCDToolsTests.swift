import IntegrationBench
import Integrations
import KubeModel
import SkyfloAPI
import TestWeb
import Testing
import ToolKit
import Writes

@testable import ArgoCDTools

/// The tools with a server of Argo CD of a few answers.
private struct Bench {
    let web: TestWebServer
    var tools: IntegrationBench

    static func with(
        allowed: [String] = [], timeout: Duration = .seconds(20), _ body: (Bench) async throws -> Void
    ) async throws {
        let web = TestWebServer(prefix: "/argo")
        try await web.serve {
            let provider = FixedIntegrations([
                .init(
                    .argoCD, .init(name: "main", allowedNames: allowed),
                    transport: try IntegrationBench.transport(to: web.url, timeout: timeout))
            ])
            web.answer("GET", "/api/v1/applications", with: .init(200, json: ["items": [application]]))
            web.answer("GET", "/api/v1/applications/", with: .init(404, json: ["error": "not found", "code": 5]))
            web.answer("GET", "/api/v1/applications/shop", with: .init(200, json: application))
            try await body(Bench(web: web, tools: IntegrationBench(ArgoCDToolset.all(), provider)))
        }
    }

    private static let application: JSONValue = [
        "metadata": ["name": "shop", "namespace": "argocd"],
        "spec": [
            "project": "default", "destination": ["server": "https://kubernetes.default.svc", "namespace": "shop"],
            "source": ["repoURL": "https://git.example.com/acme/deploy", "path": "shop", "targetRevision": "main"],
        ],
        "status": [
            "sync": ["status": "OutOfSync", "revision": "1a2b3c4"], "health": ["status": "Degraded"],
            "resources": [
                ["kind": "Deployment", "namespace": "shop", "name": "web", "status": "OutOfSync"],
                [
                    "kind": "Service", "namespace": "shop", "name": "web", "status": "Synced",
                    "health": ["status": "Healthy"],
                ],
            ],
        ],
    ]

    static func resource(_ name: String, live: JSONValue?, desired: JSONValue?, kind: String = "Deployment")
        -> JSONValue
    {
        func text(_ json: JSONValue?) -> JSONValue { .string(json.map { JSONWriter.string($0) } ?? "null") }
        return [
            "kind": .string(kind), "group": "apps", "namespace": "shop", "name": .string(name),
            "targetState": text(desired),
            "liveState": text(live), "normalizedLiveState": text(live), "predictedLiveState": text(desired),
        ]
    }

    static func deployment(_ replicas: Int, version: String = "7") -> JSONValue {
        [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "web", "namespace": "shop", "resourceVersion": .string(version)],
            "spec": ["replicas": JSONValue(replicas)], "status": ["replicas": 1],
        ]
    }

    func manages(_ resources: JSONValue...) {
        web.answer(
            "GET", "/api/v1/applications/shop/managed-resources", with: .init(200, json: ["items": .array(resources)]))
    }
}

@Suite struct ArgoCDServerTests {
    @Test func `applications are listed and shown`() async throws {
        try await Bench.with { bench in
            let list = try await bench.tools.output("argocd_server_apps")
            #expect(
                list == """
                    NAME   PROJECT   SYNC        HEALTH     DESTINATION                           SOURCE
                    shop   default   OutOfSync   Degraded   https://kubernetes.default.svc/shop   https://git.example.com/acme/deploy shop @ main
                    """, "\(list)")
            let text = try await bench.tools.output("argocd_server_app", ["name": "shop", "namespace": "argocd"])
            #expect(text.contains("Application: shop of Argo CD main") && text.contains("Revision: 1a2b3c4"), "\(text)")
            #expect(text.contains("Resources in trouble (1 of 2): Deployment shop/web: OutOfSync"), "\(text)")
            let seen = try #require(bench.web.requests.last)
            #expect(seen.target == "/argo/api/v1/applications/shop?appNamespace=argocd")
            #expect(seen.headers["authorization"] == "Bearer \(IntegrationBench.token)")
        }
    }

    @Test func `the diff is from what there is to what a sync would make`() async throws {
        try await Bench.with { bench in
            bench.manages(
                Bench.resource("web", live: Bench.deployment(1), desired: Bench.deployment(3)),
                Bench.resource("same", live: Bench.deployment(1), desired: Bench.deployment(1)),
                Bench.resource("new", live: nil, desired: Bench.deployment(1)),
                Bench.resource("old", live: Bench.deployment(1), desired: nil))
            let text = try await bench.tools.output("argocd_server_diff", ["name": "shop"])
            #expect(text.hasPrefix("3 of 4 resources of application shop differ from what is desired:"), "\(text)")
            #expect(text.contains("Deployment.apps shop/web\n--- live\n+++ desired"), "\(text)")
            #expect(text.contains("-  replicas: 1\n+  replicas: 3"), "\(text)")
            #expect(text.contains("Deployment.apps shop/new: would be created"), "\(text)")
            #expect(text.contains("Deployment.apps shop/old: would be deleted where the sync prunes"), "\(text)")
            #expect(!text.contains("resourceVersion") && !text.contains("shop/same"), "\(text)")
            _ = try await bench.tools.output(
                "argocd_server_diff", ["name": "shop", "resource_kind": "Deployment", "resource_name": "web"])
            #expect(bench.web.requests.last?.target.hasSuffix("managed-resources?kind=Deployment&name=web") == true)
        }
    }

    @Test func `what is as desired says so, and secrets stay secret`() async throws {
        try await Bench.with { bench in
            bench.manages(Bench.resource("web", live: Bench.deployment(1), desired: Bench.deployment(1)))
            let same = try await bench.tools.output("argocd_server_diff", ["name": "shop"])
            #expect(same == "No differences: all 1 resource of application shop are as desired.")
            func secret(_ value: String) -> JSONValue {
                ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s"], "data": ["password": .string(value)]]
            }
            bench.manages(
                Bench.resource("s", live: secret("aHVudGVyMg=="), desired: secret("aHVudGVyMw=="), kind: "Secret"))
            let text = try await bench.tools.output("argocd_server_diff", ["name": "shop"])
            #expect(text.contains("shop/s") && !text.contains("aHVudGVy"), "\(text)")
        }
    }

    @Test func `the tree goes down to pods, and a circle ends`() async throws {
        try await Bench.with { bench in
            func node(_ kind: String, _ uid: String, parent: String?) -> JSONValue {
                [
                    "kind": .string(kind), "name": .string("web-\(uid)"), "uid": .string(uid),
                    "parentRefs": parent.map { [["uid": .string($0)]] } ?? [], "health": ["status": "Healthy"],
                ]
            }
            bench.web.answer(
                "GET", "/api/v1/applications/shop/resource-tree",
                with: .init(
                    200,
                    json: [
                        "nodes": [
                            node("Pod", "3", parent: "2"), node("Deployment", "1", parent: nil),
                            node("ReplicaSet", "2", parent: "1"), node("A", "8", parent: "9"),
                            node("B", "9", parent: "8"),
                        ]
                    ]))
            let text = try await bench.tools.output("argocd_server_tree", ["name": "shop"])
            #expect(
                text == """
                    Deployment web-1 Healthy
                      ReplicaSet web-2 Healthy
                        Pod web-3 Healthy
                    … 2 more
                    """, "\(text)")
        }
    }

    @Test func `an application that is unknown, or not allowed, is told`() async throws {
        try await Bench.with { bench in
            #expect(
                await bench.tools.failure("argocd_server_diff", ["name": "shpo"])
                    == "there is no application shpo in Argo CD main that may be seen; near names are shop")
        }
        try await Bench.with(allowed: ["web-*"]) { bench in
            #expect(
                await bench.tools.failure("argocd_server_diff", ["name": "shop"])
                    == "the integration main does not allow application shop; it allows web-*")
            #expect(bench.web.requests.isEmpty)
            let none = try await bench.tools.output("argocd_server_apps")
            #expect(none == "No applications, or none that may be seen.")
        }
    }
}

@Suite struct ArgoCDAttackTests {
    private static let calls: [(String, JSONValue)] = [
        ("argocd_server_apps", [:]), ("argocd_server_app", ["name": "shop"]), ("argocd_server_diff", ["name": "shop"]),
        ("argocd_server_tree", ["name": "shop"]),
    ]

    @Test func `what is no answer is told in a sentence, and nothing is followed`() async throws {
        try await Bench.with { bench in
            for (answer, says) in HostileAnswers.all {
                bench.web.forgetAnswers()
                bench.web.answer("GET", "/", with: answer)
                for (tool, arguments) in Self.calls {
                    let failure = await bench.tools.failure(tool, arguments)
                    #expect(failure.contains(says), "\(tool): \(failure)")
                    #expect(failure.hasPrefix("Argo CD main") && !failure.contains("\n"), "\(tool): \(failure)")
                    #expect(!failure.contains("evil") && !failure.contains(IntegrationBench.token), "\(failure)")
                }
            }
        }
    }

    @Test(
        arguments: [
            ["items": [["kind": "Deployment"]]], [],
            ["items": [["kind": "A", "name": "b", "targetState": "{", "liveState": "{}"]]],
            ["items": [["kind": "A", "name": "b", "targetState": "[]", "liveState": "{}"]]],
        ] as [JSONValue])
    func `manifests that are none are refused`(_ answer: JSONValue) async throws {
        try await Bench.with { bench in
            bench.web.answer(
                "GET", "/api/v1/applications/shop/managed-resources", with: .init(200, json: answer))
            let failure = await bench.tools.failure("argocd_server_diff", ["name": "shop"])
            #expect(failure.contains("is none of Argo CD's"), "\(failure)")
        }
    }

    @Test(arguments: ["..", "a/b", "a?b", "a#b", "a\u{0}", "a\nb", "%2e%2e", "http://evil.example", "a b", ""])
    func `a name that would be another path is not sent`(_ name: String) async throws {
        try await Bench.with { bench in
            for (tool, _) in Self.calls.dropFirst() {
                #expect(!(await bench.tools.failure(tool, ["name": .string(name)])).isEmpty)
            }
            #expect(bench.web.requests.isEmpty, "\(bench.web.requests.map(\.target))")
        }
    }

    @Test func `slow bytes end with the time`() async throws {
        var slow = TestAnswer(200, "{\"items\":")
        slow.stalls = true
        try await Bench.with(timeout: .milliseconds(300)) { bench in
            bench.web.answer("GET", "/api/v1/applications", with: slow)
            #expect(await bench.tools.failure("argocd_server_apps").contains("no complete answer"))
        }
    }
}
