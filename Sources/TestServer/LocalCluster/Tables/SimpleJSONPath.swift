import KubeModel

/// The part of Kubernetes' JSONPath that printer columns and selectable fields use: members, quoted members, indexes,
/// `[*]`, and filters that compare one member with a text (`[?(@.type=="Ready")]`).
struct SimpleJSONPath: Sendable, Hashable {
    private enum Step: Hashable {
        case member(String)
        case index(Int)
        case all
        case filter(path: [String], value: String)
    }

    private var steps: [Step] = []

    /// nil for what it can't read.
    init?(_ text: String) {
        var rest = Substring(text)
        while let first = rest.first {
            switch first {
            case ".":
                rest.removeFirst()
                let name = Self.member(&rest)
                if name.isEmpty { return nil }
                steps.append(.member(name))
            case "[":
                guard let end = Self.closing(rest), let step = Self.bracket(rest[..<end].dropFirst()) else {
                    return nil
                }
                steps.append(step)
                rest = rest[rest.index(after: end)...]
            default: return nil
            }
        }
    }

    /// The plain member names; nil where there is any other step.
    var members: [String]? {
        var names: [String] = []
        for case let step in steps {
            guard case .member(let name) = step else { return nil }
            names.append(name)
        }
        return names
    }

    func evaluate(_ root: JSONValue) -> [JSONValue] {
        steps.reduce([root]) { values, step in values.flatMap { Self.apply(step, value: $0) } }
    }

    private static func apply(_ step: Step, value: JSONValue) -> [JSONValue] {
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .index(let at):
            guard let elements = value.array else { return [] }
            return elements[at: at < 0 ? elements.count + at : at].map { [$0] } ?? []
        case .all: return value.array ?? value.object?.values ?? []
        case .filter(let path, let wanted):
            return (value.array ?? []).filter { element in
                switch element[path: path] {
                case .string(let text): text == wanted
                case .bool(let flag): String(flag) == wanted
                case .int(let number): String(number) == wanted
                default: false
                }
            }
        }
    }

    private static func member(_ rest: inout Substring) -> String {
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest.removeFirst()
            if character == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(character) }
        }
        return name
    }

    private static func closing(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        for at in text.indices {
            let character = text[at]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "]" {
                return at
            }
        }
        return nil
    }

    private static func bracket(_ text: Substring) -> Step? {
        if text == "*" { return .all }
        if let number = Int(text) { return .index(number) }
        if let name = unquoted(text) { return .member(name) }
        guard text.hasPrefix("?(@"), text.hasSuffix(")") else { return nil }
        var inner = text.dropFirst(3).dropLast()
        var path = ""
        while let character = inner.first, character != "=" {
            path.append(character)
            inner.removeFirst()
        }
        guard inner.hasPrefix("==") else { return nil }
        let value = trim(inner.dropFirst(2))
        let names = trim(path[...]).split(separator: ".").map(String.init)
        return .filter(path: names, value: unquoted(value[...]) ?? value)
    }

    private static func unquoted(_ text: Substring) -> String? {
        guard text.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\"" else {
            return nil
        }
        return String(text.dropFirst().dropLast())
    }

    private static func trim(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension Array {
    /// The element there, or nil outside the bounds.
    subscript(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
