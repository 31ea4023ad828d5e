import KubeModel

extension TableColumn {
    /// The columns of a version of a custom resource: the name, then its `additionalPrinterColumns`, or the age alone.
    static func columns(ofVersion version: JSONValue) -> [TableColumn] {
        let custom = version["additionalPrinterColumns"]?.array ?? []
        if custom.isEmpty {
            let age: JSONValue = [
                "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp",
                "description": .string(TableColumn.age.description),
            ]
            return [name] + [age].compactMap(column)
        }
        return [name] + custom.compactMap(column)
    }

    private static func column(_ json: JSONValue) -> TableColumn? {
        guard let name = json["name"]?.string, let type = json["type"]?.string,
            let text = json["jsonPath"]?.string, let path = SimpleJSONPath(text)
        else { return nil }
        return TableColumn(
            name: name, type: type, format: json["format"]?.string ?? "",
            description: json["description"]?.string
                ?? "Custom resource definition column (in JSONPath format): \(text)",
            priority: json["priority"]?.int ?? 0
        ) { object, now in
            cell(path.evaluate(object.json), type: type, now: now)
        }
    }

    private static func cell(_ values: [JSONValue], type: String, now: KubeTime) -> JSONValue {
        guard let first = values.first, !first.isNull else { return .null }
        switch type {
        case "date":
            guard let time = first.string.flatMap({ KubeTime($0) }) else { return "<invalid>" }
            return .string(HumanDuration.text(since: time, now: now))
        case "integer": return first.int.map { JSONValue($0) } ?? .null
        case "number", "boolean": return first
        default: return .string(values.map(text).joined(separator: ","))
        }
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? value.description }
}
