import CZlib

/// The files of a chart's `.tgz`, within limits: no path leaves the chart, and no link is followed.
package enum ChartArchive {
    /// Helm's limits, and one on the number of files.
    package struct Limits: Sendable {
        package var totalBytes = 100 << 20
        package var fileBytes = 5 << 20
        package var files = 20_000

        package init() {}
    }

    package static func files(of archive: [UInt8], limits: Limits = .init()) throws(HelmError) -> [ChartFile] {
        guard archive.starts(with: [0x1F, 0x8B]) else { throw HelmError("gzip: invalid header") }
        // Each file has a header and may have others; what a tar has besides is no part of a chart.
        return try files(tar: try inflate(archive, limit: limits.totalBytes + limits.files * 1024), limits: limits)
    }

    /// The files of what an archive has inside of its compression.
    package static func files(tar: [UInt8], limits: Limits = .init()) throws(HelmError) -> [ChartFile] {
        var files: [ChartFile] = []
        var total = 0
        var reader = TarReader(tar)
        while let entry = try reader.next() {
            if entry.kind == .folder { continue }
            let name = try path(entry.name)
            guard entry.kind == .file else {
                throw HelmError(
                    "chart illegally contains a link or a device: \(GoQuote.quoted(ByteString(entry.name)).text)")
            }
            if entry.data.count > limits.totalBytes - total {
                throw HelmError("decompressed chart is larger than the maximum size \(limits.totalBytes)")
            }
            if entry.data.count > limits.fileBytes {
                let name = GoQuote.quoted(ByteString(entry.name)).text
                throw HelmError(
                    "decompressed chart file \(name) is larger than the maximum file size \(limits.fileBytes)")
            }
            if files.count == limits.files { throw HelmError("chart has more than \(limits.files) files") }
            total += entry.data.count
            files.append(ChartFile(name: name, data: Array(entry.data)))
        }
        if files.isEmpty { throw HelmError("no files in chart archive") }
        return files
    }

    /// The path behind the archive's folder.
    private static func path(_ name: String) throws(HelmError) -> String {
        let delimiter: Character = name.contains("\\") ? "\\" : "/"
        let parts = name.split(separator: delimiter, omittingEmptySubsequences: false)
        let path = parts.dropFirst().joined(separator: "/").replacing(String(delimiter), with: "/")
        if path.hasPrefix("/") { throw HelmError("chart illegally contains absolute paths") }
        let clean = GoPath.clean(ByteString(path)).text
        if clean == "." {
            throw HelmError(
                "chart illegally contains content outside the base directory: \(GoQuote.quoted(ByteString(name)).text)")
        }
        if clean.hasPrefix("..") { throw HelmError("chart illegally references parent directory") }
        let bytes = Array(clean.utf8)
        if bytes.count > 2, bytes[0] | 0x20 &- 97 < 26, bytes[1] == UInt8(ascii: ":"), bytes[2] == UInt8(ascii: "/") {
            throw HelmError("chart contains illegally named files")
        }
        if parts.first == "Chart.yaml" { throw HelmError("chart yaml not in base directory") }
        return clean
    }

    static func inflate(_ archive: [UInt8], limit: Int) throws(HelmError) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the largest window: gzip, whose checksum is compared.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw HelmError("gzip: out of memory")
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        var input = archive
        let status: Int32 = input.withUnsafeMutableBufferPointer { buffer in
            stream.next_in = buffer.baseAddress
            stream.avail_in = UInt32(buffer.count)
            while true {
                let status = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = UInt32(chunk.count)
                    return CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                output += chunk[..<(chunk.count - Int(stream.avail_out))]
                if status == Z_STREAM_END, stream.avail_in > 0, inflateReset(&stream) == Z_OK { continue }
                if status != Z_OK || output.count > limit { return status }
                if stream.avail_in == 0, stream.avail_out > 0 { return Z_BUF_ERROR }
            }
        }
        if output.count > limit { throw HelmError("decompressed chart is larger than the maximum size \(limit)") }
        switch status {
        case Z_STREAM_END: return output
        case Z_BUF_ERROR: throw HelmError("unexpected EOF")
        default: throw HelmError("gzip: invalid data")
        }
    }
}
