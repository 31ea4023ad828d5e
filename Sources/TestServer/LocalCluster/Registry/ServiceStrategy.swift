import KubeModel
import KubeSchema

struct ServiceStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }

    func nameProblem(_ name: String) -> String? { MetadataValidation.serviceNameProblem(name) }

    func setDefaults(_ object: inout KubeObject) {
        var spec = object.json["spec"] ?? .object([:])
        PodTemplateDefaults.fill(&spec, member: "type", value: "ClusterIP")
        PodTemplateDefaults.fill(&spec, member: "sessionAffinity", value: "None")
        let ports = (spec["ports"]?.array ?? []).map { port in
            var port = port
            PodTemplateDefaults.fill(&port, member: "protocol", value: "TCP")
            if let number = port["port"] { PodTemplateDefaults.fill(&port, member: "targetPort", value: number) }
            return port
        }
        if !ports.isEmpty { spec["ports"] = .array(ports) }
        if Self.hasNodePorts(spec) {
            PodTemplateDefaults.fill(&spec, member: "externalTrafficPolicy", value: "Cluster")
        }
        if spec["type"]?.string == "LoadBalancer" {
            PodTemplateDefaults.fill(&spec, member: "allocateLoadBalancerNodePorts", value: true)
        }
        object.json["spec"] = spec
    }

    private static func hasNodePorts(_ spec: JSONValue) -> Bool {
        ["NodePort", "LoadBalancer"].contains(spec["type"]?.string ?? "")
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = ["loadBalancer": [:]]
        var spec = object.json["spec"] ?? .object([:])
        guard object["spec", "type"]?.string != "ExternalName" else {
            for member in Self.allocated { spec[member] = nil }
            object.json["spec"] = spec
            return
        }
        let used = Set(context.list(.services).flatMap { Self.nodePorts($0.json["spec"]) })
        if let taken = Self.nodePorts(spec).enumerated().first(where: { used.contains($0.element) }) {
            throw .invalid(
                context.resource, name: object.name,
                errors: [
                    .invalid(
                        "spec.ports[\(taken.offset)].nodePort", value: JSONValue(taken.element),
                        detail: "provided port is already allocated")
                ])
        }
        Self.allocateNodePorts(&spec, uid: object.uid, without: used)
        PodTemplateDefaults.fill(&spec, member: "clusterIP", value: .string(Self.address(object.uid)))
        if let address = spec["clusterIP"] {
            PodTemplateDefaults.fill(&spec, member: "clusterIPs", value: .array([address]))
        }
        PodTemplateDefaults.fill(&spec, member: "ipFamilies", value: ["IPv4"])
        PodTemplateDefaults.fill(&spec, member: "ipFamilyPolicy", value: "SingleStack")
        PodTemplateDefaults.fill(&spec, member: "internalTrafficPolicy", value: "Cluster")
        object.json["spec"] = spec
    }

    /// From the uid, so that no allocator is needed: 65,536 addresses are plenty for what lives here.
    private static func address(_ uid: String) -> String {
        let bytes = uid.utf8.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
        return "10.96.\(bytes >> 8 & 255).\(max(1, bytes & 255))"
    }

    private static func nodePorts(_ spec: JSONValue?) -> [Int] {
        (spec?["ports"]?.array ?? []).compactMap { $0["nodePort"]?.int }
    }

    /// Ports of nodes, like addresses from the uid: the next free one from there.
    private static func allocateNodePorts(_ spec: inout JSONValue, uid: String, without used: Set<Int>) {
        guard hasNodePorts(spec), spec["allocateLoadBalancerNodePorts"]?.bool != false else { return }
        var used = used.union(nodePorts(spec))
        var next = Int(StableHash.value(uid) % UInt64(portRange.count))
        spec["ports"] = .array(
            (spec["ports"]?.array ?? []).map { port in
                var port = port
                guard port["nodePort"] == nil else { return port }
                while used.contains(portRange.lowerBound + next), used.count < portRange.count {
                    next = (next + 1) % portRange.count
                }
                used.insert(portRange.lowerBound + next)
                port["nodePort"] = JSONValue(portRange.lowerBound + next)
                return port
            })
    }

    private static let portRange = 30_000...32_767
    private static let allocated = [
        "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy",
    ]

    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject) {
        var spec = object.json["spec"] ?? .object([:])
        let isExternal = spec["type"]?.string == "ExternalName"
        for member in Self.allocated where spec[member] == nil || isExternal {
            spec[member] = isExternal ? nil : old["spec", member]
        }
        keepNodePorts(&spec, old: old)
        object.json["spec"] = spec
    }

    /// A port keeps its node's port; a service of another type gives them back.
    private func keepNodePorts(_ spec: inout JSONValue, old: KubeObject) {
        let before = old["spec", "ports"]?.array ?? []
        let hasNodePorts = Self.hasNodePorts(spec)
        spec["ports"] = spec["ports"]?.array.map { ports in
            .array(
                ports.map { port in
                    var port = port
                    let known = before.first {
                        $0["port"] == port["port"] && $0["protocol"] == port["protocol"] && $0["name"] == port["name"]
                    }
                    if !hasNodePorts {
                        if port["nodePort"] == known?["nodePort"] { port["nodePort"] = nil }
                    } else if port["nodePort"] == nil {
                        port["nodePort"] = known?["nodePort"]
                    }
                    return port
                })
        }
        if !hasNodePorts {
            for member in ["externalTrafficPolicy", "allocateLoadBalancerNodePorts"] { spec[member] = nil }
        }
        Self.allocateNodePorts(&spec, uid: old.uid, without: [])
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        let ports = object["spec", "ports"]?.array ?? []
        let needsPorts =
            object["spec", "type"]?.string != "ExternalName" && object["spec", "clusterIP"]?.string != "None"
        if ports.isEmpty, needsPorts { errors.append(.required("spec.ports")) }
        for (position, port) in ports.enumerated() {
            let field = "spec.ports[\(position)]"
            if ports.count > 1, port["name"]?.string?.isEmpty ?? true { errors.append(.required("\(field).name")) }
            let number = port["port"]?.int ?? 0
            if !(1...65_535).contains(number) {
                errors.append(
                    .invalid(
                        "\(field).port", value: JSONValue(number), detail: "must be between 1 and 65535, inclusive"))
            }
            if let node = port["nodePort"]?.int, !Self.portRange.contains(node) {
                errors.append(
                    .invalid(
                        "\(field).nodePort", value: JSONValue(node),
                        detail: "provided port is not in the valid range. The range of valid ports is 30000-32767"))
            }
        }
        return errors
    }
}
