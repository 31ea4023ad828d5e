/// The parts of documents that are made from the tools.
extension ToolCatalog {
    /// Markdown: a table of the tools of a toolset.
    package func markdown(of toolset: String) -> String {
        let rows = entries.filter { $0.toolset == toolset }.map { entry in
            "| `\(entry.name)` | \(entry.effect) | \(entry.summary) | \(entry.group.map { "`\($0)`" } ?? "") |"
        }
        return (["| tool | effect | what it does | loaded by |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    /// YAML: for each toolset a ClusterRole for what its tools read, and one for what they change, as far as that is of kinds
    /// that the tools themselves name.
    package var roles: String {
        let header = """
            # Made from the tools by hack/tools.sh; don't edit. Roles for the ServiceAccounts that Conversations name: bind those
            # that shall be possible, in a namespace (RoleBinding) or in all (ClusterRoleBinding). A write needs an approval all
            # the same. What a tool does with objects of any kind is in none of them: bind view, edit or roles of your own.
            """
        let parts = toolsets.flatMap { toolset in
            [
                role(of: toolset, name: "skyflo-tools-\(toolset)-read") { request, resource in
                    request.isRead && !request.isDryRun && resource != Self.settings
                },
                role(of: toolset, name: "skyflo-tools-\(toolset)-write") { request, resource in
                    (!request.isRead || request.isDryRun) && resource != Self.settings
                },
                role(of: toolset, name: "skyflo-tools-\(toolset)-change-skyfloais", remark: Self.settingsRemark) {
                    $1 == Self.settings
                },
            ].compactMap { $0 }
        }
        return
            ([header]
            + parts.joined(separator: "\n---\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)).joined(separator: "\n")
    }

    /// What a rule allows, but for the resources.
    private struct Grant: Hashable {
        var group: String
        var verbs: [String]
        var users: [String]
    }

    /// What says whom the copilot asks and what needs an approval: the right to change it is never one among others.
    private static let settings = "skyfloais.skyflo.ai"
    private static let settingsRemark =
        "It is the right to change everything in a SkyfloAI, approval rules and models too: for Conversations of administrators."

    private func role(
        of toolset: String, name: String, remark: String? = nil, has: (ToolRequest, String) -> Bool
    ) -> String? {
        var verbs: [String: Set<String>] = [:]
        var users: [String: [String]] = [:]
        for entry in entries where entry.toolset == toolset {
            for request in entry.requests ?? [] {
                for resource in request.resources where has(request, resource) {
                    verbs[resource, default: []].formUnion(request.verbs)
                    if users[resource]?.last != entry.name { users[resource, default: []].append(entry.name) }
                }
            }
        }
        var rules: [Grant: [String]] = [:]
        for (resource, verbs) in verbs where !resource.hasPrefix("*") {
            let (group, name) = Self.parts(resource)
            rules[Grant(group: group, verbs: verbs.sorted(), users: users[resource] ?? []), default: []].append(name)
        }
        guard !rules.isEmpty else { return nil }
        let general = verbs.keys.filter { $0.hasPrefix("*") }.sorted().map { resource in
            "\((verbs[resource] ?? []).sorted().joined(separator: ", ")) of \(resource) (\(Self.few(users[resource] ?? [])))"
        }
        var lines = general.isEmpty ? [] : Self.comment("Not in it: " + general.joined(separator: "; "), indent: "")
        lines += remark.map { Self.comment($0, indent: "") } ?? []
        lines += [
            "apiVersion: rbac.authorization.k8s.io/v1", "kind: ClusterRole", "metadata:", "  name: \(name)",
            "  labels: {app.kubernetes.io/name: skyflo}", "rules:",
        ]
        let sorted = rules.map { ($0.key, $0.value.sorted()) }.sorted { ($0.0.group, $0.1[0]) < ($1.0.group, $1.1[0]) }
        for (grant, resources) in sorted {
            lines += Self.comment(Self.few(grant.users), indent: "  ")
            lines += [
                "  - apiGroups: [\(grant.group.isEmpty ? "\"\"" : grant.group)]",
                "    resources: [\(resources.joined(separator: ", "))]",
                "    verbs: [\(grant.verbs.joined(separator: ", "))]",
            ]
        }
        return lines.joined(separator: "\n")
    }

    /// `deployments.apps/scale` as `apps` and `deployments/scale`.
    private static func parts(_ resource: String) -> (group: String, name: String) {
        let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
        let names = parts[0].split(separator: ".", maxSplits: 1).map(String.init)
        return (names.dropFirst().first ?? "", names[0] + (parts.count > 1 ? "/\(parts[1])" : ""))
    }

    private static func few(_ names: [String]) -> String {
        names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }

    /// In lines of at most 120 characters.
    private static func comment(_ text: String, indent: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < 120 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append("\(indent)# \(word)")
            }
        }
        return lines
    }
}

extension ToolCatalog.Entry {
    /// The first sentence of its description, for a cell of a table.
    package var summary: String {
        let line = description.split(separator: "\n").joined(separator: " ")
        var end = line.endIndex
        var at = line.startIndex
        while let dot = line[at...].firstIndex(of: ".") {
            let next = line.index(after: dot)
            if next == line.endIndex || line[next] == " ", !line[..<dot].hasSuffix("e.g") {
                end = dot
                break
            }
            at = next
        }
        let sentence = String(line[..<end]).replacing("|", with: "\\|")
        // That nothing is written without an approval is said once for all of them.
        let rest = sentence.hasPrefix("Propose to ") ? sentence.dropFirst("Propose to ".count) : sentence[...]
        return rest.prefix(1).uppercased() + rest.dropFirst()
    }
}
