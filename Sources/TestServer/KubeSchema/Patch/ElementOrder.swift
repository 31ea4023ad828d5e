import KubeModel

/// The order of a merged list: elements that the patch names in the patch's order, the others between them as they stood
/// in the live list.
struct ElementOrder {
    /// The member by which elements are found; nil for lists of scalars.
    let mergeKey: String?

    func identity(_ element: JSONValue) -> JSONValue? {
        guard let mergeKey else { return element }
        return element[mergeKey]
    }

    func required(_ element: JSONValue) throws(APIStatus) -> JSONValue {
        if let identity = identity(element) { return identity }
        let text = Self.goText(element)
        throw APIStatus(
            code: 500, reason: .unknown,
            message: "map: \(text) does not contain declared merge key: \(mergeKey ?? "")")
    }

    func normalize(_ merged: [JSONValue], wanted: [JSONValue], live: [JSONValue]) -> [JSONValue] {
        let wantedKeys = wanted.map(identity)
        let liveKeys = live.map(identity)
        let named = merged.filter { wantedKeys.contains(identity($0)) }.sorted {
            position($0, keys: wantedKeys) < position($1, keys: wantedKeys)
        }
        let others = merged.filter { !wantedKeys.contains(identity($0)) }.sorted {
            position($0, keys: liveKeys) < position($1, keys: liveKeys)
        }
        var result: [JSONValue] = []
        var (left, right) = (others[...], named[...])
        while let other = left.first, let next = right.first {
            let (a, b) = (position(other, keys: liveKeys), position(next, keys: liveKeys))
            // Only two elements that were there before can say which one comes first.
            if a < b, b < Int.max {
                result.append(other)
                left.removeFirst()
            } else {
                result.append(next)
                right.removeFirst()
            }
        }
        return result + left + right
    }

    private func position(_ element: JSONValue, keys: [JSONValue?]) -> Int {
        keys.firstIndex(of: identity(element)) ?? Int.max
    }

    /// Go's `%v`.
    private static func goText(_ value: JSONValue) -> String {
        switch value {
        case .object(let members):
            "map[\(members.sorted().map { "\($0.key):\(goText($0.value))" }.joined(separator: " "))]"
        case .array(let elements): "[\(elements.map { goText($0) }.joined(separator: " "))]"
        case .string(let text): text
        case .null: "<nil>"
        default: JSONWriter.string(value)
        }
    }
}
