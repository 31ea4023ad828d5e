/// The keys of the objects that a scanner is in, to find duplicates. One array for all of them: an allocation for each
/// object would cost more than all else that a check does.
struct KeyStack {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// The keys of one object.
    struct Level {
        fileprivate let start: Int
        /// Instead of the stack, where there are many keys, or keys that can be spelled in more than one way.
        fileprivate var all: Set<String>?
    }

    private static let scanLimit = 32

    private var keys: [Range<Int>] = []

    @inline(__always)
    func open() -> Level { Level(start: keys.count) }

    @inline(__always)
    mutating func close(_ level: Level) { keys.removeLast(keys.count - level.start) }

    /// Adds a key to an object, and returns false when the object has that key already.
    @inline(__always)
    mutating func insert(_ key: JSONScanner.Text, into level: inout Level, bytes: Bytes) -> Bool {
        guard level.all == nil, key.isPlain, keys.count - level.start < Self.scanLimit else {
            return insertSlowly(key, into: &level, bytes: bytes)
        }
        for i in level.start..<keys.count where Self.areEqual(keys[i], other: key.range, bytes: bytes) { return false }
        keys.append(key.range)
        return true
    }

    @inline(never)
    private func insertSlowly(_ key: JSONScanner.Text, into level: inout Level, bytes: Bytes) -> Bool {
        let scanner = JSONScanner(bytes)
        if level.all == nil {
            level.all = Set(
                keys[level.start...].map { range in
                    scanner.text(.init(range: range, hasEscapes: true, isPlain: true))
                })
        }
        return level.all?.insert(scanner.text(key)).inserted ?? true
    }

    @inline(__always)
    private static func areEqual(_ a: Range<Int>, other b: Range<Int>, bytes: Bytes) -> Bool {
        guard a.count == b.count else { return false }
        // From the end: keys of one object often begin alike (`f:…`, `app.kubernetes.io/…`).
        var i = a.count - 1
        while i >= 0 {
            if bytes[a.lowerBound + i] != bytes[b.lowerBound + i] { return false }
            i -= 1
        }
        return true
    }
}
