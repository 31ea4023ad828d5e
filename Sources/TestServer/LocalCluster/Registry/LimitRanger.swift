import KubeModel
import KubeSchema

/// What the LimitRanger admission plugin does with a new Pod or claim: fills in default requests and limits, and refuses
/// what is outside of the limits of its namespace.
struct LimitRanger: Sendable {
    let store: ClusterStore

    /// - Throws: 403 with everything that is outside.
    func apply(_ object: inout KubeObject, definition: ResourceDefinition) throws(APIStatus) {
        guard [APIResource.pods.id, APIResource.claims.id].contains(definition.id) else { return }
        let limits = store.list(APIResource.limitRanges.id, namespace: object.namespace).items
            .flatMap { $0.object["spec", "limits"]?.array ?? [] }
        guard !limits.isEmpty else { return }
        let isPod = definition.id == APIResource.pods.id
        if isPod { setDefaults(&object, limits: limits.filter { $0["type"] == "Container" }) }
        let problems = limits.flatMap { isPod ? Self.problems(ofPod: object, $0) : Self.problems(ofClaim: object, $0) }
        guard !problems.isEmpty else { return }
        throw .forbidden(
            definition.api, name: object.name,
            why: problems.count == 1 ? problems[0] : "[\(problems.joined(separator: ", "))]")
    }

    // MARK: Defaults

    private func setDefaults(_ pod: inout KubeObject, limits: [JSONValue]) {
        var notes: [String] = []
        for list in ["initContainers", "containers"] {
            guard let containers = pod["spec", list]?.array else { continue }
            let word = list == "containers" ? "container" : "init container"
            pod["spec", list] = .array(
                containers.map { container in
                    var container = container
                    for (member, defaults) in [("requests", "defaultRequest"), ("limits", "default")] {
                        let set = Self.fill(
                            &container, member: member, defaults: limits.compactMap { $0[defaults]?.object })
                        if set.isEmpty { continue }
                        let name = container["name"]?.string ?? ""
                        notes.append("\(set.joined(separator: ", ")) \(member.dropLast()) for \(word) \(name)")
                    }
                    return container
                })
        }
        guard !notes.isEmpty else { return }
        pod.annotations["kubernetes.io/limit-ranger"] = "LimitRanger plugin set: " + notes.joined(separator: "; ")
    }

    /// Which resources had none yet.
    private static func fill(_ container: inout JSONValue, member: String, defaults: [JSONObject]) -> [String] {
        var values = container["resources", member]?.object ?? [:]
        var set: [String] = []
        for (name, value) in defaults.flatMap(\.self) where values[name] == nil {
            values[name] = value
            set.append(name)
        }
        if !set.isEmpty { container["resources", member] = .object(values) }
        return set.sorted()
    }

    // MARK: Limits

    private struct Usage {
        var requests: [String: Quantity] = [:]
        var limits: [String: Quantity] = [:]

        init(_ resources: JSONValue?) {
            requests = Self.quantities(resources?["requests"])
            limits = Self.quantities(resources?["limits"])
            // A limit stands in for a request that isn't given.
            requests.merge(limits) { request, _ in request }
        }

        static func quantities(_ json: JSONValue?) -> [String: Quantity] {
            Dictionary(
                uniqueKeysWithValues: (json?.object ?? [:]).compactMap { name, value in
                    Quantity(value).map { (name, $0) }
                })
        }

        mutating func add(_ other: Usage) {
            requests.merge(other.requests) { $0 + $1 }
            limits.merge(other.limits) { $0 + $1 }
        }
    }

    private static func problems(ofPod pod: KubeObject, _ limit: JSONValue) -> [String] {
        let usages = (pod["spec", "containers"]?.array ?? []).map { Usage($0["resources"]) }
        switch limit["type"]?.string {
        case "Container": return usages.flatMap { problems($0, limit: limit, type: "Container") }
        case "Pod":
            var sum = Usage(nil)
            for usage in usages { sum.add(usage) }
            return problems(sum, limit: limit, type: "Pod")
        default: return []
        }
    }

    private static func problems(ofClaim claim: KubeObject, _ limit: JSONValue) -> [String] {
        guard limit["type"] == "PersistentVolumeClaim" else { return [] }
        let asked = Usage(claim["spec", "resources"]).requests
        func check(_ member: String, word: String, isOutside: (Quantity, Quantity) -> Bool) -> [String] {
            Usage.quantities(limit[member]).sorted { $0.key < $1.key }.compactMap { name, bound in
                guard let value = asked[name] else { return nil }
                return isOutside(value, bound)
                    ? "\(word) \(name) usage per PersistentVolumeClaim is \(bound), but request is \(value)"
                    : nil
            }
        }
        return check("min", word: "minimum", isOutside: <) + check("max", word: "maximum", isOutside: >)
    }

    private static func problems(_ usage: Usage, limit: JSONValue, type: String) -> [String] {
        func each(_ member: String, check: (String, Quantity) -> String?) -> [String] {
            Usage.quantities(limit[member]).sorted { $0.key < $1.key }.compactMap { check($0.key, $0.value) }
        }
        let small = each("min") { name, bound in
            let text = "minimum \(name) usage per \(type) is \(bound)"
            guard let request = usage.requests[name] else { return text + ".  No request is specified" }
            if request < bound { return text + ", but request is \(request)" }
            return usage.limits[name].flatMap { $0 < bound ? text + ", but limit is \($0)" : nil }
        }
        let large = each("max") { name, bound in
            let text = "maximum \(name) usage per \(type) is \(bound)"
            guard let limit = usage.limits[name] else { return text + ".  No limit is specified" }
            if limit > bound { return text + ", but limit is \(limit)" }
            return usage.requests[name].flatMap { $0 > bound ? text + ", but request is \($0)" : nil }
        }
        let ratio = each("maxLimitRequestRatio") { name, bound in
            let text = "\(name) max limit to request ratio per \(type) is \(bound)"
            guard let request = usage.requests[name] else {
                return text + ", but no request is specified or request is 0"
            }
            guard let limit = usage.limits[name] else { return text + ", but no limit is specified or limit is 0" }
            let provided = limit / request
            guard provided > bound.value else { return nil }
            let digits = String(Int64((provided * 1_000_000).rounded()))
            let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
            return text + ", but provided ratio is \(padded.dropLast(6)).\(padded.suffix(6))"
        }
        return small + large + ratio
    }
}
