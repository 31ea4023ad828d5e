import Helm
import KubeClient
import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import SkyfloAPI
import TestCharts
import Testing

@testable import HelmTools
@testable import ToolKit
@testable import Writes

/// The tools on an API server that isn't scripted, with releases as Helm leaves them.
struct ReleaseBench {
    static let administrator = Impersonation(user: "alice", groups: ["system:masters"])
    static let time = KubeTime(seconds: 1_800_000_000)

    let client: KubeClient
    var context: ToolContext
    let redactor = Redactor(key: Array("a key for tests only".utf8))
    private let registry = ToolRegistry(HelmToolset.all { time })

    static func withRunning(_ body: (ReleaseBench) async throws -> Void) async throws {
        try await withRunning { bench, _ in try await body(bench) }
    }

    static func withRunning(_ body: (ReleaseBench, LocalCluster.Endpoint) async throws -> Void) async throws {
        try await LocalCluster.withRunning(.init(simulatesWorkloads: true)) { _, endpoint in
            let configuration = ClusterConfiguration(
                server: endpoint.url, certificateAuthority: .data(Array(endpoint.certificateAuthorityPEM.utf8)),
                credentials: .token(endpoint.token))
            try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                try await body(ReleaseBench(client: client), endpoint)
            }
        }
    }

    private init(client: KubeClient) {
        self.client = client
        context = ToolContext(
            api: ReadOnlyAPI(client.impersonating(Self.administrator)), mapper: RESTMapper(api: client),
            namespace: "default", redactor: redactor)
    }

    /// The same with a chart that may be installed, as `shelf/NAME`.
    func with(chart name: String, _ files: [String: String]) -> ReleaseBench {
        var bench = self
        bench.context.charts = ChartShelf(charts: [name: Archive.chart(name, files)])
        return bench
    }

    // MARK: Releases

    static func record(
        _ revision: Int, status: String, manifest: String, hooks: [JSONValue] = []
    ) throws -> ReleaseRecord {
        let json: JSONValue = [
            "name": "web", "namespace": "default", "version": JSONValue(revision),
            "config": ["revision": JSONValue(revision)],
            "info": [
                "status": .string(status), "description": "Install complete", "first_deployed": "2026-01-01T00:00:00Z",
                "last_deployed": "2026-01-01T00:00:00Z",
            ],
            "chart": ["metadata": ["name": "shop", "version": "1.2.0"], "values": [:]], "manifest": .string(manifest),
            "hooks": .array(hooks), "apply_method": "ssa",
        ]
        return try ReleaseRecord(data: Base64.encode(Array(Base64.encode(JSONWriter.bytes(json)).utf8)))
    }

    static func hook(_ name: String, events: [String], policies: [String] = [], weight: Int = 0) -> JSONValue {
        [
            "name": .string(name), "kind": "ConfigMap", "path": "shop/templates/hook.yaml",
            "manifest": .string("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {ran: \"yes\"}\n"),
            "events": JSONValue(events), "weight": JSONValue(weight), "delete_policies": JSONValue(policies),
        ]
    }

    func store(_ record: ReleaseRecord) async throws {
        let secret = try record.secret(createdAt: Self.time)
        _ = try await client.create(secret, in: .secrets, options: WriteOptions(fieldManager: "helm"))
    }

    /// As Helm writes it.
    /// - Parameter applies: by server-side apply; otherwise as Helm 3 does.
    func bring(_ record: ReleaseRecord, applies: Bool = true, manager: String = "helm") async throws {
        for (part, object) in try record.objects().enumerated() {
            let body = KubeObject(try ReleaseContent.body(of: .manifest(part), in: record, namespace: "default"))
            let resource = try await context.mapper.resource(
                for: GroupVersionKind(
                    group: object.groupVersion?.group ?? "", version: object.groupVersion?.version ?? "",
                    kind: object.kind))
            if applies {
                _ = try await client.apply(body, in: resource, options: WriteOptions(fieldManager: manager))
            } else {
                _ = try await client.create(body, in: resource, options: WriteOptions(fieldManager: manager))
            }
        }
    }

    func state(_ revision: Int) async throws -> ReleaseRecord? {
        let secret = try await client.find(
            .secrets, namespace: "default", name: "sh.helm.release.v1.web.v\(revision)")
        return try secret?["data", "release"]?.string.map { data throws in
            let record = try ReleaseRecord(data: data)
            #expect(secret?.labels["status"] == record.status)
            return record
        }
    }

    func statuses(_ revisions: ClosedRange<Int>) async throws -> [String?] {
        var found: [String?] = []
        for revision in revisions { found.append(try await state(revision)?.status) }
        return found
    }

    func configMap(_ name: String) async throws -> KubeObject? {
        try await client.find(.configMaps, namespace: "default", name: name)
    }

    /// Which of these ConfigMaps there are.
    func present(_ names: String...) async throws -> [String] {
        var found: [String] = []
        for name in names where try await configMap(name) != nil { found.append(name) }
        return found
    }

    // MARK: Tools

    func call(_ tool: String, _ arguments: JSONValue) async throws -> ToolOutcome {
        try await registry.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
    }

    func propose(_ tool: String, _ arguments: JSONValue = [:]) async throws -> WriteProposal {
        let arguments = MergePatch.apply(arguments, to: ["release_name": "web"])
        let outcome = try await registry.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
        guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
        return proposal
    }

    /// What a tool that reads says.
    func text(_ tool: String, _ arguments: JSONValue = [:]) async throws -> String {
        let arguments = MergePatch.apply(arguments, to: ["release_name": "web"])
        let outcome = try await registry.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
        guard case .output(let text) = outcome else { throw ToolFailure("no output: \(outcome)") }
        return text
    }

    /// Of what a write has created.
    func uid(of write: PlannedWrite) async throws -> String {
        let target = write.target
        return try await client.get(target.resource, namespace: target.namespace, name: target.name).uid
    }

    func failure(_ tool: String, _ arguments: JSONValue = [:]) async -> String {
        do {
            return "no failure: \(try await propose(tool, arguments).summary)"
        } catch let failure as ToolFailure {
            return failure.message
        } catch {
            return "another error: \(error)"
        }
    }

    func preview(_ proposal: WriteProposal) async throws -> Preview {
        try await Preview.of(proposal, api: context.api, redactor: redactor)
    }

    /// Carries out the steps as they are stored, and sees to it that a recovery would tell what was done.
    @discardableResult
    func carryOut(_ preview: Preview, until limit: Int = .max) async throws -> [PlannedWrite] {
        var uids: [String] = []
        var writes: [PlannedWrite] = []
        for (position, json) in preview.writes.map(\.json).enumerated().prefix(limit) {
            var write = try #require(PlannedWrite(json: json))
            if write.step?.isOnFailure == true { break }
            if let creator = write.creator(among: writes) { write = write.aimed(atUID: uids[creator]) }
            var sent = write
            var uid = ""
            var problem: ToolFailure?
            try await eventually("\(write.step?.title ?? "") is done") {
                switch await sent.execute(
                    api: client.impersonating(Self.administrator), redactor: redactor, at: Self.time)
                {
                case .applied(_, let found): uid = found
                case .stale(let why):
                    if let moved = try await sent.refresh(api: context.api, redactor: redactor) {
                        sent = moved
                        return false
                    }
                    problem = ToolFailure("stale: \(why)")
                case .postponed: return false
                case let outcome: problem = ToolFailure("\(outcome)")
                }
                return true
            }
            if let problem { throw problem }
            let found = try await write.recover(
                change: preview.changes[position], api: context.api, redactor: redactor)
            // What is only read is read again.
            if case .applied = found {} else if !write.isResult { Issue.record("\(write.step?.title ?? ""): \(found)") }
            uids.append(uid)
            writes.append(write)
        }
        return writes
    }
}

/// Charts that are there.
struct ChartShelf: ChartProvider {
    var charts: [String: [UInt8]]

    func chart(_ reference: ChartReference) async throws -> ChartPackage {
        guard let archive = charts[reference.name.replacing("shelf/", with: "")] else {
            throw ToolFailure("chart \(reference.name) not found")
        }
        return ChartPackage(
            archive: archive, digest: "sha256:0", origin: "https://charts.example/\(reference.name).tgz")
    }
}
