/// A label selector in the text form of the API (`app=web,tier in (a, b),!canary`).
public struct LabelSelector: Sendable, Hashable, CustomStringConvertible {
    /// A condition on one label.
    public enum Requirement: Sendable, Hashable {
        /// The label has one of the values.
        case `in`(key: String, values: [String])
        /// The label has none of the values. Objects without the label match, too.
        case notIn(key: String, values: [String])
        /// The label exists, with whatever value.
        case exists(key: String)
        /// The object doesn't have the label.
        case doesNotExist(key: String)
        /// The label is an integer greater than that.
        case greaterThan(key: String, Int)
        /// The label is an integer less than that.
        case lessThan(key: String, Int)
    }

    /// The conditions on the labels, all of which have to hold. An empty list matches every object.
    public var requirements: [Requirement]

    /// Makes a selector of its requirements; without any it matches every object.
    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// Makes a selector for all of these labels with these values.
    public init(matching labels: [String: String]) {
        requirements = labels.sorted { $0.key < $1.key }.map { .in(key: $0.key, values: [$0.value]) }
    }

    /// Reads a `metav1.LabelSelector` with `matchLabels` and `matchExpressions`; nil where an operator is unknown.
    public init?(_ json: JSONValue) {
        var requirements: [Requirement] = []
        for (key, value) in json["matchLabels"]?.object ?? [:] {
            requirements.append(.in(key: key, values: [value.string ?? ""]))
        }
        for expression in json["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = expression["values"]?.array?.compactMap(\.string) ?? []
            switch expression["operator"]?.string {
            case "In": requirements.append(.in(key: key, values: values))
            case "NotIn": requirements.append(.notIn(key: key, values: values))
            case "Exists": requirements.append(.exists(key: key))
            case "DoesNotExist": requirements.append(.doesNotExist(key: key))
            default: return nil
            }
        }
        self.requirements = requirements
    }

    /// Whether an object with these labels satisfies all requirements.
    public func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .in(let key, let values): labels[key].map(values.contains) ?? false
            case .notIn(let key, let values): labels[key].map { !values.contains($0) } ?? true
            case .exists(let key): labels[key] != nil
            case .doesNotExist(let key): labels[key] == nil
            case .greaterThan(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 > bound } ?? false
            case .lessThan(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 < bound } ?? false
            }
        }
    }

    /// The text form of the API, which a list or a watch takes as `labelSelector`.
    public var description: String {
        requirements.map { requirement in
            switch requirement {
            case .in(let key, let values) where values.count == 1: "\(key)=\(values[0])"
            case .in(let key, let values): "\(key) in (\(values.joined(separator: ",")))"
            case .notIn(let key, let values) where values.count == 1: "\(key)!=\(values[0])"
            case .notIn(let key, let values): "\(key) notin (\(values.joined(separator: ",")))"
            case .exists(let key): key
            case .doesNotExist(let key): "!\(key)"
            case .greaterThan(let key, let bound): "\(key)>\(bound)"
            case .lessThan(let key, let bound): "\(key)<\(bound)"
            }
        }.joined(separator: ",")
    }
}

extension LabelSelector {
    /// Why a text is no label selector.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// The words of the API server, such as `unable to parse requirement: …`.
        public var description: String
    }

    /// Parses the text form; throws with the API server's words ("unable to parse requirement: …").
    public init(parsing text: String) throws(Failure) {
        var parser = LabelSelectorParser(text)
        requirements = try parser.requirements()
    }
}

private struct LabelSelectorParser {
    private enum Token: Equatable { case word(String), symbol(String), end }

    private let tokens: [Token]
    private var at = 0

    init(_ text: String) {
        var tokens: [Token] = []
        var word = ""
        func flush() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        var rest = Substring(text)
        let symbols = ["==", "!=", "=", "!", ",", "(", ")", ">", "<"]
        while let character = rest.first {
            if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
                flush()
                tokens.append(.symbol(symbol))
                rest = rest.dropFirst(symbol.count)
            } else {
                if character.isWhitespace { flush() } else { word.append(character) }
                rest = rest.dropFirst()
            }
        }
        flush()
        self.tokens = tokens
    }

    private var peek: Token { at < tokens.count ? tokens[at] : .end }

    private mutating func next() -> Token {
        defer { at += 1 }
        return peek
    }

    private static func text(_ token: Token) -> String {
        switch token {
        case .word(let word): word
        case .symbol(let symbol): symbol
        case .end: ""
        }
    }

    private func failure(found: Token, expected: String) -> LabelSelector.Failure {
        LabelSelector.Failure(
            description: "unable to parse requirement: found '\(Self.text(found))', expected: \(expected)")
    }

    mutating func requirements() throws(LabelSelector.Failure) -> [LabelSelector.Requirement] {
        var result: [LabelSelector.Requirement] = []
        if peek == .end { return result }
        while true {
            result.append(try requirement())
            switch next() {
            case .end: return result
            case .symbol(","):
                // A comma at the end is allowed by the API server's parser too only when something follows.
                if peek == .end { throw failure(found: .end, expected: "identifier after ','") }
            case let other: throw failure(found: other, expected: "',' or 'end of string'")
            }
        }
    }

    private mutating func requirement() throws(LabelSelector.Failure) -> LabelSelector.Requirement {
        if peek == .symbol("!") {
            at += 1
            return .doesNotExist(key: try key())
        }
        let key = try key()
        switch peek {
        case .end, .symbol(","): return .exists(key: key)
        case .symbol("="), .symbol("=="):
            at += 1
            return .in(key: key, values: [value()])
        case .symbol("!="):
            at += 1
            return .notIn(key: key, values: [value()])
        case .symbol(">"), .symbol("<"):
            let isGreater = next() == .symbol(">")
            let text = value()
            guard let bound = Int(text) else {
                throw LabelSelector.Failure(
                    description:
                        "values[0][\(key)]: Invalid value: \"\(text)\": for 'Gt', 'Lt' operators, the value must be an integer"
                )
            }
            return isGreater ? .greaterThan(key: key, bound) : .lessThan(key: key, bound)
        case .word("in"):
            at += 1
            return .in(key: key, values: try values())
        case .word("notin"):
            at += 1
            return .notIn(key: key, values: try values())
        case let other: throw failure(found: other, expected: "in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func key() throws(LabelSelector.Failure) -> String {
        guard case .word(let word) = next() else {
            at -= 1
            throw failure(found: peek, expected: "identifier")
        }
        return word
    }

    /// An empty value is allowed: `app=`.
    private mutating func value() -> String {
        guard case .word(let word) = peek else { return "" }
        at += 1
        return word
    }

    private mutating func values() throws(LabelSelector.Failure) -> [String] {
        guard next() == .symbol("(") else {
            at -= 1
            // Without the comma, as the server says it here.
            throw LabelSelector.Failure(
                description: "unable to parse requirement: found '\(Self.text(peek))' expected: '('")
        }
        var result: [String] = []
        while true {
            result.append(value())
            switch next() {
            case .symbol(","): continue
            case .symbol(")"): return result
            case let other: throw failure(found: other, expected: "',', or ')'")
            }
        }
    }
}
