/// The wire format of protocol buffers (encoding.md of the protobuf documentation): a message is a row of tagged values.
struct ProtobufReader: Sendable {
    enum Value: Sendable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    struct Malformed: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end of the message.
    mutating func next() throws(Malformed) -> (number: Int, value: Value)? {
        if rest.isEmpty { return nil }
        let tag = try varint()
        let number = Int(tag >> 3 & 0x1FFF_FFFF)
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try littleEndian(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(rest.count) else { throw Malformed() }
            return (number, .bytes(try take(Int(length))))
        case 5: return (number, .varint(try littleEndian(4)))
        default: throw Malformed()
        }
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed() }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Malformed()
    }

    private mutating func littleEndian(_ length: Int) throws(Malformed) -> UInt64 {
        try take(length).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ length: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard length <= rest.count else { throw Malformed() }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}
