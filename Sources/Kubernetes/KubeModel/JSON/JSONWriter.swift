/// Writes JSON as UTF-8 bytes.
///
/// Guarantees: the output is valid JSON for every value but a non-finite number, which is written as `null` (JSON has no
/// word for it, RFC 8259 §6). `canonical` output is the same for equal values whatever the order of their keys: members
/// sorted by their UTF-8 bytes, no white space; digests are taken over it.
public struct JSONWriter {
    /// The layout of the text. Without an option it is on one line, its members in their own order.
    public struct Options: OptionSet, Sendable {
        /// The options as bits.
        public let rawValue: Int
        /// Makes options of their bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// Writes the members of every object in ascending order of the UTF-8 bytes of their names.
        public static let sortedKeys = Options(rawValue: 1)
        /// Puts every member and element on a line of its own, indented by two blanks a level (`kubectl get -o json`
        /// uses four).
        public static let pretty = Options(rawValue: 2)
        /// Writes the same text for equal values, which a digest can be taken over.
        public static let canonical: Options = [.sortedKeys]
    }

    private var out: [UInt8] = []
    private let options: Options

    /// Writes a value as UTF-8, without a line feed at the end.
    public static func bytes(_ value: JSONValue, options: Options = []) -> [UInt8] {
        var writer = JSONWriter(options: options)
        writer.out.reserveCapacity(256)
        writer.write(value, depth: 0)
        return writer.out
    }

    /// Writes a value as a text, without a line feed at the end.
    public static func string(_ value: JSONValue, options: Options = []) -> String {
        String(decoding: bytes(value, options: options), as: UTF8.self)
    }

    private init(options: Options) { self.options = options }

    private mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .int(let number): write(number)
        case .double(let number): append(number.isFinite ? Self.text(number) : "null")
        case .string(let text): write(text)
        case .array(let elements):
            writeList(open: "[", close: "]", elements, depth: depth) { $0.write($1, depth: depth + 1) }
        case .object(let object):
            let pairs = options.contains(.sortedKeys) ? object.sorted().pairs : object.pairs
            writeList(open: "{", close: "}", pairs, depth: depth) { writer, pair in
                writer.write(pair.key)
                writer.append(writer.options.contains(.pretty) ? ": " : ":")
                writer.write(pair.value, depth: depth + 1)
            }
        }
    }

    private mutating func writeList<Item>(
        open: StaticString, close: StaticString, _ items: [Item], depth: Int,
        item: (inout JSONWriter, Item) -> Void
    ) {
        append(open)
        for (position, element) in items.enumerated() {
            if position > 0 { append(",") }
            newLine(depth + 1)
            item(&self, element)
        }
        if !items.isEmpty { newLine(depth) }
        append(close)
    }

    private mutating func newLine(_ depth: Int) {
        guard options.contains(.pretty) else { return }
        out.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { append("  ") }
    }

    /// A whole number keeps its fraction (`3.0`), so that what was a number doesn't come back as an integer type.
    static func text(_ number: Double) -> String { "\(number)" }

    private mutating func write(_ number: Int64) { out.append(contentsOf: String(number).utf8) }

    private mutating func write(_ text: String) {
        out.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var from = 0
            for at in bytes.indices {
                let byte = bytes[at]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                out.append(contentsOf: bytes[from..<at])
                writeEscape(byte)
                from = at + 1
            }
            out.append(contentsOf: bytes[from...])
        }
        out.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        default:
            append("\\u00")
            let digits = Array("0123456789abcdef".utf8)
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
    }

    private mutating func append(_ text: String) { out.append(contentsOf: text.utf8) }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }
}
