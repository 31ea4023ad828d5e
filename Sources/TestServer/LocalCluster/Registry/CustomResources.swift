import KubeModel
import KubeSchema

/// Turns a CustomResourceDefinition into what is served for it.
enum CustomResources {
    static func definitions(of crd: KubeObject) -> [ResourceDefinition] {
        let versions = crd["spec", "versions"]?.array ?? []
        return versions.filter { $0["served"]?.bool == true }.compactMap { definition(crd, version: $0) }
    }

    /// nil when the schema can't be used, which creation has refused already.
    private static func definition(_ crd: KubeObject, version: JSONValue) -> ResourceDefinition? {
        guard let schema = try? StructuralSchema(version["schema", "openAPIV3Schema"] ?? .object([:])) else {
            return nil
        }
        let names = crd["spec", "names"] ?? .null
        func list(_ member: String) -> [String] { names[member]?.array?.compactMap(\.string) ?? [] }
        let kind = names["kind"]?.string ?? ""
        let hasStatus = version["subresources", "status"] != nil
        let scale = version["subresources", "scale"].flatMap(scalePaths)
        let api = APIResource(
            group: crd["spec", "group"]?.string ?? "", version: version["name"]?.string ?? "",
            plural: names["plural"]?.string ?? "", kind: kind,
            namespaced: crd["spec", "scope"]?.string == "Namespaced", singular: names["singular"]?.string,
            shortNames: list("shortNames"), categories: list("categories"),
            verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
            subresources: (hasStatus ? ["status"] : []) + (scale == nil ? [] : ["scale"]))
        return ResourceDefinition(
            api: api, schema: schema, strategy: CustomResourceStrategy(scale: scale),
            columns: TableColumn.columns(ofVersion: version),
            fields: FieldPaths(
                extra: selectableFields(version), isCustom: true, isNamespaced: api.namespaced), scale: scale,
            custom: .init(
                definitionName: crd.name, listKind: names["listKind"]?.string ?? kind + "List", hasStatus: hasStatus,
                json: crd.json, version: version))
    }

    private static func scalePaths(_ json: JSONValue) -> ResourceDefinition.ScalePaths? {
        func members(_ name: String) -> [String]? {
            json[name]?.string.flatMap { SimpleJSONPath($0) }.flatMap(\.members)
        }
        guard let spec = members("specReplicasPath"), let status = members("statusReplicasPath") else { return nil }
        return .init(specReplicas: spec, statusReplicas: status, selector: members("labelSelectorPath"))
    }

    private static func selectableFields(_ version: JSONValue) -> [String: [String]] {
        var fields: [String: [String]] = [:]
        for field in version["selectableFields"]?.array ?? [] {
            guard let text = field["jsonPath"]?.string, let members = SimpleJSONPath(text)?.members else { continue }
            fields[members.joined(separator: ".")] = members
        }
        return fields
    }
}

struct CustomResourceStrategy: ResourceStrategy {
    var scale: ResourceDefinition.ScalePaths?
    var hasGeneration: Bool { true }
    var allowsUnconditionalUpdate: Bool { false }

    /// What the scale paths say; the schema's own faults come from the schema.
    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        guard let scale else { return [] }
        return replicaErrors(object, path: scale.specReplicas) + replicaErrors(object, path: scale.statusReplicas)
    }

    private func replicaErrors(_ object: KubeObject, path: [String]) -> [FieldError] {
        let field = "." + path.joined(separator: ".")
        switch object.json[path: path] {
        case nil, .null: return []
        case .int(let number):
            return number < 0 ? [.invalid(field, value: .int(number), detail: "should be a non-negative integer")] : []
        case .some(let other):
            let type = if case .double = other { "float64" } else { other.typeName }
            let text = other.string ?? other.description
            return [
                .invalid(
                    field, value: 0, detail: "\(field) accessor error: \(text) is of the type \(type), expected int64")
            ]
        }
    }
}
