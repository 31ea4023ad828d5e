import CZlib

/// Compression as Go's `compress/gzip` reads and writes it.
package enum Gzip {
    /// 16 more than the largest window: a header and a checksum of gzip.
    private static let window: Int32 = 15 + 16

    /// Without a name and a time in the header.
    ///
    /// - Throws: where zlib has no memory for it.
    package static func compressed(_ bytes: [UInt8]) throws(HelmError) -> [UInt8] {
        var stream = z_stream()
        let begun = deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { throw HelmError("gzip: out of memory") }
        defer { deflateEnd(&stream) }
        let (output, status) = run(&stream, on: bytes, step: { deflate(&$0, Z_FINISH) }) { _, status, _ in
            status != Z_OK
        }
        guard status == Z_STREAM_END else { throw HelmError("gzip: compression failed") }
        return output
    }

    /// Of several members one after the other, all.
    ///
    /// - Throws: what isn't gzip, or ends too early, or has more bytes than `limit`.
    static func decompressed(_ archive: [UInt8], limit: Int) throws(HelmError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw HelmError("gzip: out of memory")
        }
        defer { inflateEnd(&stream) }
        var isCut = false
        let (output, status) = run(&stream, on: archive, step: { inflate(&$0, Z_NO_FLUSH) }) { stream, status, size in
            if status == Z_STREAM_END, stream.avail_in > 0, inflateReset(&stream) == Z_OK { return false }
            if status != Z_OK || size > limit { return true }
            isCut = stream.avail_in == 0 && stream.avail_out > 0
            return isCut
        }
        if output.count > limit { throw HelmError("decompressed chart is larger than the maximum size \(limit)") }
        switch isCut ? Z_BUF_ERROR : status {
        case Z_STREAM_END: return output
        case Z_BUF_ERROR: throw HelmError("unexpected EOF")
        default: throw HelmError("gzip: invalid data")
        }
    }

    /// Takes the steps of a stream until it is over.
    ///
    /// - Parameter isOver: is told the status of each step, and how many bytes have come out so far.
    /// - Returns: what has come out, and the status of the last step.
    private static func run(
        _ stream: inout z_stream, on bytes: [UInt8], step: (inout z_stream) -> Int32,
        until isOver: (inout z_stream, _ status: Int32, _ size: Int) -> Bool
    ) -> (output: [UInt8], status: Int32) {
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
                    return step(&stream)
                }
                output += chunk[..<(chunk.count - Int(stream.avail_out))]
                if isOver(&stream, status, output.count) { return status }
            }
        }
        return (output, last)
    }
}
