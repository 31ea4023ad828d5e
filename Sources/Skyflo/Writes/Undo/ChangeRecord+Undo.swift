import KubeClient
import KubeModel
import SkyfloAPI

extension ChangeRecord {
    /// Plans the write that takes the change back, from the object as it is now.
    ///
    /// - Parameters:
    ///   - uid: of the object that the change made; its own for any other.
    ///   - summary: of the change.
    /// - Throws: ``ToolFailure`` with the reason where it can't be taken back: the object has moved on, or is gone.
    package func undo(uid: String, summary: String, api: ReadOnlyAPI) async throws -> WriteProposal {
        if let obstacle { throw ToolFailure("\(target.text) can't be restored: \(obstacle)") }
        let live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
        let title = "Undo “\(summary)”"
        switch kind {
        case .deleted: return try recreate(live, title: title)
        case .created:
            return .deletion(of: try existing(live, uid: uid), title: "\(title): delete \(target.text)")
        case .changed: return try await revert(try existing(live, uid: target.uid), title: title, api: api)
        }
    }

    private func existing(_ live: KubeObject?, uid: String) throws(ToolFailure) -> LiveTarget {
        guard let live, !live.isBeingDeleted else { throw ToolFailure("\(target.text) was deleted") }
        guard live.uid == uid else { throw ToolFailure("\(target.text) was replaced by a new one") }
        return LiveTarget(resource: target.resource, namespace: target.namespace, object: live)
    }

    // MARK: A deletion

    private func recreate(_ live: KubeObject?, title: String) throws(ToolFailure) -> WriteProposal {
        if let live {
            throw ToolFailure(
                live.isBeingDeleted
                    ? "\(target.text) is still being deleted" : "\(target.text) was created again meanwhile")
        }
        guard let object else { throw ToolFailure("the content of \(target.text) is not known") }
        let request = KubeRequest(
            .post, path: target.resource.path(namespace: target.namespace), query: FieldManager.query(strict: false),
            contentType: "application/json", body: JSONWriter.string(object))
        var new = target
        new.uid = ""
        new.resourceVersion = ""
        let subject = PostCondition.Subject(
            resource: target.resource, namespace: target.namespace, name: target.name)
        return WriteProposal(
            "\(title): create \(target.text) again",
            planned: PlannedRequest(request: request, target: new, before: nil),
            risk: .baseline(target.resource, namespace: target.namespace), warnings: [DeletedObjectRestore.losses],
            postConditions: PostCondition.after(writing: KubeObject(object), to: subject))
    }

    // MARK: A change

    private func revert(_ live: LiveTarget, title: String, api: ReadOnlyAPI) async throws -> WriteProposal {
        guard !fields.isEmpty else { throw ToolFailure("the change to \(target.text) changed nothing") }
        if subresource == "scale" { return try await rescale(live, title: title, api: api) }
        try compare(live.object)
        let operations = JSONValue.array(fields.map(Self.operation))
        let reverted = (try? JSONPatch(operations).apply(to: live.object.json)).map { KubeObject($0) }
        return WriteProposal(
            "\(title): \(target.text) as it was before", planned: live.patch(.json(operations)),
            risk: .baseline(target.resource, namespace: target.namespace),
            postConditions: live.postConditions(afterChangeTo: reverted))
    }

    /// By the subresource again: who may scale need not have the right to change anything else.
    private func rescale(_ live: LiveTarget, title: String, api: ReadOnlyAPI) async throws -> WriteProposal {
        let scale = try await api.get(
            target.resource, namespace: target.namespace, name: target.name, subresource: "scale")
        try compare(scale)
        guard let replicas = fields.first(where: { $0.path == ["spec", "replicas"] })?.before?.int else {
            throw ToolFailure("it is not known how many replicas \(target.text) had")
        }
        let current = scale["spec", "replicas"]?.int ?? 0
        var live = live
        let subject = live.subject
        if live.object["spec", "replicas"]?.int != current { live.object = scale }
        return WriteProposal(
            "\(title): scale \(target.text) from \(current) back to \(replicas.counted(as: "replica"))",
            planned: live.patch(.merge(["spec": ["replicas": JSONValue(replicas)]]), subresource: "scale"),
            risk: replicas == 0 ? .high : replicas < current ? .medium : .low,
            postConditions: [.replicas(subject, count: replicas)])
    }

    /// Nothing is taken back that somebody else has changed since.
    private func compare(_ live: KubeObject) throws(ToolFailure) {
        for field in anchors + fields {
            let found = JSONPatch.value(at: field.path[...], of: live.json)
            guard found ?? .null != field.after ?? .null else { continue }
            throw ToolFailure(
                "\(target.text) was changed since: \(field.text) no longer has the value that the change wrote. "
                    + "Change it directly")
        }
    }

    private static func operation(_ field: Field) -> JSONValue {
        let pointer = JSONPatch.pointer(of: field.path)
        guard let before = field.before else { return ["op": "remove", "path": .string(pointer)] }
        return ["op": field.after == nil ? "add" : "replace", "path": .string(pointer), "value": before]
    }
}
