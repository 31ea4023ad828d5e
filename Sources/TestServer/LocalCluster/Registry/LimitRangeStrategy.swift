import KubeModel

/// Fills in what follows from other members: limits from maxima, requests from limits or minima.
struct LimitRangeStrategy: ResourceStrategy {
    func setDefaults(_ object: inout KubeObject) {
        guard let limits = object["spec", "limits"]?.array else { return }
        object["spec", "limits"] = .array(
            limits.map { limit in
                guard limit["type"] == "Container" else { return limit }
                var limit = limit
                Self.fill(&limit, member: "default", from: "max")
                Self.fill(&limit, member: "defaultRequest", from: "default")
                Self.fill(&limit, member: "defaultRequest", from: "min")
                return limit
            })
    }

    private static func fill(_ limit: inout JSONValue, member: String, from other: String) {
        guard let values = limit[other]?.object, !values.isEmpty else { return }
        var own = limit[member]?.object ?? [:]
        for (name, value) in values where own[name] == nil { own[name] = value }
        limit[member] = .object(own)
    }
}
