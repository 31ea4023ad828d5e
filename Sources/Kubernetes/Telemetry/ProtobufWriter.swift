/// Writes messages of Protocol Buffers by the numbers of their fields. Fields with their default value are left out, as in
/// proto3.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func tag(_ field: Int, wire: UInt64) { varint(UInt64(field) << 3 | wire) }

    mutating func write(_ value: some Collection<UInt8>, field: Int) {
        tag(field, wire: 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func write(_ text: String, field: Int) {
        if !text.isEmpty { write(text.utf8, field: field) }
    }

    mutating func write(_ number: Int, field: Int) {
        guard number != 0 else { return }
        tag(field, wire: 0)
        varint(UInt64(bitPattern: Int64(number)))
    }

    mutating func write(fixed number: UInt64, field: Int) {
        tag(field, wire: 1)
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// A message in a message; an empty one is written too.
    mutating func write(field: Int, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        write(inner.bytes, field: field)
    }

    // MARK: What stands in a oneof is written also where it is the default

    mutating func writeAlways(_ text: String, field: Int) { write(text.utf8, field: field) }

    mutating func writeAlways(_ number: Int64, field: Int) {
        tag(field, wire: 0)
        varint(UInt64(bitPattern: number))
    }
}
