import CZlib

/// Compression as Go's `compress/gzip` writes it: no name and no time in the header.
enum Gzip {
    /// - Throws: where zlib has no memory for it.
    static func compressed(_ bytes: [UInt8]) throws(HelmError) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the largest window: a header and a checksum of gzip.
        let status = deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw HelmError("gzip: out of memory") }
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        var input = bytes
        let last: Int32 = input.withUnsafeMutableBufferPointer { buffer in
            stream.next_in = buffer.baseAddress
            stream.avail_in = UInt32(buffer.count)
            while true {
                let status = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = UInt32(chunk.count)
                    return deflate(&stream, Z_FINISH)
                }
                output += chunk[..<(chunk.count - Int(stream.avail_out))]
                if status != Z_OK { return status }
            }
        }
        guard last == Z_STREAM_END else { throw HelmError("gzip: compression failed") }
        return output
    }
}
