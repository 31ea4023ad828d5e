/// Go's package `path`.
enum GoPath {
    private static let slash = UInt8(ascii: "/")

    static func base(_ path: ByteString) -> ByteString {
        guard !path.isEmpty else { return "." }
        var bytes = path.bytes[...]
        while bytes.last == slash { bytes.removeLast() }
        guard !bytes.isEmpty else { return "/" }
        return ByteString(bytes: bytes.lastIndex(of: slash).map { bytes[($0 + 1)...] } ?? bytes)
    }

    static func directory(_ path: ByteString) -> ByteString {
        let end = path.bytes.lastIndex(of: slash).map { $0 + 1 } ?? 0
        return clean(ByteString(bytes: path.bytes[..<end]))
    }

    static func fileExtension(_ path: ByteString) -> ByteString {
        for index in path.bytes.indices.reversed() {
            if path.bytes[index] == slash { break }
            if path.bytes[index] == UInt8(ascii: ".") { return ByteString(bytes: path.bytes[index...]) }
        }
        return ""
    }

    static func clean(_ path: ByteString) -> ByteString {
        guard !path.isEmpty else { return "." }
        let isRooted = path.bytes.first == slash
        var parts: [ByteString] = []
        for part in GoText.split(path, by: "/") where !part.isEmpty && part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isRooted {
                parts.append(part)
            }
        }
        let joined = GoText.joined(parts, by: "/")
        if isRooted { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }
}
