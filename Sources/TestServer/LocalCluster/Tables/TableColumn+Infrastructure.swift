import KubeModel

/// Columns of networking, storage and scheduling.
extension TableColumn {
    static let ingresses: [TableColumn] = [
        name,
        text("Class", "The name of the IngressClass resource that should be used for additional configuration") {
            $0["spec", "ingressClassName"] ?? "<none>"
        },
        text("Hosts", "Hosts that incoming requests are matched against before the ingress rule") { ingress in
            let hosts = (ingress["spec", "rules"]?.array ?? []).compactMap { $0["host"]?.string }
            return limited(hosts.isEmpty ? ["*"] : hosts)
        },
        text("Address", "Address is a list containing ingress points for the load-balancer") { ingress in
            let points = ingress["status", "loadBalancer", "ingress"]?.array ?? []
            return .string(points.compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }.joined(separator: ","))
        },
        text("Ports", "Ports of TLS configurations that open") {
            ($0["spec", "tls"]?.array?.isEmpty ?? true) ? "80" : "80, 443"
        }, age,
    ]

    static let ingressClasses: [TableColumn] = [
        name,
        text("Controller", "Controller that is responsible for handling this class") {
            $0["spec", "controller"] ?? ""
        },
        text("Parameters", "A reference to a resource with additional parameters") { object in
            guard let parameters = object["spec", "parameters"] else { return "<none>" }
            let group = parameters["apiGroup"]?.string.map { ".\($0)" } ?? ""
            return .string("\(parameters["kind"]?.string ?? "")\(group)/\(parameters["name"]?.string ?? "")")
        }, age,
    ]

    static let networkPolicies: [TableColumn] = [
        name,
        text("Pod-Selector", "podSelector selects the pods to which this NetworkPolicy object applies.") { policy in
            let selector = policy["spec", "podSelector"].flatMap { LabelSelector($0) }?.description ?? ""
            return .string(selector.isEmpty ? "<none>" : selector)
        }, age,
    ]

    static let priorityClasses: [TableColumn] = [
        name, number("Value", "value represents the integer value of this priority class.", "value"),
        text("Global-Default", "globalDefault specifies whether this is the default.", type: "boolean") {
            $0.json["globalDefault"] ?? false
        }, age,
        text("PreemptionPolicy", "preemptionPolicy is the Policy for preempting pods with lower priority.") {
            $0.json["preemptionPolicy"] ?? ""
        },
    ]

    static let storageClasses: [TableColumn] = [
        TableColumn(name: "Name", format: "name", description: name.description) { object, _ in
            let isDefault = object.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
            return .string(isDefault ? "\(object.name) (default)" : object.name)
        },
        text("Provisioner", "provisioner indicates the type of the provisioner.") { $0.json["provisioner"] ?? "" },
        text("ReclaimPolicy", "reclaimPolicy controls the reclaimPolicy for dynamically provisioned volumes.") {
            $0.json["reclaimPolicy"] ?? ""
        },
        text("VolumeBindingMode", "volumeBindingMode indicates how PersistentVolumeClaims should be provisioned.") {
            $0.json["volumeBindingMode"] ?? ""
        },
        text("AllowVolumeExpansion", "allowVolumeExpansion shows whether the storage class allows expansion.") {
            $0.json["allowVolumeExpansion"] ?? false
        }, age,
    ]

    static let volumes: [TableColumn] = [
        name,
        text("Capacity", "capacity is the description of the persistent volume's resources and capacity.") {
            $0["spec", "capacity", "storage"] ?? ""
        },
        text("Access Modes", "accessModes contains all ways the volume can be mounted.") {
            accessModes($0["spec", "accessModes"])
        },
        text("Reclaim Policy", "persistentVolumeReclaimPolicy defines what happens to a released volume.") {
            $0["spec", "persistentVolumeReclaimPolicy"] ?? ""
        }, text("Status", "phase indicates if a volume is available.") { $0["status", "phase"] ?? "" },
        text("Claim", "claimRef is part of a bi-directional binding.") { volume in
            guard let claim = volume["spec", "claimRef"] else { return "" }
            return .string("\(claim["namespace"]?.string ?? "")/\(claim["name"]?.string ?? "")")
        }, text("StorageClass", "StorageClass of the pv") { $0["spec", "storageClassName"] ?? "" },
        text("VolumeAttributesClass", "VolumeAttributesClass of the pv") {
            $0["spec", "volumeAttributesClassName"] ?? "<unset>"
        }, text("Reason", "reason describes any failure.") { $0["status", "reason"] ?? "" }, age,
        text("VolumeMode", "volumeMode defines what the volume is used as.", wide: true) {
            $0["spec", "volumeMode"] ?? "<unset>"
        },
    ]

    static let podTemplates: [TableColumn] = [
        name, template("Containers", "Names of each container in the template.", "name"),
        template("Images", "Images referenced by each container in the template.", "image"),
        text("Pod Labels", "The labels for the pod template.") { object in
            .string(labels(object["template", "metadata", "labels"]))
        },
    ]

    private static func template(_ title: String, _ description: String, _ member: String) -> TableColumn {
        text(title, description) { object in
            let containers = object["template", "spec", "containers"]?.array ?? []
            return .string(containers.compactMap { $0[member]?.string }.joined(separator: ","))
        }
    }

    static let replicationControllers: [TableColumn] =
        [
            name, number("Desired", "Replicas is the number of desired replicas.", "spec", "replicas"),
            number("Current", "Replicas is the most recently observed number of replicas.", "status", "replicas"),
            number("Ready", "The number of ready replicas.", "status", "readyReplicas"), age,
        ] + templateColumns + [
            text("Selector", "Selector is a label query over pods.", wide: true) { object in
                .string(labels(object["spec", "selector"]))
            }
        ]

    /// `a=b,c=d`, in order.
    private static func labels(_ value: JSONValue?) -> String {
        let texts = (value?.object ?? [:]).map { "\($0.key)=\($0.value.string ?? "")" }
        return texts.isEmpty ? "<none>" : texts.sorted().joined(separator: ",")
    }
}
