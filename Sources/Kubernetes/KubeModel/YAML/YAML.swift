/// YAML to and from ``JSONValue``, read as `kubectl` reads it (`sigs.k8s.io/yaml`): plain scalars are null, booleans,
/// integers, numbers or strings; anchors and merges are resolved. Only duplicate keys are refused, of which it takes the last.
public enum YAML {
    /// The reason why a text is no YAML, or none that is taken.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// The place in a text, counted from 1.
        public struct Place: Sendable, Hashable {
            /// The number of the line.
            public var line: Int
            /// The number of the character in the line.
            public var column: Int
        }

        /// The reason in English, without anything of the text.
        public var problem: String
        /// The place of the fault; nil where the text as a whole is refused.
        public var place: Place?

        /// The reason with its place. It doesn't quote the text, which may be secret.
        public var description: String {
            problem + (place.map { " at line \($0.line), column \($0.column)" } ?? "")
        }

        init(description: String) { problem = description }

        init(_ problem: String, at place: Place) {
            self.problem = problem
            self.place = place
        }
    }

    /// Reads one document. An empty text is `null`. More than one document, invalid YAML, duplicate keys, aliases that
    /// multiply beyond measure and more than ``JSONParser/maximumDepth`` levels are thrown as a ``Failure``.
    public static func parse(_ text: String) throws(Failure) -> JSONValue {
        let documents = try parseAll(text)
        guard documents.count <= 1 else { throw Failure(description: "more than one YAML document") }
        return documents.first ?? .null
    }

    /// All documents of a stream, in order; empty ones are left out. The stream may be JSON too, one value after the other.
    public static func parseAll(_ text: String) throws(Failure) -> [JSONValue] {
        let text = withoutMarks(text)
        // JSON has what YAML doesn't read: escapes of two halves of a character.
        if let values = JSONParser.stream(text) { return values.filter { !$0.isNull } }
        var budget = 10 * text.utf8.count + 1000
        var values: [JSONValue] = []
        for document in try YAMLNode.documents(of: text) {
            let value = try value(document, depth: 0, budget: &budget)
            if !value.isNull { values.append(value) }
        }
        return values
    }

    /// Editors put a byte order mark where a file begins. Where files are put together, documents begin with one.
    private static func withoutMarks(_ text: String) -> String {
        let mark: Unicode.Scalar = "\u{FEFF}"
        guard text.unicodeScalars.contains(mark) else { return text }
        var afterSeparator = true
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let bare = line.drop { $0 == mark }
            let isSeparator = bare.starts(with: "---".unicodeScalars)
            defer { afterSeparator = isSeparator }
            return String(afterSeparator || isSeparator ? bare : line)
        }
        return lines.joined(separator: "\n")
    }

    /// The value as a document in block style, its keys in the order of the object unless `sorted`.
    public static func format(_ value: JSONValue, sorted: Bool = false) -> String {
        var writer = YAMLWriter(sorted: sorted)
        return writer.document(value)
    }

    /// Reads a node. `budget` is how many values may still come: without aliases a text has fewer values than bytes;
    /// with aliases of aliases a line of text would make a billion.
    private static func value(_ node: YAMLNode, depth: Int, budget: inout Int) throws(Failure) -> JSONValue {
        budget -= 1
        if budget < 0 { throw Failure(description: "invalid YAML: its aliases expand to too much data") }
        if depth > JSONParser.maximumDepth { throw Failure(description: "invalid YAML: too deep") }
        switch node {
        case .scalar(let scalar): return try self.value(scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(element, depth: depth + 1, budget: &budget)) }
            return .array(elements)
        case .mapping(let members): return .object(try object(members, depth: depth, budget: &budget))
        }
    }

    /// A merge takes effect where it is written, as in go-yaml 2: it wins over what is above it, and what is below wins over
    /// it.
    private static func object(
        _ written: [(key: YAMLNode, value: YAMLNode)], depth: Int, budget: inout Int
    ) throws(Failure) -> JSONObject {
        var members = JSONObject()
        var names: Set<String> = []
        for (key, child) in written {
            if isMerge(key) {
                for (name, value) in try merged(try value(child, depth: depth + 1, budget: &budget)) {
                    members[name] = value
                }
                continue
            }
            let name = try self.key(key)
            guard names.insert(name).inserted else {
                throw Failure(description: "invalid YAML: duplicate key \"\(name)\"")
            }
            members[name] = try value(child, depth: depth + 1, budget: &budget)
        }
        return members
    }

    private static func isMerge(_ key: YAMLNode) -> Bool {
        guard case .scalar(let scalar) = key, scalar.text == "<<" else { return false }
        return scalar.tag.isEmpty ? scalar.isPlain : scalar.tag == "tag:yaml.org,2002:merge"
    }

    /// The members that a merge brings in. Of several sources the first wins.
    private static func merged(_ value: JSONValue) throws(Failure) -> JSONObject {
        var merged = JSONObject()
        for source in (value.array ?? [value]).reversed() {
            guard let members = source.object else {
                throw Failure(description: "invalid YAML: << takes a map, or a list of maps")
            }
            for (name, value) in members { merged[name] = value }
        }
        return merged
    }
}
