#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cuts a stream of bytes into lines, whatever the chunks it arrives in.
struct LineSplitter: Sendable {
    /// The most bytes that one line may have. A stream without line feeds must not fill the memory.
    let maximumLineBytes: Int

    private var buffer: [UInt8] = []
    /// The first byte that was not handed out.
    private var start = 0
    /// The place up to which no line feed was found after `start`, so that a long line is searched once.
    private var searched = 0

    init(maximumLineBytes: Int) { self.maximumLineBytes = maximumLineBytes }

    mutating func append(_ bytes: [UInt8]) {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        buffer += bytes
    }

    /// The next complete line without its line feed; nil when more bytes are needed.
    mutating func next() throws(KubeClientError) -> ArraySlice<UInt8>? {
        let end = lineFeed()
        guard (end ?? buffer.count) - start <= maximumLineBytes else {
            throw KubeClientError(.tooLarge, message: "a line of the stream is longer than \(maximumLineBytes) bytes")
        }
        guard let end else {
            searched = buffer.count
            return nil
        }
        defer {
            start = end + 1
            searched = start
        }
        return buffer[start..<end]
    }

    /// `firstIndex(of:)` takes ten times as long, and every byte of every event comes by here.
    private func lineFeed() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress, searched < bytes.count else { return nil }
            return memchr(first + searched, 0x0A, bytes.count - searched).map { UnsafeRawPointer($0) - first }
        }
    }

    /// What stands behind the last line feed, once the stream has ended.
    mutating func rest() -> ArraySlice<UInt8> {
        defer {
            start = buffer.count
            searched = start
        }
        return buffer[start...]
    }
}
