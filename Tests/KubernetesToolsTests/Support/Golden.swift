import FakeKubeAPI
import KubeClient
import KubeModel
import LocalCluster
import Logging
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// A proposal as one text: what a person reads of it, its requests byte for byte, what is checked afterwards.
func golden(_ proposal: WriteProposal) -> String {
    var lines = ["\(proposal.summary) [\(proposal.risk.rawValue)]"]
    lines += proposal.warnings.map { "! \($0)" }
    for write in proposal.writes {
        if let step = write.step {
            lines.append("step \(step.stage): \(step.title) within \(step.deadlineSeconds) s")
        }
        guard let request = write.request?.request else {
            lines.append(JSONWriter.string(write.json))
            continue
        }
        lines.append("\(request.method.rawValue) \(request.target) \(request.contentType ?? "")")
        if let body = request.body { lines.append(body) }
    }
    return (lines + proposal.postConditions.map { "→ \($0.title)" }).joined(separator: "\n")
}

/// The tools on an API server that isn't scripted, as an administrator.
struct ToolCluster {
    let client: KubeClient
    let context: ToolContext

    static let administrator = Impersonation(user: "alice", groups: ["system:masters"])

    static func withRunning(
        simulatesWorkloads: Bool = false, _ body: (ToolCluster) async throws -> Void
    ) async throws {
        try await LocalCluster.withRunning(.init(simulatesWorkloads: simulatesWorkloads)) { _, endpoint in
            try await withClient(of: endpoint, body)
        }
    }

    static func withClient(
        of endpoint: LocalCluster.Endpoint, _ body: (ToolCluster) async throws -> Void
    ) async throws {
        let configuration = ClusterConfiguration(
            server: endpoint.url, certificateAuthority: .data(Array(endpoint.certificateAuthorityPEM.utf8)),
            credentials: .token(endpoint.token))
        try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
            let context = ToolContext(
                api: ReadOnlyAPI(client.impersonating(administrator)), mapper: RESTMapper(api: client),
                namespace: "default", redactor: redactor)
            try await body(ToolCluster(client: client, context: context))
        }
    }

    func propose(_ tool: String, _ arguments: JSONValue) async throws -> WriteProposal {
        let outcome = try await tools.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
        guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
        return proposal
    }

    func output(_ tool: String, _ arguments: JSONValue) async throws -> String {
        let outcome = try await tools.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
        guard case .output(let text) = outcome else { throw ToolFailure("no output: \(outcome)") }
        return text
    }

    /// Proposes, previews and carries out, and sees to it that a recovery would tell what was done.
    @discardableResult
    func carryOut(_ tool: String, _ arguments: JSONValue) async throws -> Preview {
        let preview = try await Preview.of(try await propose(tool, arguments), api: context.api, redactor: redactor)
        for (planned, change) in zip(preview.writes, preview.changes) {
            let result = await planned.execute(
                api: client.impersonating(Self.administrator), redactor: redactor, at: KubeTime(seconds: 0))
            guard case .applied = result else { throw ToolFailure("\(planned.target.text): \(result)") }
            let found = try await planned.recover(change: change, api: context.api, redactor: redactor)
            guard case .applied = found else {
                throw ToolFailure("\(planned.target.text): the recovery doesn't see what was done: \(found)")
            }
        }
        return preview
    }

    func apply(_ manifest: String) async throws { try await carryOut("k8s_apply", ["content": .string(manifest)]) }

    func get(_ resource: APIResource, _ name: String) async throws -> KubeObject {
        try await client.get(resource, namespace: resource.namespaced ? "default" : nil, name: name)
    }
}
