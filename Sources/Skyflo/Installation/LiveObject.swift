import KubeModel

/// Whether an object is as it was applied.
package enum LiveObject {
    /// Whether nothing has to be applied: it was made of the same wishes, and has what they say.
    package static func fulfils(_ wanted: KubeObject, live: KubeObject) -> Bool {
        let digest = ComponentNames.digestAnnotation
        return live.annotations[digest] == wanted.annotations[digest]
            && holds(wanted.json, in: live.json, isAmount: false)
    }

    /// Whether `live` has all that `wanted` says. What it has besides, such as the API server's defaults and what others have
    /// added, doesn't count: it isn't ours.
    private static func holds(_ wanted: JSONValue, in live: JSONValue?, isAmount: Bool) -> Bool {
        switch wanted {
        case .object(let members):
            return members.allSatisfy { name, value in
                holds(value, in: live?[name], isAmount: isAmount || name == "requests" || name == "limits")
            }
        case .array(let elements):
            let found = live?.array ?? []
            if let key = mergeKey(of: elements) {
                return elements.allSatisfy { element in
                    found.contains { $0[key] == element[key] && holds(element, in: $0, isAmount: isAmount) }
                }
            }
            return elements.count == found.count
                && zip(elements, found).allSatisfy { holds($0, in: $1, isAmount: isAmount) }
        default:
            guard let live else { return isZero(wanted) }
            return wanted == live || (isAmount && QuantityText.areEqual(text(wanted), to: text(live)))
        }
    }

    /// The member by which the API server tells the elements of a list apart; nil for a list that is taken as a whole.
    private static func mergeKey(of elements: [JSONValue]) -> String? {
        guard !elements.isEmpty else { return nil }
        return ["name", "mountPath", "uid"].first { key in elements.allSatisfy { $0[key] != nil } }
    }

    /// Members that aren't pointers in the server's types lose a zero value.
    private static func isZero(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .string(let text): text.isEmpty
        default: value.double == 0
        }
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? JSONWriter.string(value) }
}

/// Amounts of resources in the API's text form, which the server writes its own way: `1000m` becomes `1`.
enum QuantityText {
    private static let suffixes: [String: Double] = [
        "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776, "Pi": 1_125_899_906_842_624,
        "Ei": 1_152_921_504_606_846_976,
    ]

    static func areEqual(_ a: String, to b: String) -> Bool {
        guard let a = value(a), let b = value(b) else { return a == b }
        // The server rounds up to what it can write.
        return abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    }

    private static func value(_ text: String) -> Double? {
        if let plain = Double(text) { return plain }
        let suffix = String(text.reversed().prefix { $0.isLetter }.reversed())
        guard let factor = suffixes[suffix], let number = Double(text.dropLast(suffix.count)) else { return nil }
        return number * factor
    }
}
