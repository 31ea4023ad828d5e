/// A place of a value that a schema doesn't allow, and why: a tree, where alternatives failed.
struct JSONSchemaFailure {
    var location: [ByteString]
    var message: ByteString
    var causes: [JSONSchemaFailure] = []
    /// Of a reference: it says nothing of its own where it has one cause.
    var isReference = false
    /// Several failures of one schema, which are told apart only below an alternative.
    var isGroup = false

    /// The lines for it and its causes, each with a dash.
    func text(indent: Int) -> ByteString {
        if isReference, causes.count == 1 { return causes[0].text(indent: indent) }
        let path = location.map { ByteString("/" + $0.text.replacing("~", with: "~0").replacing("/", with: "~1")) }
        var text = ByteString(String(repeating: "  ", count: indent - 1) + "- at ")
        text += SchemaText.quoted(GoText.joined(path, by: "")) + ": " + message
        for cause in causes { text += "\n" + cause.text(indent: indent + 1) }
        return text
    }
}

/// Values and numbers in the messages of a schema's failures.
enum SchemaText {
    /// In single quotes, with Go's escapes.
    static func quoted(_ text: ByteString) -> ByteString {
        let inner = ByteString(bytes: Array(GoQuote.quoted(text).bytes.dropFirst().dropLast()))
        let bare = GoText.replacing("\\\"", in: inner, with: "\"")
        return "'" + GoText.replacing("'", in: bare, with: "\\'") + "'"
    }

    static func quoted(_ texts: [ByteString]) -> ByteString {
        GoText.joined(texts.map { quoted($0) }, by: ", ")
    }

    static func value(_ value: HelmValue) -> ByteString {
        switch value {
        case .string(let text): quoted(text)
        case .float64(let number): ByteString(bytes: plain(number))
        default: GoFormat.print([value])
        }
    }

    /// As JSON's numbers are written, without grouping.
    private static func plain(_ number: Double) -> [UInt8] {
        let decimal = ShortestDecimal(number)
        return decimal.exponent > 21 ? decimal.scientific : decimal.positional
    }

    /// An integer with a comma before each three digits.
    static func count(_ number: Int) -> ByteString {
        ByteString(bytes: grouped(Array(String(number).utf8)))
    }

    /// `1,250.5`, and `1.25×10⁰⁶` from a million on.
    static func number(_ number: Double) -> ByteString {
        let decimal = ShortestDecimal(number)
        let text = decimal.general
        guard let mark = text.firstIndex(of: UInt8(ascii: "e")) else {
            let point = text.firstIndex(of: UInt8(ascii: ".")) ?? text.count
            return ByteString(bytes: grouped(Array(text[..<point])) + text[point...])
        }
        let superscripts: [Character: Character] = [
            "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
            "-": "⁻",
        ]
        let exponent = String(decoding: text[(mark + 1)...], as: UTF8.self).compactMap { superscripts[$0] }
        return ByteString(bytes: text[..<mark]) + ByteString("×10" + String(exponent))
    }

    private static func grouped(_ digits: [UInt8]) -> [UInt8] {
        let first = digits.first == UInt8(ascii: "-") ? 1 : 0
        var result: [UInt8] = []
        for (offset, digit) in digits.enumerated() {
            if offset > first, (digits.count - offset) % 3 == 0 { result.append(UInt8(ascii: ",")) }
            result.append(digit)
        }
        return result
    }
}
