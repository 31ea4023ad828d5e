import KubeModel
import ToolKit

/// Volumes, claims and what provides them.
enum StorageDescription {
    static func volume(_ volume: KubeObject, outline: inout Outline) {
        let spec = volume["spec"] ?? .null
        outline.field("Storage class", value: spec["storageClassName"])
        outline.field("Volume attributes class", value: spec["volumeAttributesClassName"])
        outline.field("Status", value: volume["status", "phase"])
        outline.field("Reason", value: volume["status", "reason"])
        outline.field("Message", value: volume["status", "message"])
        outline.field(
            "Claim",
            value: spec["claimRef"].map { "\($0["namespace"]?.string ?? "")/\($0["name"]?.string ?? "")" })
        outline.field("Reclaim policy", value: spec["persistentVolumeReclaimPolicy"])
        outline.field("Access modes", value: modes(spec["accessModes"]))
        outline.field("Volume mode", value: spec["volumeMode"])
        outline.field("Capacity", value: spec["capacity", "storage"])
        outline.list("Mount options", values: (spec["mountOptions"]?.array ?? []).compactMap(\.string))
        outline.list(
            "Node affinity", values: (spec["nodeAffinity", "required", "nodeSelectorTerms"]?.array ?? []).map(term))
        outline.list("Source", values: source(spec))
    }

    static func claim(_ claim: KubeObject, outline: inout Outline) {
        let spec = claim["spec"] ?? .null
        outline.field("Storage class", value: spec["storageClassName"])
        outline.field("Volume attributes class", value: spec["volumeAttributesClassName"])
        outline.field("Status", value: claim["status", "phase"])
        outline.field("Volume", value: spec["volumeName"])
        outline.field("Requested", value: spec["resources", "requests", "storage"])
        outline.field("Limit", value: spec["resources", "limits", "storage"])
        outline.field("Capacity", value: claim["status", "capacity", "storage"])
        outline.field("Access modes", value: modes(claim["status", "accessModes"] ?? spec["accessModes"]))
        outline.field("Volume mode", value: spec["volumeMode"])
        outline.field("Selector", value: spec["selector"].flatMap { LabelSelector($0) }?.description)
        for (field, title) in [("dataSource", "Data source"), ("dataSourceRef", "Data source reference")] {
            guard let source = spec[field] else { continue }
            let group = source["apiGroup"]?.string.map { ".\($0)" } ?? ""
            outline.field(title, value: "\(source["kind"]?.string ?? "")\(group)/\(source["name"]?.string ?? "")")
        }
        ConditionList.write(claim, outline: &outline)
    }

    static func storageClass(_ storageClass: KubeObject, outline: inout Outline) {
        let isDefault = storageClass.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
        outline.field("Default class", value: isDefault ? "Yes" : "No")
        outline.field("Provisioner", value: storageClass["provisioner"])
        outline.field("Parameters", value: storageClass["parameters"])
        outline.field("Allow volume expansion", value: storageClass["allowVolumeExpansion"])
        outline.list("Mount options", values: (storageClass["mountOptions"]?.array ?? []).compactMap(\.string))
        outline.field("Reclaim policy", value: storageClass["reclaimPolicy"])
        outline.field("Volume binding mode", value: storageClass["volumeBindingMode"])
        outline.list("Allowed topologies", values: (storageClass["allowedTopologies"]?.array ?? []).map(term))
    }

    /// `RWO,ROX`
    static func modes(_ modes: JSONValue?) -> String {
        let short = [
            "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
        ]
        return (modes?.array ?? []).compactMap(\.string).map { short[$0] ?? $0 }.joined(separator: ",")
    }

    /// `topology.kubernetes.io/zone in [a, b]`
    private static func term(_ term: JSONValue) -> String {
        let parts = (term["matchExpressions"] ?? term["matchLabelExpressions"])?.array ?? []
        return parts.map { part in
            let values = (part["values"]?.array ?? []).map(Outline.inline).joined(separator: ", ")
            return "\(part["key"]?.string ?? "") \((part["operator"]?.string ?? "In").lowercased()) [\(values)]"
        }.joined(separator: " and ")
    }

    /// The first member of a volume's spec that is none of those that all volumes have.
    private static func source(_ spec: JSONValue) -> [String] {
        let common: Set = [
            "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
            "storageClassName", "volumeAttributesClassName", "volumeMode",
        ]
        guard let (key, value) = spec.object?.pairs.first(where: { !common.contains($0.key) }) else { return [] }
        let type = key.prefix(1).uppercased() + key.dropFirst()
        return ["Type: \(type)"]
            + (value.object ?? [:]).map { "\($0.key): \(Outline.inline($0.value))" }
    }
}
