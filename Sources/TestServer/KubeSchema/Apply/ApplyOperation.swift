import KubeModel

/// One apply, step by step, as KEP-555 and structured-merge-diff define it.
struct ApplyOperation {
    let config: JSONValue
    let live: JSONValue?
    let manager: String
    let subresource: String
    let time: KubeTime
    let type: MergeType

    /// kubectl's own manager may take over what `kubectl apply` without `--server-side` wrote.
    private static let kubectl = "kubectl"
    private static let beforeFirstApply = "before-first-apply"

    mutating func run(force: Bool) throws(APIStatus) -> JSONValue {
        var managed = ManagedFields(live)
        if let live, managed.entries.isEmpty {
            managed.recordUpdate(
                from: .object([:]), to: live, manager: Self.beforeFirstApply, subresource: "", time: time, type: type)
        }
        var mine = ManagedFields.Entry(
            manager: manager, operation: .apply, apiVersion: config["apiVersion"]?.string ?? "",
            subresource: subresource, time: nil, fields: FieldSet(of: config, type).withoutUnmanaged())
        let previous = managed[same: mine]
        mine.time = previous?.time
        managed[same: mine] = mine

        let merged = merged(managed, previous: previous)
        let comparison = FieldComparison(live ?? .object([:]), new: merged, type: type)
        let conflicts = conflicts(managed, mine: mine, touched: comparison.touched)
        if !conflicts.isEmpty, !force, !isTakeover(conflicts) { throw conflicts.status }
        let isChanged = live == nil || merged != bare(live)
        settle(&managed, mine: mine, conflicts: conflicts, removed: comparison.removed, isChanged: isChanged)
        return withLastApplied(managed.written(to: isChanged ? merged : live ?? merged))
    }

    private func bare(_ object: JSONValue?) -> JSONValue? {
        var result = object
        result?["metadata"]?["managedFields"] = nil
        return result
    }

    private func merged(_ managed: ManagedFields, previous: ManagedFields.Entry?) -> JSONValue {
        var merged = TypedMerge.merge(bare(live), config: config, type: type)
        if let previous {
            let claimed = managed.union.union(FieldSet(of: config, type, countsEmptyLists: true))
            TypedMerge.prune(&merged, last: previous.fields, claimed: claimed, type: type)
        }
        return merged
    }

    private func conflicts(
        _ managed: ManagedFields, mine: ManagedFields.Entry, touched: FieldSet
    ) -> ApplyConflicts {
        var conflicts = ApplyConflicts()
        for entry in managed.entries where !entry.isSame(as: mine) {
            let fields = entry.fields.intersection(touched)
            if !fields.isEmpty { conflicts.parts.append((entry, fields)) }
        }
        return conflicts
    }

    private func settle(
        _ managed: inout ManagedFields, mine: ManagedFields.Entry, conflicts: ApplyConflicts, removed: FieldSet,
        isChanged: Bool
    ) {
        for part in conflicts.parts {
            managed[same: part.entry]?.fields = part.entry.fields.subtracting(part.fields)
        }
        for position in managed.entries.indices {
            managed.entries[position].fields = managed.entries[position].fields.subtracting(removed)
        }
        if isChanged { managed[same: mine]?.time = time.description }
    }

    // MARK: From client-side to server-side apply

    private static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    private var lastApplied: JSONValue? {
        guard let text = live?["metadata", "annotations", Self.annotation]?.string, !text.isEmpty else { return nil }
        return try? JSONParser.parse(text)
    }

    /// Conflicts that are only about what kubectl applied from the client, and nobody changed since, are none.
    private func isTakeover(_ conflicts: ApplyConflicts) -> Bool {
        guard manager == Self.kubectl, let lastApplied else { return false }
        let changed = FieldComparison(lastApplied, new: live, type: type).modified
        let mine = FieldSet(of: lastApplied, type).subtracting(changed)
        return conflicts.parts.allSatisfy { $0.fields.subtracting(mine).isEmpty }
    }

    /// Keeps the annotation in step, so that a later client-side apply starts from what was applied last.
    private func withLastApplied(_ object: JSONValue) -> JSONValue {
        guard manager == Self.kubectl, lastApplied != nil else { return object }
        var applied = config
        applied["metadata"]?["annotations"]?[Self.annotation] = nil
        var result = object
        result["metadata", "annotations", Self.annotation] = .string(
            JSONWriter.string(applied, options: .canonical) + "\n")
        return result
    }
}
