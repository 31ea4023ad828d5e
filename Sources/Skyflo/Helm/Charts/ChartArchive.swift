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
        return try files(
            tar: try Gzip.decompressed(archive, limit: limits.totalBytes + limits.files * 1024), limits: limits)
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
}
