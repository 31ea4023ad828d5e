import KubeModel

/// An object that a command is about.
struct FoundObject: Sendable, Hashable {
    var kind: String
    var name: String
    var namespace: String?
    /// What the look-up printed; nil where the kind was said and nothing was looked up.
    var text: String?

    /// `deployment **web** in namespace **shop**`
    var title: String { "\(kind) **\(name)**" + (namespace.map { " in namespace **\($0)**" } ?? "") }
}

extension Planner {
    static let workloads = ["deployment", "statefulset", "daemonset"]

    func get(_ kind: String, name: String?, _ command: Command, output: String? = nil) -> PlannedCall {
        PlannedCall(
            "k8s_get",
            [
                "resource_type": .string(kind), "name": name.map(JSONValue.string),
                "namespace": command.allNamespaces ? nil : command.namespace.map(JSONValue.string),
                "output": output.map(JSONValue.string),
            ])
    }

    /// The object itself where its kind was said; otherwise the one that bears the name.
    ///
    /// - Parameter kinds: in the order of likelihood. The first is looked up alone: nearly always it is the one.
    func find(_ command: Command, among kinds: [String], output: String? = nil) throws(Interruption) -> FoundObject {
        let name = command.name ?? ""
        if let kind = command.kind {
            return FoundObject(kind: kind, name: name, namespace: command.namespace)
        }
        let first = try session.run(get(kinds[0], name: name, command, output: output))
        if case .success(let text) = first {
            return FoundObject(kind: kinds[0], name: name, namespace: command.namespace, text: text)
        }
        var found = try lookUp(command, Array(kinds.dropFirst()), output: output)
        if found.isEmpty { found = try failure(first, command, kinds) }
        return found[0]
    }

    /// All objects of that name: for what must not hit the wrong one.
    func findOnly(_ command: Command, among kinds: [String]) throws(Interruption) -> FoundObject {
        let name = command.name ?? ""
        if let kind = command.kind { return FoundObject(kind: kind, name: name, namespace: command.namespace) }
        let found = try lookUp(command, kinds, output: nil)
        if found.count > 1 { throw .answer(Answers.severalKinds(name, found.map(\.kind), command.verb)) }
        guard let only = found.first else {
            let first = try session.run(get(kinds[0], name: name, command))
            return try failure(first, command, kinds)[0]
        }
        return only
    }

    private func lookUp(
        _ command: Command, _ kinds: [String], output: String?
    ) throws(Interruption) -> [FoundObject] {
        let name = command.name ?? ""
        let results = try session.runAll(kinds.map { get($0, name: name, command, output: output) })
        return zip(kinds, results).compactMap { kind, result in
            guard case .success(let text) = result else { return nil }
            return FoundObject(kind: kind, name: name, namespace: command.namespace, text: text)
        }
    }

    /// Nothing bears the name: says so, with names that come close, or says what went wrong.
    private func failure(
        _ first: ToolText, _ command: Command, _ kinds: [String]
    ) throws(Interruption) -> [FoundObject] {
        switch first {
        case .failure(let text): throw .answer(Answers.failed("I couldn't look up **\(command.name ?? "")**", text))
        case .denied(let reason): throw .answer(Answers.denied("the look-up", reason))
        case .success, .notFound: break
        }
        let everywhere = PlannedCall("k8s_get", ["resource_type": "deployments", "all_namespaces": true])
        var others: [ObjectRow] = []
        if case .success(let text) = try session.run(everywhere) { others = ObjectRow.rows(text) }
        throw .answer(Answers.notFound(command, kinds, others))
    }

    /// Pods of a workload, by its selector where that is known, else by their names.
    func pods(of object: FoundObject, selector: String?, _ command: Command) throws(Interruption) -> [ObjectRow] {
        let call = PlannedCall(
            "k8s_get",
            [
                "resource_type": "pods", "namespace": command.namespace.map(JSONValue.string),
                "label_selector": selector.map(JSONValue.string),
            ])
        switch try session.run(call) {
        case .success(let text):
            let rows = ObjectRow.rows(text)
            return selector == nil ? rows.filter { $0.belongs(to: object.name) } : rows
        case .notFound: return []
        case .failure(let text): throw .answer(Answers.failed("I couldn't list the pods of \(object.title)", text))
        case .denied(let reason): throw .answer(Answers.denied("listing the pods", reason))
        }
    }
}
