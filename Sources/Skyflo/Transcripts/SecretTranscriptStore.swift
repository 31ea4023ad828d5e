import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// The transcript of a conversation in Secrets that it owns: append-only, in chunks, deleted with it.
///
/// Each append is one key of the newest Secret, written under that Secret's version: of two workers that believe to be in
/// charge, one gets a conflict. Conversations hold what people say about their cluster, hence Secrets.
package struct SecretTranscriptStore: TranscriptStore {
    /// A Secret with so much isn't appended to any more. The API's limit is 1 MiB.
    static let chunkBytes = 512 * 1024

    private let api: any KubeAPI
    private let veil: any TranscriptCipher

    /// - Parameter veil: what hides from readers of the transcript what isn't for them.
    package init(api: any KubeAPI, veil: any TranscriptCipher) {
        self.api = api
        self.veil = veil
    }

    package func empty(of conversation: Conversation) -> StoredTranscript {
        StoredTranscript(chain: TranscriptChain(), position: .init(secretPrefix: Self.secretPrefix(conversation)))
    }

    static func secretPrefix(_ conversation: Conversation) -> String {
        // A name may have 253 characters, and the suffix must fit too; a cut must not end in a character that no part of a
        // name may end in.
        var name = conversation.object.name.prefix(220)
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        return "\(name)-transcript-\(conversation.uid.prefix(8))"
    }

    // MARK: Reading

    package func load(_ conversation: Conversation, anchor: TranscriptChain.Anchor) async throws -> StoredTranscript {
        do {
            return try await whole(conversation, anchor: anchor)
        } catch is TranscriptChain.Failure {
            // Another worker may have filled one Secret after it was read, and begun the next before that was.
            return try await whole(conversation, anchor: anchor)
        }
    }

    private func whole(
        _ conversation: Conversation, anchor: TranscriptChain.Anchor
    ) async throws -> StoredTranscript {
        var check = TranscriptCheck(anchor, secretPrefix: Self.secretPrefix(conversation), veil: veil)
        try await SecretTranscriptReader(api: api).addSecrets(of: conversation, to: &check)
        if let fault = check.fault { throw fault }
        return check.stored
    }

    // MARK: Appending

    package func append(
        _ entries: [TranscriptChain.Entry], to stored: inout StoredTranscript, of conversation: Conversation
    ) async throws {
        var chain = stored.chain
        var lines = ""
        for entry in entries {
            var next = chain
            let line = next.append(entry, veil: veil)
            if !lines.isEmpty, lines.utf8.count + line.utf8.count > Self.chunkBytes {
                try await write(lines, chain: chain, to: &stored, of: conversation)
                lines = ""
            }
            lines += line
            chain = next
        }
        if !lines.isEmpty { try await write(lines, chain: chain, to: &stored, of: conversation) }
    }

    /// - Parameter chain: as it is with these lines.
    private func write(
        _ lines: String, chain: TranscriptChain, to stored: inout StoredTranscript, of conversation: Conversation
    ) async throws {
        let bytes = Array(lines.utf8)
        var next = stored
        if let tail = stored.tail, !tail.isSealed, tail.bytes + bytes.count <= Self.chunkBytes {
            next.tail = try await extend(tail, with: bytes, position: stored.position, conversation: conversation)
        } else {
            if let tail = stored.tail { try await seal(tail, position: stored.position, conversation: conversation) }
            next.tail = try await create(with: bytes, position: stored.position, conversation: conversation)
            next.position.secrets += 1
        }
        next.chain = chain
        next.position.bytes += bytes.count
        next.position.entries = chain.count
        next.position.head = chain.head
        stored = next
    }

    private func extend(
        _ tail: StoredTranscript.Tail, with bytes: [UInt8], position: TranscriptPosition,
        conversation: Conversation
    ) async throws -> StoredTranscript.Tail {
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(tail.resourceVersion), "uid": .string(tail.uid)],
            "data": .object([Self.key(tail.appends): .string(Base64.encode(bytes))]),
        ]
        let secret = try await api.patch(
            .secrets, namespace: conversation.namespace, name: "\(position.secretPrefix)-\(position.secrets - 1)",
            patch: .merge(patch), options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        return StoredTranscript.Tail(
            resourceVersion: secret.resourceVersion, uid: secret.uid, bytes: tail.bytes + bytes.count,
            appends: tail.appends + 1)
    }

    /// Ends a full Secret under its version before the next one is made: otherwise a worker that was overtaken could make
    /// the next one from where it stands, while another still appends to this.
    private func seal(
        _ tail: StoredTranscript.Tail, position: TranscriptPosition, conversation: Conversation
    ) async throws {
        guard !tail.isSealed else { return }
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(tail.resourceVersion), "uid": .string(tail.uid)],
            "immutable": true,
        ]
        _ = try await api.patch(
            .secrets, namespace: conversation.namespace, name: "\(position.secretPrefix)-\(position.secrets - 1)",
            patch: .merge(patch), options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
    }

    private func create(
        with bytes: [UInt8], position: TranscriptPosition, conversation: Conversation
    ) async throws -> StoredTranscript.Tail {
        var secret = KubeObject(
            .secrets, namespace: conversation.namespace, name: "\(position.secretPrefix)-\(position.secrets)",
            members: [
                "type": "skyflo.ai/transcript",
                "data": .object([Self.key(0): .string(Base64.encode(bytes))]),
            ])
        // A label's value may have 63 characters, the name 253; where it doesn't fit, the owner reference has to do.
        let name = conversation.object.name
        if name.utf8.count <= 63 { secret.labels = ["skyflo.ai/conversation": name] }
        secret.ownerReferences = [OwnerReference(controller: conversation.object)]
        let created = try await api.create(
            secret, in: .secrets, options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        return StoredTranscript.Tail(
            resourceVersion: created.resourceVersion, uid: created.uid, bytes: bytes.count, appends: 1)
    }

    /// In the order of its bytes, which is the order in which keys are read back.
    private static func key(_ append: Int) -> String {
        let digits = String(append)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
    }
}
