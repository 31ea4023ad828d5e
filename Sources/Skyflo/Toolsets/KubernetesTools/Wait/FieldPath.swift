import KubeModel
import ToolKit
import Writes

/// A path to fields in the JSONPath of kubectl: `{.status.phase}`, `.spec.containers[*].image`, `['a.b/c']`,
/// `[?(@.type=="Ready")].status`, `..image`. The braces and the first dot may be left out.
struct FieldPath: Sendable, Hashable {
    private enum Step: Hashable {
        case member(String)
        case index(Int)
        case all
        /// All members of this name, at any depth.
        case descendants(String)
        case filter(Filter)
    }

    private struct Filter: Hashable {
        var path: FieldPath
        var isEqual = true
        /// nil asks for nothing but that there is something.
        var value: String?

        /// Of several values, as of `@.verbs[*]`, one has to be equal; none may be, where it has to differ.
        func accepts(_ element: JSONValue) -> Bool {
            let values = path.values(in: element)
            guard let value else { return !values.isEmpty }
            return values.contains { Outline.inline($0) == value } == isEqual
        }
    }

    private var steps: [Step] = []
    /// With its braces.
    let text: String

    /// The value itself.
    private init() { text = "{@}" }

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
        case .descendants(let name): return descendants(of: value, named: name)
        case .filter(let filter): return (value.array ?? []).filter(filter.accepts)
        }
    }

    private static func descendants(of value: JSONValue, named name: String) -> [JSONValue] {
        switch value {
        case .object(let members):
            members.flatMap { ($0.key == name ? [$0.value] : []) + descendants(of: $0.value, named: name) }
        case .array(let elements): elements.flatMap { descendants(of: $0, named: name) }
        default: []
        }
    }

    // MARK: Reading

    private static func member(_ rest: inout Substring) -> Step? {
        rest.removeFirst()
        // `.[0]` is the same as `[0]`.
        if rest.first == "[" { return bracket(&rest) }
        let isDeep = rest.first == "."
        if isDeep { rest.removeFirst() }
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest.removeFirst()
            if character == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(character) }
        }
        if name.isEmpty || name.contains("{") || name.contains("}") { return nil }
        if isDeep { return name == "*" ? nil : .descendants(name) }
        return name == "*" ? .all : .member(name)
    }

    private static func bracket(_ rest: inout Substring) -> Step? {
        guard let end = closing(rest) else { return nil }
        let inner = rest[rest.index(after: rest.startIndex)..<end].trimmingBlanks
        rest = rest[rest.index(after: end)...]
        if inner == "*" { return .all }
        if let number = Int(inner) { return .index(number) }
        if let name = unquoted(inner) { return .member(name) }
        guard inner.hasPrefix("?("), inner.hasSuffix(")") else { return nil }
        return filter(String(inner.dropFirst(2).dropLast()))
    }

    /// Where the bracket that the text begins with ends: those within it and in quotes are others.
    private static func closing(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        var depth = 0
        return text.indices.first { at in
            let character = text[at]
            if let open = quote {
                if character == open { quote = nil }
                return false
            }
            switch character {
            case "\"", "'": quote = character
            case "[": depth += 1
            case "]": depth -= 1
            default: break
            }
            return depth == 0 && character == "]"
        }
    }

    private static func filter(_ text: String) -> Step? {
        for (sign, isEqual) in [("==", true), ("!=", false)] {
            guard let range = text.firstRange(of: sign) else { continue }
            let value = text[range.upperBound...].trimmingBlanks
            return path(text[..<range.lowerBound]).map {
                .filter(Filter(path: $0, isEqual: isEqual, value: unquoted(value) ?? value))
            }
        }
        return path(text[...]).map { .filter(Filter(path: $0)) }
    }

    /// `@.type`, of an element.
    private static func path(_ text: Substring) -> FieldPath? {
        let path = text.trimmingBlanks
        guard path.hasPrefix("@") else { return nil }
        if path == "@" { return FieldPath() }
        return try? FieldPath(parsing: String(path.dropFirst()))
    }

    static func unquoted(_ text: String) -> String? {
        guard text.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\"" else {
            return nil
        }
        return String(text.dropFirst().dropLast())
    }
}
