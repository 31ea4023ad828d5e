import KubeModel

/// Columns of the kinds that controllers work with beside workloads.
extension TableColumn {
    static func limited(_ items: [String], to limit: Int = 3) -> JSONValue {
        if items.isEmpty { return "<none>" }
        let surplus = items.count > limit ? " + \(items.count - limit) more..." : ""
        return .string(items.prefix(limit).joined(separator: ",") + surplus)
    }

    private static func intOrString(_ value: JSONValue?, missing: String) -> JSONValue {
        .string(value?.string ?? value?.int.map(String.init) ?? missing)
    }

    static let jobs: [TableColumn] =
        [
            name, text("Status", description: "Status of the job.") { .string(jobStatus($0)) },
            text("Completions", description: "The number of pods which reached phase Succeeded.") { job in
                let succeeded = job["status", "succeeded"]?.int ?? 0
                if let completions = job["spec", "completions"]?.int { return .string("\(succeeded)/\(completions)") }
                let parallelism = job["spec", "parallelism"]?.int ?? 0
                return .string(parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1")
            },
            TableColumn(name: "Duration", description: "Time required to complete the job.") { job, now in
                guard let start = job["status", "startTime"]?.string.flatMap({ KubeTime($0) }) else { return "" }
                let end = job["status", "completionTime"]?.string.flatMap { KubeTime($0) }
                return .string(HumanDuration.text(since: start, now: end ?? now))
            }, age,
        ] + templateColumns + [selector]

    private static func jobStatus(_ job: KubeObject) -> String {
        for (type, text) in [
            ("Complete", "Complete"), ("Failed", "Failed"), ("Suspended", "Suspended"),
            ("FailureTarget", "FailureTarget"), ("SuccessCriteriaMet", "SuccessCriteriaMet"),
        ] where Conditions.isTrue(type, object: job) {
            return text
        }
        return job.isBeingDeleted ? "Terminating" : "Running"
    }

    static let cronJobs: [TableColumn] = [
        name, text("Schedule", description: "The schedule in Cron format.") { $0["spec", "schedule"] ?? "" },
        text("Timezone", description: "The time zone name for the given schedule.") {
            $0["spec", "timeZone"] ?? "<none>"
        },
        text(
            "Suspend", description: "This flag tells the controller to suspend subsequent executions.", type: "boolean"
        ) {
            .string($0["spec", "suspend"]?.bool == true ? "True" : "False")
        },
        text("Active", description: "A list of pointers to currently running jobs.", type: "integer") {
            JSONValue($0["status", "active"]?.array?.count ?? 0)
        },
        TableColumn(
            name: "Last Schedule", description: "Information when was the last time the job was successfully scheduled."
        ) { object, now in
            guard let last = object["status", "lastScheduleTime"]?.string.flatMap({ KubeTime($0) }) else {
                return "<none>"
            }
            return .string(HumanDuration.text(since: last, now: now))
        }, age, jobTemplate("Containers", description: "Names of each container in the template.", member: "name"),
        jobTemplate("Images", description: "Images referenced by each container in the template.", member: "image"),
        text("Selector", description: "A label query over pods that should match the pod count.", wide: true) { _ in
            "<none>"
        },
    ]

    private static func jobTemplate(_ title: String, description: String, member: String) -> TableColumn {
        text(title, description: description, wide: true) { object in
            let spec = object["spec", "jobTemplate", "spec", "template"]?["spec"]
            let texts = (spec?["containers"]?.array ?? []).compactMap { $0[member]?.string }
            return .string(texts.joined(separator: ","))
        }
    }

    // MARK: Networking

    static let endpoints: [TableColumn] = [
        name,
        text("Endpoints", description: "The set of all endpoints is the union of all subsets.") { object in
            let texts = (object.json["subsets"]?.array ?? []).flatMap { subset -> [String] in
                let addresses = (subset["addresses"]?.array ?? []).compactMap { $0["ip"]?.string }
                guard let ports = subset["ports"]?.array, !ports.isEmpty else { return addresses }
                return ports.flatMap { port in addresses.map { "\($0):\(port["port"]?.int ?? 0)" } }
            }
            return limited(texts)
        }, age,
    ]

    static let endpointSlices: [TableColumn] = [
        name,
        text("AddressType", description: "addressType specifies the type of address.") { $0.json["addressType"] ?? "" },
        text("Ports", description: "ports specifies the list of network ports exposed by each endpoint in this slice.")
        { object in
            let ports = (object.json["ports"]?.array ?? []).map { $0["port"]?.int.map(String.init) ?? "*" }
            return ports.isEmpty ? "<unset>" : limited(ports)
        },
        text("Endpoints", description: "endpoints is a list of unique endpoints in this slice.") { object in
            let addresses = (object.json["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array ?? [] }
            return addresses.isEmpty ? "<unset>" : limited(addresses.compactMap(\.string))
        }, age,
    ]

    // MARK: Policy

    static let disruptionBudgets: [TableColumn] = [
        name,
        text("Min Available", description: "The minimum number of pods that must be available.") {
            intOrString($0["spec", "minAvailable"], missing: "N/A")
        },
        text("Max Unavailable", description: "The maximum number of pods that may be unavailable.") {
            intOrString($0["spec", "maxUnavailable"], missing: "N/A")
        },
        number(
            "Allowed Disruptions", description: "Calculated number of pods that may be disrupted at this time.",
            path: "status",
            "disruptionsAllowed"), age,
    ]

    static let resourceQuotas: [TableColumn] = [
        name,
        text("Request", description: "Request represents a minimum amount of cpu/memory that a container may consume.")
        {
            usage($0) { !$0.hasPrefix("limits.") }
        },
        text("Limit", description: "Limits control the maximum amount of cpu/memory that a container may use.") {
            usage($0) { $0.hasPrefix("limits.") }
        }, age,
    ]

    private static func usage(_ quota: KubeObject, isShown: (String) -> Bool) -> JSONValue {
        let hard = quota["status", "hard"]?.object ?? [:]
        let texts = hard.filter { isShown($0.key) }.map { name, limit in
            let used = intOrString(quota["status", "used", name], missing: "0").string ?? ""
            return "\(name): \(used)/\(intOrString(limit, missing: "0").string ?? "")"
        }
        return .string(texts.sorted().joined(separator: ", "))
    }

    static let autoscalers: [TableColumn] = [
        name,
        text("Reference", description: "scaleTargetRef points to the target resource to scale.") {
            let target = $0["spec", "scaleTargetRef"]
            return .string("\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")")
        },
        text(
            "Targets",
            description: "metrics contains the specifications for which to use to calculate the replica count."
        ) {
            limited(($0["spec", "metrics"]?.array ?? []).map(target), to: 2)
        },
        text("MinPods", description: "minReplicas is the lower limit for the number of replicas.") {
            intOrString($0["spec", "minReplicas"], missing: "<unset>")
        },
        text("MaxPods", description: "maxReplicas is the upper limit for the number of replicas.") {
            intOrString($0["spec", "maxReplicas"], missing: "0")
        },
        text(
            "Replicas", description: "currentReplicas is current number of replicas of pods managed by this autoscaler."
        ) {
            intOrString($0["status", "currentReplicas"], missing: "0")
        }, age,
    ]

    private static func target(_ metric: JSONValue) -> String {
        let resource = metric["resource"] ?? metric["containerResource"]
        guard let resource else { return "<unknown>" }
        let wanted = resource["target", "averageUtilization"]?.int.map { "\($0)%" }
        return
            "\(resource["name"]?.string ?? ""): <unknown>/\(wanted ?? resource["target", "averageValue"]?.string ?? "")"
    }

    // MARK: Others

    static let controllerRevisions: [TableColumn] = [
        name,
        text("Controller", description: "Controller of the object") { object in
            guard let owner = object.controller else { return "<none>" }
            let group = owner.apiVersion.split(separator: "/").dropLast().first.map { ".\($0)" } ?? ""
            return .string("\(owner.kind.lowercased())\(group)/\(owner.name)")
        },
        text("Revision", description: "Revision indicates the revision of the state represented by Data.") {
            .string(String($0.json["revision"]?.int ?? 0))
        }, age,
    ]

    static func accessModes(_ value: JSONValue?) -> JSONValue {
        let short = [
            "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
        ]
        return .string((value?.array ?? []).compactMap { $0.string.flatMap { short[$0] } }.joined(separator: ","))
    }

    static let claims: [TableColumn] = [
        name,
        text("Status", description: "phase represents the current phase of PersistentVolumeClaim.") {
            $0["status", "phase"] ?? ""
        },
        text("Volume", description: "volumeName is the binding reference to the PersistentVolume backing this claim.") {
            $0["spec", "volumeName"] ?? ""
        },
        text("Capacity", description: "capacity represents the actual resources of the underlying volume.") {
            $0["status", "capacity", "storage"] ?? ""
        },
        text(
            "Access Modes", description: "accessModes contains the actual access modes the volume backing the PVC has."
        ) {
            accessModes($0["status", "accessModes"])
        }, text("StorageClass", description: "StorageClass of the pvc") { $0["spec", "storageClassName"] ?? "" },
        text("VolumeAttributesClass", description: "VolumeAttributesClass of the pvc") {
            $0["spec", "volumeAttributesClassName"] ?? "<unset>"
        }, age,
        text("VolumeMode", description: "volumeMode defines what type of volume is required by the claim.", wide: true)
        {
            $0["spec", "volumeMode"] ?? "<unset>"
        },
    ]
}

/// `status.conditions` of any object.
enum Conditions {
    static func find(_ type: String, object: KubeObject) -> JSONValue? {
        (object["status", "conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    static func isTrue(_ type: String, object: KubeObject) -> Bool {
        find(type, object: object)?["status"]?.string == "True"
    }
}
