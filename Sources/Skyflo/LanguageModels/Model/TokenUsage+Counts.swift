import KubeModel

extension TokenUsage {
    /// The first of some members that says a count. Gateways write numbers as text or with a fraction of zero; what is
    /// negative or absurd counts as nothing, because limits are held to it.
    static func count(_ values: JSONValue?...) -> Int {
        for value in values {
            guard let value, !value.isNull else { continue }
            let number = value.double ?? value.string.flatMap(Double.init)
            guard let number, number >= 0, number < 1e12 else { continue }
            return Int(number)
        }
        return 0
    }
}
