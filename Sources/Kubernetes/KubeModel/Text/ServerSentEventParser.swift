/// Reads server-sent events (WHATWG HTML, section 9.2) from bytes that may be cut anywhere.
///
/// Lines end in LF, CR or CRLF; a byte order mark at the beginning is skipped; comments, `id` and `retry` are read
/// over. An event without data is not handed out, as the standard says.
package struct ServerSentEventParser: Sendable {
    package struct TooLarge: Error, Hashable {
        package var limit: Int
    }

    private let limit: Int
    private var line: [UInt8] = []
    private var type = ""
    private var data: [UInt8]?
    private var isFirstLine = true
    private var lastWasCarriageReturn = false

    /// - Parameter limit: how many bytes an event, or a line, may have. Without it a server that never ends an event
    ///   would fill the memory.
    package init(limit: Int = 1 << 20) { self.limit = limit }

    package mutating func push(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let completesCRLF = lastWasCarriageReturn && byte == UInt8(ascii: "\n")
            lastWasCarriageReturn = byte == UInt8(ascii: "\r")
            if completesCRLF { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                if line.count + (data?.count ?? 0) > limit { throw TooLarge(limit: limit) }
            }
        }
        return events
    }

    /// What stands open when the stream ends. The standard drops it; but some servers leave out the last empty line, so
    /// the caller decides whether it is whole.
    package mutating func finish() -> ServerSentEvent? {
        if !line.isEmpty { _ = endLine() }
        return dispatch()
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if data == nil { data = Array(value) } else { data?.append(contentsOf: [UInt8(ascii: "\n")] + value) }
        // llama.cpp's, of an error in the middle of a stream: the event's type stands where its data should.
        case "error":
            type = "error"
            data = Array(value)
        case "event": type = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data = nil
            type = ""
        }
        return data.map { bytes in
            let text = String(validating: bytes, as: UTF8.self)
            return ServerSentEvent(
                type: type, data: text ?? String(decoding: bytes, as: UTF8.self), isValid: text != nil)
        }
    }
}
