extension JSONPatch {
    /// The value that a JSON pointer (RFC 6901) points at; nil where there is none.
    ///
    /// - Parameter tokens: of the pointer, without its escapes, as ``JSONPatch/pointer(_:)`` gives them.
    public static func value(at tokens: ArraySlice<String>, of json: JSONValue) -> JSONValue? {
        var value = json
        for token in tokens {
            let next = value.array == nil ? value[token] : Int(token).flatMap { value[$0] }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
