import Yams

/// YAML to and from ``JSONValue``, with the typing that Kubernetes clients use (`sigs.k8s.io/yaml`): plain scalars are
/// null, booleans, integers, numbers or strings; anchors and merges are resolved; duplicate keys are refused.
public enum YAML {
    public struct Failure: Error, CustomStringConvertible, Sendable {
        public var description: String
    }

    /// One document. An empty text is `null`.
    public static func parse(_ text: String) throws(Failure) -> JSONValue {
        let documents = try parseAll(text)
        guard documents.count <= 1 else { throw Failure(description: "more than one YAML document") }
        return documents.first ?? .null
    }

    /// All documents of a stream, in order; empty ones are left out.
    public static func parseAll(_ text: String) throws(Failure) -> [JSONValue] {
        do {
            var nodes = try Yams.compose_all(yaml: text)
            var values: [JSONValue] = []
            var budget = 10 * text.utf8.count + 1000
            while let node = nodes.next() { values.append(try value(node, depth: 0, &budget)) }
            // The sequence ends at an error as it does at the end.
            if let error = nodes.error { throw error }
            return values.filter { !$0.isNull }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "invalid YAML: \(error)")
        }
    }

    /// Block style; keys in the order of the object unless `sorted`.
    public static func format(_ value: JSONValue, sorted: Bool = false) -> String {
        var writer = YAMLWriter(sorted: sorted)
        return writer.document(value)
    }

    /// - Parameter budget: how many values may still come. Without aliases a text has fewer values than bytes; with
    ///   aliases of aliases a line of text would make a billion.
    private static func value(_ node: Node, depth: Int, _ budget: inout Int) throws(Failure) -> JSONValue {
        budget -= 1
        if budget < 0 { throw Failure(description: "invalid YAML: aliases make too much of it") }
        if depth > JSONParser.maximumDepth { throw Failure(description: "invalid YAML: too deep") }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, node)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(element, depth: depth + 1, &budget)) }
            return .array(elements)
        case .mapping(let mapping):
            var members = JSONObject()
            var merges: [JSONValue] = []
            for (key, child) in mapping {
                guard case .scalar(let name) = key else {
                    throw Failure(description: "invalid YAML: a key is no string")
                }
                let converted = try value(child, depth: depth + 1, &budget)
                if name.string == "<<", name.style == .plain {
                    merges += converted.array ?? [converted]
                } else if members.contains(name.string) {
                    throw Failure(description: "invalid YAML: duplicate key \"\(name.string)\"")
                } else {
                    members[name.string] = converted
                }
            }
            for case .object(let merged) in merges {
                for (key, value) in merged where !members.contains(key) { members[key] = value }
            }
            return .object(members)
        case .alias: throw Failure(description: "invalid YAML: unresolved alias")
        }
    }

    private static func scalar(_ scalar: Node.Scalar, _ node: Node) -> JSONValue {
        let text = scalar.string
        let tag = node.tag.rawValue
        guard scalar.style == .plain, tag != "tag:yaml.org,2002:str" else { return .string(text) }
        return plain(text)
    }

    /// The core schema of YAML 1.2 plus the booleans of 1.1 that `sigs.k8s.io/yaml` still reads.
    static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
        default: break
        }
        guard let first = text.utf8.first,
            first == 0x2B || first == 0x2D || first == 0x2E || (0x30...0x39).contains(first)
        else { return .string(text) }
        return number(text) ?? .string(text)
    }

    private static func number(_ text: String) -> JSONValue? {
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        // With its sign, because the lowest integer has no positive counterpart; and `Int64` would take a second sign.
        func whole(_ digits: Substring, radix: Int) -> JSONValue? {
            guard digits.first?.isHexDigit == true else { return nil }
            return Int64(sign + digits, radix: radix).map(JSONValue.int)
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            return whole(digits.dropFirst(2), radix: radix)
        }
        if digits.count > 1, digits.hasPrefix("0"), digits.utf8.allSatisfy({ (0x30...0x37).contains($0) }) {
            return whole(digits, radix: 8)
        }
        if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = whole(digits, radix: 10)
        {
            return value
        }
        let isNumber =
            digits.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x2E, 0x65, 0x45, 0x2B, 0x2D].contains($0) }
            && digits.utf8.contains { (0x30...0x39).contains($0) }
        guard isNumber, let value = Double(text), value.isFinite else { return nil }
        return .double(value)
    }
}

private struct YAMLWriter {
    private var out = ""
    private let sorted: Bool

    init(sorted: Bool) { self.sorted = sorted }

    mutating func document(_ value: JSONValue) -> String {
        // A text at the top has no key to be indented against.
        if case .string(let text) = value { return scalar(text) + "\n" }
        write(value, indent: 0, inline: false)
        if out.first == "\n" { out.removeFirst() }
        return out.hasSuffix("\n") ? out : out + "\n"
    }

    /// Writes a value behind `key:` or `-`, where the line is still open (`inline`: no line feed before a block).
    private mutating func write(_ value: JSONValue, indent: Int, inline: Bool) {
        let pad = String(repeating: " ", count: indent)
        switch value {
        case .object(let object) where !object.isEmpty:
            for (position, (key, child)) in (sorted ? object.sorted() : object).enumerated() {
                out += position == 0 && inline ? "" : "\n" + pad
                out += self.key(key, pad: pad)
                if case .array(let elements) = child, !elements.isEmpty {
                    write(child, indent: indent, inline: false)
                } else {
                    if isScalar(child) { out += " " }
                    write(child, indent: indent + 2, inline: false)
                }
            }
        case .array(let elements) where !elements.isEmpty:
            for (position, element) in elements.enumerated() {
                out += position == 0 && inline ? "" : "\n" + pad
                out += "- "
                write(element, indent: indent + 2, inline: true)
            }
        case .string(let text) where text.contains("\n") && isBlockable(text):
            out += text.hasSuffix("\n") ? "|" : "|-"
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
                text.hasSuffix("\n") ? 1 : 0)
            {
                out += line.isEmpty ? "\n" : "\n" + pad + line
            }
        default: out += text(value)
        }
    }

    /// A key that is longer than YAML allows a simple one to be (1024 characters, §7.4.2) needs its own mark.
    private func key(_ text: String, pad: String) -> String {
        let key = scalar(text)
        return key.utf8.count < 1000 ? key + ":" : "? \(key)\n\(pad):"
    }

    private func isScalar(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let object): object.isEmpty
        case .array(let elements): elements.isEmpty
        default: true
        }
    }

    /// A block keeps a text only when no line ends in blanks, the first doesn't begin with one, and it ends in at most
    /// one line feed.
    private func isBlockable(_ text: String) -> Bool {
        guard let first = text.first, !first.isWhitespace, !text.hasSuffix("\n\n") else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || !needsEscape($0) }
            && !text.split(separator: "\n").contains { $0.last == " " }
    }

    private func text(_ value: JSONValue) -> String {
        switch value {
        case .object: "{}"
        case .array: "[]"
        case .string(let text): scalar(text)
        default: JSONWriter.string(value)
        }
    }

    private func scalar(_ text: String) -> String {
        let special: Set<Character> = [
            "-", "?", ":", ",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`", "<", "=",
        ]
        let isPlain =
            YAML.plain(text) == .string(text) && !text.isEmpty
            && !special.contains(text.first ?? " ") && !text.hasPrefix("...") && text.first != " " && text.last != " "
            && text.last != ":"
            && !text.contains(": ") && !text.contains(" #")
            && !text.unicodeScalars.contains(where: needsEscape)
            && !looksLikeTimestamp(text)
        return isPlain ? text : quoted(text)
    }

    /// What readers of YAML 1.1 refuse (control characters and non-characters, §5.1), or take for a line feed or for the
    /// mark at the beginning of a file.
    private func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private func quoted(_ text: String) -> String {
        var result = ""
        for scalar in JSONWriter.string(.string(text)).unicodeScalars {
            guard needsEscape(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return result
    }

    /// Other readers of YAML 1.1 would make a date of it.
    private func looksLikeTimestamp(_ text: String) -> Bool {
        text.count >= 10 && text.first?.isNumber == true && text.dropFirst(4).first == "-"
    }
}
