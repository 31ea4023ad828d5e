/// Reads the messages of an Amazon event stream from bytes that may be cut anywhere.
///
/// A message is its length, the length of its headers, a checksum of these two, headers, payload and a checksum of all
/// that (https://smithy.io/2.0/aws/amazon-eventstream.html). A message is handed out when all of it is there and both
/// checksums are right.
struct EventStreamParser: Sendable {
    enum Failure: Error, Hashable {
        case tooLarge(limit: Int)
        /// A length that can't be, a checksum that is wrong, or malformed headers.
        case malformed(String)
    }

    private static let preludeSize = 12
    private static let checksumSize = 4

    private let limit: Int
    private var buffer: [UInt8] = []

    /// - Parameter limit: how many bytes a message may have.
    init(limit: Int) { self.limit = limit }

    /// Whether a message has begun and isn't whole.
    var isInsideMessage: Bool { !buffer.isEmpty }

    mutating func push(_ bytes: some Sequence<UInt8>) throws(Failure) -> [EventStreamMessage] {
        buffer.append(contentsOf: bytes)
        var messages: [EventStreamMessage] = []
        var at = 0
        while let length = try Self.length(buffer[at...], limit: limit), buffer.count - at >= length {
            messages.append(try Self.message(buffer[at..<at + length]))
            at += length
        }
        buffer.removeFirst(at)
        return messages
    }

    /// Of the message at the beginning; nil while it isn't known.
    private static func length(_ bytes: ArraySlice<UInt8>, limit: Int) throws(Failure) -> Int? {
        guard bytes.count >= preludeSize else { return nil }
        guard number(bytes.dropFirst(8)) == CRC32.checksum(bytes.prefix(8)) else {
            throw .malformed("the checksum of a message's lengths is wrong")
        }
        let (length, headers) = (Int(number(bytes)), Int(number(bytes.dropFirst(4))))
        guard length >= preludeSize + headers + checksumSize else {
            throw .malformed("a message is shorter than its headers")
        }
        guard length <= limit else { throw .tooLarge(limit: limit) }
        return length
    }

    private static func message(_ bytes: ArraySlice<UInt8>) throws(Failure) -> EventStreamMessage {
        let checked = bytes.dropLast(checksumSize)
        guard number(bytes.suffix(checksumSize)) == CRC32.checksum(checked) else {
            throw .malformed("the checksum of a message is wrong")
        }
        let body = checked.dropFirst(preludeSize)
        let headersSize = Int(number(bytes.dropFirst(4)))
        guard let headers = EventStreamMessage.headers(body.prefix(headersSize)) else {
            throw .malformed("the headers of a message are malformed")
        }
        return EventStreamMessage(headers: headers, payload: Array(body.dropFirst(headersSize)))
    }

    /// The first four bytes, big-endian.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
