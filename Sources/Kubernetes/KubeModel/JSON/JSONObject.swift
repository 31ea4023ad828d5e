/// A JSON object that keeps the order of its keys, because people read what is printed from it (`kubectl get -o yaml`,
/// diffs), and because pairs in an array are half the size of a `Dictionary` and faster for the few keys that Kubernetes
/// objects have.
///
/// Equality and hashing don't look at the order: two objects with the same members are equal, as in JSON.
public struct JSONObject: Sendable {
    public typealias Element = (key: String, value: JSONValue)

    /// Above so many members a look-up goes through a dictionary instead of a scan.
    private static let indexThreshold = 24

    public private(set) var pairs: [Element]
    private var index: [String: Int]?

    public init() { pairs = [] }

    /// Later duplicates of a key replace earlier ones, in the earlier one's place.
    public init(_ elements: some Sequence<(String, JSONValue)>) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }

    /// For a parser that has already refused duplicate keys.
    init(uniquePairs: [Element]) {
        pairs = uniquePairs
        buildIndexIfLarge()
    }

    public var count: Int { pairs.count }
    public var isEmpty: Bool { pairs.isEmpty }
    public var keys: [String] { pairs.map(\.key) }
    public var values: [JSONValue] { pairs.map(\.value) }

    public func contains(_ key: String) -> Bool { position(of: key) != nil }

    /// Setting `nil` removes the member; a member that is JSON `null` is `.some(.null)`.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { pairs[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let at?, let value?): pairs[at].value = value
            case (let at?, nil):
                pairs.remove(at: at)
                index = nil
                buildIndexIfLarge()
            case (nil, let value?):
                index?[key] = pairs.count
                pairs.append((key, value))
                if index == nil { buildIndexIfLarge() }
            case (nil, nil): break
            }
        }
        // In place, so that changing a member deep inside a large object copies nothing of it.
        _modify {
            guard let at = position(of: key) else {
                var value: JSONValue?
                yield &value
                if let value { self[key] = value }
                return
            }
            var value: JSONValue? = pairs[at].value
            pairs[at].value = .null
            yield &value
            if let value { pairs[at].value = value } else { self[key] = nil }
        }
    }

    /// The object with its keys in ascending order of their UTF-8 bytes, at this level only.
    public func sorted() -> JSONObject {
        JSONObject(uniquePairs: pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    }

    private func position(of key: String) -> Int? {
        if let index { return index[key] }
        return pairs.firstIndex { $0.key == key }
    }

    private mutating func buildIndexIfLarge() {
        guard pairs.count > Self.indexThreshold else { return }
        index = Dictionary(uniqueKeysWithValues: pairs.enumerated().map { ($0.element.key, $0.offset) })
    }
}

extension JSONObject: Hashable {
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        guard a.count == b.count else { return false }
        for (i, pair) in a.pairs.enumerated() {
            // The same order is the common case and needs no look-up.
            let other = b.pairs[i]
            if other.key == pair.key {
                if other.value != pair.value { return false }
            } else if b[pair.key] != pair.value {
                return false
            }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        var combined = 0
        for (key, value) in pairs {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            combined ^= member.finalize()
        }
        hasher.combine(combined)
    }
}

extension JSONObject: Sequence, ExpressibleByDictionaryLiteral {
    public func makeIterator() -> IndexingIterator<[Element]> { pairs.makeIterator() }

    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
