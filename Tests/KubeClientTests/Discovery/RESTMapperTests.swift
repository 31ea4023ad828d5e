import KubeModel
import Testing

@testable import KubeClient

@Suite struct RESTMapperTests {
    private static func api(_ documents: [String: JSONValue] = DiscoveryDocuments.aggregated) -> FakeAPI {
        FakeAPI { request in documents[request.path].map { .json($0) } ?? .failure(404, .notFound) }
    }

    @Test(
        arguments: [
            ("pods", "pods v1"), ("pod", "pods v1"), ("po", "pods v1"), ("Pod", "pods v1"), ("PODS", "pods v1"),
            ("deploy", "deployments.apps v1"), ("Deployment", "deployments.apps v1"),
            ("deployments.apps", "deployments.apps v1"), ("deploy.apps", "deployments.apps v1"),
            ("deployments.v1.apps", "deployments.apps v1"), ("deployments.v1beta1.apps", "deployments.apps v1beta1"),
            ("Deployment.v1beta1.apps", "deployments.apps v1beta1"), ("pods.v1.", "pods v1"),
            ("oldthings", "oldthings.apps v1beta1"), ("events", "events v1"),
            ("events.events.k8s.io", "events.events.k8s.io v1"), ("events.v1.events.k8s.io", "events.events.k8s.io v1"),
            ("ev.events", "events.events.k8s.io v1"), ("ports", "ports.example.com v1"), ("no", "nodes v1"),
        ], [DiscoveryDocuments.aggregated, DiscoveryDocuments.legacy])
    func `names are found as kubectl does`(
        name: (asked: String, found: String), documents: [String: JSONValue]
    ) async throws {
        let resource = try await RESTMapper(api: Self.api(documents)).resource(named: name.asked)
        #expect("\(resource.qualifiedName) \(resource.version)" == name.found)
    }

    @Test func `a version that is no longer served is forgotten after some time`() async throws {
        @Sendable func list(_ version: String) -> JSONValue {
            let resources: JSONValue = [
                ["resource": "things", "scope": "Namespaced", "responseKind": ["kind": "Thing"]]
            ]
            let versions: JSONValue = [["version": .string(version), "resources": resources]]
            return [
                "kind": "APIGroupDiscoveryList",
                "items": [["metadata": ["name": "example.com"], "versions": versions]],
            ]
        }
        let version = Recorder<String>()
        version.append("v1beta1")
        let api = FakeAPI { request in
            request.path == "/apis" ? .json(list(version.all.last ?? "")) : .failure(404, .notFound)
        }
        let mapper = RESTMapper(api: api, maximumAge: .zero)
        #expect(try await mapper.resource(named: "things").version == "v1beta1")
        version.append("v1")
        #expect(try await mapper.resource(named: "things").version == "v1")
    }

    @Test(arguments: [DiscoveryDocuments.aggregated, DiscoveryDocuments.legacy])
    func `a resource is complete`(documents: [String: JSONValue]) async throws {
        let mapper = RESTMapper(api: Self.api(documents))
        let pods = try await mapper.resource(named: "po")
        #expect(
            pods
                == APIResource(
                    group: "", version: "v1", plural: "pods", kind: "Pod", shortNames: ["po"], categories: ["all"],
                    verbs: ["get", "list"], subresources: ["log", "status"]))
        #expect(try await mapper.resource(named: "nodes").namespaced == false)
    }

    @Test(arguments: [
        ("foo", "foo"), ("foo.example.com", "foo"), ("deploy.batch", "deploy"), ("", ""), ("orphans", "orphans"),
    ])
    func `a name that isn't there is told as kubectl tells it`(name: String, told: String) async throws {
        let status = await #expect(throws: APIStatus.self) {
            try await RESTMapper(api: Self.api()).resource(named: name)
        }
        #expect(status?.message == "the server doesn't have a resource type \"\(told)\"")
        #expect(status?.isNotFound == true)
    }

    @Test(arguments: [
        ("events", "events", ["events.events.k8s.io"], false), ("ev", "events", ["events.events.k8s.io"], false),
        ("events.events.k8s.io", "events.events.k8s.io", ["events"], true),
        ("pods", "pods", ["ports.example.com"], false),
        ("Deployment", "deployments.apps", [], false), ("deploy.v1beta1.apps", "deployments.apps", [], true),
    ])
    func `a name that several groups have comes with the others`(
        name: String, found: String, others: [String], isQualified: Bool
    ) async throws {
        let match = try await RESTMapper(api: Self.api()).match(name)
        #expect(match.resource.qualifiedName == found && match.others.map(\.qualifiedName) == others)
        #expect(match.isQualified == isQualified)
    }

    @Test func `a category holds each of its resources once`() async throws {
        let all = try await RESTMapper(api: Self.api()).resources(inCategory: "ALL").map(\.qualifiedName)
        #expect(all.contains("pods") && all.count { $0 == "deployments.apps" } == 1)
        #expect(try await RESTMapper(api: Self.api()).resources(inCategory: "pods").isEmpty)
    }

    @Test func `a name may belong to a group whose server is down`() async throws {
        let stale: JSONValue = [
            "kind": "APIGroupDiscoveryList",
            "items": [
                ["metadata": ["name": "metrics.k8s.io"], "versions": [["version": "v1beta1", "freshness": "Stale"]]]
            ],
        ]
        var old = DiscoveryDocuments.legacy
        old["/apis/example.com/v1"] = nil
        for (documents, group) in [(["/apis": stale], "metrics.k8s.io/v1beta1"), (old, "example.com/v1")] {
            let status = await #expect(throws: APIStatus.self) {
                try await RESTMapper(api: Self.api(documents)).resource(named: "ports")
            }
            #expect(
                status?.message
                    == "the server doesn't have a resource type \"ports\", unless it belongs to an API group whose server "
                    + "can't be asked now: \(group)")
        }
    }

    @Test func `a kind is found in its version only`() async throws {
        let mapper = RESTMapper(api: Self.api())
        let kind = GroupVersionKind(group: "apps", version: "v1beta1", kind: "Deployment")
        #expect(try await mapper.resource(for: kind).version == "v1beta1")
        let status = await #expect(throws: APIStatus.self) {
            try await mapper.resource(for: GroupVersionKind(group: "apps", version: "v2", kind: "Deployment"))
        }
        #expect(status?.message == #"no matches for kind "Deployment" in version "apps/v2""#)
    }

    @Test func `all resources come once, in the preferred version`() async throws {
        let all = try await RESTMapper(api: Self.api()).allResources()
        #expect(
            all.map { "\($0.qualifiedName)/\($0.version)" } == [
                "pods/v1", "nodes/v1", "events/v1", "deployments.apps/v1", "oldthings.apps/v1beta1",
                "events.events.k8s.io/v1", "ports.example.com/v1",
            ])
    }

    @Test func `what is known isn't asked for again, until it is invalidated`() async throws {
        let api = Self.api()
        let mapper = RESTMapper(api: api)
        for name in ["pods", "deploy", "ev"] { _ = try await mapper.resource(named: name) }
        #expect(api.count("/apis") == 1)
        await mapper.invalidate()
        _ = try await mapper.resource(named: "pods")
        #expect(api.count("/apis") == 2)
    }

    @Test func `a miss asks again, and finds what is new`() async throws {
        let isCreated = Counter()
        let api = FakeAPI { request in
            let isThere = request.path == "/api" || isCreated.value > 0
            return isThere ? .json(DiscoveryDocuments.aggregated[request.path] ?? .null) : .failure(404, .notFound)
        }
        let mapper = RESTMapper(api: api)
        _ = try await mapper.resource(named: "pods")
        isCreated.increment()
        #expect(try await mapper.resource(named: "ports").plural == "ports")
    }

    @Test func `misses ask again only so often`() async throws {
        let api = Self.api()
        let mapper = RESTMapper(api: api, reloadInterval: .seconds(3600))
        for _ in 0..<4 { _ = try? await mapper.resource(named: "foo") }
        #expect(api.count("/apis") == 2, "once to know, once for the first miss of what was known")
        let eager = RESTMapper(api: api, reloadInterval: .zero)
        for _ in 0..<4 { _ = try? await eager.resource(named: "foo") }
        #expect(api.count("/apis") == 2 + 4)
    }

    @Test func `callers at the same time share one load`() async throws {
        let gate = Gate()
        let api = FakeAPI { request in
            await gate.wait()
            return .json(DiscoveryDocuments.aggregated[request.path] ?? .null)
        }
        let mapper = RESTMapper(api: api)
        try await withThrowingTaskGroup(of: APIResource.self) { group in
            for _ in 0..<10 { group.addTask { try await mapper.resource(named: "pods") } }
            try await eventually("nine wait for the one that loads") { await mapper.waiters.count == 9 }
            gate.open()
            for try await resource in group { #expect(resource.plural == "pods") }
        }
        #expect(api.count("/api") == 1)
    }

    @Test func `what was loaded before an invalidation is not kept, nor given to who came after it`() async throws {
        let gate = Gate()
        let loads = Counter()
        let api = FakeAPI { request in
            if request.path == "/apis", loads.increment() == 0 {
                await gate.wait()
                return .failure(404, .notFound)
            }
            return .json(DiscoveryDocuments.aggregated[request.path] ?? .null)
        }
        let mapper = RESTMapper(api: api)
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await mapper.resource(named: "pods").plural }
            try await eventually("the first loads") { loads.value == 1 }
            await mapper.invalidate()
            group.addTask { try await mapper.resource(named: "ports").plural }
            try await eventually("the second waits") { await mapper.waiters.count == 1 }
            gate.open()
            for try await _ in group { continue }
        }
        #expect(loads.value == 2)
        #expect(try await mapper.resource(named: "ports").plural == "ports")
        #expect(loads.value == 2)
    }

    @Test func `when the one that loads is cancelled, another goes on`() async throws {
        let loads = Counter()
        let api = FakeAPI { request in
            if request.path == "/api", loads.increment() == 0 { try await Task.sleep(for: .seconds(600)) }
            return .json(DiscoveryDocuments.aggregated[request.path] ?? .null)
        }
        let mapper = RESTMapper(api: api)
        try await withThrowingTaskGroup(of: APIResource.self) { group in
            group.addTask {
                try await eventually("the first loads") { loads.value == 1 }
                return try await mapper.resource(named: "pods")
            }
            let first = try await cancelling(when: "the second waits", { await mapper.waiters.count == 1 }) {
                try await mapper.resource(named: "pods")
            }
            #expect(first?.error is CancellationError)
            let second = try await group.next()
            #expect(second?.plural == "pods")
        }
        #expect(loads.value == 2)
    }

    @Test func `an error of the load reaches its caller, and the next one asks again`() async throws {
        let loads = Counter()
        let api = FakeAPI { request in
            if request.path == "/apis", loads.increment() == 0 { return .failure(403, .forbidden) }
            return .json(DiscoveryDocuments.aggregated[request.path] ?? .null)
        }
        let mapper = RESTMapper(api: api)
        let status = await #expect(throws: APIStatus.self) { try await mapper.resource(named: "pods") }
        #expect(status?.isForbidden == true)
        #expect(try await mapper.resource(named: "pods").plural == "pods")
    }

    @Test func `an extension server that is down leaves the other names`() async throws {
        var documents = DiscoveryDocuments.legacy
        documents["/apis/example.com/v1"] = nil
        let mapper = RESTMapper(api: Self.api(documents))
        #expect(try await mapper.resource(named: "deploy").plural == "deployments")
        await #expect(throws: APIStatus.self) { try await mapper.resource(named: "ports") }
    }

    @Test func `what is no discovery document is a bad response`() async throws {
        let mapper = RESTMapper(api: FakeAPI { _ in .json(["kind": "PodList"]) })
        let error = await #expect(throws: KubeClientError.self) { try await mapper.resource(named: "pods") }
        #expect(error?.code == .badResponse)
    }

    @Test func `both versions of the aggregated form are asked for, and the old form`() async throws {
        let api = Self.api()
        _ = try await RESTMapper(api: api).allResources()
        let accept = try #require(api.requests.first?.accept)
        #expect(
            accept.split(separator: ",") == [
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", "application/json",
            ])
    }
}
