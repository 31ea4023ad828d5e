import KubeModel

/// Takes members that stand twice out of a JSON text: the API server reads the last one, and says which there were as
/// `fieldValidation` asks. Only for texts that the strict parser has refused, so it trusts what looks like JSON; what isn't
/// is refused by the second parse.
struct DuplicateMembers {
    /// `spec.size`, in the order of their second appearance.
    private(set) var paths: [String] = []
    private var bytes: ArraySlice<UInt8>

    /// The text without earlier duplicates, and their paths.
    static func removed(from bytes: [UInt8]) -> (bytes: [UInt8], paths: [String]) {
        var scanner = DuplicateMembers(bytes: bytes[...])
        return (scanner.value("", depth: 0), scanner.paths)
    }

    private init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    private mutating func skipSpace() {
        while let byte = bytes.first, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { bytes.removeFirst() }
    }

    private mutating func value(_ path: String, depth: Int) -> [UInt8] {
        skipSpace()
        guard depth < JSONParser.maximumDepth else { return take { _ in false } }
        switch bytes.first {
        case UInt8(ascii: "{"): return object(path, depth: depth)
        case UInt8(ascii: "["): return array(path, depth: depth)
        case UInt8(ascii: "\""): return string()
        default: return take { ",]}".utf8.contains($0) }
        }
    }

    private mutating func take(until isEnd: (UInt8) -> Bool) -> [UInt8] {
        let part = bytes.prefix { !isEnd($0) }
        bytes.removeFirst(part.count)
        return Array(part)
    }

    private mutating func string() -> [UInt8] {
        var end = bytes.startIndex + 1
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        end = min(end + 1, bytes.endIndex)
        defer { bytes = bytes[end...] }
        return Array(bytes[..<end])
    }

    private mutating func object(_ path: String, depth: Int) -> [UInt8] {
        var members: [(key: [UInt8], value: [UInt8])] = []
        bytes.removeFirst()
        skipSpace()
        while bytes.first == UInt8(ascii: "\"") {
            let key = string()
            let name = String(decoding: key.dropFirst().dropLast(), as: UTF8.self)
            let at = path.isEmpty ? name : "\(path).\(name)"
            skipSpace()
            if bytes.first == UInt8(ascii: ":") { bytes.removeFirst() }
            let value = value(at, depth: depth + 1)
            if let known = members.firstIndex(where: { $0.key == key }) {
                members[known].value = value
                paths.append(at)
            } else {
                members.append((key, value))
            }
            separator()
        }
        return closed(members.map { $0.key + [UInt8(ascii: ":")] + $0.value }, open: "{", close: "}")
    }

    private mutating func array(_ path: String, depth: Int) -> [UInt8] {
        var elements: [[UInt8]] = []
        bytes.removeFirst()
        skipSpace()
        while let byte = bytes.first, byte != UInt8(ascii: "]") {
            let before = bytes.count
            elements.append(value("\(path)[\(elements.count)]", depth: depth + 1))
            separator()
            // Nothing that is JSON stands here.
            if bytes.count == before { break }
        }
        return closed(elements, open: "[", close: "]")
    }

    private mutating func separator() {
        skipSpace()
        if bytes.first == UInt8(ascii: ",") { bytes.removeFirst() }
        skipSpace()
    }

    /// Without its end in the text it stays open, so that the parser refuses it.
    private mutating func closed(_ parts: [[UInt8]], open: String, close: String) -> [UInt8] {
        let isClosed = bytes.first == close.utf8.first
        if isClosed { bytes.removeFirst() }
        return Array(open.utf8) + parts.joined(separator: [UInt8(ascii: ",")]) + (isClosed ? Array(close.utf8) : [])
    }
}
