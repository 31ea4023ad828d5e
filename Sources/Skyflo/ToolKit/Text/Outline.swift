import KubeModel

/// Text in lines of `Name: value`, indented by two blanks a level. Empty values are left out.
package struct Outline {
    package private(set) var lines: [String] = []
    private var depth = 0

    package init() {}

    package var text: String { lines.joined(separator: "\n") + "\n" }

    package mutating func line(_ text: String) {
        let pad = String(repeating: "  ", count: depth)
        for part in text.split(separator: "\n", omittingEmptySubsequences: true) { lines.append(pad + part) }
    }

    package mutating func field(_ name: String, value: String?) {
        guard let value, !value.isEmpty else { return }
        line("\(name): \(value)")
    }

    package mutating func field(_ name: String, value: JSONValue?) { field(name, value: value.map(Self.inline)) }

    package mutating func list(_ name: String, values: [String]) {
        if values.count < 2 { return field(name, value: values.first) }
        section(name) { outline in values.forEach { outline.line($0) } }
    }

    /// A heading with what `body` writes under it; nothing where it writes nothing.
    package mutating func section(_ name: String, body: (inout Outline) -> Void) {
        let before = lines.count
        line("\(name):")
        depth += 1
        body(&self)
        depth -= 1
        if lines.count == before + 1 { lines.removeLast() }
    }

    package mutating func yaml(_ value: JSONValue) { line(YAML.format(value)) }

    /// Scalars as they are, `a=b, c=d` for maps, elements with commas.
    package static func inline(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        case .array(let elements): elements.map(inline).joined(separator: ", ")
        case .object(let members): members.map { "\($0.key)=\(inline($0.value))" }.joined(separator: ", ")
        default: JSONWriter.string(value)
        }
    }
}
