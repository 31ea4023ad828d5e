import Testing

@testable import LanguageModels

struct EventStreamParserTests {
    private let bytes =
        RecordedStream.framed(headers: [(":message-type", "event"), (":event-type", "ä")], payload: Array("{}".utf8))
        + RecordedStream.framed(headers: [], payload: [])

    private func parse(_ bytes: [UInt8], size: Int) throws -> [EventStreamMessage] {
        var parser = EventStreamParser(limit: 1000)
        return try stride(from: 0, to: bytes.count, by: size).flatMap {
            try parser.push(bytes[$0..<min($0 + size, bytes.count)])
        }
    }

    /// The check value of CRC-32/ISO-HDLC: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc
    @Test func `the checksum is that of the standard`() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    }

    @Test(arguments: [1, 2, 3, 5, 11, 12, 13, 1000])
    func `messages are the same wherever the bytes are cut`(size: Int) throws {
        #expect(
            try parse(bytes, size: size) == [
                EventStreamMessage(headers: [":message-type": "event", ":event-type": "ä"], payload: Array("{}".utf8)),
                EventStreamMessage(headers: [:], payload: []),
            ])
    }

    @Test func `a byte that was changed anywhere is noticed`() {
        for at in bytes.indices {
            var changed = bytes
            changed[at] ^= 0x20
            #expect(throws: EventStreamParser.Failure.self, "byte \(at)") { try parse(changed, size: 1000) }
        }
    }

    @Test func `a message that is too large is refused before it is there`() {
        let big = RecordedStream.framed(headers: [], payload: Array(repeating: 0, count: 2000))
        #expect(throws: EventStreamParser.Failure.tooLarge(limit: 1000)) {
            try parse(Array(big.prefix(20)), size: 20)
        }
    }

    /// https://smithy.io/2.0/aws/amazon-eventstream.html has the types of headers.
    @Test func `headers of all types are read over or read`() {
        let headers: [[UInt8]] = [
            [1, 0x61, 0], [1, 0x62, 1], [1, 0x63, 2, 9], [1, 0x64, 3, 0, 1], [1, 0x65, 4, 0, 0, 0, 1],
            [1, 0x66, 5, 0, 0, 0, 0, 0, 0, 0, 1], [1, 0x67, 6, 0, 2, 1, 2], [1, 0x68, 7, 0, 2, 0x68, 0x69],
            [1, 0x69, 8, 0, 0, 0, 0, 0, 0, 0, 1], [1, 0x6A, 9] + Array(repeating: 7, count: 16),
        ]
        #expect(EventStreamMessage.headers(headers.flatMap(\.self)[...]) == ["h": "hi"])
    }

    @Test(arguments: [[1, 0x61, 10], [1, 0x61, 7, 0, 9, 1], [5, 0x61], [0], [1]] as [[UInt8]])
    func `malformed headers are refused`(bytes: [UInt8]) { #expect(EventStreamMessage.headers(bytes[...]) == nil) }
}
