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

    private func condition(_ type: String) -> JSONValue? {
        object["status", "conditions"]?.array?.first { $0["type"]?.string == type }
    }
}
