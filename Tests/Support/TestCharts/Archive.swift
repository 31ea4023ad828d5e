import CZlib

/// Archives for tests.
package enum Archive {
    package static func entry(_ path: String, _ data: [UInt8], _ type: String) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(path, at: 0)
        put("0000644\0", at: 100)
        let size = String(data.count, radix: 8)
        put(String(repeating: "0", count: 11 - size.utf8.count) + size, at: 124)
        put("        ", at: 148)
        put(type, at: 156)
        put("ustar\0" + "00", at: 257)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0 ", at: 148)
        return header + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    package static func tar(_ entries: [(String, String, String)], adding: (inout [UInt8]) -> Void = { _ in })
        -> [UInt8]
    {
        var tar = entries.flatMap { entry($0.0, Array($0.1.utf8), $0.2) }
        adding(&tar)
        return tar + [UInt8](repeating: 0, count: 1024)
    }

    package static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: bytes.count + 1024)
        var input = bytes
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                _ = deflate(&stream, Z_FINISH)
            }
        }
        return Array(output.prefix(Int(stream.total_out)))
    }

    /// A chart's `.tgz`, of its files by their paths in it.
    package static func chart(_ name: String, _ files: [String: String]) -> [UInt8] {
        gzip(tar(files.sorted { $0.key < $1.key }.map { ("\(name)/\($0.key)", $0.value, "0") }))
    }
}
