import KubeModel

/// What Go's decoders say about a body that can't be read, because people search for these texts.
enum GoJSONError {
    static func text(_ failure: JSONParser.Failure, in bytes: [UInt8]) -> String {
        let rest = bytes.dropFirst(failure.offset).drop { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
        guard let first = rest.first, !failure.message.hasPrefix("unexpected end") else {
            return "unexpected end of JSON input"
        }
        for word in ["null", "true", "false"] where word.utf8.first == first {
            if let wrong = zip(rest, word.utf8).first(where: { $0 != $1 }) {
                return "invalid character \(quoted(wrong.0)) in literal \(word) (expecting \(quoted(wrong.1)))"
            }
        }
        return "invalid character \(quoted(first)) looking for beginning of value"
    }

    static func quoted(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"): #"'\''"#
        case 0x20..<0x7F: "'\(Character(Unicode.Scalar(byte)))'"
        default: #"'\x"# + (byte < 16 ? "0" : "") + String(byte, radix: 16) + "'"
        }
    }

    /// The beginning of a body: as text where it looks like an object, else in hexadecimal.
    static func excerpt(_ bytes: [UInt8]) -> String {
        let limit = 30
        if bytes.isEmpty { return "<empty>" }
        let start = bytes.prefix(limit)
        let isObject = bytes.first == UInt8(ascii: "{")
        let text =
            isObject
            ? String(decoding: start, as: UTF8.self)
            : start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return bytes.count > limit ? text + " ..." : text
    }

    static let notAnObject =
        "Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
        + "Kind string \"json:\\\"kind,omitempty\\\"\" }"
}
