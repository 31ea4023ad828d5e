import KubeModel

extension Planner {
    /// The workload, its pods, the worst of them, and its log where it ran at all: then the cause.
    func diagnose(_ command: Command) throws(StreamInterruption) -> String {
        guard let name = command.name else { return try diagnoseNamespace(command) }
        if command.kind == "pod", !command.isPlural { return try diagnosePod(name, summary: nil, command: command) }
        var named = command
        if command.isPlural { named.kind = nil }
        let found: FoundObject
        do throws(StreamInterruption) {
            found = try findOrPod(named)
        } catch {
            // "what is wrong with shop": the name of a namespace.
            guard case .answer = error, named.kind == nil, command.namespace == nil, try isNamespace(name) else {
                throw error
            }
            return try diagnoseNamespace(Command(verb: .diagnose, namespace: name))
        }
        if found.kind == "pod" { return try diagnosePod(found.name, summary: nil, command: command) }
        let description = try described(found)
        if found.kind == "service" { return Diagnosis.service(found, description: description) }
        guard Self.workloads.contains(found.kind) || ["job", "replicaset"].contains(found.kind) else {
            return Diagnosis.other(found, description: description)
        }
        let pods = try pods(of: found, selector: description.selector, command)
        guard let bad = ObjectRow.worst(pods) else {
            return Diagnosis.workload(found, description: description, pods: pods)
        }
        return try diagnosePod(bad.name, summary: Diagnosis.summary(found, pods: pods), command: command)
    }

    /// A name without a kind may also be that of a pod, or the beginning of the names of some.
    private func findOrPod(_ command: Command) throws(StreamInterruption) -> FoundObject {
        try find(command, among: Self.workloads + ["pod", "service", "job"])
    }

    private func described(_ found: FoundObject) throws(StreamInterruption) -> Description {
        switch try session.run(describeCall(found)) {
        case .success(let text): return Description(text)
        case .notFound(let text), .failure(let text):
            throw .answer(Answers.failed("I couldn't look at \(found.title)", text: text))
        case .denied(let reason): throw .answer(Answers.denied("looking at \(found.title)", reason: reason))
        }
    }

    /// - Parameter summary: what was found out about the workload of the pod.
    private func diagnosePod(_ pod: String, summary: String?, command: Command) throws(StreamInterruption) -> String {
        let object = FoundObject(kind: "pod", name: pod, namespace: command.namespace)
        let description = try described(object)
        let finding = Diagnosis(pod: pod, description)
        let log = finding.wantsLog ? try lastLog(of: pod, finding: finding, command: command) : nil
        return [summary, finding.text(log: log)].compactMap { $0 }.joined(separator: "\n\n")
    }

    /// The last lines before the crash; where those are gone, the lines of the run after it.
    private func lastLog(of pod: String, finding: Diagnosis, command: Command) throws(StreamInterruption) -> String? {
        guard session.offers("k8s_logs") else { return nil }
        var wanted = Command(verb: .logs)
        wanted.namespace = command.namespace
        wanted.container = finding.containerForLog
        wanted.lines = 20
        wanted.previous = true
        if case .success(let text) = try session.run(logsCall(pod, command: wanted)), !Self.isEmptyLog(text) {
            return text
        }
        wanted.previous = false
        guard case .success(let text) = try session.run(logsCall(pod, command: wanted)) else { return nil }
        return Self.isEmptyLog(text) ? nil : text
    }

    /// Nothing, or a remark of the tool that there is nothing.
    private static func isEmptyLog(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace) || (text.hasPrefix("The log of container ") && text.contains(" is empty"))
    }

    private func diagnoseNamespace(_ command: Command) throws(StreamInterruption) -> String {
        let place =
            command.allNamespaces ? "the cluster" : command.namespace.map { "namespace **\($0)**" } ?? "this namespace"
        let call = PlannedCall(
            "k8s_get",
            arguments: [
                "resource_type": "pods",
                "namespace": command.allNamespaces ? nil : command.namespace.map(JSONValue.string),
                "all_namespaces": command.allNamespaces ? true : nil,
            ])
        let list = try podRows(call, in: command.namespace, of: " in \(place)")
        let rows = list.objects
        let bad = rows.filter { !$0.isHealthy }
        if bad.isEmpty { return Diagnosis.healthy(place, pods: rows) + Answers.cutNote(list) }
        return try diagnoseAll(bad, place: place, total: rows.count, command: command) + Answers.cutNote(list)
    }

    private static let examined = 3

    private func diagnoseAll(
        _ bad: [ObjectRow], place: String, total: Int, command: Command
    ) throws(StreamInterruption) -> String {
        let chosen = Array(bad.prefix(Self.examined))
        let calls = chosen.map { row in
            describeCall(FoundObject(kind: "pod", name: row.name, namespace: row.namespace ?? command.namespace))
        }
        let results = try session.runAll(calls)
        var parts = ["\(bad.count) of \(total) pods in \(place) have trouble."]
        for (row, result) in zip(chosen, results) {
            switch result {
            case .success(let text): parts.append(Diagnosis(pod: row.name, Description(text)).text(log: nil))
            case .notFound(let text), .failure(let text):
                parts.append(Answers.failed("I couldn't look at pod **\(row.name)**", text: text))
            case .denied(let reason): parts.append(Answers.denied("looking at pod **\(row.name)**", reason: reason))
            }
        }
        let rest = bad.dropFirst(Self.examined)
        if !rest.isEmpty {
            parts.append(
                "Also not well: " + rest.map { "`\($0.name)` (\($0.status ?? "?"))" }.joined(separator: ", ") + ".")
        }
        return parts.joined(separator: "\n\n")
    }
}
