import KubeModel
import Testing

@Suite struct KubeTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-21T03:00:00Z", 1_795_230_000), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1), ("2024-03-01T01:00:00+01:00", 1_709_251_200),
    ])
    func `moments are read`(_ text: String, _ seconds: Int) {
        #expect(KubeTime(text)?.microseconds == Int64(seconds) * 1_000_000)
    }

    @Test func `every day of many years reads as it was written`() {
        for day in stride(from: Int64(-40_000), to: 80_000, by: 1) {
            let time = KubeTime(microseconds: day * 86_400_000_000 + 12_345_678)
            #expect(KubeTime(time.microTime) == time)
        }
    }

    @Test func `fractions are kept to the microsecond`() {
        #expect(KubeTime("2026-01-01T00:00:00.1234567Z")?.microTime == "2026-01-01T00:00:00.123456Z")
        #expect(KubeTime("2026-01-01T00:00:00.5Z")?.description == "2026-01-01T00:00:00Z")
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:60Z", "9999-12-31T23:59:59-01:00", "2026-01-01T00:00:00+0100",
        "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-01-01T00:00:00+99:00",
        "2026-01-01T00:00:00+01:60",
    ])
    func `anything else is refused`(_ text: String) { #expect(KubeTime(text) == nil) }
}

@Suite struct LabelSelectorTests {
    static let labels = ["app": "web", "tier": "front", "replicas": "3"]

    @Test(arguments: [
        ("", true), ("app=web", true), ("app==web,tier=front", true), ("app!=web", false), ("app in (web, api)", true),
        ("app notin (web)", false), ("env notin (prod)", true), ("tier", true), ("!tier", false), ("!env", true),
        ("replicas>2", true), ("replicas<3", false), ("app=", false), ("env!=prod", true),
    ])
    func `matching`(_ text: String, _ expected: Bool) throws {
        let selector = try LabelSelector(parsing: text)
        #expect(selector.matches(Self.labels) == expected)
        #expect(try LabelSelector(parsing: selector.description) == selector)
    }

    @Test(arguments: ["app in web", "app in (web", "=web", "app web", "a,,b", "a,", "!", "a>b"])
    func `what isn't a selector is refused`(_ text: String) {
        #expect(throws: LabelSelector.Failure.self) { try LabelSelector(parsing: text) }
    }
}

@Suite struct ObjectTests {
    @Test func `items of a typed list get their kind`() {
        let list = KubeList([
            "kind": "PodList", "apiVersion": "v1", "metadata": ["resourceVersion": "5"],
            "items": [["metadata": ["name": "a"]]],
        ])
        #expect(list.items.first?.kind == "Pod" && list.items.first?.name == "a" && list.resourceVersion == "5")
    }

    @Test func `a status survives its own JSON`() {
        let status = APIStatus(
            code: 422, reason: .invalid, message: "m", group: "g", kind: "k", name: "n", uid: "u",
            causes: [.init(reason: "r", field: "f", message: "m")], retryAfterSeconds: 3)
        #expect(APIStatus(status.json) == status)
    }

    @Test func `a condition moves its time only with its status`() {
        func condition(_ status: Condition.Status, _ seconds: Int64) -> Condition {
            Condition(
                type: "Ready", status: status, reason: "R", message: "", observedGeneration: 1,
                lastTransitionTime: KubeTime(microseconds: seconds))
        }
        var conditions = [condition(.true, 1)]
        conditions.set(condition(.true, 2))
        #expect(conditions.first?.lastTransitionTime.microseconds == 1)
        conditions.set(condition(.false, 3))
        #expect(conditions.first?.lastTransitionTime.microseconds == 3)
    }

    @Test func `names can't leave their place in a path`() {
        let path = APIResource.deployments.path(namespace: "a/../b", name: "..", subresource: "scale")
        #expect(path == "/apis/apps/v1/namespaces/a%2F..%2Fb/deployments/%2E%2E/scale")
        #expect(PercentEncoding.decode("a%2F..%2Fb") == "a/../b")
        #expect(PercentEncoding.decode("%zz") == nil)
    }

    @Test(arguments: [
        (KubeRequest(.get, path: "/api/v1/pods"), true),
        (KubeRequest(.get, path: "/api/v1/namespaces/a/pods/b/log"), true),
        (KubeRequest(.get, path: "/api/v1/namespaces/a/pods/b/exec"), false),
        (KubeRequest(.get, path: "/api/v1/namespaces/a/services/b/proxy/x"), false),
        (KubeRequest(.get, path: "/api/v1/nodes/n/proxy/run"), false), (KubeRequest(.get, path: "/metrics"), false),
        (KubeRequest(.post, path: "/api/v1/namespaces/a/pods"), false),
        (KubeRequest(.post, path: "/api/v1/namespaces/a/pods").asDryRun, true),
        (KubeRequest(.patch, path: "/apis/apps/v1/namespaces/a/deployments/b").asDryRun, true),
        (KubeRequest(.delete, path: "/api/v1/namespaces/a", query: [.init("dryRun", value: "None")]), false),
        (
            KubeRequest(
                .delete, path: "/api/v1/namespaces/a",
                query: [.init("dryRun", value: "All"), .init("dryRun", value: "")]), false
        ),
        (KubeRequest(.delete, path: "/api/v1/namespaces/a").asDryRun, true),
        // The server takes the options of a deletion from its body where it has one, and the query then counts for nothing.
        (KubeRequest(.delete, path: "/api/v1/namespaces/a", query: [.init("dryRun", value: "All")], body: "{}"), false),
        (
            KubeRequest(
                .delete, path: "/api/v1/namespaces/a", query: [.init("dryRun", value: "All")], body: "{\"dryRun\":[]}"),
            false
        ),
        (
            KubeRequest(
                .delete, path: "/api/v1/namespaces/a", query: [.init("dryRun", value: "All")], body: "dryRun: [All]"),
            false
        ),
        (KubeRequest(.delete, path: "/api/v1/namespaces/a", body: "{\"dryRun\":[\"All\"]}"), false),
        (KubeRequest(.delete, path: "/api/v1/namespaces/a", body: "{\"kind\":\"DeleteOptions\"}").asDryRun, true),
        (KubeRequest(.post, path: "/api/v1/namespaces/a/serviceaccounts/b/token").asDryRun, false),
        (KubeRequest(.post, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"), true),
    ])
    func `what only reads is known from the request`(_ request: KubeRequest, _ expected: Bool) {
        #expect(request.isReadOnly == expected)
    }

    @Test func `base64`() {
        for text in ["", "a", "ab", "abc", "abcd", "ü😀"] {
            let bytes = Array(text.utf8)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
        }
        #expect(Base64.encode(Array("hello".utf8)) == "aGVsbG8=")
        #expect(
            Base64.decode("a") == nil && Base64.decode("a=b=") == nil && Base64.decode("YQ") == nil
                && Base64.decode("ä") == nil)
    }
}
