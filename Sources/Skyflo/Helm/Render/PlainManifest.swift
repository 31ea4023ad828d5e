/// A manifest in the plain form that nearly all have: block mappings and sequences of plain or quoted words, and block scalars.
///
/// To know kind and name of each document, YAML's whole parser takes nearly half of the time of a rendering. This reads what can
/// mean one thing only and gives up at everything else, which the parser then reads: the outcome is always that of the parser.
struct PlainManifest {
    private(set) var apiVersion: [UInt8]?
    private(set) var kind: [UInt8]?
    private(set) var name: [UInt8]?
    private(set) var annotations: [(key: [UInt8], value: [UInt8])] = []

    private struct Level {
        var indent: Int
        var isSequence: Bool
    }

    private struct Unclear: Error {}

    private let bytes: [UInt8]
    private var levels: [Level] = []
    /// Whether the last key or dash has no value yet.
    private var isOpen = true
    /// The keys above the current one, as far as they matter.
    private var top: Place = .other
    private var second: Place = .other
    private var hasMetadata = false

    private enum Place { case apiVersion, kind, metadata, name, annotations, other }

    /// Nil where the text isn't that plain.
    init?(_ document: ByteString) {
        bytes = document.bytes
        do throws(Unclear) {
            var position = 0
            while position < bytes.count { try line(&position) }
        } catch {
            return nil
        }
        guard !levels.isEmpty else { return nil }
    }

    // MARK: - Lines

    private mutating func line(_ position: inout Int) throws(Unclear) {
        let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
        var start = position
        while start < end, bytes[start] == 0x20 { start += 1 }
        let indent = start - position
        position = min(end + 1, bytes.count)
        if start == end || bytes[start] == UInt8(ascii: "#") { return }
        var stop = end
        while bytes[stop - 1] == 0x20 { stop -= 1 }
        try checkCharacters(start, stop)
        if indent == 0, stop - start >= 3, isMark(start) { throw Unclear() }
        let isBlock = try content(start, stop, indent: indent)
        if isBlock { try skipBlock(&position) }
    }

    private func isMark(_ start: Int) -> Bool {
        let three = bytes[start..<start + 3]
        return three.elementsEqual("---".utf8) || three.elementsEqual("...".utf8)
    }

    private func checkCharacters(_ start: Int, _ stop: Int) throws(Unclear) {
        for byte in bytes[start..<stop] where byte < 0x20 || byte > 0x7E { throw Unclear() }
    }

    /// - Returns: whether a block scalar follows.
    private mutating func content(_ start: Int, _ stop: Int, indent: Int) throws(Unclear) -> Bool {
        let isDash = bytes[start] == UInt8(ascii: "-") && (start + 1 == stop || bytes[start + 1] == 0x20)
        try enter(indent, isSequence: isDash)
        guard isDash else { return try entry(start, stop) }
        // Where a mapping has to be, the parser says what is wrong.
        let isMisplaced =
            levels.count == 1 || top == .metadata && (levels.count == 2 || levels.count == 3 && second == .annotations)
        guard !isMisplaced, levels.count < 100 else { throw Unclear() }
        var inner = start + 1
        while inner < stop, bytes[inner] == 0x20 { inner += 1 }
        guard inner < stop else { throw Unclear() }
        if colon(inner, stop) != nil {
            levels.append(Level(indent: indent + inner - start, isSequence: false))
            return try entry(inner, stop)
        }
        isOpen = false
        return try !isScalar(inner, stop)
    }

    /// Goes to the mapping or sequence that a line of this indentation belongs to.
    private mutating func enter(_ indent: Int, isSequence: Bool) throws(Unclear) {
        while let level = levels.last, level.indent > indent {
            // A key without a value has null.
            isOpen = false
            levels.removeLast()
        }
        guard let level = levels.last else {
            guard levels.isEmpty, isOpen else { throw Unclear() }
            levels.append(Level(indent: indent, isSequence: isSequence))
            return
        }
        if level.indent == indent {
            if level.isSequence == isSequence { return }
            if isSequence, isOpen {
                levels.append(Level(indent: indent, isSequence: true))
                return
            }
            // Behind a sequence that isn't indented, the mapping goes on.
            guard !isSequence, levels.count > 1, levels[levels.count - 2].indent == indent else { throw Unclear() }
            levels.removeLast()
            return
        }
        guard isOpen else { throw Unclear() }
        levels.append(Level(indent: indent, isSequence: isSequence))
    }

    // MARK: - Keys and values

    /// Where the colon behind a key is.
    private func colon(_ start: Int, _ stop: Int) -> Int? {
        var position = start
        while position < stop, Self.isKey(bytes[position]) { position += 1 }
        guard position > start, position < stop, bytes[position] == UInt8(ascii: ":"),
            position + 1 == stop || bytes[position + 1] == 0x20, bytes[start] | 0x20 &- 97 < 26
        else { return nil }
        return position
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        byte | 0x20 &- 97 < 26 || byte &- 45 < 13 || byte == UInt8(ascii: "_")
    }

    private mutating func entry(_ start: Int, _ stop: Int) throws(Unclear) -> Bool {
        guard let colon = colon(start, stop) else { throw Unclear() }
        let key = Array(bytes[start..<colon])
        // A key such as `yes` or `null` is no text, and one that is too long is none.
        if key.count <= 5, !PlainScalar(key).isString { throw Unclear() }
        guard key.count < 200, levels.count < 100 else { throw Unclear() }
        try place(key)
        var value = colon + 1
        while value < stop, bytes[value] == 0x20 { value += 1 }
        isOpen = value == stop
        if isOpen {
            if takesText { throw Unclear() }
            return false
        }
        let isScalar = try isScalar(value, stop)
        if takesText {
            guard isScalar else { throw Unclear() }
            try keep(key, from: value, to: stop)
        } else if top == .metadata, levels.count == 1 || levels.count == 2 && second == .annotations {
            throw Unclear()
        }
        return !isScalar
    }

    /// Whether the current key is one whose value is wanted.
    private var takesText: Bool {
        switch levels.count {
        case 1: top == .apiVersion || top == .kind
        case 2: top == .metadata && second == .name && !levels[1].isSequence
        case 3: top == .metadata && second == .annotations
        default: false
        }
    }

    private mutating func place(_ key: [UInt8]) throws(Unclear) {
        switch levels.count {
        case 1:
            top = try Self.place(key)
            second = .other
            guard top == .metadata else { return }
            if hasMetadata { throw Unclear() }
            hasMetadata = true
        case 2 where top == .metadata:
            second = try Self.place(key)
            if second == .annotations, !annotations.isEmpty { throw Unclear() }
        default: return
        }
    }

    private static func place(_ key: [UInt8]) throws(Unclear) -> Place {
        for (name, place) in names where name.count == key.count {
            if name == key { return place }
            // Go takes a name in any case where there is none in its own.
            if zip(name, key).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) { throw Unclear() }
        }
        return .other
    }

    private static let names: [([UInt8], Place)] = [
        (Array("apiVersion".utf8), .apiVersion), (Array("kind".utf8), .kind), (Array("metadata".utf8), .metadata),
        (Array("name".utf8), .name), (Array("annotations".utf8), .annotations),
    ]

    private mutating func keep(_ key: [UInt8], from start: Int, to stop: Int) throws(Unclear) {
        let isCollection = bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
        guard !isCollection, !bytes[start..<stop].contains(UInt8(ascii: "\\")) else { throw Unclear() }
        let isQuoted = bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'")
        let text = Array(isQuoted ? bytes[start + 1..<stop - 1] : bytes[start..<stop])
        if !isQuoted, !PlainScalar(text).isString { throw Unclear() }
        switch (levels.count, top) {
        case (1, .apiVersion): apiVersion = text
        case (1, _): kind = text
        case (2, _): name = text
        default: annotations.append((key, text))
        }
    }

    /// Whether the value is a word of this line; otherwise it is a block scalar.
    private func isScalar(_ start: Int, _ stop: Int) throws(Unclear) -> Bool {
        let first = bytes[start]
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard try endOfQuoted(start, stop) == stop else { throw Unclear() }
            return true
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            let isChomped = stop == start + 2 && [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(bytes[start + 1])
            guard stop == start + 1 || isChomped else { throw Unclear() }
            return false
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard try endOfFlow(start, stop, depth: 0) == stop else { throw Unclear() }
            return true
        default:
            let isPlain =
                first | 0x20 &- 97 < 26 || first &- 48 < 10 || first == UInt8(ascii: "/") || first == UInt8(ascii: "_")
                || first == UInt8(ascii: "$") || first == UInt8(ascii: "(")
                || first == UInt8(ascii: "-") && start + 1 < stop && bytes[start + 1] != 0x20
            guard isPlain else { throw Unclear() }
            for position in start..<stop {
                let byte = bytes[position]
                if byte == UInt8(ascii: ":"), position + 1 == stop || bytes[position + 1] == 0x20 { throw Unclear() }
                if byte == UInt8(ascii: "#"), bytes[position - 1] == 0x20 { throw Unclear() }
            }
            return true
        }
    }

    /// Behind the quote that ends the text. Of escapes there are those that every JSON has.
    private func endOfQuoted(_ start: Int, _ stop: Int) throws(Unclear) -> Int {
        let quote = bytes[start]
        var position = start + 1
        while position < stop, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\") {
                guard quote == UInt8(ascii: "\""), position + 1 < stop, Self.escapes.contains(bytes[position + 1])
                else {
                    throw Unclear()
                }
                position += 1
            }
            position += 1
        }
        guard position < stop else { throw Unclear() }
        return position + 1
    }

    private static let escapes = Array("\"\\nrt".utf8)

    /// Behind the bracket that ends a collection of simple words on one line.
    private func endOfFlow(_ start: Int, _ stop: Int, depth: Int) throws(Unclear) -> Int {
        guard depth < 20 else { throw Unclear() }
        let isMapping = bytes[start] == UInt8(ascii: "{")
        let closing = bytes[start] + 2
        var position = start + 1
        func skipSpaces() {
            while position < stop, bytes[position] == 0x20 { position += 1 }
        }
        skipSpaces()
        if position < stop, bytes[position] == closing { return position + 1 }
        while position < stop {
            if isMapping {
                guard let colon = colon(position, stop), colon + 1 < stop, bytes[colon + 1] == 0x20,
                    colon - position > 5 || PlainScalar(Array(bytes[position..<colon])).isString
                else { throw Unclear() }
                position = colon + 2
                skipSpaces()
            }
            position = try endOfFlowValue(position, stop, depth: depth)
            skipSpaces()
            guard position < stop else { throw Unclear() }
            if bytes[position] == closing { return position + 1 }
            guard bytes[position] == UInt8(ascii: ","), position + 1 < stop, bytes[position + 1] == 0x20 else {
                throw Unclear()
            }
            position += 2
            skipSpaces()
        }
        throw Unclear()
    }

    private func endOfFlowValue(_ start: Int, _ stop: Int, depth: Int) throws(Unclear) -> Int {
        guard start < stop else { throw Unclear() }
        switch bytes[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try endOfFlow(start, stop, depth: depth + 1)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try endOfQuoted(start, stop)
        default:
            var position = start
            while position < stop, Self.isKey(bytes[position]) { position += 1 }
            let first = bytes[start]
            let isWord = first | 0x20 &- 97 < 26 || first &- 48 < 10 || first == UInt8(ascii: "/")
            guard isWord, position > start, position < stop else { throw Unclear() }
            return position
        }
    }

    // MARK: - Block scalars

    /// Skips the lines that are indented more than what the scalar belongs to.
    private func skipBlock(_ position: inout Int) throws(Unclear) {
        let parent = levels.last?.indent ?? 0
        var indent: Int?
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            var start = position
            while start < end, bytes[start] == 0x20 { start += 1 }
            if start < end {
                let found = start - position
                if found <= parent { return }
                // The first line says how far the text is indented.
                if found < indent ?? found { throw Unclear() }
                indent = indent ?? found
                try checkCharacters(start, end)
            } else if indent == nil {
                throw Unclear()
            }
            position = min(end + 1, bytes.count)
            if end == bytes.count { return }
        }
    }
}
