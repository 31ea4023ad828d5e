import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Transcripts in Secrets of the operator's own namespace: append-only, in chunks. Nobody needs a right to read or write
/// Secrets anywhere else for them.
///
/// Each append is one key of the newest Secret, written under that Secret's version: of two workers that believe to be in
/// charge, one gets a conflict. Conversations hold what people say about their cluster, hence Secrets.
package struct SecretTranscriptStore: TranscriptStore {
    /// A Secret with so much isn't appended to any more. The API's limit is 1 MiB.
    static let chunkBytes = 512 * 1024
    static let type = "skyflo.ai/transcript"

    let api: any KubeAPI
    let namespace: String
    let veil: any TranscriptCipher

    /// - Parameters:
    ///   - namespace: the operator's own.
    ///   - veil: what hides from readers of the transcript what isn't for them.
    package init(api: any KubeAPI, namespace: String, veil: any TranscriptCipher) {
        self.api = api
        self.namespace = namespace
        self.veil = veil
    }

    package func empty(of conversation: Conversation) -> StoredTranscript {
        let place = place(of: conversation)
        return StoredTranscript(
            chain: TranscriptChain(), position: .init(namespace: place.namespace, secretPrefix: place.prefix))
    }

    func place(of conversation: Conversation) -> TranscriptPlace { TranscriptPlace(of: conversation, in: namespace) }

    // MARK: Reading

    package func load(_ conversation: Conversation, anchor: TranscriptChain.Anchor) async throws -> StoredTranscript {
        let position = conversation.status.transcriptPosition
        // What no status vouches for doesn't count, so that it needn't be moved either.
        if anchor.count > 0, let position {
            if position.isBesideConversation { return try await move(conversation, anchor: anchor) }
            guard position.namespace == namespace else {
                throw TranscriptChain.Failure(
                    description: "the status says that it is in the namespace \(position.namespace), and this operator "
                        + "keeps transcripts in \(namespace) (--lease-namespace)")
            }
        }
        var stored = try await read(place(of: conversation), anchor: anchor)
        // What the status of another conversation says means nothing.
        stored.position.formerSecrets = position?.formerSecrets.map { anchor.count > 0 ? $0 : 0 }
        return stored
    }

    func read(_ place: TranscriptPlace, anchor: TranscriptChain.Anchor) async throws -> StoredTranscript {
        do {
            return try await whole(place, anchor: anchor)
        } catch is TranscriptChain.Failure {
            // Another worker may have filled one Secret after it was read, and begun the next before that was.
            return try await whole(place, anchor: anchor)
        }
    }

    /// Takes in the Secrets in their order, up to the first that isn't there.
    private func whole(
        _ place: TranscriptPlace, anchor: TranscriptChain.Anchor
    ) async throws -> StoredTranscript {
        var check = TranscriptCheck(anchor, place: place, veil: veil)
        var number = 0
        while check.fault == nil,
            let secret = try await api.find(.secrets, namespace: place.namespace, name: place.name(number))
        {
            check.add(secret, ownedBy: place.owner)
            number += 1
        }
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
            next.tail = try await extend(tail, with: bytes, position: stored.position)
        } else {
            if let tail = stored.tail { try await seal(tail, of: stored.position) }
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
        _ tail: StoredTranscript.Tail, with bytes: [UInt8], position: TranscriptPosition
    ) async throws -> StoredTranscript.Tail {
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(tail.resourceVersion), "uid": .string(tail.uid)],
            "data": .object([Self.key(tail.appends): .string(Base64.encode(bytes))]),
        ]
        let secret = try await api.patch(
            .secrets, namespace: position.namespace, name: "\(position.secretPrefix)-\(position.secrets - 1)",
            patch: .merge(patch), options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        return StoredTranscript.Tail(
            resourceVersion: secret.resourceVersion, uid: secret.uid, bytes: tail.bytes + bytes.count,
            appends: tail.appends + 1)
    }

    /// Ends a full Secret under its version before the next one is made: otherwise a worker that was overtaken could make
    /// the next one from where it stands, while another still appends to this.
    func seal(_ tail: StoredTranscript.Tail, of position: TranscriptPosition) async throws {
        guard !tail.isSealed else { return }
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(tail.resourceVersion), "uid": .string(tail.uid)],
            "immutable": true,
        ]
        _ = try await api.patch(
            .secrets, namespace: position.namespace, name: "\(position.secretPrefix)-\(position.secrets - 1)",
            patch: .merge(patch), options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
    }

    private func create(
        with bytes: [UInt8], position: TranscriptPosition, conversation: Conversation
    ) async throws -> StoredTranscript.Tail {
        let secret = newSecret(
            "\(position.secretPrefix)-\(position.secrets)", of: conversation,
            data: .object([Self.key(0): .string(Base64.encode(bytes))]))
        let created = try await api.create(
            secret, in: .secrets, options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        return StoredTranscript.Tail(
            resourceVersion: created.resourceVersion, uid: created.uid, bytes: bytes.count, appends: 1)
    }

    /// Nothing in another namespace can own it: a sweep removes it when the conversation is gone (``TranscriptArchive``).
    func newSecret(_ name: String, of conversation: Conversation, data: JSONValue) -> KubeObject {
        var secret = KubeObject(
            .secrets, namespace: namespace, name: name, members: ["type": .string(Self.type), "data": data])
        secret.labels = [
            "app.kubernetes.io/name": "skyflo", TranscriptNote.uid: conversation.uid,
            TranscriptNote.namespace: conversation.namespace,
        ]
        // A label's value may have 63 characters, the name 253.
        if conversation.object.name.utf8.count <= 63 { secret.labels[TranscriptNote.name] = conversation.object.name }
        secret.annotations = [TranscriptNote.name: conversation.object.name]
        return secret
    }

    /// In the order of its bytes, which is the order in which keys are read back.
    private static func key(_ append: Int) -> String {
        let digits = String(append)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
    }
}
