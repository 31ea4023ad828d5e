import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct ExposeTool: KubernetesTool {
    let name = "k8s_expose"
    let title = "Expose Kubernetes Workload"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), .create("services")]
    let description = "Propose to create a service for the pods of a workload; without port, for all declared ports."
    let parameters = ToolParameters([
        .resourceType, .name, .namespace,
        .optional("port", kind: .integer(1...65_535), description: "Port of the service", obvious: true),
        .optional(
            "target_port", kind: .string(.text(maximum: 15)),
            description: "Number or name of the containers' port; by default the same"),
        .optional(
            "service_name", kind: .string(.label), description: "Name of the service; by default that of the object",
            obvious: true),
        .optional(
            "type", kind: .choice(["ClusterIP", "NodePort", "LoadBalancer"]), default: "ClusterIP",
            description: "Who can reach it", obvious: true),
        .optional(
            "protocol", kind: .choice(["TCP", "UDP", "SCTP"]),
            description: "By default that of the container's port, else TCP", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        let workload = try ExposedWorkload(target)
        let name = try Self.serviceName(arguments, for: target)
        let type = try arguments.requiredString("type")
        let ports = try ServicePorts(arguments, declared: workload.ports, by: target).json
        let labels = target.object.labels.filter { !BookkeepingKeys.saysWhoManages($0.key) }
        let service = KubeObject([
            "apiVersion": "v1", "kind": "Service",
            "metadata": .compact([
                "name": .string(name), "namespace": target.namespace.map(JSONValue.string),
                "labels": labels.isEmpty ? nil : JSONValue.sorted(labels),
            ]),
            "spec": ["type": .string(type), "selector": JSONValue.sorted(workload.selector), "ports": .array(ports)],
        ])
        let planned = try await context.creation(of: service, in: .services, parameter: "service_name")
        let ready = try await workload.readyPods(context)
        let subject = PostCondition.Subject(resource: .services, namespace: target.namespace, name: name)
        return .proposal(
            WriteProposal(
                "Expose \(target.text) as \(planned.target.text), \(Self.text(of: ports))", planned: planned,
                risk: .baseline(.services, namespace: target.namespace),
                warnings: Self.warnings(type, hasReadyPods: ready),
                postConditions: [.exists(subject)] + (ready == true ? [.serves(subject)] : [])))
    }

    /// A service's name becomes a DNS name of its own (DNS-1035), which begins with a letter.
    private static func serviceName(_ arguments: ToolArguments, for target: LiveTarget) throws(ToolFailure) -> String {
        let name = arguments.string("service_name") ?? target.object.name
        guard Names.isLabel(name), name.first?.isLetter == true else {
            throw ToolFailure(
                "service_name: \"\(ToolParameters.excerpt(name))\" is no name of a service: at most 63 lower case letters, digits "
                    + "and '-', beginning with a letter")
        }
        return name
    }

    private static func text(of ports: [JSONValue]) -> String {
        ports.map { port in
            let number = port["port"]?.int ?? 0
            let target = port["targetPort"].map { $0.string ?? $0.int.map(String.init) ?? "" } ?? ""
            return "port \(number) → \(target) (\(port["protocol"]?.string ?? "TCP"))"
        }.joined(separator: ", ")
    }

    private static func warnings(_ type: String, hasReadyPods: Bool?) -> [String] {
        var warnings: [String] = []
        if type == "NodePort" { warnings.append("every node answers at the service's node port") }
        if type == "LoadBalancer" {
            warnings.append("the cloud gives it an address, which may be open to the internet and costs something")
        }
        if hasReadyPods == false {
            warnings.append("no pod that it selects is ready: it has no endpoints until one is")
        }
        return warnings
    }
}

/// What a service needs to know of the object that it is for.
struct ExposedWorkload {
    let target: LiveTarget
    let selector: [String: String]

    /// - Throws: ``ToolFailure`` for what has no pods, or whose pods a service can't select.
    init(_ target: LiveTarget) throws(ToolFailure) {
        self.target = target
        let object = target.object
        switch (target.resource.group, target.resource.plural) {
        case ("", "pods"): selector = object.labels
        case ("", "replicationcontrollers"): selector = Self.texts(object["spec", "selector"])
        case ("apps", "deployments"), ("apps", "replicasets"), ("apps", "statefulsets"):
            guard object["spec", "selector", "matchExpressions"]?.array?.isEmpty ?? true else {
                throw ToolFailure(
                    "\(target.text) selects its pods by matchExpressions, which a service can't; apply one with a selector"
                )
            }
            selector = Self.texts(object["spec", "selector", "matchLabels"])
        default:
            throw ToolFailure(
                "kind: \(target.resource.qualifiedName) can't be exposed; what can is a deployment, replicaset, "
                    + "statefulset, replicationcontroller or pod")
        }
        guard !selector.isEmpty else {
            throw ToolFailure("\(target.text) has no labels that a service could select by")
        }
    }

    private static func texts(_ json: JSONValue?) -> [String: String] {
        (json?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
    }

    /// What its containers declare.
    var ports: [JSONValue] {
        let path = (PodTemplate.path(in: target.resource) ?? []) + ["spec", "containers"]
        return (target.object.json[path: path]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }
    }

    /// Whether the service has somebody to lead to; nil where that can't be read.
    func readyPods(_ context: ToolContext) async throws -> Bool? {
        let options = ListOptions(labelSelector: LabelSelector(matching: selector), limit: 500)
        let pods = try await context.api.readable {
            try await context.api.list(.pods, namespace: target.namespace, options: options).items
        }
        return try? pods.get().contains { pod in
            (pod["status", "conditions"]?.array ?? []).contains {
                $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
            }
        }
    }
}

/// The ports of a service, from what the call says and the containers declare.
struct ServicePorts {
    let json: [JSONValue]

    init(_ arguments: ToolArguments, declared: [JSONValue], by target: LiveTarget) throws(ToolFailure) {
        let transport = arguments.string("protocol")
        guard let port = arguments.integer("port") else {
            guard arguments.string("target_port") == nil else { throw ToolFailure("port: required with target_port") }
            let all = declared.filter { transport == nil || ($0["protocol"]?.string ?? "TCP") == transport }
            guard !all.isEmpty else {
                throw ToolFailure("port: required, since the containers of \(target.text) declare no ports")
            }
            json = all.enumerated().map { position, port in
                .compact([
                    "name": all.count == 1 ? nil : port["name"] ?? .string("port-\(position + 1)"),
                    "port": port["containerPort"], "targetPort": port["containerPort"],
                    "protocol": port["protocol"] ?? "TCP",
                ])
            }
            return
        }
        let text = arguments.string("target_port") ?? String(port)
        let found = declared.first {
            $0["name"]?.string == text || $0["containerPort"]?.int.map(String.init) == text
        }
        json = [
            .compact([
                "port": JSONValue(port),
                "targetPort": try Self.targetPort(text, isDeclared: found != nil, among: declared, of: target),
                "protocol": transport.map(JSONValue.string) ?? found?["protocol"] ?? "TCP",
            ])
        ]
    }

    /// A number needs no declaration, a name does.
    private static func targetPort(
        _ text: String, isDeclared: Bool, among declared: [JSONValue], of target: LiveTarget
    ) throws(ToolFailure) -> JSONValue {
        if let number = Int(text) {
            guard (1...65_535).contains(number) else {
                throw ToolFailure("target_port: \(number) is not between 1 and 65535")
            }
            return JSONValue(number)
        }
        guard isDeclared else {
            let names = declared.compactMap { $0["name"]?.string }
            throw ToolFailure(
                "target_port: \(target.text) has no port \"\(ToolParameters.excerpt(text))\"; the names of its ports: "
                    + (names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
        return .string(text)
    }
}

extension JSONValue {
    /// An object of texts, by ascending keys: what is approved has one form.
    static func sorted(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }))
    }
}
