import KubeModel
import ToolKit
import Writes

/// A path to fields in the JSONPath of kubectl: `{.status.phase}`, `.spec.containers[*].image`, `['a.b/c']`,
/// `[?(@.type=="Ready")].status`. The braces and the first dot may be left out.
struct FieldPath: Sendable, Hashable {
    private enum Step: Hashable {
        case member(String)
        case index(Int)
        case all
        case filter(path: [String], isEqual: Bool, value: String)
    }

    private var steps: [Step] = []
    /// With its braces.
    let text: String

    init(parsing source: String) throws(ToolFailure) {
        var path = source.trimmingBlanks
        if path.hasPrefix("{"), path.hasSuffix("}") { path = String(path.dropFirst().dropLast()) }
        if path.hasPrefix("$") { path.removeFirst() }
        if let first = path.first, first != ".", first != "[" { path = "." + path }
        text = "{\(path)}"
        var rest = Substring(path)
        while let first = rest.first {
            guard let step = first == "." ? Self.member(&rest) : Self.bracket(&rest) else {
                throw ToolFailure(
                    "\"\(ToolParameters.excerpt(source))\" is not a path like {.status.phase} or "
                        + "{.status.conditions[?(@.type==\"Ready\")].status}")
            }
            steps.append(step)
        }
        if steps.isEmpty { throw ToolFailure("\"\(ToolParameters.excerpt(source))\" names no field") }
    }

    /// What the object has there; none where it has nothing.
    func values(in root: JSONValue) -> [JSONValue] {
        steps.reduce([root]) { values, step in values.flatMap { Self.apply(step, to: $0) } }.filter { !$0.isNull }
    }

    private static func apply(_ step: Step, to value: JSONValue) -> [JSONValue] {
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .index(let at):
            guard let elements = value.array else { return [] }
            let position = at < 0 ? elements.count + at : at
            return elements.indices.contains(position) ? [elements[position]] : []
        case .all: return value.array ?? value.object.map { Array($0.values) } ?? []
        case .filter(let path, let isEqual, let wanted):
            return (value.array ?? []).filter { element in
                (element[path: path].map(Outline.inline) == wanted) == isEqual
            }
        }
    }

    // MARK: Reading

    private static func member(_ rest: inout Substring) -> Step? {
        rest.removeFirst()
        // `.[0]` is the same as `[0]`.
        if rest.first == "[" { return bracket(&rest) }
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest.removeFirst()
            if character == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(character) }
        }
        if name.isEmpty || name.contains("{") || name.contains("}") { return nil }
        return name == "*" ? .all : .member(name)
    }

    private static func bracket(_ rest: inout Substring) -> Step? {
        var quote: Character?
        guard
            let end = rest.indices.first(where: { at in
                let character = rest[at]
                if let open = quote {
                    if character == open { quote = nil }
                    return false
                }
                if character == "\"" || character == "'" { quote = character }
                return character == "]"
            })
        else { return nil }
        let inner = rest[rest.index(after: rest.startIndex)..<end].trimmingBlanks
        rest = rest[rest.index(after: end)...]
        if inner == "*" { return .all }
        if let number = Int(inner) { return .index(number) }
        if let name = unquoted(inner) { return .member(name) }
        guard inner.hasPrefix("?("), inner.hasSuffix(")") else { return nil }
        return filter(String(inner.dropFirst(2).dropLast()))
    }

    private static func filter(_ text: String) -> Step? {
        for (sign, isEqual) in [("==", true), ("!=", false)] {
            guard let range = text.firstRange(of: sign) else { continue }
            let path = text[..<range.lowerBound].trimmingBlanks
            let value = text[range.upperBound...].trimmingBlanks
            guard path.hasPrefix("@.") else { return nil }
            let names = path.dropFirst(2).split(separator: ".").map(String.init)
            return .filter(path: names, isEqual: isEqual, value: unquoted(value) ?? value)
        }
        return nil
    }

    static func unquoted(_ text: String) -> String? {
        guard text.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\"" else {
            return nil
        }
        return String(text.dropFirst().dropLast())
    }
}
