import KubeModel

/// Some controllers are told what to do by fields that they take away, or replace, once they have acted: Argo Rollouts by
/// its status, Argo CD by `operation`. What a write of them is about is part of what is approved, and whether it was done
/// can't be told by what is left of it.
extension PlannedRequest {
    /// Members of the target's status that belong to what is approved: those that the request writes, and what says which
    /// version of the workload they are about. Empty for a request that writes no status.
    var statusMembers: Set<String> {
        guard let written = submitted?["status"] else { return [] }
        // Null clears the whole; what it is for is to have another phase.
        guard let members = written.object else { return ["phase"] }
        // Two pauses of one second look alike but for the step; an abort is the same at every step.
        let place: Set<String> = members["pauseConditions"] == nil ? [] : ["currentStepIndex"]
        return place.union(members.keys).union(["currentPodHash"])
    }

    /// Whether the target's controller takes the change away when it has acted on it.
    var isConsumed: Bool {
        guard let body = submitted else { return false }
        return body["status"] != nil || body["operation"] != nil
    }

    /// Why such a change isn't taken back by putting the fields back; nil for any other.
    var undoObstacle: String? {
        guard isConsumed else { return nil }
        return submitted?["operation"] != nil
            ? "a sync that has begun can't be taken back; a rollback puts an earlier revision back"
            : "its controller acts on it at once; abort, retry or undo the rollout instead"
    }
}

extension KubeObject {
    /// Without what the server keeps about it, and of the status nothing but these members.
    func withoutServerFields(keepingStatus members: Set<String>) -> KubeObject {
        var object = withoutServerFields
        object.json["status"] = keptStatus(members)
        return object
    }

    /// nil where nothing of it is there.
    func keptStatus(_ members: Set<String>) -> JSONValue? {
        guard !members.isEmpty, let status = self["status"]?.object else { return nil }
        let kept = status.filter { members.contains($0.key) }
        return kept.isEmpty ? nil : .object(JSONObject(kept.map { ($0.key, $0.value) }))
    }
}
