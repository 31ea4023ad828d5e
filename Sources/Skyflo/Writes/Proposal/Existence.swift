import KubeModel

/// That an object exists, with what its status says about how it goes on.
struct Existence {
    private let object: KubeObject
    private let subject: PostCondition.Subject

    init(_ object: KubeObject, subject: PostCondition.Subject) {
        self.object = object
        self.subject = subject
    }

    var result: PostCondition.Result {
        if subject.resource.isSame(as: .customResourceDefinitions),
            condition("Established")?["status"]?.string != "True"
        {
            return .pending("\(subject.text) is not established yet")
        }
        switch (subject.resource.group, subject.resource.plural) {
        case ("autoscaling", "horizontalpodautoscalers"): return autoscaler
        case ("", "pods"):
            if let container = ephemeralContainer { return container }
        default: break
        }
        return .met(["\(subject.text) exists", note].compactMap(\.self).joined(separator: "; "))
    }

    private var note: String? {
        switch (subject.resource.group, subject.resource.plural) {
        case ("apps", "deployments") where object["spec", "paused"]?.bool == true:
            return "it is paused: nothing rolls out until it is resumed"
        case ("batch", "jobs") where object["spec", "suspend"]?.bool == true:
            return "it is suspended: no pod starts until it is resumed"
        case ("batch", "jobs") where object["spec", "parallelism"]?.int == 0:
            return "its parallelism is 0: no pod starts until it is raised"
        case ("batch", "cronjobs"):
            if object["spec", "suspend"]?.bool == true { return "it is suspended: nothing runs until it is resumed" }
            return object["spec", "schedule"]?.string.map { "it runs by the schedule \"\($0)\"" }
        case ("", "services") where object["spec", "type"]?.string == "LoadBalancer":
            let hasAddress = object["status", "loadBalancer", "ingress"]?.array?.isEmpty == false
            return hasAddress ? nil : "it has no external address yet"
        default: return notReady
        }
    }

    /// What a custom resource says of itself.
    private var notReady: String? {
        guard let ready = condition("Ready"), ready["status"]?.string != "True" else { return nil }
        let why = [ready["reason"]?.string, ready["message"]?.string].compactMap(\.self).filter { !$0.isEmpty }
        let status = ready["status"]?.string ?? "Unknown"
        return "its condition Ready is \(status)" + (why.isEmpty ? "" : " (\(why.joined(separator: ": ")))")
    }

    /// An autoscaler does nothing as long as it can't read what it shall go by.
    private var autoscaler: PostCondition.Result {
        guard let active = condition("ScalingActive") ?? condition("AbleToScale") else {
            return .pending("\(subject.text) exists; its controller has not looked at it yet")
        }
        for condition in [condition("AbleToScale"), condition("ScalingActive")].compactMap(\.self)
        where condition["status"]?.string != "True" {
            let why = Self.reason(condition)
            // Whoever scaled its target to nothing has switched it off.
            if condition["reason"]?.string == "ScalingDisabled" {
                return .met("\(subject.text) exists; it is off\(why)")
            }
            return .pending("\(subject.text) exists, and does not scale\(why)")
        }
        let (least, most) = (object["spec", "minReplicas"]?.int ?? 1, object["spec", "maxReplicas"]?.int ?? 0)
        let now = object["status", "currentReplicas"]?.int ?? 0
        return .met(
            "\(subject.text) is active (\(active["reason"]?.string ?? "")): "
                + "\(now.counted(as: "replica")), between \(least) and \(most)")
    }

    /// The container that was added last to a pod that runs: whether it runs, or why not; nil where there is none.
    private var ephemeralContainer: PostCondition.Result? {
        guard let name = object["spec", "ephemeralContainers"]?.array?.last?["name"]?.string else { return nil }
        let status = object["status", "ephemeralContainerStatuses"]?.array?.first { $0["name"]?.string == name }
        if status?["state", "running"] != nil { return .met("\(subject.text) exists; its container \(name) runs") }
        if let end = status?["state", "terminated"] {
            return .met(
                "\(subject.text) exists; its container \(name) ended with exit code \(end["exitCode"]?.int ?? 0)")
        }
        let why = status?["state", "waiting"].map(Self.reason) ?? ""
        return .pending("\(subject.text) exists; its container \(name) has not started yet\(why)")
    }

    /// ` (Reason: message)`
    private static func reason(_ state: JSONValue) -> String {
        let why = [state["reason"]?.string, state["message"]?.string].compactMap(\.self).filter { !$0.isEmpty }
        return why.isEmpty ? "" : " (\(why.joined(separator: ": ")))"
    }

    private func condition(_ type: String) -> JSONValue? {
        object["status", "conditions"]?.array?.first { $0["type"]?.string == type }
    }
}
