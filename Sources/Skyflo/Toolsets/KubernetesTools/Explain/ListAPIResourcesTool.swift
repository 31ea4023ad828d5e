import KubeClient
import KubeModel
import ToolKit
import Writes

struct ListAPIResourcesTool: KubernetesTool {
    let name = "k8s_list_api_resources"
    let onlyReads = true
    let title = "List Kubernetes API Resources"
    let requests: [ToolRequest]? = []
    let description = "List the kinds that the cluster serves, custom ones too, as kubectl api-resources."
    let parameters = ToolParameters([
        .optional("api_group", kind: .string(.text(maximum: 253)), description: "apps, argoproj.io; core for v1"),
        .optional(
            "namespaced", kind: .boolean, description: "Only those in namespaces, or only the others", obvious: true),
        .optional(
            "verbs", kind: .string(.text(maximum: 128)), description: "Only those that offer all of these: list,watch",
            obvious: true),
        .optional(
            "category", kind: .string(.text(maximum: 63)), description: "Only of this category: all", obvious: true),
        .optional(
            "search", kind: .string(.text(maximum: 253)), description: "A part of a name, kind or group", obvious: true),
        .optional(
            "output", kind: .choice(["wide", "name"]), description: "wide: with verbs and categories; name: names only",
            obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let all = try await context.mapper.allResources()
        let filter = Filter(arguments)
        let found = all.filter(filter.accepts)
        let unavailable = try await context.mapper.unavailableGroupVersions()
        var notes: [String] = []
        if !unavailable.isEmpty {
            notes.append(
                "(What these serve isn't known, as their servers can't be asked now: "
                    + "\(unavailable.map(\.description).joined(separator: ", ")).)")
        }
        guard !found.isEmpty else {
            return .output((["No resource types found" + filter.hint(all)] + notes).joined(separator: "\n"))
        }
        let text = Self.text(found, output: arguments.string("output"), limit: context.outputLimit - 300)
        return .output(([text] + notes).joined(separator: "\n"))
    }

    private struct Filter {
        private var group: String?
        private var isNamespaced: Bool?
        private var verbs: [String]
        private var category: String?
        private var search: String?

        init(_ arguments: ToolArguments) {
            let group = arguments.string("api_group")?.trimmingBlanks.lowercased()
            self.group = group.map { ["core", "v1"].contains($0) ? "" : $0 }
            isNamespaced = arguments.json["namespaced"]?.bool
            verbs = (arguments.string("verbs") ?? "").lowercased().split { $0 == "," || $0.isWhitespace }.map(
                String.init)
            category = arguments.string("category")?.trimmingBlanks.lowercased()
            search = arguments.string("search")?.trimmingBlanks.lowercased()
        }

        func accepts(_ resource: APIResource) -> Bool {
            if let group, resource.group != group, !group.isEmpty || !resource.group.isEmpty,
                resource.apiVersion != group
            {
                return false
            }
            if let isNamespaced, resource.namespaced != isNamespaced { return false }
            if let category, !resource.categories.contains(category) { return false }
            guard verbs.allSatisfy(resource.verbs.contains) else { return false }
            guard let search else { return true }
            return names(resource).contains { $0.contains(search) }
        }

        private func names(_ resource: APIResource) -> [String] {
            [resource.qualifiedName, resource.singular, resource.kind.lowercased()] + resource.shortNames
        }

        /// What comes near to the names that were asked for.
        func hint(_ all: [APIResource]) -> String {
            let groups = Set(all.map(\.group)).filter { !$0.isEmpty }
            if let group, !group.isEmpty, !groups.contains(group) {
                return ": there is no API group \"\(group)\"\(NearNames.hint(group, among: groups))."
            }
            guard let search else { return "." }
            return " for \"\(search)\"\(NearNames.hint(search, among: all.flatMap { [$0.plural] + $0.shortNames }))."
        }
    }

    private static func text(_ resources: [APIResource], output: String?, limit: Int) -> String {
        let sorted = resources.sorted { ($0.group, $0.plural) < ($1.group, $1.plural) }
        var lines: [String]
        if output == "name" {
            lines = sorted.map(\.qualifiedName)
        } else {
            let isWide = output == "wide"
            var rows = [
                ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"] + (isWide ? ["VERBS", "CATEGORIES"] : [])
            ]
            for resource in sorted {
                rows.append(
                    [
                        resource.plural, resource.shortNames.joined(separator: ","), resource.apiVersion,
                        String(resource.namespaced), resource.kind,
                    ]
                        + (isWide
                            ? [resource.verbs.joined(separator: ","), resource.categories.joined(separator: ",")] : []))
            }
            lines = TextColumns.align(rows)
        }
        let whole = lines.joined(separator: "\n")
        guard whole.utf8.count > limit else { return whole }
        var used = 0
        let kept = lines.prefix { line in
            used += line.utf8.count + 1
            return used <= limit
        }
        return (kept + ["… \(lines.count - kept.count) more; narrow with api_group, search, verbs or namespaced"])
            .joined(separator: "\n")
    }
}
