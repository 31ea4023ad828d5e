import KubeModel

/// Service → Endpoints and one EndpointSlice, from the pods that its selector selects.
struct EndpointsController: Sendable {
    let cluster: SimulatedCluster

    func sync(_ key: ObjectKey) {
        guard let service = cluster.get(.services, key: key) else {
            // Endpoints have the name of their service instead of an owner.
            if let endpoints = cluster.get(.endpoints, key: key), endpoints.labels[ServiceBackends.managedBy] != nil {
                cluster.delete(.endpoints, object: endpoints)
            }
            return
        }
        guard let selector = service["spec", "selector"]?.object, !selector.isEmpty, !service.isBeingDeleted else {
            return
        }
        let labels = KubeObject(["metadata": ["labels": .object(selector)]]).labels
        let pods = cluster.selected(.pods, in: key.namespace, by: LabelSelector(matching: labels))
        let backends = ServiceBackends(service: service, pods: pods)
        write(backends.endpoints, resource: .endpoints, for: service)
        let slice = cluster.controlled(.endpointSlices, by: service).first
        write(backends.slice(named: slice?.name), resource: .endpointSlices, for: service)
    }

    private func write(_ wanted: KubeObject, resource: APIResource, for service: KubeObject) {
        guard !wanted.name.isEmpty, cluster.get(resource, key: wanted.key) != nil else {
            cluster.create(
                wanted.json, resource: resource, namespace: service.namespace ?? "", by: DeploymentController.manager)
            return
        }
        cluster.update(resource, key: wanted.key, by: DeploymentController.manager) { object in
            object.labels = wanted.labels
            for member in ["subsets", "endpoints", "ports"] { object.json[member] = wanted.json[member] }
        }
    }
}

/// The addresses behind a service, in both forms that the API has for them.
struct ServiceBackends: Sendable {
    static let managedBy = "endpoints.kubernetes.io/managed-by"

    let service: KubeObject
    let pods: [KubeObject]

    init(service: KubeObject, pods: [KubeObject]) {
        self.service = service
        self.pods = pods.filter { $0["status", "podIP"] != nil && !PodState.isFinished($0) }
    }

    private var publishesUnready: Bool { service["spec", "publishNotReadyAddresses"]?.bool ?? false }

    private func isReady(_ pod: KubeObject) -> Bool {
        publishesUnready || PodState.isReady(pod) && !pod.isBeingDeleted
    }

    private static func target(_ pod: KubeObject) -> JSONValue {
        .compact([
            "kind": "Pod", "namespace": pod.namespace.map(JSONValue.string), "name": .string(pod.name),
            "uid": .string(pod.uid),
        ])
    }

    /// A port by name is looked up in the pod, as each version of a program may have it elsewhere.
    private func ports(_ pod: KubeObject?) -> [JSONValue] {
        (service["spec", "ports"]?.array ?? []).compactMap { port in
            var number = port["targetPort"]?.int
            if let name = port["targetPort"]?.string {
                let declared = (pod?["spec", "containers"]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }
                number = declared.first { $0["name"]?.string == name }?["containerPort"]?.int
            }
            guard let number else { return nil }
            return .compact([
                "name": port["name"], "port": JSONValue(number), "protocol": port["protocol"] ?? "TCP",
            ])
        }
    }

    var endpoints: KubeObject {
        var object = KubeObject(.endpoints, namespace: service.namespace, name: service.name)
        object.labels = service.labels.merging([Self.managedBy: "endpoint-controller"]) { $1 }
        if service["spec", "clusterIP"]?.string == "None" { object.labels["service.kubernetes.io/headless"] = "" }
        func addresses(_ ready: Bool) -> JSONValue? {
            let found = pods.filter { isReady($0) == ready && (ready || !$0.isBeingDeleted) }.map { pod in
                JSONValue.compact([
                    "ip": pod["status", "podIP"], "nodeName": pod["spec", "nodeName"], "targetRef": Self.target(pod),
                ])
            }
            return found.isEmpty ? nil : .array(found)
        }
        let (ready, notReady) = (addresses(true), addresses(false))
        if ready != nil || notReady != nil {
            let subset = JSONValue.compact([
                "addresses": ready, "notReadyAddresses": notReady, "ports": .array(ports(pods.first)),
            ])
            object.json["subsets"] = [subset]
        }
        return object
    }

    func slice(named name: String?) -> KubeObject {
        var object = KubeObject(.endpointSlices, namespace: service.namespace, name: name ?? "")
        if name == nil {
            object["metadata", "name"] = nil
            object["metadata", "generateName"] = .string("\(service.name)-")
        }
        object.labels = service.labels.merging([
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            "kubernetes.io/service-name": service.name,
        ]) { $1 }
        if service["spec", "clusterIP"]?.string == "None" { object.labels["service.kubernetes.io/headless"] = "" }
        object.ownerReferences = [OwnerReference(controller: service)]
        object.json["addressType"] = "IPv4"
        object.json["endpoints"] = .array(pods.map(endpoint))
        object.json["ports"] = .array(pods.isEmpty ? [] : ports(pods.first).map(Self.named))
        return object
    }

    private static func named(_ port: JSONValue) -> JSONValue {
        var port = port
        PodTemplateDefaults.fill(&port, member: "name", value: "")
        return port
    }

    private func endpoint(_ pod: KubeObject) -> JSONValue {
        .compact([
            "addresses": .array([pod["status", "podIP"] ?? ""]),
            "conditions": [
                "ready": .bool(isReady(pod)), "serving": .bool(publishesUnready || PodState.isReady(pod)),
                "terminating": .bool(pod.isBeingDeleted),
            ],
            "nodeName": pod["spec", "nodeName"], "targetRef": Self.target(pod),
        ])
    }
}
