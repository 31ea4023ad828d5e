/// Sprig's functions with random results.
enum RandomFunctions {
    static func add(to table: inout FunctionTable) {
        let digits = Array("0123456789".utf8)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        add("randAlphaNum", of: letters + digits, to: &table)
        add("randAlpha", of: letters, to: &table)
        add("randNumeric", of: digits, to: &table)
        add("randAscii", of: Array(0x20...0x7e), to: &table)
        table.add("randBytes", taking: .int) {
            guard $0.int(0) >= 0 else { throw HelmError("runtime error: makeslice: len out of range") }
            return .string(BaseCoding.base64.encoded(try characters($0.int(0), of: Array(0...255))))
        }
        table.add("randInt", taking: .int, .int) {
            guard $0.int(1) > $0.int(0) else { throw HelmError("invalid argument to Intn") }
            return .int(Int.random(in: $0.int(0)..<$0.int(1)))
        }
        table.add("shuffle", taking: .string) { .string(GoText.text(GoText.scalars($0.string(0)).shuffled())) }
        table.add("uuidv4") { _ in .string(uuid()) }
    }

    private static func add(_ name: ByteString, of alphabet: [UInt8], to table: inout FunctionTable) {
        table.add(name, taking: .int) { arguments in
            // The library returns an error here, which sprig leaves out.
            guard arguments.int(0) > 0 else { return .string("") }
            return .string(ByteString(bytes: try characters(arguments.int(0), of: alphabet)))
        }
    }

    private static func characters(_ count: Int, of alphabet: [UInt8]) throws -> [UInt8] {
        guard count <= StringFunctions.maximumBytes else {
            throw HelmError("a text of more than \(StringFunctions.maximumBytes) bytes is not made")
        }
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
    }

    private static func uuid() -> ByteString {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += GoQuote.hex(UInt32(byte), digits: 2)
        }
        return ByteString(bytes: text)
    }
}
