import KubeClient
import KubeModel
import ToolKit
import Writes

struct EventsTool: KubernetesTool {
    let name = "k8s_events"
    let onlyReads = true
    let title = "List Kubernetes Events"
    let requests: [ToolRequest]? = [.read("*")]
    let description = "List events of a namespace or about one object, newest last."
    let parameters = ToolParameters([
        .optional(
            "kind", aliases: ["resource_type"], kind: .string(.resourceTypes),
            description: "Only about objects of this kind: pods, deploy, or deploy/web", obvious: true),
        .optional("name", kind: .string(.objectName), description: "Only about the object of this name", obvious: true),
        .namespace,
        .allNamespaces,
        .optional("types", kind: .string(.text(maximum: 64)), description: "Warning,Normal"),
        .optional(
            "num_events", kind: .integer(1...500), default: 50, description: "How many of the newest", obvious: true),
    ])

    private let now: @Sendable () -> KubeTime

    /// - Parameter now: the clock, for ages.
    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let query = try await EventQuery(arguments, in: context)
        let listed = try await context.objects(
            of: .events, namespace: query.namespace, options: ListOptions(fieldSelector: query.fieldSelector),
            maximum: EventQuery.maximum)
        let events = listed.items.filter { query.types.isEmpty || query.types.contains($0["type"]?.string ?? "") }
            .map { ($0, $0.eventTime, $0.name) }.sorted { ($0.1, $0.2) < ($1.1, $1.2) }.map(\.0)
        guard !events.isEmpty else { return .output(try await query.nothing(context)) }
        let table = EventTable(
            events, now: now(), spansNamespaces: query.namespace == nil, redactor: context.redactor)
        var text = table.text(
            newest: arguments.integer("num_events") ?? 50, limit: context.outputLimit - 200)
        if !listed.isComplete {
            text =
                "… there are more than \(listed.items.count) events: narrow the list by name, type or namespace\n"
                + text
        }
        return .output(text)
    }
}

/// Which events are asked for.
private struct EventQuery {
    /// Events that are looked at; a busy cluster has a hundred thousand.
    static let maximum = 5000

    /// nil for all.
    var namespace: String?
    var types: Set<String>
    private var item: ResourceArgument.Item?
    private var match: ResourceMatch?
    private var name: String?

    init(_ arguments: ToolArguments, in context: ToolContext) async throws {
        let isEverywhere = arguments.bool("all_namespaces")
        if isEverywhere, arguments.string("namespace") != nil {
            throw ToolFailure("namespace and all_namespaces exclude each other")
        }
        types = try Self.types(arguments.string("types"))
        item = try Self.item(arguments)
        name = item?.name ?? arguments.string("name")
        namespace = isEverywhere ? nil : arguments.string("namespace") ?? context.namespace
        if let item {
            let match = try await context.match(item.type)
            if let name { try Names.check(name, of: match.resource) }
            self.match = match
            // Events about what is in no namespace are kept in this one.
            if !match.resource.namespaced, namespace != nil { namespace = "default" }
        }
    }

    private static func types(_ text: String?) throws(ToolFailure) -> Set<String> {
        var types: Set<String> = []
        for word in text?.split(separator: ",") ?? [] {
            let type = word.trimmingBlanks.lowercased()
            guard let known = ["Normal", "Warning"].first(where: { $0.lowercased() == type }) else {
                throw ToolFailure("types: \"\(ToolParameters.excerpt(String(word)))\" is neither Warning nor Normal")
            }
            types.insert(known)
        }
        return types
    }

    private static func item(_ arguments: ToolArguments) throws(ToolFailure) -> ResourceArgument.Item? {
        guard let text = arguments.string("kind") else { return nil }
        let items = try ResourceArgument(parsing: text).items
        guard items.count == 1, let item = items.first else {
            throw ToolFailure("kind: one type, or one object as deploy/web")
        }
        if let own = item.name, let name = arguments.string("name"), own != name {
            throw ToolFailure("kind names an object already: leave out name (\"\(name)\")")
        }
        return item
    }

    /// nil for all events.
    var fieldSelector: String? {
        let parts = [
            match.map { "involvedObject.kind=\($0.resource.kind)" }, name.map { "involvedObject.name=\($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }

    /// That there are none, and what that may come from: a name or a namespace that doesn't exist.
    func nothing(_ context: ToolContext) async throws -> String {
        var what = "no \(types.count == 1 ? "\(types.first ?? "") " : "")events"
        if let match { what += " about \(match.resource.qualifiedName)" + (name.map { " \"\($0)\"" } ?? "") }
        if match == nil, let name { what += " about an object \"\(name)\"" }
        let place = match?.resource.namespaced == false ? nil : namespace
        let emptiness = try await Emptiness(what, namespace: place, in: context)
        guard let match, let name, !emptiness.isExplained, place != nil || !match.resource.namespaced else {
            return emptiness.text
        }
        do {
            _ = try await context.object(match, namespace: place, name: name)
            return emptiness.text + "\nThe object exists; events are kept for about an hour."
        } catch let failure as ToolFailure {
            return emptiness.text + "\n\(failure.message)"
        } catch let status as APIStatus {
            return emptiness.text + "\n\(ToolFailure(describing: status).message)"
        }
    }
}
