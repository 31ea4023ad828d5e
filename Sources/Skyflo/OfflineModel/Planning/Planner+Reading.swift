import KubeModel

extension Planner {
    func list(_ command: Command) throws(StreamInterruption) -> String {
        if command.kind == nil { return try show(command) }
        let kind = command.kind ?? "pod"
        let isOne = command.isOne
        let known = Vocabulary.kinds[kind] != nil
        let call = PlannedCall(
            "k8s_get",
            arguments: [
                "resource_type": .string(isOne || !known ? kind : Vocabulary.plural(kind)),
                "name": isOne ? command.name.map(JSONValue.string) : nil,
                "namespace": command.allNamespaces ? nil : command.namespace.map(JSONValue.string),
                "all_namespaces": command.allNamespaces ? true : nil,
                "output": command.output.map(JSONValue.string),
                "label_selector": isOne ? nil : command.selector.map(JSONValue.string),
                "field_selector": isOne ? nil : command.fields.map(JSONValue.string),
            ])
        switch try session.run(call) {
        case .success(let text):
            let list = ListText(text)
            if list.isNothing, list.remarks.isEmpty, let missing = try missingNamespace(command.namespace) {
                return missing
            }
            return Answers.list(command, text: text)
        case .notFound(let text):
            return try notFound("I couldn't get what you asked for", text: text, in: command.namespace)
        case .failure(let text): return Answers.failed("I couldn't get what you asked for", text: text)
        case .denied(let reason): return Answers.denied("that", reason: reason)
        }
    }

    /// "get web": the kind is found out, then the row is shown.
    private func show(_ command: Command) throws(StreamInterruption) -> String {
        let found = try find(command, among: Self.workloads + ["pod", "service"], output: command.output)
        return Answers.quoted("This is \(found.title):", text: found.text ?? "")
    }

    func describe(_ command: Command) throws(StreamInterruption) -> String {
        let found = try find(command, among: Self.workloads + ["pod", "service", "job", "cronjob"])
        switch try session.run(describeCall(found)) {
        case .success(let text): return Answers.description(found, text: text)
        case .notFound(let text):
            return try notFound("I couldn't describe \(found.title)", text: text, in: found.namespace)
        case .failure(let text): return Answers.failed("I couldn't describe \(found.title)", text: text)
        case .denied(let reason): return Answers.denied("describing \(found.title)", reason: reason)
        }
    }

    func describeCall(_ found: FoundObject) -> PlannedCall {
        PlannedCall(
            "k8s_describe",
            arguments: [
                "name": .string(found.name), "resource_type": .string(found.kind),
                "namespace": found.namespace.map(JSONValue.string),
            ])
    }

    func rolloutStatus(_ command: Command) throws(StreamInterruption) -> String {
        let found = try find(command, among: Self.workloads)
        let call = PlannedCall(
            "k8s_rollout_status",
            arguments: [
                "name": .string(found.name), "resource_type": .string(found.kind),
                "namespace": found.namespace.map(JSONValue.string),
            ])
        switch try session.run(call) {
        case .success(let text): return Answers.quoted("The rollout of \(found.title):", text: text)
        case .notFound(let text):
            return try notFound("I couldn't get the rollout status of \(found.title)", text: text, in: found.namespace)
        case .failure(let text):
            return Answers.failed("I couldn't get the rollout status of \(found.title)", text: text)
        case .denied(let reason): return Answers.denied("the rollout status of \(found.title)", reason: reason)
        }
    }

    func logs(_ command: Command) throws(StreamInterruption) -> String {
        let (pod, others) = try podForLogs(command)
        switch try session.run(logsCall(pod, command: command)) {
        case .success(let text): return Answers.logs(pod: pod, others: others, text: text, command: command)
        case .notFound(let text):
            return try notFound("I couldn't get the logs of pod **\(pod)**", text: text, in: command.namespace)
        case .failure(let text): return Answers.failed("I couldn't get the logs of pod **\(pod)**", text: text)
        case .denied(let reason): return Answers.denied("the logs of pod **\(pod)**", reason: reason)
        }
    }

    func logsCall(_ pod: String, command: Command) -> PlannedCall {
        PlannedCall(
            "k8s_logs",
            arguments: [
                "pod_name": .string(pod), "namespace": command.namespace.map(JSONValue.string),
                "num_lines": command.lines.map { JSONValue($0) },
                "container_name": command.container.map(JSONValue.string),
                "since": command.since.map(JSONValue.string), "previous": command.previous ? true : nil,
            ])
    }

    /// "the failing pod": the only one that fails.
    private func failingPod(_ rows: [ObjectRow]) throws(StreamInterruption) -> String {
        let bad = rows.filter { !$0.isHealthy }
        if bad.count == 1 { return bad[0].name }
        let names = bad.map { "`\($0.name)` (\($0.status ?? "?"))" }.joined(separator: ", ")
        throw .answer(
            bad.isEmpty
                ? "None of the \(rows.count) pods has trouble. Say of which I should read the logs."
                : "There are \(bad.count) pods with trouble: \(names). Say of which I should read the logs.")
    }

    /// The pod that was named, or one of those of the workload that was: the one with trouble first.
    private func podForLogs(_ command: Command) throws(StreamInterruption) -> (String, others: [String]) {
        if command.kind == "pod", let name = command.name { return (name, []) }
        guard session.offers("k8s_logs") else { throw .answer(Answers.missing(tool: "k8s_logs")) }
        let list = try podRows(get("pods", name: nil, command: command), in: command.namespace, of: "")
        let rows = list.objects
        guard let name = command.name else { return (try failingPod(rows), []) }
        let object = FoundObject(kind: command.kind ?? "workload", name: name, namespace: command.namespace)
        if command.kind == nil, rows.contains(where: { $0.name == name }) { return (name, []) }
        let own = rows.filter { $0.belongs(to: name) }
        guard let pod = ObjectRow.worst(own) ?? own.first else {
            throw .answer(Answers.noPods(object, rows: rows) + Answers.cutNote(list))
        }
        return (pod.name, own.map(\.name).filter { $0 != pod.name })
    }
}
