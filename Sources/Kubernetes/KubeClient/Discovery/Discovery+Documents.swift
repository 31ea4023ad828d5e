import KubeModel

/// The two forms in which API servers describe themselves.
extension Discovery {
    /// The items of an `APIGroupDiscoveryList` (KEP-3352): everything below one root in one document.
    static func aggregated(_ list: JSONValue) -> [APIResource] {
        (list["items"]?.array ?? []).flatMap { group in
            let name = group["metadata", "name"]?.string ?? ""
            return (group["versions"]?.array ?? []).flatMap { version in
                let groupVersion = GroupVersion(group: name, version: version["version"]?.string ?? "")
                return (version["resources"]?.array ?? []).compactMap { aggregated($0, groupVersion: groupVersion) }
            }
        }
    }

    /// The groups of which the server says that it knows them from earlier only, or not at all: their own server is down.
    static func stale(_ list: JSONValue) -> [GroupVersion] {
        (list["items"]?.array ?? []).flatMap { group in
            (group["versions"]?.array ?? []).filter { $0["freshness"]?.string == "Stale" }.map {
                GroupVersion(group: group["metadata", "name"]?.string ?? "", version: $0["version"]?.string ?? "")
            }
        }
    }

    /// The resource of an aggregated document; nil where it has only a subresource, and nothing that it belongs to.
    private static func aggregated(_ resource: JSONValue, groupVersion: GroupVersion) -> APIResource? {
        guard let plural = resource["resource"]?.string,
            let kind = resource["responseKind", "kind"]?.string, !kind.isEmpty
        else { return nil }
        return APIResource(
            group: groupVersion.group, version: groupVersion.version, plural: plural, kind: kind,
            namespaced: resource["scope"]?.string == "Namespaced",
            singular: nonEmpty(resource["singularResource"]), shortNames: strings(resource["shortNames"]),
            categories: strings(resource["categories"]), verbs: strings(resource["verbs"]),
            subresources: (resource["subresources"]?.array ?? []).compactMap { $0["subresource"]?.string })
    }

    /// An `APIResourceList`: one group and version. `deployments/scale` is a subresource of `deployments`.
    static func legacy(_ list: JSONValue, groupVersion: GroupVersion) -> [APIResource] {
        let entries = list["resources"]?.array ?? []
        let names = entries.compactMap { $0["name"]?.string }
        return entries.compactMap { entry in
            guard let plural = entry["name"]?.string, !plural.contains("/"), let kind = entry["kind"]?.string else {
                return nil
            }
            let prefix = plural + "/"
            return APIResource(
                group: groupVersion.group, version: groupVersion.version, plural: plural, kind: kind,
                namespaced: entry["namespaced"]?.bool ?? false, singular: nonEmpty(entry["singularName"]),
                shortNames: strings(entry["shortNames"]), categories: strings(entry["categories"]),
                verbs: strings(entry["verbs"]),
                subresources: names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
        }
    }

    /// The versions of an `APIVersions` (the core group) or an `APIGroupList`, the preferred one of each group first.
    /// nil when the document is neither.
    static func groupVersions(_ root: JSONValue) -> [GroupVersion]? {
        switch root["kind"]?.string {
        case "APIVersions": return strings(root["versions"]).map { GroupVersion(group: "", version: $0) }
        case "APIGroupList":
            return (root["groups"]?.array ?? []).flatMap { group in
                let name = group["name"]?.string ?? ""
                let preferred = group["preferredVersion", "version"]?.string
                let versions = (group["versions"]?.array ?? []).compactMap { $0["version"]?.string }
                let ordered = versions.filter { $0 == preferred } + versions.filter { $0 != preferred }
                return ordered.map { GroupVersion(group: name, version: $0) }
            }
        default: return nil
        }
    }

    private static func strings(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? [] }

    private static func nonEmpty(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
}
