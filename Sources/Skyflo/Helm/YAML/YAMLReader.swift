import KubeModel

/// Reads YAML as Helm does (`sigs.k8s.io/yaml` over go-yaml 2): the first document becomes JSON, so keys are texts and all
/// numbers are floats.
package struct YAMLReader: ~Copyable {
    private struct Anchor {
        /// Nil while the node is being read.
        var value: HelmValue?
        var isMapping: Bool
        var size: Int
    }

    private static let maximumDepth = 1000

    private var source: YAMLSource
    private let keepsIntegers: Bool
    private var anchors: [String: Anchor] = [:]
    /// How many values were decoded, and how many of them because of aliases.
    private var decoded = 0
    private var aliased = 0
    /// Faults that go-yaml finds after the whole document is parsed, and the JSON conversion after that.
    private var decodingFault: HelmError?
    private var keyFault: HelmError?
    private var numberFault: HelmError?

    private init(_ bytes: UnsafeBufferPointer<UInt8>, keepsIntegers: Bool) throws(HelmError) {
        source = try YAMLSource(bytes)
        self.keepsIntegers = keepsIntegers
    }

    /// The first document of a text; `.null` where there is none.
    ///
    /// - Parameter keepsIntegers: whether whole numbers are `.int`, for fields that are texts.
    /// - Throws: "error converting YAML to JSON: …", as Helm says it.
    package static func value(of text: ByteString, keepsIntegers: Bool = false) throws(HelmError) -> HelmValue {
        do throws(HelmError) {
            // An empty array may have no address, and libyaml wants one.
            let bytes = text.isEmpty ? [UInt8(ascii: "\n")] : text.bytes
            let result: Result<HelmValue, HelmError> = bytes.withUnsafeBufferPointer { buffer in
                Result { () throws(HelmError) -> HelmValue in
                    var reader = try YAMLReader(buffer, keepsIntegers: keepsIntegers)
                    return try reader.document()
                }
            }
            return try result.get()
        } catch {
            throw HelmError(message: ByteString("error converting YAML to JSON: ") + error.message)
        }
    }

    /// The members of a document; none of an empty one.
    ///
    /// - Parameter type: what Go decodes it into, as an error names it.
    package static func map(
        of text: ByteString, type: String = "map[string]interface {}"
    ) throws(HelmError) -> HelmMap {
        switch try value(of: text) {
        case .map(let map): return map
        case .null: return HelmMap()
        case let other: throw mismatch(other, type: type)
        }
    }

    /// The elements of a document; none of an empty one.
    package static func list(of text: ByteString) throws(HelmError) -> [HelmValue] {
        switch try value(of: text) {
        case .list(let list): return list.elements
        case .null: return []
        case let other: throw mismatch(other, type: "[]interface {}")
        }
    }

    /// - Parameter field: of the struct that JSON is decoded into, if that is one.
    static func mismatch(_ value: HelmValue, type: String, field: String? = nil) -> HelmError {
        let name =
            switch value {
            case .map: "object"
            case .list: "array"
            case .string: "string"
            case .bool: "bool"
            default: "number"
            }
        let target = field.map { "struct field \($0)" } ?? "value"
        return HelmError(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \(name) into Go \(target) of type \(type)"
        )
    }

    private mutating func document() throws(HelmError) -> HelmValue {
        _ = try source.next()
        guard case .documentStart = try source.next() else { return .null }
        let value = try node(try source.next(), depth: 0)
        _ = try source.next()
        if let fault = decodingFault ?? keyFault ?? numberFault { throw fault }
        return value
    }

    private mutating func node(_ event: YAMLSource.Event, depth: Int) throws(HelmError) -> HelmValue {
        if depth > Self.maximumDepth { throw HelmError("yaml: exceeded max depth of \(Self.maximumDepth)") }
        let before = decoded
        decoded += 1
        switch event {
        case .scalar(let scalar, let anchor):
            let value = value(of: scalar)
            finish(anchor, value, size: 1)
            return value
        case .alias(let name): return try alias(name)
        case .sequenceStart(let anchor):
            begin(anchor, isMapping: false)
            var elements: [HelmValue] = []
            while true {
                let event = try source.next()
                if case .sequenceEnd = event { break }
                elements.append(try node(event, depth: depth + 1))
            }
            let value = HelmValue.list(elements)
            finish(anchor, value, size: decoded - before)
            return value
        case .mappingStart(let anchor):
            begin(anchor, isMapping: true)
            let value = HelmValue.map(HelmMap(try members(depth: depth)))
            finish(anchor, value, size: decoded - before)
            return value
        default: throw HelmError("yaml: did not find expected node content")
        }
    }

    private mutating func begin(_ anchor: String?, isMapping: Bool) {
        if let anchor { anchors[anchor] = Anchor(value: nil, isMapping: isMapping, size: 0) }
    }

    private mutating func finish(_ anchor: String?, _ value: HelmValue, size: Int) {
        guard let anchor else { return }
        var isMapping = false
        if case .map = value { isMapping = true }
        anchors[anchor] = Anchor(value: value, isMapping: isMapping, size: size)
    }

    private mutating func alias(_ name: String) throws(HelmError) -> HelmValue {
        guard let anchor = anchors[name] else { throw HelmError("yaml: unknown anchor '\(name)' referenced") }
        guard let value = anchor.value else {
            record(decoding: "anchor '\(name)' value contains itself")
            return .null
        }
        decoded += anchor.size
        aliased += anchor.size
        if aliased > 100, decoded > 1000, Double(aliased) / Double(decoded) > allowedAliasRatio {
            record(decoding: "document contains excessive aliasing")
            return .null
        }
        return value.deepCopy()
    }

    /// go-yaml's limit: nearly all of a small document may come from aliases, a tenth of a large one.
    private var allowedAliasRatio: Double {
        let (low, high) = (400_000.0, 4_000_000.0)
        return switch Double(decoded) {
        case ...low: 0.99
        case high...: 0.10
        default: 0.99 - 0.89 * (Double(decoded) - low) / (high - low)
        }
    }

    private mutating func record(decoding problem: String) {
        if decodingFault == nil { decodingFault = HelmError("yaml: \(problem)") }
    }

    private mutating func members(depth: Int) throws(HelmError) -> [ByteString: HelmValue] {
        var members: [ByteString: HelmValue] = [:]
        while true {
            let event = try source.next()
            if case .mappingEnd = event { return members }
            if case .scalar(let scalar, _) = event, scalar.isMerge {
                try merge(into: &members, depth: depth)
                continue
            }
            let key = try key(event, depth: depth)
            let value = try node(try source.next(), depth: depth + 1)
            switch key {
            case .text(let text): members[text] = value
            case .unsupported(let key):
                guard keyFault == nil else { continue }
                let text = value.isNull ? "<nil>" : GoSyntax.text(of: value)
                keyFault = HelmError(message: ByteString("unsupported map key of \(key), value: ") + text)
            }
        }
    }

    private enum Key {
        case text(ByteString)
        /// What JSON doesn't have as a key: its type and value.
        case unsupported(String)
    }

    private mutating func key(_ event: YAMLSource.Event, depth: Int) throws(HelmError) -> Key {
        switch try node(event, depth: depth + 1) {
        case .string(let text): return .text(text)
        case .bool(let bool): return .text(bool ? "true" : "false")
        case .int(let number): return .text(ByteString(String(number)))
        case .float64(let number): return key(of: number, event)
        case .null: return .unsupported("type: %!s(<nil>), key: <nil>")
        case let other:
            record(decoding: "invalid map key: \(GoSyntax.text(of: other).text)")
            return .text("")
        }
    }

    private func key(of number: Double, _ event: YAMLSource.Event) -> Key {
        if case .scalar(let scalar, _) = event {
            switch PlainScalar(scalar.text) {
            case .integer(let integer): return .text(ByteString(String(integer)))
            case .unsigned(let number):
                return .unsupported("type: uint64, key: 0x\(String(number, radix: 16))")
            default: break
            }
        }
        if number.isNaN { return .text(".nan") }
        let single = Float(number)
        if single.isInfinite { return .text(number < 0 ? "-.inf" : ".inf") }
        return .text(ByteString(bytes: ShortestDecimal(single).general))
    }

    /// A merge takes effect where it is written: it wins over what is above it. Of several sources the first wins.
    private mutating func merge(into members: inout [ByteString: HelmValue], depth: Int) throws(HelmError) {
        let event = try source.next()
        let sources: [HelmValue] =
            switch (event, try node(event, depth: depth + 1)) {
            case (.sequenceStart, .list(let list)): list.elements.reversed()
            case (.mappingStart, let value), (.alias, let value): [value]
            default: [.null]
            }
        for source in sources {
            guard let map = source.asMap else {
                record(decoding: "map merge requires map or sequence of maps as the value")
                return
            }
            members.merge(map.dictionary) { $1 }
        }
    }

    private mutating func value(of scalar: YAMLSource.Scalar) -> HelmValue {
        guard let tag = scalar.tag else {
            return scalar.isImplicit
                ? value(of: PlainScalar(scalar.text), scalar.text) : .string(ByteString(bytes: scalar.text))
        }
        switch tag {
        case YAMLTag.binary:
            guard let bytes = Base64.decode(String(decoding: scalar.text, as: UTF8.self)) else {
                record(decoding: "!!binary value contains invalid base64 data")
                return .null
            }
            return .string(ByteString(bytes: bytes.repairedUTF8))
        case YAMLTag.bool, YAMLTag.int, YAMLTag.float, YAMLTag.null, YAMLTag.timestamp:
            let plain = PlainScalar(scalar.text, isTagged: tag != YAMLTag.timestamp)
            let isFloat = tag == YAMLTag.float && plain.tag == YAMLTag.int
            if plain.tag != tag, !isFloat {
                let text = String(decoding: scalar.text, as: UTF8.self)
                record(decoding: "cannot decode \(YAMLTag.short(plain.tag)) `\(text)` as a \(YAMLTag.short(tag))")
            }
            return value(of: plain, scalar.text)
        default: return .string(ByteString(bytes: scalar.text))
        }
    }

    private mutating func value(of plain: PlainScalar, _ text: [UInt8]) -> HelmValue {
        switch plain {
        case .null: return .null
        case .bool(let bool): return .bool(bool)
        case .integer(let number): return keepsIntegers ? .int(Int(number)) : .float64(Double(number))
        case .unsigned(let number): return .float64(Double(number))
        case .float(let number):
            if !number.isFinite, numberFault == nil {
                let name = number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf"
                numberFault = HelmError("json: unsupported value: \(name)")
            }
            return .float64(number)
        case .timestamp, .string: return .string(ByteString(bytes: text))
        }
    }
}
