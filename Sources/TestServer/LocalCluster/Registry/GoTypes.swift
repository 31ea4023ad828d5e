import KubeModel
import KubeSchema

/// What built-in kinds refuse while they are read, because their Go types can't hold it. OpenAPI calls such members mere
/// strings, or reads them more generously.
enum GoTypes {
    /// What Go says about the first member that doesn't fit; nil when all do.
    static func problem(_ object: KubeObject) -> String? {
        switch object.kind {
        case "Lease":
            for member in ["acquireTime", "renewTime"] {
                if let text = object["spec", member]?.string, let problem = microTimeProblem(text) { return problem }
            }
            return nil
        case "Pod": return containerProblem(object["spec"])
        case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job":
            return containerProblem(object["spec", "template", "spec"])
        default: return nil
        }
    }

    private static func containerProblem(_ spec: JSONValue?) -> String? {
        let containers = (spec?["initContainers"]?.array ?? []) + (spec?["containers"]?.array ?? [])
        for container in containers {
            for list in ["limits", "requests"] {
                for (_, value) in container["resources", list]?.object ?? [:] {
                    guard let text = value.string else { continue }
                    if !isQuantity(text) {
                        return "quantities must match the regular expression "
                            + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                    }
                }
            }
        }
        return nil
    }

    /// A decimal number with an SI or binary suffix or an exponent (`k8s.io/apimachinery/pkg/api/resource`).
    static func isQuantity(_ text: String) -> Bool {
        var rest = text[...]
        if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
        let digits = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
        guard digits.contains(where: { $0 != "." }), digits.count(where: { $0 == "." }) <= 1 else { return false }
        let suffix = rest[digits.endIndex...]
        if ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(suffix) {
            return true
        }
        return "eE".contains(suffix.first ?? " ") && Int(suffix.dropFirst()) != nil
    }

    /// `metav1.MicroTime` reads exactly six digits behind the point.
    private static func microTimeProblem(_ text: String) -> String? {
        let layout = "2006-01-02T15:04:05.000000Z07:00"
        func problem(_ rest: some StringProtocol, part: String) -> String {
            "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(rest)\" as \"\(part)\""
        }
        guard KubeTime(text) != nil else { return problem(text, part: "2006") }
        let rest = text.dropFirst("2006-01-02T15:04:05".count)
        let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
        return rest.first == "." && digits.count == 6 ? nil : problem(rest, part: ".000000")
    }

    /// The words of Go about a member of another type. A strategic merge patch (`isStrategic`) is read by other means
    /// than JSON, and has other words.
    static func typeProblem(
        _ error: FieldError, in object: KubeObject, api: APIResource, isStrategic: Bool = false
    ) -> String? {
        guard let field = GoField(api.groupVersionKind, path: error.field),
            let value = value(at: error.field, in: object.json)
        else { return nil }
        if isStrategic { return conversionProblem(value, type: field.type) }
        return "json: cannot unmarshal \(described(value, type: field.type)) into Go struct field "
            + "\(field.structName).\(field.path) of type \(field.type)"
    }

    private static func conversionProblem(_ value: JSONValue, type: String) -> String {
        if type.hasPrefix("[]") { return "cannot restore slice from \(goKind(value))" }
        if type.hasPrefix("map[") { return "cannot restore map from \(goKind(value))" }
        if type.contains(".") { return "cannot restore struct from: \(goKind(value))" }
        return "unrecognized type: \(type)"
    }

    private static func goKind(_ value: JSONValue) -> String {
        switch value {
        case .int: "int64"
        case .double: "float64"
        case .array: "slice"
        case .object: "map"
        default: described(value, type: "")
        }
    }

    /// A number that doesn't fit is shown, one in place of something else isn't.
    private static func described(_ value: JSONValue, type: String) -> String {
        switch value {
        case .bool: return "bool"
        case .int, .double: return type.hasPrefix("int") ? "number \(value)" : "number"
        default: return value.typeName
        }
    }

    private static func value(at path: String, in json: JSONValue) -> JSONValue? {
        var value: JSONValue? = json
        for step in path.split(whereSeparator: { ".[]".contains($0) }) {
            if let items = value?.array {
                guard let position = Int(step), items.indices.contains(position) else { return nil }
                value = items[position]
            } else {
                value = value?[String(step)]
            }
        }
        return value
    }

    /// As Go prints a map with `%v`: `map[a:1 b:<nil>]`.
    static func printed(_ json: JSONValue) -> String {
        switch json {
        case .null: "<nil>"
        case .string(let text): text
        case .array(let items): "[" + items.map(printed).joined(separator: " ") + "]"
        case .object(let members):
            "map["
                + members.sorted().filter { !$0.key.hasPrefix("$") }.map { "\($0.key):\(printed($0.value))" }
                .joined(separator: " ") + "]"
        default: json.description
        }
    }

    /// What Go's decoder says about text that should be base64.
    static func base64Problem(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let at = bytes.firstIndex { !alphabet.contains($0) } ?? bytes.count
        return "illegal base64 data at input byte \(at)"
    }
}
