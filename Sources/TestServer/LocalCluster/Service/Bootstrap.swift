import KubeModel

/// What a new cluster contains: namespaces, default roles, and the simulation's node.
struct Bootstrap: Sendable {
    let storage: ObjectStorage

    static let nodeName = "local-node"

    func run(withNode: Bool, withMetrics: Bool = false) throws(APIStatus) {
        for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
            try create(.namespaces, namespace: nil, members: ["metadata": ["name": .string(name)]])
        }
        for (name, rules) in DefaultRoles.clusterRoles {
            try create(
                .clusterRoles, namespace: nil, members: ["metadata": Self.metadata(name), "rules": .array(rules)])
        }
        for (name, own, all, taker) in DefaultRoles.aggregated(withMetrics: withMetrics) {
            try createAggregated(name, own: own, all: all, takenInBy: taker)
        }
        for (name, role, group) in DefaultRoles.clusterRoleBindings {
            try create(
                .clusterRoleBindings, namespace: nil,
                members: [
                    "metadata": Self.metadata(name),
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role)],
                    "subjects": .array(
                        group.map { ["kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": .string($0)] }),
                ])
        }
        for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
            try create(
                .priorityClasses, namespace: nil,
                members: ["metadata": ["name": .string(name)], "value": JSONValue(value)])
        }
        if withNode { try create(.nodes, namespace: nil, members: Self.node) }
    }

    /// With the rules that the controller would fill in.
    private func createAggregated(
        _ name: String, own: [JSONValue], all: [JSONValue], takenInBy taker: String?
    ) throws(APIStatus) {
        let label = DefaultRoles.aggregationLabel(name)
        let part = Self.metadata("system:aggregate-to-\(name)", label: label)
        try create(.clusterRoles, namespace: nil, members: ["metadata": part, "rules": .array(own)])
        let selector: JSONValue = ["matchLabels": .object([label: "true"])]
        let metadata = Self.metadata(name, label: taker.map(DefaultRoles.aggregationLabel))
        try create(
            .clusterRoles, namespace: nil,
            members: [
                "metadata": metadata, "aggregationRule": ["clusterRoleSelectors": [selector]], "rules": .array(all),
            ])
    }

    private static func metadata(_ name: String, label: String? = nil) -> JSONValue {
        var metadata: JSONValue = [
            "name": .string(name), "labels": ["kubernetes.io/bootstrapping": "rbac-defaults"],
            "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
        ]
        if let label { metadata["labels", label] = "true" }
        return metadata
    }

    private func create(_ resource: APIResource, namespace: String?, members: JSONValue) throws(APIStatus) {
        guard let definition = storage.catalog.find(resource) else { return }
        var object: JSONValue = ["apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind)]
        for (key, value) in members.object ?? [:] { object[key] = value }
        _ = try storage.create(
            object, definition: definition, namespace: namespace, options: .controller("kube-apiserver"))
    }

    private static var node: JSONValue {
        let now = JSONValue.string(KubeTime.now().description)
        let resources: JSONValue = ["cpu": "8", "memory": "16Gi", "pods": "110"]
        return [
            "metadata": [
                "name": .string(nodeName),
                "labels": [
                    "kubernetes.io/hostname": .string(nodeName), "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": "amd64", "topology.kubernetes.io/zone": "zone-0",
                ],
            ], "spec": .object([:]),
            "status": [
                "capacity": resources, "allocatable": resources,
                "conditions": [
                    [
                        "type": "Ready", "status": "True", "lastHeartbeatTime": now, "lastTransitionTime": now,
                        "reason": "KubeletReady", "message": "kubelet is posting ready status",
                    ]
                ],
                "addresses": [
                    ["type": "InternalIP", "address": "10.0.0.1"],
                    ["type": "Hostname", "address": .string(nodeName)],
                ], "nodeInfo": ["kubeletVersion": "v1.36.2", "operatingSystem": "linux", "architecture": "amd64"],
            ],
        ]
    }
}
