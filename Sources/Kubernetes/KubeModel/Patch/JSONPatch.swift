/// JSON patch (RFC 6902) with JSON pointers (RFC 6901).
public struct JSONPatch: Sendable, Hashable {
    /// One change or one check. Paths are the reference tokens of a JSON pointer, unescaped.
    public enum Operation: Sendable, Hashable {
        /// Sets a member, or inserts an element before the index (`-` appends).
        case add(path: [String], value: JSONValue)
        /// Removes the value at the path, which has to exist.
        case remove(path: [String])
        /// Puts another value in place of the one at the path, which has to exist.
        case replace(path: [String], value: JSONValue)
        /// Removes the value at `from` and adds it at `path`, which may not be within it.
        case move(from: [String], path: [String])
        /// Adds the value at `from` at `path`, too.
        case copy(from: [String], path: [String])
        /// Lets the whole patch fail unless the value at the path is equal to this one.
        case test(path: [String], value: JSONValue)
    }

    /// The reason why a patch can't be read or doesn't apply.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// The reason in English, such as `missing path: 'spec'`.
        public var description: String
    }

    /// The most operations that a patch may have. Both limits are the API server's.
    static let maximumOperations = 10_000
    /// The bytes of JSON that all copies together may add. A copy of the whole into itself doubles it: forty operations
    /// would make more than any memory holds.
    static let maximumCopiedBytes = 3 << 20

    /// The operations in the order in which they are applied.
    public var operations: [Operation]

    /// Makes a patch of its operations.
    public init(_ operations: [Operation]) { self.operations = operations }

    /// Reads a patch (`application/json-patch+json`). A ``Failure`` is thrown for anything but a list of at most 10,000
    /// valid operations.
    public init(_ json: JSONValue) throws(Failure) {
        guard case .array(let items) = json else { throw Failure(description: "a JSON patch is a list of operations") }
        guard items.count <= Self.maximumOperations else {
            throw Failure(
                description: "The allowed maximum operations in a JSON patch is \(Self.maximumOperations), "
                    + "got \(items.count)")
        }
        operations = []
        for item in items { operations.append(try Self.operation(item)) }
    }

    private static func operation(_ json: JSONValue) throws(Failure) -> Operation {
        func pointer(_ member: String) throws(Failure) -> [String] {
            guard let text = json[member]?.string else { throw Failure(description: "operation without '\(member)'") }
            return try Self.pointer(text)
        }
        func value() throws(Failure) -> JSONValue {
            guard let value = json["value"] else { throw Failure(description: "operation without 'value'") }
            return value
        }
        switch json["op"]?.string {
        case "add": return .add(path: try pointer("path"), value: try value())
        case "remove": return .remove(path: try pointer("path"))
        case "replace": return .replace(path: try pointer("path"), value: try value())
        case "move": return .move(from: try pointer("from"), path: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), path: try pointer("path"))
        case "test": return .test(path: try pointer("path"), value: try value())
        case let other: throw Failure(description: "unknown operation '\(other ?? "")'")
        }
    }

    /// Reads a JSON pointer into its reference tokens, or throws where it doesn't begin with `/`. It goes by code
    /// points, as servers do: a combining character behind a `/` makes another character of it, and no less a
    /// separator.
    public static func pointer(_ text: String) throws(Failure) -> [String] {
        if text.isEmpty { return [] }
        let scalars = text.unicodeScalars
        guard scalars.first == "/" else { throw Failure(description: "pointer '\(text)' doesn't begin with '/'") }
        return scalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { token in
            var result = String.UnicodeScalarView()
            var rest = token
            while let scalar = rest.popFirst() {
                guard scalar == "~", let next = rest.first, next == "0" || next == "1" else {
                    result.append(scalar)
                    continue
                }
                rest.removeFirst()
                result.append(next == "0" ? "~" : "/")
            }
            return String(result)
        }
    }

    /// The JSON pointer that names these reference tokens, each one escaped.
    public static func pointer(of tokens: some Sequence<String>) -> String {
        var text = String.UnicodeScalarView()
        for token in tokens {
            text.append("/")
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": text.append(contentsOf: "~0".unicodeScalars)
                case "/": text.append(contentsOf: "~1".unicodeScalars)
                default: text.append(scalar)
                }
            }
        }
        return String(text)
    }

    /// The document with all operations applied in order. The first one that doesn't apply is thrown, and nothing is
    /// changed.
    public func apply(to document: JSONValue) throws(Failure) -> JSONValue {
        var result = document
        var copied = 0
        for operation in operations { try Self.apply(operation, to: &result, copied: &copied) }
        return result
    }

    private static func apply(
        _ operation: Operation, to document: inout JSONValue, copied: inout Int
    ) throws(Failure) {
        switch operation {
        case .add(let path, let value):
            try checkDepth(value, at: path)
            try edit(&document, path: path[...], change: .add(value))
        case .remove(let path): try edit(&document, path: path[...], change: .remove)
        case .replace(let path, let value):
            try checkDepth(value, at: path)
            try edit(&document, path: path[...], change: .replace(value))
        case .move(let from, let path):
            if path.count > from.count, path.starts(with: from) {
                throw Failure(description: "can't move a value into itself")
            }
            let value = try find(document, path: from)
            try checkDepth(value, at: path)
            try edit(&document, path: from[...], change: .remove)
            try edit(&document, path: path[...], change: .add(value))
        case .copy(let from, let path):
            let value = try find(document, path: from)
            try checkDepth(value, at: path)
            copied += value.textSize(upTo: maximumCopiedBytes)
            guard copied <= maximumCopiedBytes else {
                throw Failure(
                    description: "Unable to copy, the accumulated size increase of copy is \(copied), "
                        + "exceeding the limit \(maximumCopiedBytes)")
            }
            try edit(&document, path: path[...], change: .add(value))
        case .test(let path, let value):
            guard try find(document, path: path) == value else {
                throw Failure(description: "testing value /\(path.joined(separator: "/")) failed")
            }
        }
    }

    /// Refuses what moves and copies could nest deeper than anyone can read, and than the stack can hold.
    private static func checkDepth(_ value: JSONValue, at path: [String]) throws(Failure) {
        if path.count > JSONParser.maximumDepth || value.isDeeper(than: JSONParser.maximumDepth - path.count) {
            throw Failure(description: "the result has more than \(JSONParser.maximumDepth) levels")
        }
    }

    private static func missing(_ token: String) -> Failure { Failure(description: "missing path: '\(token)'") }

    private static func find(_ document: JSONValue, path: [String]) throws(Failure) -> JSONValue {
        var value = document
        for token in path {
            let next: JSONValue? =
                switch value {
                case .array(let elements): index(token, below: elements.count).map { elements[$0] }
                default: value[token]
                }
            guard let next else { throw missing(token) }
            value = next
        }
        return value
    }

    private static func index(_ token: String, below bound: Int) -> Int? {
        guard let number = Int(token), String(number) == token, (0..<bound).contains(number) else { return nil }
        return number
    }

    private enum Edit { case add(JSONValue), remove, replace(JSONValue) }

    private static func edit(_ value: inout JSONValue, path: ArraySlice<String>, change: Edit) throws(Failure) {
        guard let token = path.first else {
            switch change {
            case .add(let new), .replace(let new): value = new
            case .remove: value = .null
            }
            return
        }
        let rest = path.dropFirst()
        switch value {
        case .object(var members):
            if rest.isEmpty {
                try edit(&members, key: token, change: change)
            } else {
                guard var child = members[token] else { throw missing(token) }
                try edit(&child, path: rest, change: change)
                members[token] = child
            }
            value = .object(members)
        case .array(var elements):
            if rest.isEmpty {
                try edit(&elements, token: token, change: change)
            } else {
                guard let at = index(token, below: elements.count) else { throw missing(token) }
                try edit(&elements[at], path: rest, change: change)
            }
            value = .array(elements)
        default: throw missing(token)
        }
    }

    private static func edit(_ members: inout JSONObject, key: String, change: Edit) throws(Failure) {
        switch change {
        case .add(let new): members[key] = new
        case .replace(let new):
            guard members.contains(key) else { throw missing(key) }
            members[key] = new
        case .remove:
            guard members.contains(key) else { throw missing(key) }
            members[key] = nil
        }
    }

    private static func edit(_ elements: inout [JSONValue], token: String, change: Edit) throws(Failure) {
        switch change {
        case .add(let new):
            if token == "-" {
                elements.append(new)
            } else {
                guard let at = index(token, below: elements.count + 1) else { throw missing(token) }
                elements.insert(new, at: at)
            }
        case .replace(let new):
            guard let at = index(token, below: elements.count) else { throw missing(token) }
            elements[at] = new
        case .remove:
            guard let at = index(token, below: elements.count) else { throw missing(token) }
            elements.remove(at: at)
        }
    }
}

extension JSONValue {
    /// Whether containers are nested deeper in each other than that; a scalar has depth zero.
    fileprivate func isDeeper(than depth: Int) -> Bool {
        if depth < 0 { return true }
        switch self {
        case .array(let elements): return elements.contains { $0.isDeeper(than: depth - 1) }
        case .object(let members): return members.contains { $0.value.isDeeper(than: depth - 1) }
        default: return false
        }
    }

    /// About the number of bytes of the value's text; counting stops behind `limit`.
    fileprivate func textSize(upTo limit: Int) -> Int {
        switch self {
        case .null, .bool, .int, .double: return 4
        case .string(let text): return text.utf8.count + 2
        case .array(let elements):
            var size = 2
            for element in elements where size <= limit { size += element.textSize(upTo: limit - size) + 1 }
            return size
        case .object(let members):
            var size = 2
            for (key, value) in members where size <= limit {
                size += key.utf8.count + 4 + value.textSize(upTo: limit - size)
            }
            return size
        }
    }
}
