/// A JSON object as its text, which was checked when this was made: a tenth of the memory of its tree, and made at the
/// speed of a check. Reading a member goes over what stands before it, and builds only that member.
struct PackedJSON: Sendable {
    let bytes: [UInt8]

    /// - Precondition: `checked` is one valid JSON object, as ``JSONScanner/skipValue(depth:)`` sees it.
    init(checked: [UInt8]) { bytes = checked }

    /// The whole tree.
    var value: JSONValue { self[path: EmptyCollection()] ?? .null }

    subscript(path path: some Collection<String>) -> JSONValue? {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            for key in path {
                guard scanner.enter(key) != nil else { return nil }
            }
            // Only the depth can be at fault, and it isn't: the text was checked with its depth.
            return try? JSONParser.value(&scanner, depth: path.count)
        }
    }

    /// The same without the member `key` of the object `parent`; nil where there is none.
    func removing(_ parent: String, key: String) -> PackedJSON? {
        let range = bytes.withUnsafeBufferPointer { bytes -> Range<Int>? in
            var scanner = JSONScanner(bytes)
            guard scanner.enter(parent) != nil, let member = scanner.enter(key) else { return nil }
            scanner.jumpValue()
            scanner.skipSpace()
            if scanner.peek == UInt8(ascii: ",") { return member.lowerBound..<scanner.at + 1 }
            // The last one goes with the comma before it, if it has one.
            return (member.comma ?? member.lowerBound)..<scanner.at
        }
        guard let range else { return nil }
        return PackedJSON(
            checked: [UInt8](unsafeUninitializedCapacity: bytes.count - range.count) { target, count in
                bytes.withUnsafeBufferPointer { source in
                    let head = target[..<range.lowerBound].update(fromContentsOf: source[..<range.lowerBound])
                    _ = target[head...].update(fromContentsOf: source[range.upperBound...])
                }
                count = bytes.count - range.count
            })
    }
}

// MARK: - Going over text that was checked before

extension JSONScanner {
    /// The place where a member begins, and that of the comma before it.
    struct MemberStart {
        var lowerBound: Int
        var comma: Int?
    }

    /// Goes to the value of that member of the object that stands here; nil where there is none, or no object.
    mutating func enter(_ name: String) -> MemberStart? {
        skipSpace()
        guard peek == UInt8(ascii: "{") else { return nil }
        at += 1
        var comma: Int?
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { return nil }
            let start = at
            guard let key = try? string() else { return nil }
            skipSpace()
            at += 1
            if isEqual(key, name: name) { return MemberStart(lowerBound: start, comma: comma) }
            jumpValue()
            skipSpace()
            guard peek == UInt8(ascii: ",") else { return nil }
            comma = at
            at += 1
        }
    }

    @inline(__always)
    private func isEqual(_ key: Text, name: String) -> Bool {
        guard key.isPlain, !key.hasEscapes else { return text(key) == name }
        let utf8 = name.utf8
        guard key.range.count == utf8.count else { return false }
        var i = key.range.lowerBound
        for byte in utf8 {
            if bytes[i] != byte { return false }
            i += 1
        }
        return true
    }

    /// Goes behind the value that stands here without looking at more than its brackets and strings.
    mutating func jumpValue() {
        skipSpace()
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                guard (try? string()) != nil else { return }
                if depth == 0 { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                at += 1
                if depth == 0 { return }
            case UInt8(ascii: ","):
                if depth == 0 { return }
                at += 1
            default: at += 1
            }
        }
    }
}
