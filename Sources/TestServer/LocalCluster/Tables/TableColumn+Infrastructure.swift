import KubeModel

/// Columns of networking, storage and scheduling.
extension TableColumn {
    static let ingresses: [TableColumn] = [
        name,
        text(
            "Class",
            description: "The name of the IngressClass resource that should be used for additional configuration"
        ) {
            $0["spec", "ingressClassName"] ?? "<none>"
        },
        text("Hosts", description: "Hosts that incoming requests are matched against before the ingress rule") {
            ingress in
            let hosts = (ingress["spec", "rules"]?.array ?? []).compactMap { $0["host"]?.string }
            return limited(hosts.isEmpty ? ["*"] : hosts)
        },
        text("Address", description: "Address is a list containing ingress points for the load-balancer") { ingress in
            let points = ingress["status", "loadBalancer", "ingress"]?.array ?? []
            return .string(points.compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }.joined(separator: ","))
        },
        text("Ports", description: "Ports of TLS configurations that open") {
            ($0["spec", "tls"]?.array?.isEmpty ?? true) ? "80" : "80, 443"
        }, age,
    ]

    static let ingressClasses: [TableColumn] = [
        name,
        text("Controller", description: "Controller that is responsible for handling this class") {
            $0["spec", "controller"] ?? ""
        },
        text("Parameters", description: "A reference to a resource with additional parameters") { object in
            guard let parameters = object["spec", "parameters"] else { return "<none>" }
            let group = parameters["apiGroup"]?.string.map { ".\($0)" } ?? ""
            return .string("\(parameters["kind"]?.string ?? "")\(group)/\(parameters["name"]?.string ?? "")")
        }, age,
    ]

    static let networkPolicies: [TableColumn] = [
        name,
        text("Pod-Selector", description: "podSelector selects the pods to which this NetworkPolicy object applies.") {
            policy in
            let selector = policy["spec", "podSelector"].flatMap { LabelSelector($0) }?.description ?? ""
            return .string(selector.isEmpty ? "<none>" : selector)
        }, age,
    ]

    static let priorityClasses: [TableColumn] = [
        name, number("Value", description: "value represents the integer value of this priority class.", path: "value"),
        text("Global-Default", description: "globalDefault specifies whether this is the default.", type: "boolean") {
            $0.json["globalDefault"] ?? false
        }, age,
        text("PreemptionPolicy", description: "preemptionPolicy is the Policy for preempting pods with lower priority.")
        {
            $0.json["preemptionPolicy"] ?? ""
        },
    ]

    static let storageClasses: [TableColumn] = [
        TableColumn(name: "Name", format: "name", description: name.description) { object, _ in
            let isDefault = object.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
            return .string(isDefault ? "\(object.name) (default)" : object.name)
        },
        text("Provisioner", description: "provisioner indicates the type of the provisioner.") {
            $0.json["provisioner"] ?? ""
        },
        text(
            "ReclaimPolicy",
            description: "reclaimPolicy controls the reclaimPolicy for dynamically provisioned volumes."
        ) {
            $0.json["reclaimPolicy"] ?? ""
        },
        text(
            "VolumeBindingMode",
            description: "volumeBindingMode indicates how PersistentVolumeClaims should be provisioned."
        ) {
            $0.json["volumeBindingMode"] ?? ""
        },
        text(
            "AllowVolumeExpansion",
            description: "allowVolumeExpansion shows whether the storage class allows expansion."
        ) {
            $0.json["allowVolumeExpansion"] ?? false
        }, age,
    ]

    static let volumes: [TableColumn] = [
        name,
        text("Capacity", description: "capacity is the description of the persistent volume's resources and capacity.")
        {
            $0["spec", "capacity", "storage"] ?? ""
        },
        text("Access Modes", description: "accessModes contains all ways the volume can be mounted.") {
            accessModes($0["spec", "accessModes"])
        },
        text("Reclaim Policy", description: "persistentVolumeReclaimPolicy defines what happens to a released volume.")
        {
            $0["spec", "persistentVolumeReclaimPolicy"] ?? ""
        }, text("Status", description: "phase indicates if a volume is available.") { $0["status", "phase"] ?? "" },
        text("Claim", description: "claimRef is part of a bi-directional binding.") { volume in
            guard let claim = volume["spec", "claimRef"] else { return "" }
            return .string("\(claim["namespace"]?.string ?? "")/\(claim["name"]?.string ?? "")")
        }, text("StorageClass", description: "StorageClass of the pv") { $0["spec", "storageClassName"] ?? "" },
        text("VolumeAttributesClass", description: "VolumeAttributesClass of the pv") {
            $0["spec", "volumeAttributesClassName"] ?? "<unset>"
        }, text("Reason", description: "reason describes any failure.") { $0["status", "reason"] ?? "" }, age,
        text("VolumeMode", description: "volumeMode defines what the volume is used as.", wide: true) {
            $0["spec", "volumeMode"] ?? "<unset>"
        },
    ]

    static let podTemplates: [TableColumn] = [
        name, template("Containers", description: "Names of each container in the template.", member: "name"),
        template("Images", description: "Images referenced by each container in the template.", member: "image"),
        text("Pod Labels", description: "The labels for the pod template.") { object in
            .string(labels(object["template", "metadata", "labels"]))
        },
    ]

    private static func template(_ title: String, description: String, member: String) -> TableColumn {
        text(title, description: description) { object in
            let containers = object["template", "spec", "containers"]?.array ?? []
            return .string(containers.compactMap { $0[member]?.string }.joined(separator: ","))
        }
    }

    static let replicationControllers: [TableColumn] =
        [
            name,
            number("Desired", description: "Replicas is the number of desired replicas.", path: "spec", "replicas"),
            number(
                "Current", description: "Replicas is the most recently observed number of replicas.", path: "status",
                "replicas"),
            number("Ready", description: "The number of ready replicas.", path: "status", "readyReplicas"), age,
        ] + templateColumns + [
            text("Selector", description: "Selector is a label query over pods.", wide: true) { object in
                .string(labels(object["spec", "selector"]))
            }
        ]

    /// `a=b,c=d`, in order.
    private static func labels(_ value: JSONValue?) -> String {
        let texts = (value?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }
        return texts.isEmpty ? "<none>" : texts.sorted().joined(separator: ",")
    }
}
