import KubeModel
import KubeSchema

struct CustomResourceDefinitionStrategy: ResourceStrategy {
    static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    var hasGeneration: Bool { true }
    var allowsUnconditionalUpdate: Bool { false }

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        let kind = spec["names", "kind"]?.string ?? ""
        if spec["names", "singular"]?.string?.isEmpty ?? true { spec["names", "singular"] = .string(kind.lowercased()) }
        if spec["names", "listKind"]?.string?.isEmpty ?? true { spec["names", "listKind"] = .string(kind + "List") }
        PodTemplateDefaults.fill(&spec, member: "conversion", value: ["strategy": "None"])
        object.json["spec"] = spec
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = [
            "conditions": .array([]), "acceptedNames": ["plural": "", "kind": ""],
            "storedVersions": JSONValue(Array(Self.storageVersions(object).prefix(1))),
        ]
    }

    private static func storageVersions(_ object: KubeObject) -> [String] {
        (object["spec", "versions"]?.array ?? []).filter { $0["storage"]?.bool == true }
            .compactMap { $0["name"]?.string }
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let plural = object["spec", "names", "plural"]?.string ?? ""
        let group = object["spec", "group"]?.string ?? ""
        var errors: [FieldError] = []
        if object.name != "\(plural).\(group)" {
            errors.append(
                .invalid(
                    "metadata.name", value: .string(object.name), detail: "must be spec.names.plural+\".\"+spec.group"))
        }
        if group.isEmpty { errors.append(.required("spec.group")) }
        let scope = object["spec", "scope"]?.string ?? ""
        if !["Cluster", "Namespaced"].contains(scope) {
            errors.append(.notSupported("spec.scope", value: .string(scope), supported: ["Cluster", "Namespaced"]))
        }
        for member in ["plural", "kind"] where object["spec", "names", member]?.string?.isEmpty ?? true {
            errors.append(.required("spec.names.\(member)"))
        }
        return errors + versionErrors(object) + immutableErrors(object, old: old) + storedErrors(object)
    }

    private func versionErrors(_ object: KubeObject) -> [FieldError] {
        let versions = object["spec", "versions"]?.array ?? []
        var errors: [FieldError] = []
        if Self.storageVersions(object).count != 1 {
            errors.append(
                FieldError(
                    .invalid, field: "spec.versions",
                    badValue: JSONWriter.string(.array(versions.map { Self.goVersion($0, among: versions) })),
                    detail: "must have exactly one version marked as storage version"))
        }
        for (position, version) in versions.enumerated() {
            // A schema that all versions share is validated where it once stood.
            let path =
                Self.isShared("schema", versions: versions)
                ? "spec.validation.openAPIV3Schema" : "spec.versions[\(position)].schema.openAPIV3Schema"
            guard let schema = version["schema", "openAPIV3Schema"], !schema.isNull else {
                errors.append(.required("spec.versions[\(position)].schema.openAPIV3Schema"))
                continue
            }
            do throws(SchemaFailure) {
                _ = try StructuralSchema(schema, path: path)
            } catch {
                errors += error.errors
            }
        }
        return errors
    }

    private func storedErrors(_ object: KubeObject) -> [FieldError] {
        let stored = object["status", "storedVersions"]?.array ?? []
        let names = (object["spec", "versions"]?.array ?? []).map { $0["name"] }
        var errors: [FieldError] = stored.enumerated().filter { !names.contains($0.element) }.map {
            .invalid("status.storedVersions[\($0.offset)]", value: $0.element, detail: "must appear in spec.versions")
        }
        if let storage = Self.storageVersions(object).last, !stored.contains(.string(storage)), !stored.isEmpty {
            errors.append(
                .invalid(
                    "status.storedVersions", value: .array(stored), detail: "must have the storage version \(storage)"))
        }
        return errors
    }

    private static func isShared(_ member: String, versions: [JSONValue]) -> Bool {
        versions.allSatisfy { $0[member] == versions[0][member] }
    }

    /// A version by the names of the Go type that is validated. What all versions share stands elsewhere in it.
    private static func goVersion(_ version: JSONValue, among versions: [JSONValue]) -> JSONValue {
        var shown: JSONValue = [
            "Name": version["name"] ?? "", "Served": version["served"] ?? false, "Storage": version["storage"] ?? false,
            "Deprecated": version["deprecated"] ?? false, "DeprecationWarning": version["deprecationWarning"] ?? .null,
        ]
        for member in ["schema", "subresources", "additionalPrinterColumns", "selectableFields"] {
            let name = member.prefix(1).uppercased() + member.dropFirst()
            shown[name] = isShared(member, versions: versions) ? .null : version[member] ?? .null
        }
        return shown
    }

    private func immutableErrors(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        guard let old else { return [] }
        return [["spec", "scope"], ["spec", "group"], ["spec", "names", "plural"], ["spec", "names", "kind"]]
            .filter { object.json[path: $0] != old.json[path: $0] }
            .map { .invalid($0.joined(separator: "."), value: object.json[path: $0], detail: "field is immutable") }
    }
}
