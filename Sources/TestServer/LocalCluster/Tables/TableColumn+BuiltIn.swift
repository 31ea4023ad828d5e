import KubeModel

/// The columns of built-in kinds, as `k8s.io/kubernetes/pkg/printers/internalversion` has them.
extension TableColumn {
    static func text(
        _ name: String, _ description: String, wide: Bool = false, type: String = "string",
        _ cell: @escaping @Sendable (KubeObject) -> JSONValue
    ) -> TableColumn {
        TableColumn(name: name, type: type, description: description, priority: wide ? 1 : 0) { object, _ in
            cell(object)
        }
    }

    static func number(_ name: String, _ description: String, _ path: String...) -> TableColumn {
        text(name, description, type: "integer") { JSONValue($0.json[path: path]?.int ?? 0) }
    }

    static let namespaces = [name, text("Status", "The status of the namespace") { $0["status", "phase"] ?? "" }, age]

    static let configMaps = [
        name,
        text("Data", "Data contains the configuration data.") {
            let count = ($0.json["data"]?.object?.count ?? 0) + ($0.json["binaryData"]?.object?.count ?? 0)
            return JSONValue(count)
        }, age,
    ]

    static let secrets = [
        name,
        text("Type", "Used to facilitate programmatic handling of secret data.") { $0.json["type"] ?? "" },
        text("Data", "Data contains the secret data.") { JSONValue($0.json["data"]?.object?.count ?? 0) }, age,
    ]

    static let leases = [
        name,
        text("Holder", "holderIdentity contains the identity of the holder of a current lease.") {
            $0["spec", "holderIdentity"] ?? ""
        }, age,
    ]

    static let definitions = [name, createdAt]
    static let roles = [name, createdAt]

    static let roleBindings: [TableColumn] = {
        @Sendable func subjects(_ object: KubeObject, _ kind: String) -> JSONValue {
            let found = (object.json["subjects"]?.array ?? []).filter { $0["kind"]?.string == kind }
            let names = found.map { subject in
                let name = subject["name"]?.string ?? ""
                return kind == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(name)" : name
            }
            return .string(names.joined(separator: ", "))
        }
        return [
            name,
            text("Role", "RoleRef can reference a Role in the current namespace or a ClusterRole.") {
                .string("\($0["roleRef", "kind"]?.string ?? "")/\($0["roleRef", "name"]?.string ?? "")")
            }, age,
            text("Users", "Users in the roleBinding", wide: true) { subjects($0, "User") },
            text("Groups", "Groups in the roleBinding", wide: true) { subjects($0, "Group") },
            text("ServiceAccounts", "ServiceAccounts in the roleBinding", wide: true) {
                subjects($0, "ServiceAccount")
            },
        ]
    }()

    // MARK: Workloads

    static let templateColumns = [
        text("Containers", "Names of each container in the template.", wide: true) { containers($0, "name") },
        text("Images", "Images referenced by each container in the template.", wide: true) { containers($0, "image") },
    ]

    static let selector = text("Selector", "Label selector for pods.", wide: true) { object in
        .string(object["spec", "selector"].flatMap { LabelSelector($0) }.map(\.description) ?? "<none>")
    }

    private static func containers(_ object: KubeObject, _ member: String) -> JSONValue {
        let list = object["spec", "template", "spec", "containers"]?.array ?? []
        return .string(list.compactMap { $0[member]?.string }.joined(separator: ","))
    }

    private static func ratio(_ object: KubeObject, _ member: String) -> JSONValue {
        .string("\(object["status", member]?.int ?? 0)/\(object["spec", "replicas"]?.int ?? 1)")
    }

    static let deployments =
        [
            name, text("Ready", "Number of the pod with ready state") { ratio($0, "readyReplicas") },
            text("Up-to-date", "Total number of non-terminating pods targeted by this deployment.") {
                JSONValue($0["status", "updatedReplicas"]?.int ?? 0)
            },
            text("Available", "Total number of available non-terminating pods.") {
                JSONValue($0["status", "availableReplicas"]?.int ?? 0)
            }, age,
        ] + templateColumns + [selector]

    static let replicaSets =
        [
            name, number("Desired", "Replicas is the number of desired pods.", "spec", "replicas"),
            number("Current", "Replicas is the most recently observed number of pods.", "status", "replicas"),
            number("Ready", "The number of pods with a Ready condition.", "status", "readyReplicas"), age,
        ] + templateColumns + [selector]

    static let statefulSets =
        [name, text("Ready", "Number of the pod with ready state") { ratio($0, "readyReplicas") }, age]
        + templateColumns

    static let daemonSets =
        [
            name,
            number("Desired", "The nodes that should be running the daemon pod", "status", "desiredNumberScheduled"),
            number("Current", "The nodes that are running the daemon pod", "status", "currentNumberScheduled"),
            number("Ready", "The nodes whose daemon pod is ready", "status", "numberReady"),
            number("Up-to-date", "The nodes that run the updated pod", "status", "updatedNumberScheduled"),
            number("Available", "The nodes whose daemon pod is available", "status", "numberAvailable"),
            text("Node Selector", "NodeSelector is a selector which must be true for the pod to fit on a node.") {
                let pairs = $0["spec", "template", "spec", "nodeSelector"]?.object ?? [:]
                let texts = pairs.map { "\($0.key)=\($0.value.string ?? "")" }
                return .string(texts.isEmpty ? "<none>" : texts.joined(separator: ","))
            }, age,
        ] + templateColumns + [selector]

    static let nodes = [
        name,
        text("Status", "The status of the node") { object in
            let conditions = object["status", "conditions"]?.array ?? []
            let isReady = conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
            return isReady ? "Ready" : "NotReady"
        }, text("Roles", "The roles of the node") { _ in "<none>" }, age,
        text("Version", "Kubelet Version reported by the node.") { $0["status", "nodeInfo", "kubeletVersion"] ?? "" },
    ]

    static let services = [
        name, text("Type", "type determines how the Service is exposed.") { $0["spec", "type"] ?? "" },
        text("Cluster-IP", "clusterIP is the IP address of the service.") {
            $0["spec", "clusterIP"] ?? "<none>"
        },
        text("External-IP", "externalIPs is a list of IP addresses for which nodes accept traffic.") {
            let addresses = ($0["spec", "externalIPs"]?.array ?? []).compactMap(\.string)
            if !addresses.isEmpty { return .string(addresses.joined(separator: ",")) }
            if let name = $0["spec", "externalName"] { return name }
            return $0["spec", "type"]?.string == "LoadBalancer" ? "<pending>" : "<none>"
        },
        text("Port(s)", "The list of ports that are exposed by this service.") {
            let ports = ($0["spec", "ports"]?.array ?? []).map { port in
                let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
                return "\(port["port"]?.int ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
            }
            return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
        }, age,
        text("Selector", "Route service traffic to pods with matching labels.", wide: true) {
            let pairs = ($0["spec", "selector"]?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
            return .string(pairs.isEmpty ? "<none>" : pairs.joined(separator: ","))
        },
    ]
}
