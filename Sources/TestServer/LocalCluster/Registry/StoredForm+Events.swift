import KubeModel

extension StoredForm {
    /// `events.k8s.io/v1`, the newer names of what `v1` stores.
    static let events = StoredForm(
        api: .events,
        show: { json in
            for (stored, shown) in eventMembers { rename(stored, new: shown, in: &json) }
            if json["deprecatedSource"] == nil { json["deprecatedSource"] = .object([:]) }
            // Go clients write these empty texts of `v1` only there.
            for member in ["reportingController", "reportingInstance"] where json[member]?.string?.isEmpty ?? false {
                json[member] = nil
            }
        },
        store: { json in
            for (stored, shown) in eventMembers { rename(shown, new: stored, in: &json) }
            for member in ["reportingComponent", "reportingInstance"] where json[member] == nil { json[member] = "" }
        })

    private static let eventMembers = [
        ("involvedObject", "regarding"), ("message", "note"), ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"),
    ]

    private static func rename(_ old: String, new: String, in json: inout JSONValue) {
        guard let value = json[old] else { return }
        json[old] = nil
        json[new] = value
    }
}
