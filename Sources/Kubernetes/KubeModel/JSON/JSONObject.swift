/// A JSON object that keeps the order of its keys, because people read what is printed from it (`kubectl get -o yaml`,
/// diffs), and because pairs in an array are half the size of a `Dictionary` and faster for the few keys that Kubernetes
/// objects have.
///
/// Equality and hashing don't look at the order: two objects with the same members are equal, as in JSON.
public struct JSONObject: Sendable {
    /// One member of the object: its name and its value.
    public typealias Element = (key: String, value: JSONValue)

    /// Above this number of members a look-up goes through a dictionary instead of a scan.
    private static let indexThreshold = 24

    /// All members in the order in which they were read or first set. Every key occurs once.
    public private(set) var pairs: [Element]
    private var index: [String: Int]?

    /// Makes an object without members.
    public init() { pairs = [] }

    /// Makes an object of pairs in their order. Later duplicates of a key replace earlier ones, in the earlier one's
    /// place.
    public init(_ elements: some Sequence<(String, JSONValue)>) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }

    /// Takes pairs as they are: for a parser that has already refused duplicate keys.
    init(uniquePairs: [Element]) {
        pairs = uniquePairs
        buildIndexIfLarge()
    }

    /// The number of members.
    public var count: Int { pairs.count }
    /// Whether the object has no members (`{}`).
    public var isEmpty: Bool { pairs.isEmpty }
    /// The names of all members, in the order of ``pairs``.
    public var keys: [String] { pairs.map(\.key) }
    /// The values of all members, in the order of ``pairs``.
    public var values: [JSONValue] { pairs.map(\.value) }

    /// Whether the object has a member of that name, JSON `null` included.
    public func contains(_ key: String) -> Bool { position(of: key) != nil }

    /// The value of the member of that name; nil without such a member. Setting nil removes the member; a member that
    /// is JSON `null` is `.some(.null)`. A new member comes last, a member that exists keeps its place.
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
    /// Whether both have the same members with equal values, in whatever order.
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

    /// Hashes the members without regard to their order, so that equal objects have equal hashes.
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
    /// Goes over the members in the order of ``pairs``.
    public func makeIterator() -> IndexingIterator<[Element]> { pairs.makeIterator() }

    /// Makes an object of a literal in its order; a key that is written twice has the later value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
