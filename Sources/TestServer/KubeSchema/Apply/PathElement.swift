import KubeModel

/// A step of a path in a field set (KEP-555).
enum PathElement: Sendable, Hashable {
    case field(String)
    /// An element of a list of type map, by its key members.
    case key(JSONObject)
    /// An element of a list of type set.
    case value(JSONValue)
    case index(Int)

    /// Reads the form of `fieldsV1`: `f:name`, `k:{…}`, `v:…`, `i:0`; nil for anything else.
    init?(_ text: String) {
        let rest = text.dropFirst(2)
        switch text.prefix(2) {
        case "f:": self = .field(String(rest))
        case "k:":
            guard let key = try? JSONParser.parse(String(rest)).object else { return nil }
            self = .key(key)
        case "v:":
            guard let value = try? JSONParser.parse(String(rest)) else { return nil }
            self = .value(value)
        case "i:":
            guard let position = Int(rest) else { return nil }
            self = .index(position)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .field(let name): "f:\(name)"
        case .key(let key): "k:\(JSONWriter.string(.object(key), options: .canonical))"
        case .value(let value): "v:\(JSONWriter.string(value, options: .canonical))"
        case .index(let position): "i:\(position)"
        }
    }

    /// The element as conflicts name it: `.spec`, `[name="a"]`, `[="x"]`, `[0]`.
    var pathText: String {
        switch self {
        case .field(let name): return ".\(name)"
        case .key(let key):
            let members = key.sorted().map { "\($0.key)=\(JSONWriter.string($0.value, options: .canonical))" }
            return "[\(members.joined(separator: ","))]"
        case .value(let value): return "[=\(JSONWriter.string(value, options: .canonical))]"
        case .index(let position): return "[\(position)]"
        }
    }

    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    static func precedes(_ a: PathElement, _ b: PathElement) -> Bool { (a.rank, a.text) < (b.rank, b.text) }
}
