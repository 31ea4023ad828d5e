import KubeModel

/// Two objects as YAML for a diff, whose texts are shown line by line (``LegibleText``).
struct LegibleYAML {
    private(set) var old = ""
    private(set) var new = ""
    /// What stands in the place of a text until the YAML is written; in neither of the objects.
    private let placeholder: String
    private var blocks: [(header: String, lines: [String])] = []

    init(old: JSONValue?, new: JSONValue?) {
        var placeholder = "text-of-several-lines-"
        let all = [old, new].map { $0.map { JSONWriter.string($0) } ?? "" }
        while all.contains(where: { $0.contains(placeholder) }) { placeholder += "x-" }
        self.placeholder = placeholder
        let before = old.map { replaced($0, comparedWith: new) }
        let after = new.map { replaced($0, comparedWith: old) }
        self.old = before.map { written($0) } ?? ""
        self.new = after.map { written($0) } ?? ""
    }

    /// The value with placeholders.
    private mutating func replaced(_ value: JSONValue, comparedWith other: JSONValue?) -> JSONValue {
        switch value {
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members { result[key] = replaced(member, comparedWith: other?.object?[key]) }
            return .object(result)
        case .array(let elements):
            var result: [JSONValue] = []
            for (at, element) in elements.enumerated() {
                let others = other?.array ?? []
                result.append(replaced(element, comparedWith: at < others.count ? others[at] : nil))
            }
            return .array(result)
        case .string(let text):
            guard let legible = LegibleText(text, comparedWith: other?.string) else { return value }
            blocks.append(legible.block())
            return .string("\(placeholder)\(blocks.count - 1)-")
        default: return value
        }
    }

    private func written(_ value: JSONValue) -> String {
        let text = YAML.format(value, sorted: true)
        guard !blocks.isEmpty else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(filled).joined(separator: "\n")
    }

    /// The line, with the text in the place of its placeholder.
    private func filled(_ line: Substring) -> String {
        guard let range = line.firstRange(of: placeholder), let at = Int(line[range.upperBound...].dropLast()),
            blocks.indices.contains(at)
        else { return String(line) }
        let head = line[..<range.lowerBound]
        // Further in than the key, or as far as the element of a list.
        let marks = head.prefix { $0 == " " || $0 == "-" }
        let pad = String(repeating: " ", count: marks.count + (marks.count == head.count ? 0 : 2))
        let lines = blocks[at].lines.map { $0.isEmpty ? "" : pad + $0 }
        return ([head + blocks[at].header] + lines).joined(separator: "\n")
    }
}
