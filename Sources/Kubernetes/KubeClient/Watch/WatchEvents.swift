public import KubeModel

/// The events of a watch, in the server's order.
public struct WatchEvents {
    /// An object of etcd's default limit of 1.5 MiB stays far below this, also with every character escaped.
    static let maximumLineBytes = 32 << 20

    private var bytes: KubeByteStream
    private var lines: LineSplitter
    private var isAtEnd = false

    init(_ bytes: KubeByteStream, maximumLineBytes: Int = WatchEvents.maximumLineBytes) {
        self.bytes = bytes
        lines = LineSplitter(maximumLineBytes: maximumLineBytes)
    }

    /// The next event; nil when the server has ended the watch, which it does from time to time without any fault.
    ///
    /// - Throws: ``KubeClientError``: `badResponse` for what is no event, `tooLarge`, `unreachable`;
    ///   `CancellationError`. An `ERROR` event is no throw: it is `WatchEvent.error`.
    public mutating func next() async throws -> WatchEvent? {
        while !isAtEnd {
            if let line = try lines.next() {
                if let event = try Self.event(line) { return event }
            } else if let chunk = try await bytes.next() {
                lines.append(chunk)
            } else {
                isAtEnd = true
                return try Self.event(lines.rest())
            }
        }
        return nil
    }

    /// Reads an event; nil for an empty line, and for an object that this parser doesn't take: it is passed over, as in
    /// lists.
    private static func event(_ line: ArraySlice<UInt8>) throws(KubeClientError) -> WatchEvent? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return nil }
        do {
            if let event = try WatchEvent(parsing: line) { return event }
        } catch {
            if error.isUnsupported { return nil }
            throw KubeClientError(.badResponse, message: "a line of the watch is not JSON (byte \(error.offset))")
        }
        // Not quoted: it may be of a Secret.
        throw KubeClientError(.badResponse, message: "a line of the watch is not an event")
    }
}

extension KubeAPI {
    /// Watches a collection until the server ends it, `body` returns, or the task is cancelled.
    ///
    /// - Throws: `APIStatus` when the server refuses the watch (also 410 where it sends that as its status).
    public func watch<Result: Sendable>(
        _ resource: APIResource, namespace: String? = nil, options: WatchOptions = WatchOptions(),
        body: (inout WatchEvents) async throws -> Result
    ) async throws -> Result {
        let request = KubeRequest(.get, path: resource.path(namespace: namespace), query: options.query)
        return try await stream(request) { bytes in
            var events = WatchEvents(bytes)
            return try await body(&events)
        }
    }
}
