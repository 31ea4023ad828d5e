import Integrations
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Tools for servers of Argo CD that a SkyfloAI names, by their REST API: what the custom resources don't have. Changes (sync,
/// rollback, …) are made by the custom resources alone (`ArgoTools`).
package enum ArgoCDToolset {
    package static let toolset = "argocd"

    /// Loaded on demand, and offered where a server is configured.
    package static let groups = [
        ToolGroup(
            "argocd_server", toolset: toolset,
            purpose:
                "server of Argo CD: what a sync would change (diff), applications of other clusters, resource trees",
            needs: .integration([.argoCD]), tools: all().map(\.name))
    ]

    package static func all() -> [any Tool] {
        [ServerApplicationListTool(), ServerApplicationTool(), ApplicationDiffTool(), ApplicationTreeTool()]
    }
}

protocol ArgoCDTool: Tool {
    /// Those of the tool itself.
    var own: [ToolParameter] { get }
}

extension ArgoCDTool {
    var toolset: String { ArgoCDToolset.toolset }
    var onlyReads: Bool { true }
    var isOpenWorld: Bool { true }
    var requests: [ToolRequest]? { [.askIntegration] }
    var parameters: ToolParameters { ToolParameters(own + [.argoCDServer]) }
}

extension ToolParameter {
    static let argoCDServer = ToolParameter.optional(
        "integration", kind: .string(.text(maximum: 63)),
        description: "Which Argo CD, by the name of its integration; only needed where there are several")
    static let application = ToolParameter.required(
        "name", kind: .string(.objectName), description: "Name of the application", obvious: true)
    static let applicationNamespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace),
        description: "Of the Application itself; by default Argo CD's own")
    static let project = ToolParameter.optional(
        "project", kind: .string(.objectName), description: "Its project", obvious: true)
}

extension ToolContext {
    func argoCD(_ arguments: ToolArguments) async throws -> ArgoCDClient {
        ArgoCDClient(
            try await integrations.connection(to: arguments.string("integration"), of: [.argoCD], api: api).client)
    }

    func shown(_ lines: [String]) -> ToolOutcome {
        .output(OutputLimit.cut(redactor.redact(text: lines.joined(separator: "\n")), to: outputLimit))
    }
}

extension ToolArguments {
    func application() throws -> ArgoCDApplication {
        ArgoCDApplication(
            name: try requiredString("name"), namespace: string("namespace"), project: string("project"))
    }
}

extension ArgoCDClient {
    /// What is asked about an Application; where there is none, what is near its name.
    func ask<Value>(_ place: ArgoCDApplication, _ body: (ArgoCDApplication) async throws -> Value) async throws -> Value
    {
        do {
            return try await body(place)
        } catch let error as IntegrationError where [.notFound, .forbidden].contains(error.code) {
            let names: [String]
            do {
                names = try await applications().compactMap { $0["metadata", "name"]?.string }
            } catch is IntegrationError {
                throw error
            }
            if names.contains(place.name) { throw error }
            throw ToolFailure(
                "there is no application \(place) in \(label) that may be seen"
                    + NearNames.hint(place.name, among: names))
        }
    }
}
