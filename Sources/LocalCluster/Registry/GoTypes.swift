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
        func problem(_ rest: some StringProtocol, _ part: String) -> String {
            "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(rest)\" as \"\(part)\""
        }
        guard KubeTime(text) != nil else { return problem(text, "2006") }
        let rest = text.dropFirst("2006-01-02T15:04:05".count)
        let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
        return rest.first == "." && digits.count == 6 ? nil : problem(rest, ".000000")
    }

    /// What Go says about a member of another type in a map of texts.
    static func mapProblem(_ error: FieldError, kind: String) -> String? {
        let path = error.field.split(separator: ".", maxSplits: 1)
        guard ["ConfigMap", "Secret"].contains(kind), path.count == 2,
            ["data", "stringData", "binaryData"].contains(path[0]), error.detail.contains("must be of type string"),
            let found = try? JSONParser.parse(error.badValue).string
        else { return nil }
        let type = found == "integer" ? "number" : found
        return "json: cannot unmarshal \(type) into Go struct field \(kind).\(path[0]) of type string"
    }

    /// What Go's decoder says about text that should be base64.
    static func base64Problem(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let at = bytes.firstIndex { !alphabet.contains($0) } ?? bytes.count
        return "illegal base64 data at input byte \(at)"
    }
}
