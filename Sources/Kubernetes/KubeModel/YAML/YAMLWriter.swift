/// Block style, as `kubectl` prints it.
struct YAMLWriter {
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
            YAML.Plain(text) == .text
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
