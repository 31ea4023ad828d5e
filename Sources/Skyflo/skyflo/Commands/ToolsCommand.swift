import ArgumentParser
import Controllers
import KubeModel
import ToolKit

/// What a model can ask for, without a cluster: for people, and for programs that show it to them.
struct ToolsCommand: ParsableCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument { case table, json, yaml, markdown, roles }

    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "List the tools that a model can use.",
        discussion: """
            With what each does, whether it only reads, its parameters as JSON Schema, and the requests that it may send, in \
            the terms of RBAC. The hints are those of the Model Context Protocol. Nothing is asked of a cluster.

              table      a line for each tool
              json       an array of tools; yaml: the same
              markdown   the tables of the user guide
              roles      ClusterRoles for what the tools send to kinds that they know
            """)

    @Option(name: .shortAndLong, help: "The form: table, json, yaml, markdown or roles.") var output = Output.table
    @Option(help: "Only the tools of this toolset, such as kubernetes.") var toolset: String?

    func run() throws {
        var catalog = Operator.toolRegistry().catalog
        if let toolset {
            guard catalog.toolsets.contains(toolset) else {
                throw ValidationError(
                    "there is no toolset \(toolset); the toolsets are \(catalog.toolsets.joined(separator: ", "))")
            }
            catalog.entries.removeAll { $0.toolset != toolset }
        }
        print(text(of: catalog))
    }

    private func text(of catalog: ToolCatalog) -> String {
        switch output {
        case .table: catalog.table
        case .json: JSONWriter.string(catalog.json)
        case .yaml: YAML.format(catalog.json)
        case .markdown: catalog.toolsets.map(catalog.markdown(of:)).joined(separator: "\n\n")
        case .roles: catalog.roles
        }
    }
}
