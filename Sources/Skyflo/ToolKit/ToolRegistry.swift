import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import Writes

/// What a model is told about a tool.
package struct ToolDefinition: Sendable, Hashable {
    package var name: String
    package var title: String
    package var description: String
    package var toolset: String
    /// JSON Schema of the arguments, as short as it can be.
    package var parameters: JSONValue
    package var onlyReads: Bool
}

/// The tools there are. The only way from a model's words to a tool: names are looked up, arguments are checked, and
/// whatever goes wrong becomes a ``ToolFailure`` that says so to the model.
package struct ToolRegistry: Sendable {
    private let tools: [any Tool]
    /// Of all of them, in their order: every turn asks for them, and they never change.
    private let allDefinitions: [ToolDefinition]
    /// What is put before the model only once it has asked for it.
    private let groups: [ToolGroup]

    /// - Parameter groups: of tools that are loaded on demand; the others are always offered.
    /// - Precondition: no two tools have the same name.
    package init(_ tools: [any Tool], onDemand groups: [ToolGroup] = []) {
        precondition(Set(tools.map(\.name)).count == tools.count, "two tools have the same name")
        self.tools = tools
        self.groups = groups
        allDefinitions = tools.map(Self.definition)
    }

    private static func definition(of tool: any Tool) -> ToolDefinition {
        ToolDefinition(
            name: tool.name, title: tool.title, description: tool.description, toolset: tool.toolset,
            parameters: tool.foreignSchema?.json ?? parameters(of: tool).briefSchema, onlyReads: tool.onlyReads)
    }

    /// With further tools, which are loaded on demand.
    ///
    /// - Precondition: none has the name of one of these, and none is of a toolset of these.
    package func adding(_ more: [any Tool], onDemand moreGroups: [ToolGroup]) -> ToolRegistry {
        more.isEmpty ? self : ToolRegistry(tools + more, onDemand: groups + moreGroups)
    }

    /// All tools with what there is to know about them, for people and other programs.
    package var catalog: ToolCatalog {
        ToolCatalog(
            (tools + (loader(in: nil).map { [$0] } ?? [])).map { tool in
                ToolCatalog.Entry(
                    name: tool.name, title: tool.title, description: tool.description, toolset: tool.toolset,
                    group: groups.first { $0.tools.contains(tool.name) }?.name, hints: ToolHints(of: tool),
                    requests: tool.requests, routes: tool.routes,
                    schema: tool.foreignSchema?.json ?? Self.parameters(of: tool).jsonSchema,
                    briefSchema: tool.foreignSchema?.json ?? Self.parameters(of: tool).briefSchema)
            })
    }

    /// The names of all toolsets.
    package var toolsets: Set<String> { Set(allDefinitions.map(\.toolset)) }

    /// The toolsets of which no group has what it needs.
    /// - Parameters:
    ///   - apiGroups: those that the API server serves.
    ///   - integrations: the kinds that are configured.
    package func useless(apiGroups: Set<String>, integrations: Set<IntegrationKind>) -> Set<String> {
        Set(
            Dictionary(grouping: groups, by: \.toolset).filter { _, groups in
                !groups.contains { $0.need.isMet(byAPIGroups: apiGroups, integrations: integrations) }
            }.keys)
    }

    /// In the order in which the tools were given: a stable prompt is a cached prompt.
    /// - Parameters:
    ///   - toolsets: nil for all.
    ///   - onlyReading: without tools that can propose a write.
    package func definitions(toolsets: Set<String>? = nil, onlyReading: Bool = false) -> [ToolDefinition] {
        let offered = allDefinitions.filter {
            (toolsets?.contains($0.toolset) ?? true) && ($0.onlyReads || !onlyReading)
        }
        let names = onlyReading ? Set(offered.map(\.name)) : nil
        return offered + (loader(in: toolsets, of: names).map { [Self.definition(of: $0)] } ?? [])
    }

    /// Whether there is such a tool, and it can propose no write.
    package func onlyReads(_ name: String) -> Bool {
        name == LoadToolsetTool.name || allDefinitions.contains { $0.name == name && $0.onlyReads }
    }

    /// Of these, what is put before a model that has asked for these groups. What isn't can be called all the same.
    package func offered(_ definitions: [ToolDefinition], loaded: Set<String>) -> [ToolDefinition] {
        let left = Set(groups.filter { !loaded.contains($0.name) }.flatMap(\.tools))
        return definitions.filter { !left.contains($0.name) }
    }

    /// nil where nothing is loaded on demand.
    /// - Parameter names: of the tools that may be loaded; nil for all.
    private func loader(in toolsets: Set<String>?, of names: Set<String>? = nil) -> LoadToolsetTool? {
        let allowed = groups.filter { group in
            (toolsets?.contains(group.toolset) ?? true) && (names.map { !$0.isDisjoint(with: group.tools) } ?? true)
        }
        return allowed.isEmpty ? nil : LoadToolsetTool(allowed)
    }

    /// Those of the tool, and what any call that may write can have.
    private static func parameters(of tool: any Tool) -> ToolParameters {
        tool.onlyReads ? tool.parameters : ToolParameters(tool.parameters.list + [alternativeGroup])
    }

    /// The name is known to the engine as well (`Alternatives.argument`), which makes the groups; no tool needs it.
    private static let alternativeGroup = ToolParameter.optional(
        "alternative_group", kind: .string(.text(maximum: 64)),
        description: "Same text in 2-4 calls of one reply: a person picks one")

    private func tools(in toolsets: Set<String>?) -> [any Tool] {
        let allowed = tools.filter { toolsets?.contains($0.toolset) ?? true }
        return loader(in: toolsets).map { allowed + [$0] } ?? allowed
    }

    /// Carries out a call by the model's own words. A result is at most `context.outputLimit` bytes long.
    ///
    /// - Parameter arguments: the text as the model sent it.
    /// - Parameter toolsets: those that the conversation may use; a tool of another one is unknown here.
    /// - Throws: ``ToolFailure`` with everything that the model should hear, without secrets; `CancellationError`.
    package func call(
        name: String, arguments: String, toolsets: Set<String>? = nil, in context: ToolContext
    ) async throws -> ToolOutcome {
        let available = tools(in: toolsets)
        guard let tool = available.first(where: { $0.name == name }) else {
            let names = available.map(\.name)
            let near = NearNames.of(name, among: names).first.map { "; did you mean \($0)?" } ?? ""
            throw ToolFailure(
                "unknown tool \"\(ToolParameters.excerpt(name))\"\(near); the tools are: \(names.joined(separator: ", "))"
            )
        }
        do {
            let checked =
                try tool.foreignSchema?.check(arguments) ?? Self.parameters(of: tool).check(arguments)
            var own = context
            own.integrations = context.integrations.limited(to: tool.routes, of: tool.name)
            let outcome = try await tool.call(checked, in: own)
            switch outcome {
            case .output(let text): return .output(Self.cut(text, in: context))
            case .waiting: break
            case .proposal(let proposal):
                try Self.check(proposal, of: tool)
                try RedactionGuard(redactor: context.redactor).check(proposal)
            }
            return outcome
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            var failure = ToolFailure(describing: error)
            failure.message = Self.cut(context.redactor.redact(text: failure.message), in: context)
            throw failure
        }
    }

    /// A tool proposes only what it says that it may: people give rights, and rules allow calls, by what it says.
    private static func check(_ proposal: WriteProposal, of tool: any Tool) throws {
        guard !tool.onlyReads else {
            throw ToolFailure("\(tool.name) is declared to read only and proposes a write: this is a fault of the tool")
        }
        for write in proposal.writes {
            guard let request = try write.integrationRequest(), !tool.routes.allow(request) else { continue }
            throw ToolFailure("\(tool.name) doesn't declare that it may send this request: this is a fault of the tool")
        }
        guard let requests = tool.requests?.filter({ !$0.isDryRun }) else { return }
        for write in proposal.writes {
            guard let access = write.access else { continue }
            guard requests.allow(access) else {
                throw ToolFailure("\(tool.name) doesn't declare that it may \(access): this is a fault of the tool")
            }
        }
    }

    /// For tools that don't cut by themselves what they know better.
    private static func cut(_ text: String, in context: ToolContext) -> String {
        OutputLimit.cutMiddle(text, to: context.outputLimit, rest: "ask for less at once to see them")
    }
}
