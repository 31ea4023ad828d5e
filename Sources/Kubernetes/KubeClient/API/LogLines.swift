import Concurrency
import KubeModel

/// The lines of a container's log, as they come.
public struct LogLines {
    /// The most bytes that one line may have. The kubelet puts the pieces of a long line together again, whatever its
    /// length.
    static let maximumLineBytes = 1 << 20

    private var bytes: KubeByteStream
    private var lines = LineSplitter(maximumLineBytes: maximumLineBytes)
    private var rest: Int
    private var isAtEnd = false

    init(_ bytes: KubeByteStream, limitBytes: Int) {
        self.bytes = bytes
        rest = limitBytes
    }

    /// The next line without its line feed; bytes that are no UTF-8 become U+FFFD.
    ///
    /// - Returns: The line; nil at the end: the container has ended, or ``LogOptions/limitBytes`` have come; the last
    ///   line may then be cut.
    /// - Throws: ``KubeClientError``: `tooLarge` for a line of more than 1 MiB, `unreachable` when the connection
    ///   broke; `CancellationError`.
    public mutating func next() async throws -> String? {
        while !isAtEnd {
            if let line = try lines.next() { return String(decoding: line, as: UTF8.self) }
            if rest > 0, let chunk = try await bytes.next() {
                lines.append(Array(chunk.prefix(rest)))
                rest -= min(rest, chunk.count)
            } else {
                isAtEnd = true
                let line = lines.rest()
                return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
            }
        }
        return nil
    }
}

extension KubeAPI {
    /// Follows the log of a container, from what ``LogOptions`` select on, until the container ends or `body` returns.
    ///
    /// A rotated or restarted container ends the stream; to go on, ask again with `sinceSeconds`.
    /// - Parameters:
    ///   - pod: The name of the pod.
    ///   - namespace: The namespace of the pod.
    ///   - options: Where in the log to begin, and how much of it to take. Note ``LogOptions/limitBytes``.
    ///   - timeout: The longest time for the whole; nil follows for as long as the container runs.
    ///   - body: Takes the lines.
    /// - Returns: What `body` returns.
    /// - Throws: `APIStatus` when the server refuses; ``KubeClientError`` (`timeout` among others); what `body` throws.
    public func followLogs<Result: Sendable>(
        pod: String, namespace: String, options: LogOptions = LogOptions(), timeout: Duration? = nil,
        body: @escaping @Sendable (inout LogLines) async throws -> Result
    ) async throws -> Result {
        let path = APIResource.pods.path(namespace: namespace, name: pod, subresource: "log")
        let query = options.query + [KubeRequest.QueryItem("follow", value: "true")]
        let request = KubeRequest(.get, path: path, query: query, accept: "application/json, */*")
        let work: @Sendable () async throws -> Result = {
            try await stream(request) { bytes in
                var lines = LogLines(bytes, limitBytes: options.limitBytes)
                return try await body(&lines)
            }
        }
        guard let timeout else { return try await work() }
        let late = KubeClientError(.timeout, message: "\(request.label): the log did not end within \(timeout)")
        return try await withDeadline(.now + timeout, failure: late, work: work)
    }
}
