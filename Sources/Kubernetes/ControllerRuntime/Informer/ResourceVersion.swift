/// Order of resource versions (KEP-5504): within one resource, versions that are decimal numbers without leading zeros
/// are compared as numbers of any size. Anything else can only be equal or not.
enum ResourceVersion {
    enum Order { case older, same, newer }

    /// How `a` stands to `b`; nil when that can't be said.
    static func compare(_ a: String, _ b: String) -> Order? {
        if a == b { return .same }
        guard isNumber(a), isNumber(b) else { return nil }
        let (m, n) = (a.utf8.count, b.utf8.count)
        if m != n { return m < n ? .older : .newer }
        return a.utf8.lexicographicallyPrecedes(b.utf8) ? .older : .newer
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "0") else { return false }
        return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
