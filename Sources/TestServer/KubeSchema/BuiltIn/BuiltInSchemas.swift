public import KubeModel

/// The schemas of the types that every API server has.
public enum BuiltInSchemas {
    /// Definitions are named `io.k8s.api.core.v1.ConfigMap`; kinds point to them by group, version and kind.
    private struct Catalogue: Sendable {
        var nodes: [GroupVersionKind: SchemaNode] = [:]
        var objectMeta: SchemaNode?
    }

    /// The schemas by their names in Kubernetes' OpenAPI documents, one a line in `Schemas/*.json`:
    /// - `core-v1`, `apps-v1`: of the documents for `v1` and `apps/v1` of Kubernetes 1.36, without most descriptions.
    ///   Copyright The Kubernetes Authors, licensed under the Apache License, Version 2.0.
    /// - `platform-kinds`: what those leave out, written for this project from the API reference. What the server never
    ///   looks into is left open (`x-kubernetes-preserve-unknown-fields`).
    /// - `controller-kinds`, `manifest-kinds`: what controllers work with and what people's manifests hold besides; types,
    ///   required members, enumerations and merge keys, without the descriptions of members.
    ///
    /// A later document replaces what an earlier one says of the same name.
    static let definitions: JSONObject = {
        var all = JSONObject()
        for document in [
            PackageResources.core_v1_json, PackageResources.apps_v1_json, PackageResources.platform_kinds_json,
            PackageResources.controller_kinds_json, PackageResources.manifest_kinds_json,
        ] {
            for (name, schema) in (try? JSONParser.parse(document))?.object ?? [:] { all[name] = schema }
        }
        return all
    }()

    private static let catalogue: Catalogue = {
        var compiler = SchemaCompiler(.builtIn, definitions: definitions)
        var catalogue = Catalogue()
        catalogue.objectMeta = compiler.definition(objectMetaName)
        for (name, schema) in definitions {
            for kind in kinds(of: schema) { catalogue.nodes[kind] = compiler.definition(name) }
        }
        return catalogue
    }()

    static let objectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

    /// The schema of `metadata`.
    static var objectMeta: SchemaNode? { catalogue.objectMeta }

    static func kinds(of schema: JSONValue) -> [GroupVersionKind] {
        (schema["x-kubernetes-group-version-kind"]?.array ?? []).map {
            GroupVersionKind(
                group: $0["group"]?.string ?? "", version: $0["version"]?.string ?? "", kind: $0["kind"]?.string ?? "")
        }
    }

    /// The schema of a kind; nil for kinds that aren't built in.
    public static func schema(_ kind: GroupVersionKind) -> StructuralSchema? {
        catalogue.nodes[kind].map { StructuralSchema(builtIn: $0) }
    }

    /// An OpenAPI v3 document of a group and version with all its kinds that are built in; nil when there are none.
    public static func openAPIDocument(_ groupVersion: GroupVersion) -> JSONValue? {
        let resources = resources(of: groupVersion)
        guard !resources.isEmpty else { return nil }
        var document = OpenAPIDocument.Builder(groupVersion, title: "Kubernetes", version: "1.36")
        for (resource, name) in resources { document.add(resource, definition: name) }
        return document.json
    }

    private static func resources(of groupVersion: GroupVersion) -> [(APIResource, String)] {
        definitions.flatMap { name, schema in
            kinds(of: schema).filter { $0.groupVersion == groupVersion && !$0.kind.hasSuffix("List") }.map { kind in
                (
                    APIResource(
                        group: kind.group, version: kind.version, plural: plural(kind.kind), kind: kind.kind,
                        namespaced: !clusterScoped.contains(kind.kind)), name
                )
            }
        }
    }

    private static func plural(_ kind: String) -> String {
        let name = kind.lowercased()
        if name == "endpoints" { return name }
        if name.hasSuffix("y") { return name.dropLast() + "ies" }
        return name.hasSuffix("s") ? name + "es" : name + "s"
    }

    private static let clusterScoped: Set<String> = [
        "Namespace", "Node", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
        "SelfSubjectAccessReview", "SubjectAccessReview", "SelfSubjectRulesReview", "SelfSubjectReview", "TokenReview",
        "IngressClass", "PersistentVolume", "PriorityClass", "StorageClass", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService", "RuntimeClass", "CSIDriver",
        "FlowSchema", "PriorityLevelConfiguration", "DeviceClass",
    ]
}
