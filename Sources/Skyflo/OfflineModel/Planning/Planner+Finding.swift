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

    func get(_ kind: String, name: String?, command: Command, output: String? = nil) -> PlannedCall {
        PlannedCall(
            "k8s_get",
            arguments: [
                "resource_type": .string(kind), "name": name.map(JSONValue.string),
                "namespace": command.allNamespaces ? nil : command.namespace.map(JSONValue.string),
                "output": output.map(JSONValue.string),
            ])
    }

    /// The object itself where its kind was said; otherwise the one that bears the name.
    ///
    /// - Parameter kinds: in the order of likelihood. The first is looked up alone: nearly always it is the one.
    func find(_ command: Command, among kinds: [String], output: String? = nil) throws(StreamInterruption)
        -> FoundObject
    {
        let name = command.name ?? ""
        if let kind = command.kind {
            return FoundObject(kind: kind, name: name, namespace: command.namespace)
        }
        let first = try session.run(get(kinds[0], name: name, command: command, output: output))
        if case .success(let text) = first, !ListText(text).isNothing {
            return FoundObject(kind: kinds[0], name: name, namespace: command.namespace, text: text)
        }
        var found = try lookUp(command, kinds: Array(kinds.dropFirst()), output: output)
        if found.isEmpty { found = try failure(first, command: command, kinds: kinds) }
        return found[0]
    }

    /// All objects of that name: for what must not hit the wrong one.
    func findOnly(_ command: Command, among kinds: [String]) throws(StreamInterruption) -> FoundObject {
        let name = command.name ?? ""
        if let kind = command.kind { return FoundObject(kind: kind, name: name, namespace: command.namespace) }
        let found = try lookUp(command, kinds: kinds, output: nil)
        if found.count > 1 { throw .answer(Answers.severalKinds(name, kinds: found.map(\.kind), verb: command.verb)) }
        guard let only = found.first else {
            let first = try session.run(get(kinds[0], name: name, command: command))
            return try failure(first, command: command, kinds: kinds)[0]
        }
        return only
    }

    private func lookUp(
        _ command: Command, kinds: [String], output: String?
    ) throws(StreamInterruption) -> [FoundObject] {
        let name = command.name ?? ""
        let results = try session.runAll(kinds.map { get($0, name: name, command: command, output: output) })
        return zip(kinds, results).compactMap { kind, result in
            guard case .success(let text) = result, !ListText(text).isNothing else { return nil }
            return FoundObject(kind: kind, name: name, namespace: command.namespace, text: text)
        }
    }

    /// Nothing bears the name: says so, with names that come close, or says what went wrong.
    private func failure(
        _ first: ToolText, command: Command, kinds: [String]
    ) throws(StreamInterruption) -> [FoundObject] {
        switch first {
        case .failure(let text):
            throw .answer(Answers.failed("I couldn't look up **\(command.name ?? "")**", text: text))
        case .denied(let reason): throw .answer(Answers.denied("the look-up", reason: reason))
        case .success, .notFound: break
        }
        if let missing = try missingNamespace(command.namespace) { throw .answer(missing) }
        let everywhere = PlannedCall("k8s_get", arguments: ["resource_type": "deployments", "all_namespaces": true])
        let results = try session.runAll([everywhere, Self.namespaces])
        var others: [ObjectRow] = []
        if case .success(let text) = results[0] { others = ObjectRow.rows(text) }
        let namespaces = names(results[1])
        let text = Answers.notFound(command, kinds: kinds, others: others, namespaces: namespaces ?? [])
        if command.verb.isWrite, let name = command.name, namespaces?.contains(name) ?? true {
            throw .namesNamespace(name, text)
        }
        throw .answer(text)
    }

    // MARK: Namespaces

    private static let namespaces = PlannedCall("k8s_get", arguments: ["resource_type": "namespaces"])

    /// Nil where they can't be seen.
    private func names(_ result: ToolText) -> [String]? {
        guard case .success(let text) = result else { return nil }
        let list = ListText(text)
        return list.tellsObjects && !list.isCut ? list.objects.map(\.name) : nil
    }

    /// Why nothing is found where a namespace was named that doesn't exist; nil where it does, or may.
    func missingNamespace(_ namespace: String?) throws(StreamInterruption) -> String? {
        guard let namespace, let names = try names(session.run(Self.namespaces)),
            !names.contains(namespace)
        else { return nil }
        return Answers.noNamespace(namespace, existing: names)
    }

    /// That an object wasn't found, or that its namespace doesn't exist.
    func notFound(_ lead: String, text: String, in namespace: String?) throws(StreamInterruption) -> String {
        let isSaid = namespace.map { text.contains("namespace \($0) doesn't exist") } ?? false
        let missing = isSaid ? nil : try missingNamespace(namespace)
        return Answers.failed(lead, text: text) + (missing.map { "\n\n\($0)" } ?? "")
    }

    func isNamespace(_ name: String) throws(StreamInterruption) -> Bool {
        try names(session.run(Self.namespaces))?.contains(name) ?? false
    }

    // MARK: Pods

    /// - Parameter what: whose pods, for what is said about a failure; begins with a blank.
    /// - Throws: an answer where the tool told no pods, but something else: that there are none only it can say.
    func podRows(_ call: PlannedCall, in namespace: String?, of what: String) throws(StreamInterruption) -> ListText {
        switch try session.run(call) {
        case .success(let text):
            let list = ListText(text)
            guard list.tellsObjects else {
                throw .answer(Answers.quoted("The tool says about the pods\(what):", text: text))
            }
            if list.isNothing, let missing = try missingNamespace(namespace) { throw .answer(missing) }
            return list
        case .notFound(let text), .failure(let text):
            throw .answer(Answers.failed("I couldn't list the pods\(what)", text: text))
        case .denied(let reason): throw .answer(Answers.denied("listing the pods\(what)", reason: reason))
        }
    }

    /// Pods of a workload, by its selector where that is known, else by their names.
    func pods(of object: FoundObject, selector: String?, _ command: Command) throws(StreamInterruption) -> [ObjectRow] {
        let call = PlannedCall(
            "k8s_get",
            arguments: [
                "resource_type": "pods", "namespace": command.namespace.map(JSONValue.string),
                "label_selector": selector.map(JSONValue.string),
            ])
        let rows = try podRows(call, in: command.namespace, of: " of \(object.title)").objects
        return selector == nil ? rows.filter { $0.belongs(to: object.name) } : rows
    }
}
