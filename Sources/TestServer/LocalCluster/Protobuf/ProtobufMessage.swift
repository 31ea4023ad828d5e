import KubeModel

/// Turns messages into JSON by the table of ``ProtobufFields``.
///
/// What Go's JSON would leave out is left out: the wire has every member that isn't a pointer, also the empty ones.
struct ProtobufMessage {
    typealias Malformed = ProtobufReader.Malformed

    var type: Substring

    func read(_ bytes: ArraySlice<UInt8>, into object: inout JSONObject) throws(Malformed) {
        guard let fields = ProtobufFields.shared[type] else { throw Malformed() }
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard let field = fields[number] else { continue }
            guard let name = field.name else {
                guard case .bytes(let content) = value else { throw Malformed() }
                try ProtobufMessage(type: field.type).read(content, into: &object)
                continue
            }
            switch field.shape {
            case .single:
                let json = try Self.json(value, type: field.type)
                if field.keepsZero || !Self.isZero(json) { object[name] = json }
            case .list:
                let list = object[name]?.array ?? []
                object[name] = .array(list + [try Self.json(value, type: field.type)])
            case .map:
                var map = object[name]?.object ?? [:]
                let entry = try Self.entry(value, type: field.type)
                map[entry.key] = entry.value
                // As Go writes maps.
                object[name] = .object(map.sorted())
            }
        }
    }

    private static func isZero(_ json: JSONValue) -> Bool {
        switch json {
        case .null, .bool(false), .int(0), .double(0), .string(""): true
        case .object(let members): members.isEmpty
        default: false
        }
    }

    private static func entry(
        _ value: ProtobufReader.Value, type: Substring
    ) throws(Malformed) -> (key: String, value: JSONValue) {
        guard case .bytes(let content) = value else { throw Malformed() }
        var key = ""
        var json: JSONValue?
        var reader = ProtobufReader(content)
        while let (number, part) = try reader.next() {
            if number == 1, case .bytes(let text) = part { key = String(decoding: text, as: UTF8.self) }
            if number == 2 { json = try Self.json(part, type: type) }
        }
        return (key, json ?? (type == "s" || type == "b" ? "" : .object([:])))
    }

    // MARK: Values

    private static func json(_ value: ProtobufReader.Value, type: Substring) throws(Malformed) -> JSONValue {
        switch (type, value) {
        case ("i", .varint(let bits)): return .int(Int64(bitPattern: bits))
        case ("t", .varint(let bits)): return .bool(bits != 0)
        case ("d", .fixed64(let bits)): return .double(Double(bitPattern: bits))
        case ("s", .bytes(let text)): return .string(String(decoding: text, as: UTF8.self))
        case ("b", .bytes(let data)): return .string(Base64.encode(Array(data)))
        case (_, .bytes(let content)): return try message(content, type: type)
        default: throw Malformed()
        }
    }

    private static func message(_ bytes: ArraySlice<UInt8>, type: Substring) throws(Malformed) -> JSONValue {
        switch type {
        case "T", "M": return try time(bytes, isMicro: type == "M")
        case "I": return try intOrString(bytes)
        case "Q": return try text(bytes).map(JSONValue.string) ?? "0"
        case "E": return .array(try texts(bytes).map(JSONValue.string))
        case "R", "F":
            guard let text = try text(bytes), !text.isEmpty else { return .null }
            guard let json = try? JSONParser.parse(Array(text.utf8)) else { throw Malformed() }
            return json
        default:
            var object = JSONObject()
            try ProtobufMessage(type: type).read(bytes, into: &object)
            return .object(object)
        }
    }

    private static func time(_ bytes: ArraySlice<UInt8>, isMicro: Bool) throws(Malformed) -> JSONValue {
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        var reader = ProtobufReader(bytes)
        if bytes.isEmpty { return .null }
        while let (number, value) = try reader.next() {
            guard case .varint(let bits) = value else { throw Malformed() }
            if number == 1 { seconds = Int64(bitPattern: bits) } else { nanoseconds = Int64(bitPattern: bits) }
        }
        // Years 1 to 9999: what RFC 3339 can say.
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else { throw Malformed() }
        let time = KubeTime(microseconds: seconds * 1_000_000 + nanoseconds / 1000)
        return .string(isMicro ? time.microTime : time.description)
    }

    private static func intOrString(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> JSONValue {
        var isText = false
        var number: Int64 = 0
        var text = ""
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .varint(let bits)): isText = bits == 1
            case (2, .varint(let bits)): number = Int64(bitPattern: bits)
            case (3, .bytes(let content)): text = String(decoding: content, as: UTF8.self)
            default: continue
            }
        }
        return isText ? .string(text) : .int(number)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String? { try texts(bytes).first }

    private static func texts(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> [String] {
        var found: [String] = []
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value { found.append(String(decoding: text, as: UTF8.self)) }
        }
        return found
    }
}
