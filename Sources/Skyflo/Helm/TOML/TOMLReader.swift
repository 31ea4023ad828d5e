/// Reads TOML 1.0 as the library `BurntSushi/toml` does: integers are `int64`, dates are times.
struct TOMLReader {
    let bytes: [UInt8]
    var offset = 0
    let root = HelmMap()
    /// The table that key-value pairs belong to.
    var current: HelmMap
    /// Paths that a header or a value has defined, and the arrays of tables among them.
    var defined = Set<[ByteString]>()
    var arrays: [[ByteString]: Int] = [:]
    var implicit = Set<[ByteString]>()
    var path: [ByteString] = []
    var lastKey: ByteString?
    var depth = 0

    init(_ text: ByteString) {
        bytes = text.bytes
        current = root
    }

    static func map(of text: ByteString) throws(HelmError) -> HelmMap {
        var reader = TOMLReader(text)
        try reader.run()
        return reader.root
    }

    mutating func run() throws(HelmError) {
        while true {
            skipBlank()
            guard let byte = peek else { return }
            if byte == UInt8(ascii: "[") {
                try header()
            } else {
                try pair(in: current, path: path)
            }
            skipSpaces()
            skipComment()
            guard let end = peek else { return }
            guard end == 0x0a || end == 0x0d else {
                lastKey = nil
                throw failure(
                    "expected a top-level item to end with a newline, comment, or EOF, but got \(described(end)) instead"
                )
            }
        }
    }

    // MARK: - Headers

    mutating func header() throws(HelmError) {
        offset += 1
        lastKey = nil
        let isArray = take("[")
        let keys = try keyPath(endingWith: "]", inHeader: true)
        if isArray, !take("]") {
            throw failure("expected end of table array name delimiter ']', but got \(described(peek)) instead")
        }
        if isArray { try openArray(keys) } else { try openTable(keys) }
    }

    mutating func openTable(_ keys: [ByteString]) throws(HelmError) {
        (current, path) = try descend(root, keys, at: [])
        let isNew = defined.insert(path).inserted
        if !isNew { throw alreadyDefined(keys) }
        implicit.remove(path)
    }

    mutating func openArray(_ keys: [ByteString]) throws(HelmError) {
        var keys = keys
        let last = keys.removeLast()
        let (parent, parentPath) = try descend(root, keys, at: [])
        let arrayPath = parentPath + [last]
        let table = HelmMap()
        if let present = parent[last] {
            guard case .list(let list) = present, let count = arrays[arrayPath] else {
                throw alreadyDefined(keys + [last])
            }
            parent[last] = .list(HelmList(list.elements + [.map(table)], type: .map))
            arrays[arrayPath] = count + 1
        } else {
            parent[last] = .list(HelmList([.map(table)], type: .map))
            arrays[arrayPath] = 1
        }
        current = table
        path = arrayPath + [ByteString("#\(arrays[arrayPath] ?? 1)")]
    }

    /// The table at a path, made where it is absent; of an array of tables the last.
    mutating func descend(_ start: HelmMap, _ keys: [ByteString], at path: [ByteString]) throws(HelmError)
        -> (HelmMap, [ByteString])
    {
        var map = start
        var path = path
        for key in keys {
            path.append(key)
            switch map[key] {
            case nil:
                let table = HelmMap()
                map[key] = .map(table)
                map = table
                implicit.insert(path)
            case .map(let table): map = table
            case .list(let list):
                guard let count = arrays[path], case .map(let table)? = list.elements.last else {
                    throw alreadyDefined(keys)
                }
                map = table
                path.append(ByteString("#\(count)"))
            default: throw alreadyDefined(keys)
            }
        }
        return (map, path)
    }

    func alreadyDefined(_ keys: [ByteString]) -> HelmError {
        failure("Key '\(GoText.joined(keys, by: ".").text)' has already been defined.")
    }

    // MARK: - Pairs

    mutating func pair(in table: HelmMap, path: [ByteString], isInline: Bool = false) throws(HelmError) {
        lastKey = nil
        var keys = try keyPath(endingWith: "=", inHeader: false)
        lastKey = GoText.joined(keys, by: ".")
        skipSpaces()
        let value = try value()
        let all = keys
        let last = keys.removeLast()
        let (target, targetPath) = try descend(table, keys, at: path)
        if target[last] != nil || (!isInline && !keys.isEmpty && defined.contains(targetPath)) {
            throw alreadyDefined(all)
        }
        target[last] = value
    }

    mutating func keyPath(endingWith end: Unicode.Scalar, inHeader: Bool) throws(HelmError) -> [ByteString] {
        var keys: [ByteString] = []
        while true {
            skipSpaces()
            keys.append(try key(inHeader: inHeader))
            skipSpaces()
            if take(".") { continue }
            if take(end) { return keys }
            if inHeader {
                throw failure("expected '.' or ']' to end table name, but got \(described(peek)) instead")
            }
            guard let byte = peek else { throw failure("unexpected EOF; expected key separator '='") }
            throw failure("expected '.' or '=', but got \(described(byte)) instead")
        }
    }

    mutating func key(inHeader: Bool) throws(HelmError) -> ByteString {
        switch peek {
        case UInt8(ascii: "\""): return try basicString()
        case UInt8(ascii: "'"): return try literalString()
        case UInt8(ascii: "="): throw failure("unexpected '=': key name appears blank")
        case UInt8(ascii: "]") where inHeader:
            throw failure("unexpected end of table name: table names cannot be empty")
        case UInt8(ascii: "."):
            throw failure(
                inHeader
                    ? "unexpected table name separator: table names cannot be empty"
                    : "unexpected '.': keys cannot start with a '.'")
        default: break
        }
        let start = offset
        while let byte = peek, Self.isBare(byte) { offset += 1 }
        guard offset > start else {
            throw failure(
                inHeader
                    ? "expected '.' or ']' to end table name, but got \(described(peek)) instead"
                    : "bare keys cannot contain \(described(peek))")
        }
        return ByteString(bytes: bytes[start..<offset])
    }

    static func isBare(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) && byte < 0x80 || byte == 0x5f
            || byte == 0x2d
    }
}
