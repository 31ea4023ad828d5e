import KubeModel

/// The columns of built-in kinds, as `k8s.io/kubernetes/pkg/printers/internalversion` has them.
extension TableColumn {
    static func text(
        _ name: String, description: String, wide: Bool = false, type: String = "string",
        cell: @escaping @Sendable (KubeObject) -> JSONValue
    ) -> TableColumn {
        TableColumn(name: name, type: type, description: description, priority: wide ? 1 : 0) { object, _ in
            cell(object)
        }
    }

    static func number(_ name: String, description: String, path: String...) -> TableColumn {
        text(name, description: description, type: "integer") { JSONValue($0.json[path: path]?.int ?? 0) }
    }

    static let namespaces = [
        name, text("Status", description: "The status of the namespace") { $0["status", "phase"] ?? "" }, age,
    ]

    static let configMaps = [
        name,
        text("Data", description: "Data contains the configuration data.") {
            let count = ($0.json["data"]?.object?.count ?? 0) + ($0.json["binaryData"]?.object?.count ?? 0)
            return JSONValue(count)
        }, age,
    ]

    static let secrets = [
        name,
        text("Type", description: "Used to facilitate programmatic handling of secret data.") { $0.json["type"] ?? "" },
        text("Data", description: "Data contains the secret data.") { JSONValue($0.json["data"]?.object?.count ?? 0) },
        age,
    ]

    static let leases = [
        name,
        text("Holder", description: "holderIdentity contains the identity of the holder of a current lease.") {
            $0["spec", "holderIdentity"] ?? ""
        }, age,
    ]

    static let definitions = [name, createdAt]
    static let roles = [name, createdAt]

    static let roleBindings: [TableColumn] = {
        @Sendable func subjects(_ object: KubeObject, kind: String) -> JSONValue {
            let found = (object.json["subjects"]?.array ?? []).filter { $0["kind"]?.string == kind }
            let names = found.map { subject in
                let name = subject["name"]?.string ?? ""
                return kind == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(name)" : name
            }
            return .string(names.joined(separator: ", "))
        }
        return [
            name,
            text("Role", description: "RoleRef can reference a Role in the current namespace or a ClusterRole.") {
                .string("\($0["roleRef", "kind"]?.string ?? "")/\($0["roleRef", "name"]?.string ?? "")")
            }, age,
            text("Users", description: "Users in the roleBinding", wide: true) { subjects($0, kind: "User") },
            text("Groups", description: "Groups in the roleBinding", wide: true) { subjects($0, kind: "Group") },
            text("ServiceAccounts", description: "ServiceAccounts in the roleBinding", wide: true) {
                subjects($0, kind: "ServiceAccount")
            },
        ]
    }()

    // MARK: Workloads

    static let templateColumns = [
        text("Containers", description: "Names of each container in the template.", wide: true) {
            containers($0, member: "name")
        },
        text("Images", description: "Images referenced by each container in the template.", wide: true) {
            containers($0, member: "image")
        },
    ]

    static let selector = text("Selector", description: "Label selector for pods.", wide: true) { object in
        .string(object["spec", "selector"].flatMap { LabelSelector($0) }.map(\.description) ?? "<none>")
    }

    private static func containers(_ object: KubeObject, member: String) -> JSONValue {
        let list = object["spec", "template", "spec", "containers"]?.array ?? []
        return .string(list.compactMap { $0[member]?.string }.joined(separator: ","))
    }

    private static func ratio(_ object: KubeObject, member: String) -> JSONValue {
        .string("\(object["status", member]?.int ?? 0)/\(object["spec", "replicas"]?.int ?? 1)")
    }

    static let deployments =
        [
            name,
            text("Ready", description: "Number of the pod with ready state") { ratio($0, member: "readyReplicas") },
            text("Up-to-date", description: "Total number of non-terminating pods targeted by this deployment.") {
                JSONValue($0["status", "updatedReplicas"]?.int ?? 0)
            },
            text("Available", description: "Total number of available non-terminating pods.") {
                JSONValue($0["status", "availableReplicas"]?.int ?? 0)
            }, age,
        ] + templateColumns + [selector]

    static let replicaSets =
        [
            name, number("Desired", description: "Replicas is the number of desired pods.", path: "spec", "replicas"),
            number(
                "Current", description: "Replicas is the most recently observed number of pods.", path: "status",
                "replicas"),
            number("Ready", description: "The number of pods with a Ready condition.", path: "status", "readyReplicas"),
            age,
        ] + templateColumns + [selector]

    static let statefulSets =
        [
            name,
            text("Ready", description: "Number of the pod with ready state") { ratio($0, member: "readyReplicas") },
            age,
        ]
        + templateColumns

    static let daemonSets =
        [
            name,
            number(
                "Desired", description: "The nodes that should be running the daemon pod", path: "status",
                "desiredNumberScheduled"),
            number(
                "Current", description: "The nodes that are running the daemon pod", path: "status",
                "currentNumberScheduled"),
            number("Ready", description: "The nodes whose daemon pod is ready", path: "status", "numberReady"),
            number(
                "Up-to-date", description: "The nodes that run the updated pod", path: "status",
                "updatedNumberScheduled"),
            number(
                "Available", description: "The nodes whose daemon pod is available", path: "status", "numberAvailable"),
            text(
                "Node Selector",
                description: "NodeSelector is a selector which must be true for the pod to fit on a node."
            ) {
                let pairs = $0["spec", "template", "spec", "nodeSelector"]?.object ?? [:]
                let texts = pairs.map { "\($0.key)=\($0.value.string ?? "")" }
                return .string(texts.isEmpty ? "<none>" : texts.joined(separator: ","))
            }, age,
        ] + templateColumns + [selector]

    static let nodes = [
        name,
        text("Status", description: "The status of the node") { object in
            let conditions = object["status", "conditions"]?.array ?? []
            let isReady = conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
            return isReady ? "Ready" : "NotReady"
        }, text("Roles", description: "The roles of the node") { _ in "<none>" }, age,
        text("Version", description: "Kubelet Version reported by the node.") {
            $0["status", "nodeInfo", "kubeletVersion"] ?? ""
        },
    ]

    static let services = [
        name, text("Type", description: "type determines how the Service is exposed.") { $0["spec", "type"] ?? "" },
        text("Cluster-IP", description: "clusterIP is the IP address of the service.") {
            $0["spec", "clusterIP"] ?? "<none>"
        },
        text("External-IP", description: "externalIPs is a list of IP addresses for which nodes accept traffic.") {
            let addresses = ($0["spec", "externalIPs"]?.array ?? []).compactMap(\.string)
            if !addresses.isEmpty { return .string(addresses.joined(separator: ",")) }
            if let name = $0["spec", "externalName"] { return name }
            return $0["spec", "type"]?.string == "LoadBalancer" ? "<pending>" : "<none>"
        },
        text("Port(s)", description: "The list of ports that are exposed by this service.") {
            let ports = ($0["spec", "ports"]?.array ?? []).map { port in
                let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
                return "\(port["port"]?.int ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
            }
            return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
        }, age,
        text("Selector", description: "Route service traffic to pods with matching labels.", wide: true) {
            let pairs = ($0["spec", "selector"]?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
            return .string(pairs.isEmpty ? "<none>" : pairs.joined(separator: ","))
        },
    ]
}
