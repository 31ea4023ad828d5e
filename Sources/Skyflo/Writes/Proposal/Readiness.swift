import KubeModel

/// Whether what an object is for is up, by its status.
struct Readiness {
    let object: KubeObject
    let subject: PostCondition.Subject
    /// Ids of a pod's containers that are to be replaced, by name.
    var replacing: [String: String]

    init(of object: KubeObject, _ subject: PostCondition.Subject, replacing: [String: String] = [:]) {
        self.object = object
        self.subject = subject
        self.replacing = replacing
    }

    var result: PostCondition.Result {
        switch (subject.resource.group, subject.resource.plural) {
        case ("", "pods"): pod
        case ("", "persistentvolumeclaims"): claim
        case ("apps", "deployments"): rollout
        case ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"), ("", "replicationcontrollers"):
            pods
        default: Existence(object, subject: subject).result
        }
    }

    /// `1 of 3 replicas is ready`
    static func text(_ ready: Int, of wanted: Int, noun: String) -> String {
        "\(ready) of \(wanted) \(wanted == 1 ? noun : noun + "s") \(ready == 1 || wanted == 1 ? "is" : "are") ready"
    }

    func count(_ field: String) -> Int { object["status", field]?.int ?? 0 }

    private var isObserved: Bool { object.generation <= count("observedGeneration") }
    private var isDaemon: Bool { object.kind == "DaemonSet" }
    private var isPaused: Bool { object["spec", "paused"]?.bool == true }
    private var isOnDelete: Bool { object["spec", "updateStrategy", "type"]?.string == "OnDelete" }
    private static let unobserved = PostCondition.Result.pending("the controller has not seen the change yet")

    // MARK: Workloads

    /// A Deployment that is paused, and a set whose pods are replaced by hand, don't roll out: nothing is to be waited for.
    var rollout: PostCondition.Result {
        if isOnDelete { return outdated.isEmpty ? pods : stored }
        if isPaused, count("updatedReplicas") < object["spec", "replicas"]?.int ?? 1 { return stored }
        switch RolloutStatus(object) {
        case .complete(let text): return .met(text + remark)
        case .progressing(let text): return .pending(text + standstill)
        case .failed(let text): return .failed(text)
        }
    }

    /// A StatefulSet that goes in order replaces no pod before all are ready: one that never gets ready holds up its repair.
    private var standstill: String {
        let isInOrder = object["spec", "podManagementPolicy"]?.string != "Parallel"
        guard object.kind == "StatefulSet", isObserved, isInOrder, count("replicas") > 0, count("updatedReplicas") == 0,
            count("readyReplicas") < count("replicas")
        else { return "" }
        return " (no pod is replaced while one of the old template isn't ready: it has to be deleted)"
    }

    /// Where "complete" says less than one may think.
    private var remark: String {
        if isDaemon {
            return count("desiredNumberScheduled") == 0 ? "; no node matches, so it has no pods" : ""
        }
        let wanted = object["spec", "replicas"]?.int ?? 1
        if wanted == 0 { return "; it is set to 0 replicas" }
        let partition = object["spec", "updateStrategy", "rollingUpdate", "partition"]?.int ?? 0
        let old = wanted - count("updatedReplicas")
        guard partition > 0, old > 0 else { return "" }
        let verb = old == 1 ? "keeps" : "keep"
        return "; \(old) of \(wanted.counted(as: "pod")) \(verb) the old template because of partition \(partition)"
    }

    /// As many as wanted are ready, whatever template they were made of.
    private var pods: PostCondition.Result {
        guard isObserved else { return Self.unobserved }
        let wanted = isDaemon ? count("desiredNumberScheduled") : object["spec", "replicas"]?.int ?? 1
        // Available are those that have been ready for minReadySeconds.
        let isSlow = object["spec", "minReadySeconds"]?.int ?? 0 > 0
        let ready = count(isDaemon ? "numberAvailable" : isSlow ? "availableReplicas" : "readyReplicas")
        let text = Self.text(ready, of: wanted, noun: isDaemon ? "pod" : "replica")
        guard ready == wanted, isDaemon || count("replicas") == wanted else { return .pending(text) }
        return .met(text + remark + outdated)
    }

    /// Of a change that no running pod gets by itself.
    var stored: PostCondition.Result {
        switch subject.resource.plural {
        case "deployments" where isPaused:
            return .met("the change is stored; it is paused: nothing rolls out until it is resumed")
        case "statefulsets", "daemonsets":
            guard isObserved else { return Self.unobserved }
            return .met("the change is stored" + (outdated.isEmpty ? "; no pod runs an older template" : outdated))
        case "replicasets", "replicationcontrollers":
            guard isObserved else { return Self.unobserved }
            let wanted = object["spec", "replicas"]?.int ?? 1
            return .met(
                "the change is stored; pods that run already keep the old template until they are deleted ("
                    + Self.text(count("readyReplicas"), of: wanted, noun: "replica") + ")")
        default: return .met("the change is stored")
        }
    }

    /// What a set with update strategy OnDelete still runs.
    private var outdated: String {
        guard isOnDelete else { return "" }
        let all = count(isDaemon ? "currentNumberScheduled" : "replicas")
        let old = all - count(isDaemon ? "updatedNumberScheduled" : "updatedReplicas")
        guard old > 0 else { return "" }
        return
            "; \(old) of \(all) \(all == 1 ? "pod" : "pods") still \(old == 1 ? "runs" : "run") the old template: with "
            + "update strategy OnDelete a pod gets the new one when it is deleted"
    }

    // MARK: Claims

    private var claim: PostCondition.Result {
        switch object["status", "phase"]?.string {
        case "Bound":
            let volume = object["spec", "volumeName"]?.string.map { " to volume \($0)" } ?? ""
            return .met("\(subject.text) is bound\(volume)\(growth)")
        case "Lost": return .failed("\(subject.text) has lost its volume")
        default:
            let storageClass = object["spec", "storageClassName"]?.string ?? ""
            return .pending(
                "\(subject.text) is pending"
                    + (storageClass.isEmpty ? " (no storage class)" : " (storage class \(storageClass))"))
        }
    }

    private var growth: String {
        guard let wanted = object["spec", "resources", "requests", "storage"]?.string,
            let actual = object["status", "capacity", "storage"]?.string, wanted != actual
        else { return "" }
        return "; its capacity is \(actual), and \(wanted) is requested"
    }
}
