import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

extension TurnRunner {
    /// Writes the status that the state has, under the version of the conversation that we know.
    ///
    /// On a conflict the object is read again and `recheck` asked whether the write still stands; without one it does,
    /// because the patch names no field that people write.
    ///
    /// - Parameter newApprovals: approvals that become visible with this write.
    /// - Throws: `APIStatus`: 404 when the conversation is gone or another one has its name.
    mutating func writeStatus(
        newApprovals: Set<String> = [], notAccepted: (reason: ConversationReason, message: String)? = nil,
        recheck: ((inout TurnRunner) async throws -> Void)? = nil
    ) async throws {
        for attempt in 1... {
            var projection = StatusProjection(
                machine: machine, conversation: conversation, now: now, worker: dependencies.options.identity,
                epoch: record.claim.epoch, transcript: record.stored.position)
            projection.newApprovals = newApprovals
            projection.notAccepted = notAccepted
            projection.incomplete = incomplete
            projection.timeToFirstToken = timeToFirstToken
            var patch = projection.patch()
            patch["metadata"] = [
                "resourceVersion": .string(conversation.object.resourceVersion), "uid": .string(conversation.uid),
            ]
            do {
                let written = try await api.patch(
                    .conversations, namespace: conversation.namespace, name: conversation.object.name,
                    subresource: "status", .merge(patch), WriteOptions(fieldManager: SkyfloGroup.fieldManager))
                record.claim.isHeld = true
                adopt(written)
                return
                // Without a claim all that we know of it may be past: it is looked at anew.
            } catch let status as APIStatus where status.isConflict && record.claim.isHeld && attempt < 8 {
                try await readAgain()
                try await recheck?(&self)
            }
        }
    }

    /// Writes that the conversation has failed as a whole, and leaves everything else in the status as it is.
    mutating func writeFailure(_ reason: ConversationReason, _ message: String) async throws {
        var conditions = conversation.status.conditions
        for type in ConversationCondition.allCases where type != .accepted {
            conditions.set(
                Condition(
                    type: type.rawValue, status: type == .failed ? .true : .false, reason: reason.rawValue,
                    message: message, observedGeneration: conversation.object.generation, lastTransitionTime: now))
        }
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(conversation.object.resourceVersion)],
            "status": [
                "phase": .string(ConversationStatus.Phase.failed.rawValue), "reason": .string(reason.rawValue),
                "pendingApprovals": 0,
                "observedGeneration": JSONValue(conversation.object.generation),
                "conditions": .array(conditions.map(\.json)),
            ],
        ]
        adopt(
            try await api.patch(
                .conversations, namespace: conversation.namespace, name: conversation.object.name,
                subresource: "status",
                .merge(patch), WriteOptions(fieldManager: SkyfloGroup.fieldManager)))
    }

    /// Reads the conversation from the API server.
    /// - Throws: `APIStatus` 404 when it is gone or being deleted; ``FencedOut``.
    mutating func readAgain() async throws {
        let object = try await api.get(
            .conversations, namespace: conversation.namespace, name: conversation.object.name)
        guard object.uid == conversation.uid, !object.isBeingDeleted else {
            throw APIStatus(code: 404, reason: .notFound, message: "the conversation was deleted")
        }
        adopt(object)
        try checkClaim(conversation.status)
    }

    mutating func adopt(_ object: KubeObject) {
        conversation = Conversation(object)
        // So that the next reconcile sees at least this, however slow the watch is.
        dependencies.conversations.insert(object)
    }
}
