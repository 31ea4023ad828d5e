import KubeModel
import Writes

/// Leaves out fields by their names and what is too long or nested too deep, and marks where it did.
struct Pruning: Sendable {
    var fields: Set<String>
    /// Bytes of a text.
    var text: Int
    /// Of an array.
    var elements = Int.max
    var depth = Int.max
    /// Nulls and empty objects, arrays and texts go, too.
    var dropsEmpty = false

    /// - Parameter json: an object with its kind. Its own parts `data`, `labels` and the like may hold any name.
    func apply(_ json: JSONValue) -> JSONValue { apply(json, at: 0, isFree: false) }

    /// Members of these are named by people: what is called `images` there is no field.
    private static let free: Set<String> = ["data", "stringData", "binaryData", "labels", "matchLabels", "annotations"]

    private func apply(_ value: JSONValue, at level: Int, isFree: Bool) -> JSONValue {
        switch value {
        case .string(let string): return .string(OutputLimit.shorten(string, to: text))
        case .array(let array):
            if level >= depth { return .string("… \(array.count) elements") }
            let kept = array.prefix(elements).map { apply($0, at: level + 1, isFree: false) }
            return .array(kept + (array.count > elements ? [.string("… \(array.count - elements) more")] : []))
        case .object(let members):
            if level >= depth { return .string("… \(members.count) fields") }
            return .object(
                JSONObject(
                    members.filter { isFree || !(fields.contains($0.key) || (dropsEmpty && Self.isEmpty($0.value))) }
                        .map { ($0.key, apply($0.value, at: level + 1, isFree: Self.free.contains($0.key))) }))
        default: return value
        }
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        value.isNull || value.object?.isEmpty == true || value.array?.isEmpty == true || value.string?.isEmpty == true
    }
}
