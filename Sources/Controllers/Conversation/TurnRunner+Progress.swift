import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// What becomes of a conversation that is deleted and comes back.
extension TurnRunner {
    /// Keeps how far the conversation is where exports and backups keep it, before anything is done for a message.
    ///
    /// A server that refuses it doesn't hold the turn up: the conversation says so in an Event.
    /// - Throws: `APIStatus` 404 when the conversation is gone; ``FencedOut``.
    mutating func keepProgress() async throws {
        guard machine.isRunning, !isProgressRefused else { return }
        let progress = ConversationProgress(
            uid: conversation.uid, turn: machine.turn, undosTaken: machine.undosTaken)
        guard conversation.progressAnnotation != progress.text else { return }
        do {
            let written = try await progress.write(to: conversation, api)
            guard !written.isBeingDeleted else {
                throw APIStatus(code: 404, reason: .notFound, message: "the conversation was deleted")
            }
            try checkClaim(Conversation(written).status)
            adopt(written)
        } catch let status as APIStatus where status.code == 403 || status.code == 422 {
            isProgressRefused = true
            dependencies.events.warning(
                conversation.object, "ProgressNotKept",
                "restored from a backup, this conversation would run again: its annotation "
                    + "\(ConversationProgress.annotation) can't be written: \(status.message)")
        }
    }

    /// Takes note that the conversation came back without its status, and of what it came with: none of it is carried out.
    mutating func skipRestored(_ note: String) async throws {
        let spec = conversation.spec
        record.log(
            .restored(
                messages: spec.messages.count, followUps: spec.followUps.keys.sorted(), undos: spec.undo.count,
                note: note),
            at: now)
        try await flush()
        try await writeStatus()
        dependencies.events.normal(conversation.object, ConversationReason.restored.rawValue, note)
    }
}

extension ConversationProgress {
    /// - Returns: the conversation as it is with the annotation.
    func write(to conversation: Conversation, _ api: any KubeAPI) async throws -> KubeObject {
        // Under the uid, so that one of the same name that was made meanwhile isn't marked.
        let patch: JSONValue = [
            "metadata": ["uid": .string(conversation.uid), "annotations": .object([Self.annotation: .string(text)])]
        ]
        return try await api.patch(
            .conversations, namespace: conversation.namespace, name: conversation.object.name, .merge(patch),
            WriteOptions(fieldManager: SkyfloGroup.fieldManager))
    }
}
