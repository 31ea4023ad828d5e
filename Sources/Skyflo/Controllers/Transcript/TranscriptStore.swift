import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// The transcript of a conversation in Secrets that it owns: append-only, in chunks, deleted with it.
///
/// Each append is one key of the newest Secret, written under that Secret's version: of two workers that believe to be in
/// charge, one gets a conflict. Conversations hold what people say about their cluster, hence Secrets.
struct TranscriptStore: Sendable {
    /// A Secret with so much isn't appended to any more. The API's limit is 1 MiB.
    static let chunkBytes = 512 * 1024
    /// The largest entry. A Secret of its own holds it also where it is concealed: what is shown stands beside the whole in
    /// Base64 then, which makes seven thirds of it.
    static let entryBytes = 400 * 1024

    let api: any KubeAPI
    let veil: any TranscriptVeil

    init(api: any KubeAPI, redactionKey: [UInt8], of conversation: Conversation) {
        self.api = api
        veil = ConversationVeil(key: redactionKey, uid: conversation.uid)
    }

    static func secretPrefix(_ conversation: Conversation) -> String {
        // A name may have 253 characters, and the suffix must fit too; a cut must not end in a character that no part of a
        // name may end in.
        var name = conversation.object.name.prefix(220)
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        return "\(name)-transcript-\(conversation.uid.prefix(8))"
    }

    struct Stored: Sendable {
        var entries: [TranscriptChain.Entry] = []
        var chain: TranscriptChain
        var position: StatusProjection.TranscriptPosition
        /// Of the Secret that is appended to; nil when the next append makes one.
        var tail: Tail?
    }

    struct Tail: Sendable, Hashable {
        var resourceVersion: String
        var uid: String
        var bytes: Int
        var appends: Int
        /// Nothing can be added to it.
        var isSealed = false
    }

    /// Reads all of it.
    /// - Parameter anchor: what the status vouches for, which has to be there as it was.
    /// - Throws: `TranscriptChain.Failure` where it was tampered with or a Secret is missing.
    func load(_ conversation: Conversation, anchor: TranscriptChain.Anchor) async throws -> Stored {
        do {
            return try await read(conversation, anchor)
        } catch is TranscriptChain.Failure {
            // Another worker may have filled one Secret after it was read, and begun the next before that was.
            return try await read(conversation, anchor)
        }
    }

    private func read(_ conversation: Conversation, _ anchor: TranscriptChain.Anchor) async throws -> Stored {
        let prefix = Self.secretPrefix(conversation)
        var stored = Stored(
            chain: TranscriptChain(anchor: anchor), position: .init(secretPrefix: prefix))
        while let secret = try await api.find(
            .secrets, namespace: conversation.namespace, name: "\(prefix)-\(stored.position.secrets)")
        {
            let keys = (secret["data"]?.object?.keys ?? []).sorted()
            var bytes = 0
            for key in keys {
                guard let data = secret["data", key]?.string.flatMap(Base64.decode) else {
                    throw TranscriptChain.Failure(description: "\(secret.name) holds something that is no Base64")
                }
                stored.entries += try stored.chain.read(String(decoding: data, as: UTF8.self), veil: veil)
                bytes += data.count
            }
            stored.position.bytes += bytes
            stored.position.secrets += 1
            stored.tail = Tail(
                resourceVersion: secret.resourceVersion, uid: secret.uid, bytes: bytes, appends: keys.count,
                isSealed: secret["immutable"]?.bool ?? false)
        }
        stored.position.entries = stored.chain.count
        stored.position.head = stored.chain.head
        return stored
    }

    /// Appends entries, in as many requests as their size needs; `stored` moves on with each that succeeded.
    ///
    /// - Throws: what the server says. Some entries may be written then: whoever gets it has to read the transcript again.
    func append(_ entries: [TranscriptChain.Entry], to stored: inout Stored, of conversation: Conversation) async throws
    {
        var chain = stored.chain
        var lines = ""
        for entry in entries {
            var next = chain
            let line = next.append(entry, veil: veil)
            if !lines.isEmpty, lines.utf8.count + line.utf8.count > Self.chunkBytes {
                try await write(lines, chain, to: &stored, of: conversation)
                lines = ""
            }
            lines += line
            chain = next
        }
        if !lines.isEmpty { try await write(lines, chain, to: &stored, of: conversation) }
    }

    /// - Parameter chain: as it is with these lines.
    private func write(
        _ lines: String, _ chain: TranscriptChain, to stored: inout Stored, of conversation: Conversation
    ) async throws {
        let bytes = Array(lines.utf8)
        var next = stored
        if let tail = stored.tail, !tail.isSealed, tail.bytes + bytes.count <= Self.chunkBytes {
            next.tail = try await extend(tail, with: bytes, stored.position, conversation)
        } else {
            if let tail = stored.tail { try await seal(tail, stored.position, conversation) }
            next.tail = try await create(with: bytes, stored.position, conversation)
            next.position.secrets += 1
        }
        next.chain = chain
        next.position.bytes += bytes.count
        next.position.entries = chain.count
        next.position.head = chain.head
        stored = next
    }

    private func extend(
        _ tail: Tail, with bytes: [UInt8], _ position: StatusProjection.TranscriptPosition, _ conversation: Conversation
    ) async throws -> Tail {
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(tail.resourceVersion), "uid": .string(tail.uid)],
            "data": .object([Self.key(tail.appends): .string(Base64.encode(bytes))]),
        ]
        let secret = try await api.patch(
            .secrets, namespace: conversation.namespace, name: "\(position.secretPrefix)-\(position.secrets - 1)",
            .merge(patch), WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        return Tail(
            resourceVersion: secret.resourceVersion, uid: secret.uid, bytes: tail.bytes + bytes.count,
            appends: tail.appends + 1)
    }

    /// Ends a full Secret under its version before the next one is made: otherwise a worker that was overtaken could make
    /// the next one from where it stands, while another still appends to this.
    private func seal(
        _ tail: Tail, _ position: StatusProjection.TranscriptPosition, _ conversation: Conversation
    ) async throws {
        guard !tail.isSealed else { return }
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(tail.resourceVersion), "uid": .string(tail.uid)],
            "immutable": true,
        ]
        _ = try await api.patch(
            .secrets, namespace: conversation.namespace, name: "\(position.secretPrefix)-\(position.secrets - 1)",
            .merge(patch), WriteOptions(fieldManager: SkyfloGroup.fieldManager))
    }

    private func create(
        with bytes: [UInt8], _ position: StatusProjection.TranscriptPosition, _ conversation: Conversation
    ) async throws -> Tail {
        var secret = KubeObject(
            .secrets, namespace: conversation.namespace, name: "\(position.secretPrefix)-\(position.secrets)",
            [
                "type": "skyflo.ai/transcript",
                "data": .object([Self.key(0): .string(Base64.encode(bytes))]),
            ])
        // A label's value may have 63 characters, the name 253; where it doesn't fit, the owner reference has to do.
        let name = conversation.object.name
        if name.utf8.count <= 63 { secret.labels = ["skyflo.ai/conversation": name] }
        secret.ownerReferences = [OwnerReference(controller: conversation.object)]
        let created = try await api.create(
            secret, in: .secrets, WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        return Tail(resourceVersion: created.resourceVersion, uid: created.uid, bytes: bytes.count, appends: 1)
    }

    /// In the order of its bytes, which is the order in which keys are read back.
    private static func key(_ append: Int) -> String {
        let digits = String(append)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
    }
}
