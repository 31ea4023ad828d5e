import KubeModel

/// The entries of `metadata.managedFields`.
struct ManagedFields: Equatable {
    enum Operation: String { case apply = "Apply", update = "Update" }

    struct Entry: Equatable {
        var manager: String
        var operation: Operation
        var apiVersion: String
        var subresource: String
        /// RFC 3339; nil for a manager that has never changed the object.
        var time: String?
        var fields: FieldSet

        /// What makes two entries the same one: an applier has one whatever version it uses.
        func isSame(as other: Entry) -> Bool {
            manager == other.manager && operation == other.operation && subresource == other.subresource
                && (operation == .apply || apiVersion == other.apiVersion)
        }
    }

    var entries: [Entry] = []

    init() {}

    /// Reads the managers of an object; none when the list asks to forget everything (`[{}]`), see ``isReset(_:)``.
    init(_ object: JSONValue?) {
        for json in object?["metadata", "managedFields"]?.array ?? [] {
            guard let operation = json["operation"]?.string.flatMap(Operation.init(rawValue:)),
                json["fieldsType"]?.string == "FieldsV1"
            else { continue }
            entries.append(
                Entry(
                    manager: json["manager"]?.string ?? "", operation: operation,
                    apiVersion: json["apiVersion"]?.string ?? "", subresource: json["subresource"]?.string ?? "",
                    time: json["time"]?.string, fields: FieldSet(json["fieldsV1"] ?? .null)))
        }
    }

    /// A list of one empty entry asks to forget all managers.
    static func isReset(_ object: JSONValue) -> Bool {
        object["metadata", "managedFields"] == .array([.object([:])])
    }

    subscript(same entry: Entry) -> Entry? {
        get { entries.first { $0.isSame(as: entry) } }
        set {
            entries.removeAll { $0.isSame(as: entry) }
            if let newValue { entries.append(newValue) }
        }
    }

    /// All fields that anybody has.
    var union: FieldSet { entries.reduce(FieldSet()) { $0.union($1.fields) } }

    /// Appliers before updaters, then by time and name, as the server sorts them; entries without fields are left out.
    var json: JSONValue? {
        let kept = entries.filter { !$0.fields.isEmpty }.sorted { a, b in
            (a.operation.rawValue, a.time ?? "", a.manager, a.apiVersion, a.subresource)
                < (b.operation.rawValue, b.time ?? "", b.manager, b.apiVersion, b.subresource)
        }
        if kept.isEmpty { return nil }
        return .array(kept.map(Self.json))
    }

    private static func json(_ entry: Entry) -> JSONValue {
        .compact([
            "apiVersion": .string(entry.apiVersion), "fieldsType": "FieldsV1", "fieldsV1": entry.fields.json,
            "manager": .string(entry.manager), "operation": .string(entry.operation.rawValue),
            "subresource": entry.subresource.isEmpty ? nil : .string(entry.subresource),
            "time": entry.time.map(JSONValue.string),
        ])
    }

    func written(to object: JSONValue) -> JSONValue {
        var result = object
        result["metadata", "managedFields"] = json
        return result
    }
}
