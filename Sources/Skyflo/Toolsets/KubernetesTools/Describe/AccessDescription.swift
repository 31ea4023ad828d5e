import KubeModel
import ToolKit

/// Roles and who has them.
enum AccessDescription {
    static func role(_ role: KubeObject, outline: inout Outline) {
        outline.list(
            "Aggregated from",
            values: (role["aggregationRule", "clusterRoleSelectors"]?.array ?? []).compactMap {
                LabelSelector($0)?.description
            })
        let rows = (role["rules"]?.array ?? []).flatMap(rows)
        guard !rows.isEmpty else { return outline.field("Rules", value: "none") }
        let header = ["RESOURCES", "NON-RESOURCE URLS", "RESOURCE NAMES", "VERBS"]
        outline.section("Rules") { outline in
            TextColumns.align([header] + rows).forEach { outline.line($0) }
        }
    }

    /// One for each resource and URL, as kubectl has them: `deployments.apps/scale   []   [web]   [get patch]`.
    private static func rows(_ rule: JSONValue) -> [[String]] {
        func words(_ field: String) -> [String] { (rule[field]?.array ?? []).compactMap(\.string) }
        let verbs = "[\(words("verbs").joined(separator: " "))]"
        let names = "[\(words("resourceNames").joined(separator: " "))]"
        let resources = words("resources").flatMap { resource in
            words("apiGroups").map { group in
                let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                let name = group.isEmpty ? parts[0] : "\(parts[0]).\(group)"
                return ([name] + parts.dropFirst()).joined(separator: "/")
            }
        }
        return resources.map { [$0, "[]", names, verbs] }
            + words("nonResourceURLs").map { ["", "[\($0)]", names, verbs] }
    }

    static func binding(_ binding: KubeObject, outline: inout Outline) {
        let role = binding["roleRef"]
        outline.field("Role", value: "\(role?["kind"]?.string ?? "")/\(role?["name"]?.string ?? "")")
        let subjects = (binding["subjects"]?.array ?? []).map { subject in
            [subject["kind"]?.string ?? "", subject["name"]?.string ?? "", subject["namespace"]?.string ?? ""]
        }
        guard !subjects.isEmpty else { return outline.field("Subjects", value: "none") }
        outline.section("Subjects") { outline in
            TextColumns.align([["KIND", "NAME", "NAMESPACE"]] + subjects).forEach { outline.line($0) }
        }
    }
}
