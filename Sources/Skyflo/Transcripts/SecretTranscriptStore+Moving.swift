import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Earlier versions kept a transcript in Secrets beside its conversation, which owns them. They are moved when the
/// conversation is next looked at:
///
/// 1. the chain is verified against the status, and the last Secret is made immutable: whoever still knows the old place only
///    can't append to it any more;
/// 2. each Secret is copied as it is, which leaves the chain as it is;
/// 3. the copy is read and verified;
/// 4. the status says where it is now (``StoredTranscript/position``), under the version of the conversation that all of this
///    was read with;
/// 5. the old Secrets are removed (``removeFormer(of:of:)``).
///
/// Who dies in between leaves a state in which the steps are repeated from the first: until the fourth the old place is the
/// one that counts, and it is whole.
extension SecretTranscriptStore {
    func move(_ conversation: Conversation, anchor: TranscriptChain.Anchor) async throws -> StoredTranscript {
        let former = TranscriptPlace(beside: conversation)
        do {
            let old = try await read(former, anchor: anchor)
            guard old.chain.count >= anchor.count, let tail = old.tail else {
                throw TranscriptChain.Failure(description: "it has fewer entries than the status says")
            }
            try await seal(tail, of: old.position)
            try await copy(former, secrets: old.position.secrets, of: conversation)
            var new = try await read(
                place(of: conversation), anchor: .init(count: old.chain.count, head: old.chain.head))
            guard new.chain.count >= old.chain.count else {
                throw TranscriptChain.Failure(description: "its copy in the namespace \(namespace) isn't whole")
            }
            new.position.formerSecrets = old.position.secrets
            return new
        } catch let status as APIStatus where status.code == 403 {
            throw TranscriptNotMoved(
                description:
                    "its transcript is in the Secrets \(former.prefix)-… beside it, as earlier versions kept it, and "
                    + "the operator lacks the right to move it (rbac/optional/move-transcripts.yaml): \(status.message)"
            )
        }
    }

    private func copy(_ former: TranscriptPlace, secrets: Int, of conversation: Conversation) async throws {
        let new = place(of: conversation)
        for number in 0..<secrets {
            let old = try await api.get(.secrets, namespace: former.namespace, name: former.name(number))
            var secret = newSecret(new.name(number), of: conversation, data: old["data"] ?? .object([:]))
            if number + 1 < secrets { secret["immutable"] = true }
            do {
                _ = try await api.create(
                    secret, in: .secrets, options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
            } catch let status as APIStatus where status.reason == .alreadyExists {
                // Somebody was here before. Whether it is what it should be is seen when it is read.
            }
        }
    }

    package func removeFormer(of stored: inout StoredTranscript, of conversation: Conversation) async throws {
        let former = TranscriptPlace(beside: conversation)
        for number in 0..<(stored.position.formerSecrets ?? 0) {
            let name = former.name(number)
            do {
                // Only what the conversation owns: by the name alone it could be anybody's.
                let secret = try await api.get(.secrets, namespace: former.namespace, name: name)
                guard secret.controller?.uid == former.owner else { continue }
                try await api.delete(
                    .secrets, namespace: former.namespace, name: name, options: DeleteOptions(uid: secret.uid))
            } catch let status as APIStatus where status.isNotFound {
                continue
            }
        }
        stored.position.formerSecrets = 0
    }
}
