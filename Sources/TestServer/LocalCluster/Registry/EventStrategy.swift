import KubeModel
import KubeSchema

/// Events of `v1`, and those of `events.k8s.io`, which are stored as the same and checked more strictly.
struct EventStrategy: ResourceStrategy {
    var isLegacy = true

    /// Go clients write these without a value, too: `null` says "no time".
    func setDefaults(_ object: inout KubeObject) {
        let (source, prefix) = isLegacy ? ("source", "") : ("deprecatedSource", "deprecated")
        if object.json[source] == nil { object.json[source] = .object([:]) }
        let times = isLegacy ? ["firstTimestamp", "lastTimestamp"] : ["FirstTimestamp", "LastTimestamp"]
        for member in ["eventTime"] + times.map({ prefix + $0 }) where object.json[member] == nil {
            object.json[member] = .null
        }
        guard isLegacy else { return }
        for member in ["reportingComponent", "reportingInstance"] where object.json[member] == nil {
            object.json[member] = ""
        }
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let isNew = object.json["eventTime"]?.string != nil
        var errors = namespaceErrors(object, isNew: isNew)
        if isNew { errors += reporterErrors(object) }
        if isLegacy { return errors }
        if !isNew { errors.append(.required("eventTime")) }
        if let old { return errors + immutableErrors(object, old: old) }
        let type = object.json["type"]?.string ?? ""
        if !["Normal", "Warning"].contains(type) {
            errors.append(.invalid("type", value: "", detail: "has invalid value: \(type)"))
        }
        return errors + legacyErrors(object)
    }

    /// Events about cluster-scoped objects live in `default`.
    private func namespaceErrors(_ object: KubeObject, isNew: Bool) -> [FieldError] {
        let about = object["involvedObject", "namespace"]?.string ?? ""
        let namespace = object.namespace ?? ""
        let homes: Set<String> = isNew ? ["default", "kube-system"] : ["default"]
        let isMatching = about == namespace || about.isEmpty && homes.contains(namespace) || isNew && !about.isEmpty
        return isMatching
            ? []
            : [.invalid("involvedObject.namespace", value: .string(about), detail: "does not match event.namespace")]
    }

    private func reporterErrors(_ object: KubeObject) -> [FieldError] {
        func errors(_ member: String, shownAs field: String? = nil) -> [FieldError] {
            let text = object.json[member]?.string ?? ""
            if text.isEmpty { return [.required(field ?? member)] }
            return text.utf8.count > 128
                ? [.invalid(field ?? member, value: "", detail: "can have at most 128 characters")] : []
        }
        let controller = errors("reportingComponent", shownAs: isLegacy ? nil : "reportingController")
        let note = (object.json["message"]?.string ?? "").utf8.count > 1024
        return controller + errors("reportingInstance") + errors("action") + errors("reason")
            + (note ? [.invalid("message", value: "", detail: "can have at most 1024 characters")] : [])
    }

    private func legacyErrors(_ object: KubeObject) -> [FieldError] {
        var set: [String] = ["firstTimestamp", "lastTimestamp"].filter { object.json[$0]?.string != nil }
        if (object.json["count"]?.int ?? 0) != 0 { set.append("count") }
        if !(object.json["source"]?.object?.isEmpty ?? true) { set.append("source") }
        return set.map { .invalid($0, value: "", detail: "needs to be unset") }
    }

    private func immutableErrors(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        [
            "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "type",
            "related", "action", "reportingComponent", "reportingInstance", "eventTime",
        ].filter { object.json[$0] != old.json[$0] }.map { member in
            .invalid(
                member == "reportingComponent" ? "reportingController" : member, value: object.json[member] ?? .null,
                detail: "field is immutable")
        }
    }
}
