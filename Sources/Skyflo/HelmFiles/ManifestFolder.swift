import Helm

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder that manifests are written to, each to a file of its template's path.
package struct ManifestFolder {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    /// Writes the documents. The first of a file replaces what it has, but a hook.
    ///
    /// - Returns: a line for each document that was written, as Helm prints it.
    package func write(_ documents: [TemplateOutput.Document]) throws(HelmError) -> ByteString {
        var lines: ByteString = ""
        var written: Set<String> = []
        for document in documents {
            let parts = document.path.split(separator: "/", omittingEmptySubsequences: false)
            guard !document.path.hasPrefix("/"), !parts.contains("..") else {
                throw HelmError("the path \(document.path) leaves the folder")
            }
            let file = "\(path)/\(document.path)"
            try makeFolders(for: file)
            let isBehind = written.contains(document.path) || document.isHook && access(file, F_OK) == 0
            try write(document.text.bytes, to: file, flags: isBehind ? O_APPEND : O_TRUNC)
            written.insert(document.path)
            lines += ByteString("wrote \(file)\n")
        }
        return lines + "\n"
    }

    private func makeFolders(for file: String) throws(HelmError) {
        var folder = ""
        for part in file.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            folder += folder.isEmpty && !file.hasPrefix("/") ? String(part) : "/\(part)"
            if part.isEmpty { continue }
            if mkdir(folder, 0o755) != 0, errno != EEXIST {
                throw HelmError("mkdir \(folder): \(String(cString: strerror(errno)).lowercased())")
            }
        }
    }

    private func write(_ bytes: [UInt8], to file: String, flags: Int32) throws(HelmError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0o644)
        guard descriptor >= 0 else { throw failure(file) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: $0[offset...]))
            }
            guard count > 0 else { throw failure(file) }
            offset += count
        }
    }

    private func failure(_ file: String) -> HelmError {
        HelmError("open \(file): \(String(cString: strerror(errno)).lowercased())")
    }

    private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
