import KubeModel

/// `meta.k8s.io/v1 Table`: lists, single objects and watch events as rows.
struct TableEncoder: Sendable {
    enum IncludeObject: String, Sendable { case none = "None", metadata = "Metadata", object = "Object" }

    var definition: ResourceDefinition
    var include: IncludeObject
    var now: KubeTime

    private var columns: [TableColumn] { definition.columns }

    /// The `Table` of stored objects. A watch repeats no column definitions after its first event (`withColumns`).
    func table(_ objects: [KubeObject], metadata: JSONValue, withColumns: Bool = true) -> JSONValue {
        [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": withColumns ? .array(columns.map(\.definition)) : .null,
            "rows": .array(objects.map(row)),
        ]
    }

    private func row(_ object: KubeObject) -> JSONValue {
        var row: JSONValue = ["cells": .array(columns.map { $0.cell(object, now) })]
        if object.kind == "Pod", let phase = object["status", "phase"]?.string, ["Succeeded", "Failed"].contains(phase)
        {
            row["conditions"] = [
                [
                    "type": "Completed", "status": "True", "reason": .string(phase),
                    "message": phase == "Succeeded"
                        ? "The pod has completed successfully." : "The pod failed.",
                ]
            ]
        }
        switch include {
        case .none: row["object"] = .null
        case .metadata: row["object"] = Self.partial(object)
        case .object: row["object"] = definition.shown(object).json
        }
        return row
    }

    static func partial(_ object: KubeObject) -> JSONValue {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object.metadata]
    }
}
