import KubeModel

extension Readiness {
    /// A pod is ready, or has done what it was to do once.
    var pod: PostCondition.Result {
        if object.isBeingDeleted { return .pending("\(subject.text) is being deleted") }
        switch object["status", "phase"]?.string {
        case "Succeeded": return .met("\(subject.text) has finished: its containers succeeded")
        case "Failed": return .failed("\(subject.text) has failed\(failure)")
        default: break
        }
        if let trouble { return .pending("\(subject.text) is not ready: \(trouble)") }
        let stale = replacing.filter { name, id in
            statuses.contains { $0["name"]?.string == name && $0["containerID"]?.string == id }
        }
        guard stale.isEmpty else {
            let names = stale.keys.sorted().joined(separator: ", ")
            return .pending("\(subject.text) still runs the old image in \(names)")
        }
        guard condition("Ready")?["status"]?.string == "True" else {
            let why = condition("Ready")?["message"]?.string ?? ""
            return .pending("\(subject.text) is not ready" + (why.isEmpty ? " yet" : ": \(why)"))
        }
        return .met("\(subject.text) is ready")
    }

    /// A pod that runs once has ended, well or not: how, is for whoever reads its log.
    var ended: PostCondition.Result {
        switch object["status", "phase"]?.string {
        case "Succeeded": return .met("\(subject.text) has finished: its containers succeeded")
        case "Failed": return .met("\(subject.text) has failed\(failure)")
        default:
            if object.isBeingDeleted { return .failed("\(subject.text) was deleted before it had ended") }
            return .pending("\(subject.text) has not ended yet" + (trouble.map { ": \($0)" } ?? ""))
        }
    }

    private func condition(_ type: String) -> JSONValue? {
        object["status", "conditions"]?.array?.first { $0["type"]?.string == type }
    }

    private var statuses: [JSONValue] {
        (object["status", "initContainerStatuses"]?.array ?? []) + (object["status", "containerStatuses"]?.array ?? [])
    }

    /// What keeps it from getting ready, as far as it is more than that it still starts.
    private var trouble: String? {
        if let scheduled = condition("PodScheduled"), scheduled["status"]?.string == "False" {
            return "it can't be scheduled: \(scheduled["message"]?.string ?? scheduled["reason"]?.string ?? "")"
        }
        for status in statuses {
            let name = status["name"]?.string ?? ""
            if let waiting = status["state", "waiting"], let reason = waiting["reason"]?.string,
                !["ContainerCreating", "PodInitializing"].contains(reason)
            {
                let message = waiting["message"]?.string.map { ": \($0)" } ?? ""
                return "container \(name) waits: \(reason)\(message)"
            }
            if let end = status["state", "terminated"], end["exitCode"]?.int ?? 0 != 0 {
                return "container \(name) \(Self.exit(end))"
            }
        }
        return nil
    }

    private var failure: String {
        let own = [object["status", "reason"]?.string, object["status", "message"]?.string].compactMap(\.self)
        let ends = statuses.compactMap { status -> String? in
            guard let end = status["state", "terminated"], end["exitCode"]?.int ?? 0 != 0 else { return nil }
            return "container \(status["name"]?.string ?? "") \(Self.exit(end))"
        }
        let all = own + ends
        return all.isEmpty ? "" : ": \(all.joined(separator: ", "))"
    }

    private static func exit(_ end: JSONValue) -> String {
        "exited with \(end["exitCode"]?.int ?? 0)" + (end["reason"]?.string.map { " (\($0))" } ?? "")
    }
}
