import KubeModel

/// Writes YAML as `sigs.k8s.io/yaml` does, byte for byte: the value goes through JSON, and go-yaml 2 writes it. Charts make
/// checksums of such texts.
package struct YAMLEmitter {
    var out: [UInt8] = []
    /// Where the next character goes, counted from 0.
    var column = 0
    var indent = -1
    /// Whether the last character was white space that a value may follow.
    var whitespace = true
    /// Whether there is only white space, and dashes, in this line so far.
    var indention = true

    /// go-yaml folds texts at the first space after this column.
    let width: Int
    /// Whether it writes as go-yaml 3 does: nothing is folded, lists below keys are indented, and numbers are Go's.
    private let isPretty: Bool
    private var depth = 0

    private init(isPretty: Bool = false) {
        self.isPretty = isPretty
        width = isPretty ? .max : 80
    }

    /// The value as a document, with a line feed at its end.
    ///
    /// - Throws: for what JSON doesn't have (NaN) and for control characters that YAML doesn't.
    package static func marshal(_ value: HelmValue) throws(HelmError) -> ByteString {
        var emitter = YAMLEmitter()
        try emitter.node(value, inMapping: false)
        emitter.indent = -1
        emitter.writeIndent()
        return ByteString(bytes: emitter.out)
    }

    /// The value as `toYamlPretty` writes it.
    package static func pretty(_ value: HelmValue) throws(HelmError) -> ByteString {
        var emitter = YAMLEmitter(isPretty: true)
        try emitter.node(value, inMapping: false)
        emitter.indent = -1
        emitter.writeIndent()
        return ByteString(bytes: emitter.out)
    }

    /// - Parameter inMapping: whether the value belongs to a key: a list isn't indented there.
    private mutating func node(_ value: HelmValue, inMapping: Bool) throws(HelmError) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= HelmValue.maximumDepth else {
            throw HelmError(
                "error marshaling into JSON: json: unsupported value: encountered a cycle via \(value.typeName)")
        }
        guard out.count <= HelmValue.maximumBytes else { throw HelmError("yaml: the text is too long") }
        switch value {
        case .null: word("null")
        case .bool(let bool): word(bool ? "true" : "false")
        case .int(let number): word(String(number))
        case .int64(let number): word(String(number))
        case .float64(let number) where isPretty: word(Self.prettyText(of: number))
        case .float64(let number): plain(try Self.text(of: number), allowsBreaks: true)
        case .string(let text): try string(text.bytes)
        case .bytes(let bytes): try string(Array(Base64.encode(bytes).utf8))
        case .list(let list):
            list.isNil && !isPretty ? word("null") : try sequence(list.elements, inMapping: inMapping)
        case .map(let map): try mapping(map)
        case .object(let object) where isPretty && object is TimeObject: word(object.plain.asString?.text ?? "")
        case .object(let object): try node(object.plain, inMapping: inMapping)
        }
    }

    private mutating func word(_ text: String) {
        plain(Array(text.utf8), allowsBreaks: true)
    }

    /// JSON's number, read and written again by go-yaml: whole numbers of 64 bits are integers for it.
    static func text(of number: Double) throws(HelmError) -> [UInt8] {
        guard number.isFinite else {
            let name = number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf"
            throw HelmError("error marshaling into JSON: json: unsupported value: \(name)")
        }
        if number == 0 { return [UInt8(ascii: "0")] }
        let decimal = ShortestDecimal(number)
        if decimal.exponent >= decimal.digits.count, decimal.exponent <= 20 {
            let text = decimal.positional
            if case .integer = PlainScalar(text) { return text }
            if case .unsigned = PlainScalar(text) { return text }
        }
        return decimal.general
    }

    private static func prettyText(of number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        return GoFloat.shortest(number).text
    }

    private mutating func increaseIndent(isFlow: Bool = false, isIndentless: Bool = false) -> Int {
        let saved = indent
        if indent < 0 {
            indent = isFlow ? 2 : 0
        } else if !isIndentless {
            indent += 2
        }
        return saved
    }

    private mutating func sequence(_ elements: [HelmValue], inMapping: Bool) throws(HelmError) {
        if elements.isEmpty {
            indicator("[", needsSpace: true)
            indicator("]", needsSpace: false)
            return
        }
        let saved = increaseIndent(isIndentless: inMapping && !indention && !isPretty)
        for element in elements {
            writeIndent()
            indicator("-", needsSpace: true, isIndention: true)
            try node(element, inMapping: false)
        }
        indent = saved
    }

    private mutating func mapping(_ map: HelmMap) throws(HelmError) {
        if map.isEmpty {
            indicator("{", needsSpace: true)
            indicator("}", needsSpace: false)
            return
        }
        let saved = increaseIndent()
        for key in NaturalOrder.sorted(map.keys) {
            writeIndent()
            guard JSONDetour.isReadable(key: key.bytes.repairedUTF8) else {
                throw HelmError("yaml: did not find expected ',' or '}'")
            }
            let style = try ScalarStyle(key.bytes, isDirect: isPretty)
            if style.isMultiline || style.text.count > 128 {
                indicator("?", needsSpace: true, isIndention: true)
                scalar(style, isKey: false)
                writeIndent()
                indicator(":", needsSpace: true, isIndention: true)
            } else {
                scalar(style, isKey: true)
                indicator(":", needsSpace: false)
            }
            try node(map[key] ?? .null, inMapping: true)
        }
        indent = saved
    }

    private mutating func string(_ text: [UInt8]) throws(HelmError) {
        scalar(try ScalarStyle(text, isDirect: isPretty), isKey: false)
    }

    private mutating func scalar(_ style: ScalarStyle, isKey: Bool) {
        let saved = increaseIndent(isFlow: true)
        switch style.style(isKey: isKey) {
        case .plain: plain(style.text, allowsBreaks: !isKey)
        case .singleQuoted: singleQuoted(style.text, allowsBreaks: !isKey)
        case .doubleQuoted: doubleQuoted(style.text, allowsBreaks: !isKey)
        case .literal: literal(style.text)
        }
        indent = saved
    }

    mutating func writeIndent() {
        let indent = max(self.indent, 0)
        if !indention || column > indent || column == indent && !whitespace { lineFeed() }
        if column < indent {
            out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent - column))
            column = indent
        }
        whitespace = true
        indention = true
    }

    mutating func indicator(_ character: Unicode.Scalar, needsSpace: Bool, isIndention: Bool = false) {
        if needsSpace, !whitespace { put(UInt8(ascii: " ")) }
        put(UInt8(ascii: character))
        whitespace = false
        indention = indention && isIndention
    }

    mutating func put(_ byte: UInt8) {
        out.append(byte)
        column += 1
    }

    mutating func lineFeed() {
        out.append(UInt8(ascii: "\n"))
        column = 0
    }
}
