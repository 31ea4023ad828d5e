import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import HelmTools
@testable import ToolKit
@testable import Writes

/// Releases as Helm stores them. The first is a record that Helm v4.2.3 wrote.
struct ReleaseToolTests {
    private static let clock = KubeTime(seconds: 1_800_000_000)
    private let api = FakeAPI()
    private let registry = ToolRegistry(HelmToolset.all(now: { clock }))

    init() {
        api.put(KubeObject(["kind": "Namespace", "apiVersion": "v1", "metadata": ["name": "shop"]]))
        put("web", 1, "deployed", data: RecordedRelease.data)
    }

    private func put(
        _ name: String, _ revision: Int, _ status: String, data: String, type: String = "helm.sh/release.v1"
    ) {
        api.put(
            KubeObject([
                "kind": "Secret", "apiVersion": "v1", "type": .string(type),
                "metadata": [
                    "name": .string("sh.helm.release.v1.\(name).v\(revision)"), "namespace": "shop",
                    "labels": [
                        "owner": "helm", "name": .string(name), "version": .string(String(revision)),
                        "status": .string(status), "modifiedAt": "1799999400",
                    ],
                ],
                "data": ["release": .string(data)],
            ]))
    }

    /// A record without compression, as Helm's reader takes it too.
    private static func data(_ json: JSONValue) -> String {
        Base64.encode(Array(Base64.encode(JSONWriter.bytes(json)).utf8))
    }

    private static func record(_ revision: Int, status: String, config: JSONValue = [:]) -> String {
        data([
            "name": "web", "namespace": "shop", "version": JSONValue(revision), "config": config,
            "info": ["status": .string(status), "description": "Upgrade complete", "deleted": ""],
            "chart": [
                "metadata": ["name": "shop", "version": "1.3.0", "appVersion": "2.6"], "values": ["a": 1, "b": 2],
            ],
            "manifest": "---\n# Source: shop/templates/x.yaml\nkind: Secret\ndata:\n  - [\n",
        ])
    }

    private func call(_ name: String, _ arguments: JSONValue = ["release_name": "web"]) async throws -> String {
        let context = ToolContext(
            api: ReadOnlyAPI(api.impersonating(Impersonation(user: "system:serviceaccount:shop:default"))),
            mapper: RESTMapper(api: api), namespace: "shop", redactor: Redactor(key: Array("a key for tests only".utf8))
        )
        do {
            guard
                case .output(let text) = try await registry.call(
                    name: name, arguments: JSONWriter.string(arguments), in: context)
            else { return "no output" }
            return text
        } catch let failure as ToolFailure {
            return "failure: \(failure.message)"
        }
    }

    @Test func `releases are listed with their newest revision, by their labels alone but for the chart`() async throws
    {
        put("web", 2, "failed", data: Self.record(2, status: "failed"))
        let text = try await call("helm_list_releases", [:])
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines == ["NAME REVISION UPDATED STATUS CHART APP VERSION", "web 2 10m failed shop-1.3.0 2.6"])
        let list = try #require(api.requests.first { $0.path == "/api/v1/namespaces/shop/secrets" })
        #expect(list.accept.hasPrefix("application/json;as=PartialObjectMetadataList"))
        #expect(list[query: "limit"] == "500")
        #expect(api.requests.allSatisfy { $0.method == .get })
    }

    @Test func `a release is shown with its objects, hooks and notes, without credentials`() async throws {
        let text = try await call("helm_status")
        #expect(text.contains("Status: deployed") && text.contains("Chart: shop-1.2.0"))
        #expect(text.contains("Secret/web-db") && text.contains("ConfigMap/web-settings"))
        #expect(text.contains("ConfigMap/web-hook: Succeeded"))
        #expect(text.contains("The password of web is ‹redacted:"))
    }

    @Test(arguments: [
        "helm_status", "helm_history", "helm_get_values", "helm_get_manifest", "helm_get_notes", "helm_get_hooks",
        "helm_get_metadata", "helm_get_all",
    ])
    func `no part shows a credential`(name: String) async throws {
        let text = try await call(name)
        #expect(!text.hasPrefix("failure") && !text.contains("hunter2-pass") && !text.contains("default-pass"))
        #expect(!text.contains(Base64.encode(Array("hunter2-pass".utf8))))
    }

    @Test func `values are those of the user, or with the chart's`() async throws {
        let own = try await call("helm_get_values")
        #expect(own.contains("password: ‹redacted:") && own.contains("replicas: 3") && !own.contains("image"))
        let all = try await call("helm_get_values", ["release_name": "web", "all": true])
        #expect(all.contains("repository: nginx") && all.contains("replicas: 3"))
        put("web", 2, "deployed", data: Self.record(2, status: "deployed", config: ["a": .null]))
        #expect(
            try await call("helm_get_values", ["release_name": "web", "all": true, "output": "json"]) == "{\"b\":2}")
    }

    @Test func `a document that can't be read is not shown`() async throws {
        put("web", 2, "deployed", data: Self.record(2, status: "deployed"))
        #expect(
            try await call("helm_get_manifest")
                == "# Source: shop/templates/x.yaml\n# a document that is no YAML, and is not shown\n")
    }

    @Test func `the history has each revision, and says what is left out`() async throws {
        put("web", 2, "pending-upgrade", data: Self.record(2, status: "pending-upgrade"))
        let text = try await call("helm_history")
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("1") && lines[2].contains("pending-upgrade"))
        let one = try await call("helm_history", ["release_name": "web", "max_revisions": 1])
        #expect(one.contains("… and 1 older revision"))
        #expect(try await call("helm_status").contains("an operation began and has not ended"))
        #expect(try await call("helm_status", ["release_name": "web", "revision": 1]).contains("Revision: 1"))
    }

    @Test func `what isn't there is said`() async throws {
        #expect(
            try await call("helm_status", ["release_name": "wep"]).contains("release wep not found in namespace shop"))
        let missing = try await call("helm_status", ["release_name": "web", "revision": 7])
        #expect(missing == "failure: release web has no revision 7; stored are 1")
        let nowhere = try await call("helm_status", ["release_name": "web", "namespace": "nowhere"])
        #expect(nowhere.contains("namespace nowhere doesn't exist"))
        #expect(try await call("helm_list_releases", ["filter": "zz"]).contains("None of 1 releases"))
    }

    @Test(arguments: [
        ("bm90IGJhc2U2NCE=", "not in base64"), (data("text"), "not a release in JSON"),
        (Base64.encode(Array(Base64.encode([0x1F, 0x8B, 8, 0, 1, 2]).utf8)), "can't be decompressed"),
    ])
    func `a broken record is said, and others are listed`(data: String, problem: String) async throws {
        put("broken", 1, "deployed", data: data)
        #expect(try await call("helm_status", ["release_name": "broken"]).contains(problem))
        let list = try await call("helm_list_releases", [:])
        #expect(list.contains("(not readable)") && list.contains("shop-1.2.0"))
    }

    @Test func `a Secret of another type is not decoded`() async throws {
        put("other", 1, "deployed", data: RecordedRelease.data, type: "Opaque")
        #expect(try await call("helm_get_values", ["release_name": "other"]).contains("is no record of Helm"))
    }
}
