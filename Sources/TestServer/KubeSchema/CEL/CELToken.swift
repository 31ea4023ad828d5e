/// A lexical token and where it begins, in Unicode scalars from the start of the source.
struct CELToken: Sendable {
    enum Kind: Sendable, Equatable {
        case identifier(String)
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(String)
        case end
    }

    var kind: Kind
    var offset: Int
}
