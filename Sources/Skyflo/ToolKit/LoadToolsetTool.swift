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
    package var description: String {
        "There are more tools than those listed. Load a group of them, then call them: "
            + groups.map { "\($0.name) (\($0.purpose))" }.joined(separator: "; ") + "."
    }
    package var parameters: ToolParameters {
        ToolParameters([.required("name", kind: .choice(groups.map(\.name)), description: "The group to load")]
        )
    }

    package func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = arguments.string("name")
        guard let group = groups.first(where: { $0.name == name }) else { throw ToolFailure("name: no such group") }
        return .output("Loaded \(group.name): \(group.tools.joined(separator: ", ")). Call them from now on.")
    }

    /// The group that a call asks for, by its arguments as the model wrote them.
    package static func group(asked arguments: String) -> String? {
        (try? JSONParser.parse(arguments))?["name"]?.string
    }
}
