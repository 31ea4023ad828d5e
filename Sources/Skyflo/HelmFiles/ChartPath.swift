import Helm

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Charts and values on disk. Nothing outside the chart's folder is read: links aren't followed.
package enum ChartPath {
    /// A chart of a folder or a `.tgz`, with Helm's limits and error texts.
    package static func load(_ path: String, warn: (String) -> Void = { _ in }) throws(HelmError) -> Chart {
        switch try kind(of: path, follows: true) {
        case .folder: return try ChartLoader.load(files: try files(in: path), warn: warn)
        case .file: return try ChartLoader.load(archive: try archive(path), warn: warn)
        case .other: throw HelmError("cannot load irregular file \(path) as it has file mode type bits set")
        }
    }

    /// The files of a chart's folder or archive.
    package static func files(of path: String) throws(HelmError) -> [ChartFile] {
        guard try kind(of: path, follows: true) == .file else { return try files(in: path) }
        return try ChartArchive.files(of: try archive(path))
    }

    /// The charts below a chart's folder `charts`, folders and archives, at any depth.
    package static func subcharts(of path: String) -> [String] {
        var found: [String] = []
        collectSubcharts(path + "/charts", depth: 0, into: &found)
        return found
    }

    private static func collectSubcharts(_ folder: String, depth: Int, into found: inout [String]) {
        guard depth < 64, found.count < 10_000, let names = try? names(in: folder) else { return }
        for name in names {
            let path = "\(folder)/\(name)"
            if name == "Chart.yaml" {
                found.append(folder)
            } else if name.hasSuffix(".tgz") || name.hasSuffix(".tar.gz") {
                found.append(path)
            } else if (try? kind(of: path, follows: false)) == .folder {
                collectSubcharts(path, depth: depth + 1, into: &found)
            }
        }
    }

    private enum Kind { case folder, file, other }

    private static func kind(of path: String, follows: Bool) throws(HelmError) -> Kind {
        var information = stat()
        guard (follows ? stat(path, &information) : lstat(path, &information)) == 0 else {
            throw HelmError("stat \(path): \(reason)")
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    /// The reason of the last failure, as Go says it.
    private static var reason: String {
        String(cString: strerror(errno)).lowercased()
    }

    /// What is read of a folder: no more than of an archive.
    private struct Walk {
        var rules: IgnoreRules
        var limits = ChartArchive.Limits()
        var files: [ChartFile] = []
        var bytes = 0
    }

    /// The files of a chart's folder that its `.helmignore` leaves.
    package static func files(in folder: String) throws(HelmError) -> [ChartFile] {
        let ignore = folder + "/.helmignore"
        let text = access(ignore, F_OK) == 0 ? try read(ignore, limit: 1 << 20) : []
        var walk = Walk(rules: try IgnoreRules(ByteString(bytes: text)))
        try collect(folder, path: "", depth: 0, into: &walk)
        return walk.files
    }

    private static func collect(_ folder: String, path: String, depth: Int, into walk: inout Walk) throws(HelmError) {
        if depth > 64 { throw HelmError("chart folders are nested more than 64 deep") }
        for name in try names(in: folder) {
            let inner = path.isEmpty ? name : "\(path)/\(name)"
            let full = "\(folder)/\(name)"
            let kind = try kind(of: full, follows: false)
            if walk.rules.ignores(inner, isFolder: kind == .folder) { continue }
            switch kind {
            case .folder: try collect(full, path: inner, depth: depth + 1, into: &walk)
            case .other: throw HelmError("cannot load irregular file \(full) as it has file mode type bits set")
            case .file:
                let data = try read(full, limit: walk.limits.fileBytes)
                walk.bytes += data.count
                if walk.bytes > walk.limits.totalBytes || walk.files.count == walk.limits.files {
                    throw HelmError("chart is larger than the maximum size \(walk.limits.totalBytes)")
                }
                walk.files.append(ChartFile(name: inner, data: data))
            }
        }
    }

    private static func names(in folder: String) throws(HelmError) -> [String] {
        guard let directory = opendir(folder) else { throw HelmError("open \(folder): \(reason)") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func archive(_ path: String) throws(HelmError) -> [UInt8] {
        let bytes = try read(path, limit: ChartArchive.Limits().totalBytes)
        guard bytes.starts(with: [0x1F, 0x8B, 0x08]) else {
            if path.hasSuffix(".yml") || path.hasSuffix(".yaml") {
                throw HelmError("file '\(path)' seems to be a YAML file, but expected a gzipped archive")
            }
            let isText = bytes.prefix(512).allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
            let type = isText ? "text/plain; charset=utf-8" : "application/octet-stream"
            throw HelmError("file '\(path)' does not appear to be a gzipped archive; got '\(type)'")
        }
        return bytes
    }

    /// The content of a file; `-` is the input.
    ///
    /// - Parameter limit: more bytes are an error.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(HelmError) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY)
        guard descriptor >= 0 else { throw HelmError("open \(path): \(reason)") }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            guard count >= 0 else { throw HelmError("read \(path): \(reason)") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > limit {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                throw HelmError("chart file \"\(name)\" is larger than the maximum file size \(limit)")
            }
        }
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
