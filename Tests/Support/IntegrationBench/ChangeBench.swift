import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import ToolKit
import Writes

/// Tools that propose to change something in a system outside of the cluster, and what tests do with their proposals.
package protocol ChangeBench: Sendable {
    associatedtype Provider: IntegrationProvider

    var api: FakeAPI { get }
    var provider: Provider { get }
    var tools: ToolRegistry { get }
}

extension ChangeBench {
    package static var redactor: Redactor { Redactor(key: Array("a key for tests only".utf8)) }

    private var acting: ImpersonatingAPI { api.impersonating(.serviceAccount(namespace: "shop", name: "copilot")) }
    package var reader: IntegrationReader { IntegrationReader(provider, namespace: "shop") }
    package var readOnly: ReadOnlyAPI { ReadOnlyAPI(acting) }

    package func call(
        _ name: String, _ arguments: JSONValue = [:], report: (@Sendable (ToolProgress) -> Void)? = nil
    ) async throws -> ToolOutcome {
        var context = ToolContext(
            api: readOnly, mapper: RESTMapper(api: api), namespace: "shop", redactor: Self.redactor,
            integrations: reader)
        context.report = report
        return try await tools.call(name: name, arguments: JSONWriter.string(arguments), in: context)
    }

    package func failure(_ name: String, _ arguments: JSONValue = [:]) async -> String {
        do {
            Issue.record("no failure: \(try await call(name, arguments))")
        } catch let failure as ToolFailure {
            return failure.message
        } catch {
            Issue.record("another error: \(error)")
        }
        return ""
    }

    package func propose(
        _ name: String, _ arguments: JSONValue
    ) async throws -> (proposal: WriteProposal, preview: Preview) {
        guard case .proposal(let proposal) = try await call(name, arguments) else { throw ToolFailure("no proposal") }
        return (proposal, try await Preview.of(proposal, api: readOnly, integrations: reader, redactor: Self.redactor))
    }

    /// As an approval keeps it.
    package func stored(_ preview: Preview) throws -> PlannedWrite {
        let write = try #require(preview.writes.first)
        return try #require(PlannedWrite(json: write.json))
    }

    package func execute(_ write: PlannedWrite) async -> WriteOutcome {
        await write.execute(
            api: acting, integrations: IntegrationWriter(provider, namespace: "shop"),
            redactor: Self.redactor, at: KubeTime(seconds: 0))
    }
}
