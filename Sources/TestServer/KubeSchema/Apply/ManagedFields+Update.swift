import KubeModel

extension ManagedFields {
    /// Gives the fields that changed to `manager` and takes them from everybody else; what is gone nobody has any more.
    /// The time moves only when the manager got fields.
    mutating func recordUpdate(
        from old: JSONValue, to new: JSONValue, manager: String, subresource: String, time: KubeTime?, type: MergeType
    ) {
        let comparison = FieldComparison(old, new: new, type: type)
        let touched = comparison.touched.withoutUnmanaged()
        let lost = touched.union(comparison.removed)
        var entry = Entry(
            manager: manager, operation: .update, apiVersion: new["apiVersion"]?.string ?? "",
            subresource: subresource, time: time?.description, fields: touched)
        if let previous = self[same: entry] { entry.fields = previous.fields.subtracting(lost).union(touched) }
        for position in entries.indices { entries[position].fields = entries[position].fields.subtracting(lost) }
        guard !touched.isEmpty else { return }
        self[same: entry] = entry
    }
}
