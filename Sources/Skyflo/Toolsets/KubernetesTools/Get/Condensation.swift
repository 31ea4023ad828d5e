import KubeModel

/// Steps that make an object smaller. Each presupposes those before it; what is needed least goes first.
enum Condensation: Int, CaseIterable, Comparable, Sendable {
    case bookkeeping, bulk, details, settings, outline, summary, brief

    static func < (a: Condensation, b: Condensation) -> Bool { a.rawValue < b.rawValue }

    /// What the step leaves out.
    var what: String {
        switch self {
        case .bookkeeping: "last-applied-configuration and managedFields"
        case .bulk: "images of nodes, ids of images and containers, mounts of tokens, the middle of texts over 1 kB"
        case .details:
            "uids, versions, times of conditions, probes, security contexts, default values, the middle of texts over 256 bytes"
        case .settings:
            "annotations, values of variables, volumes, tolerations, affinity, all but 20 elements of an array"
        case .outline: "deeply nested fields, strings over 100 bytes"
        case .summary: "all but names, labels, images, phase, conditions and states of containers"
        case .brief: "labels, messages of conditions, and conditions of pods that are met"
        }
    }

    func apply(_ object: KubeObject) -> KubeObject {
        switch self {
        case .bookkeeping:
            var object = object
            object.json[path: ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"]] = nil
            return object
        case .bulk:
            return KubeObject(Pruning(fields: Self.bulkFields, text: 1024).apply(Self.withoutTokens(object.json)))
        case .details:
            return KubeObject(Pruning(fields: Self.detailFields, text: 256, dropsEmpty: true).apply(object.json))
        case .settings:
            return KubeObject(
                Pruning(fields: Self.settingFields, text: 160, elements: 20, dropsEmpty: true).apply(object.json))
        case .outline:
            return KubeObject(
                Pruning(fields: [], text: 100, elements: 10, depth: 6, dropsEmpty: true).apply(object.json))
        // Summaries are made of what was shortened before, and a brief one of a summary.
        case .summary: return KubeObject(ObjectSummary.full(object))
        case .brief: return KubeObject(ObjectSummary.brief(object))
        }
    }

    private static let bulkFields: Set<String> = [
        "images", "imageID", "containerID", "volumesInUse", "volumesAttached", "terminationMessagePath",
        "terminationMessagePolicy", "selfLink", "caBundle",
    ]

    private static let detailFields: Set<String> = [
        "uid", "resourceVersion", "generation", "generateName", "ownerReferences", "blockOwnerDeletion",
        "lastProbeTime",
        "lastTransitionTime", "lastHeartbeatTime", "lastUpdateTime", "livenessProbe", "readinessProbe", "startupProbe",
        "securityContext", "podIPs", "hostIPs", "hostIP", "dnsPolicy", "schedulerName", "enableServiceLinks",
        "preemptionPolicy", "terminationGracePeriodSeconds", "imagePullPolicy", "allocatedResources", "nodeInfo",
        "serviceAccount", "protocol", "creationTimestamp", "startTime", "restartPolicy", "priority",
    ]

    private static let settingFields: Set<String> = [
        "annotations", "env", "envFrom", "volumes", "volumeMounts", "tolerations", "affinity",
        "topologySpreadConstraints",
        "lifecycle", "volumeClaimTemplates", "imagePullSecrets", "openAPIV3Schema", "qosClass",
    ]

    /// What Kubernetes adds to every pod: its token's volume, and two tolerations.
    private static func withoutTokens(_ json: JSONValue) -> JSONValue {
        var json = json
        guard json["spec", "volumes"] != nil || json["spec", "tolerations"] != nil else { return json }
        func isToken(_ entry: JSONValue) -> Bool { entry["name"]?.string?.hasPrefix("kube-api-access-") ?? false }
        if let volumes = json["spec", "volumes"]?.array {
            json["spec", "volumes"] = .array(volumes.filter { !isToken($0) })
        }
        if let tolerations = json["spec", "tolerations"]?.array {
            json["spec", "tolerations"] = .array(
                tolerations.filter { $0["tolerationSeconds"]?.int != 300 || $0["effect"]?.string != "NoExecute" })
        }
        for list in ["initContainers", "containers"] {
            guard let containers = json["spec", list]?.array else { continue }
            json["spec", list] = .array(
                containers.map { container in
                    guard let mounts = container["volumeMounts"]?.array else { return container }
                    var container = container
                    container["volumeMounts"] = .array(mounts.filter { !isToken($0) })
                    return container
                })
        }
        return json
    }
}
