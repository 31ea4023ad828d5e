import KubeModel
import Testing

@testable import Helm

struct ReleaseRecordTests {
    private static let time = KubeTime(seconds: 1_800_000_000)

    private func record(_ json: JSONValue) throws -> ReleaseRecord {
        try ReleaseRecord(data: Base64.encode(Array(Base64.encode(JSONWriter.bytes(json)).utf8)))
    }

    private var stored: JSONValue {
        [
            "name": "web", "namespace": "shop", "version": 2, "apply_method": "ssa",
            "config": ["replicas": 3, "big": 12_345_678_901],
            "info": [
                "first_deployed": "2025-03-01T10:00:00Z", "last_deployed": "2025-03-02T10:00:00Z",
                "status": "superseded",
                "description": "Upgrade complete", "notes": "<b>&\u{2028}</b>",
            ],
            "chart": ["metadata": ["name": "shop", "version": "1.2.0"], "values": ["ratio": 0.75], "schema": .null],
            "manifest": .string(Self.manifest), "hooks": .array(Self.hooks),
        ]
    }

    private static let manifest = """
        ---
        # Source: shop/templates/a.yaml
        apiVersion: v1
        kind: Secret
        metadata: {name: web-db, annotations: {helm.sh/resource-policy: " Keep "}}
        ---
        # Source: shop/templates/b.yaml
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {on: "yes"}}
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}
        ---
        # Source: shop/templates/c.yaml
        ---
        # Source: shop/templates/d.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}

        """

    private static let hooks: [JSONValue] = [
        ("Job", "late", 5, ["post-rollback"], ["hook-succeeded"]), ("Job", "b", -1, ["pre-rollback"], []),
        ("ConfigMap", "settings", -1, ["pre-rollback", "pre-install"], ["before-hook-creation", "hook-failed"]),
        ("Job", "a", -1, ["pre-rollback"], []),
    ].map { (kind: String, name: String, weight: Int, events: [String], policies: [String]) in
        [
            "name": .string(name), "kind": .string(kind), "path": "shop/templates/hooks.yaml",
            "manifest": .string("apiVersion: v1\nkind: \(kind)\nmetadata: {name: \(name)}\n"),
            "events": JSONValue(events), "weight": JSONValue(weight), "delete_policies": JSONValue(policies),
        ]
    }

    @Test func `what was stored is read back as it was`() throws {
        let record = try record(stored)
        let again = try ReleaseRecord(data: try record.encoded())
        #expect(again.json == stored && again.contentBytes == record.contentBytes)
        let text = Base64.decode(try record.encoded()).map { String(decoding: $0, as: UTF8.self) }
        let bytes = try #require(text.flatMap { Base64.decode($0) })
        #expect(bytes.starts(with: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]), "compressed, without a name or a time")
    }

    @Test func `a Secret has the labels that Helm looks for, and keeps the user's`() throws {
        let secret = try record(stored).secret(
            userLabels: ["team": "core", "status": "mine", "createdAt": "1"], createdAt: Self.time)
        #expect(secret.name == "sh.helm.release.v1.web.v2" && secret.namespace == "shop")
        #expect(
            secret.labels == [
                "name": "web", "owner": "helm", "status": "superseded", "version": "2", "createdAt": "1800000000",
                "team": "core",
            ])
        #expect(secret["type"]?.string == "helm.sh/release.v1")
    }

    @Test func `a rollback has the content of its source and the history of the newest`() throws {
        let source = try record(stored)
        let made = source.begun(
            as: .pendingRollback, revision: 8, firstDeployed: "2024-01-01T00:00:00Z", at: Self.time,
            description: "Rollback to 2")
        #expect(made.revision == 8 && made.status == "pending-rollback" && made.description == "Rollback to 2")
        #expect(made.time("first_deployed") == "2024-01-01T00:00:00Z" && made.notes == source.notes)
        #expect(made.time("last_deployed") == "2027-01-15T08:00:00.000000Z" && made.time("deleted") == nil)
        #expect(made.contentBytes == source.contentBytes && made.applyMethod == "ssa")
    }

    @Test func `states and how hooks ran are no part of the content`() throws {
        let source = try record(stored)
        let made = source.with(.uninstalled, description: "Uninstallation complete").deleted(at: Self.time)
            .withRun(of: [1], phase: "Succeeded", at: Self.time)
        #expect(made.contentBytes == source.contentBytes)
        #expect(made.status == "uninstalled" && made.time("deleted") == "2027-01-15T08:00:00.000000Z")
        #expect(made.hooks[1]["last_run", "phase"] == "Succeeded" && made.hooks[0]["last_run"] == nil)
        var other = stored
        other[path: ["config", "replicas"]] = 4
        #expect(try record(other).contentBytes != source.contentBytes)
    }

    @Test func `objects are those of all documents, and of lists their items`() throws {
        let record = try record(stored)
        #expect(
            try record.objects().map { "\($0.kind)/\($0.name)" } == [
                "Secret/web-db", "ConfigMap/one", "ConfigMap/two", "Deployment/web", "Service/web",
            ])
        #expect(try record.objects()[1]["data", "true"]?.string == "yes", "as YAML 1.1 reads it")
        #expect(try record.objects()[3]["spec", "replicas"] == 3)
        let order = try record.uninstallOrder()
        #expect(order.map(\.object.name) == ["web", "web", "one", "two", "web-db"])
        #expect(order.map(\.object.kind).prefix(2) == ["Service", "Deployment"])
        #expect(order.map(\.isKept) == [false, false, false, false, true])
    }

    @Test func `hooks run by weight and name`() throws {
        let record = try record(stored)
        let before = try record.hooks(of: "pre-rollback")
        #expect(before.map(\.text) == ["Job/a", "Job/b", "ConfigMap/settings"])
        #expect(before.map(\.policies) == [[.beforeCreation], [.beforeCreation], [.beforeCreation, .failed]])
        #expect(try record.hooks(of: "post-rollback").map(\.position) == [0])
        #expect(try record.hooks(of: "pre-delete").isEmpty)
    }

    @Test(arguments: ["kind: [", "text", "apiVersion: v1\nkind: ConfigMap\n", "kind: ConfigMap\nmetadata: {name: a}"])
    func `a document that is no object is said`(document: String) throws {
        var broken = stored
        broken["manifest"] = .string("---\n\(document)\n")
        let record = try record(broken)
        #expect(throws: HelmError.self) { try record.objects() }
    }

    @Test func `a record that no Secret can hold is refused`() throws {
        var large = stored
        var generator = SystemRandomNumberGenerator()
        let words = (0..<110_000).map { _ in String(generator.next(), radix: 36) }
        large["manifest"] = .string(words.joined())
        let record = try record(large)
        #expect(throws: HelmError.self) { try record.encoded() }
    }
}
