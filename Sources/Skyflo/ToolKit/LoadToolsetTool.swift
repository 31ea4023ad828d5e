import KubeModel
import Writes

/// `load_toolset`: has the tools of a group put before the model from the next request on.
///
/// Which are loaded isn't kept anywhere: the conversation's history has the calls, and so has every worker.
package struct LoadToolsetTool: Tool {
    package static let name = "load_toolset"

    private let groups: [ToolGroup]

    init(_ groups: [ToolGroup]) { self.groups = groups }

    package var name: String { Self.name }
    package let title = "Load Toolset"
    /// It belongs to none: it is there with whatever it can load.
    package let toolset = ""
    package let onlyReads = true
    package let requests: [ToolRequest]? = []
    package var description: String {
        "Load more tools, by group. Whoever shall change something needs one of those that write. Groups: "
            + groups.map { "\($0.name) (\($0.purpose))" }.joined(separator: "; ")
    }
    package var parameters: ToolParameters {
        ToolParameters([
            .required("name", kind: .string(.text(maximum: 64)), description: "The group to load", obvious: true)
        ])
    }

    package func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        guard let group = groups.first(where: { $0.name == name }) else {
            let near = NearNames.of(name, among: groups.map(\.name)).first.map { "; the nearest is \($0)" } ?? ""
            throw ToolFailure(
                "name: there is no group \"\(ToolParameters.excerpt(name))\"\(near); the groups are "
                    + groups.map(\.name).joined(separator: ", "))
        }
        return .output("Loaded \(group.name): \(group.tools.joined(separator: ", ")).")
    }
}
