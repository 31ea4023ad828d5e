import KubeClient
import KubeModel
import SkyfloAPI

/// Conversations of one namespace on the API server: what people read of them and may write.
package struct ConversationClient: Sendable {
    /// How often a write is tried against an object that others write too.
    private static let attempts = 8

    private let api: any KubeAPI
    private let namespace: String
    /// As whom the API server notes what it writes: which program a person used.
    private let fieldManager: String

    package init(api: any KubeAPI, namespace: String, fieldManager: String = "kubectl-skyflo") {
        self.api = api
        self.namespace = namespace
        self.fieldManager = fieldManager
    }

    private var options: WriteOptions { WriteOptions(fieldManager: fieldManager) }

    package func get(_ name: String) async throws -> Conversation {
        Conversation(try await api.get(.conversations, namespace: namespace, name: name))
    }

    package func create(_ object: KubeObject) async throws -> Conversation {
        Conversation(try await api.create(object, in: .conversations, options: options))
    }

    /// Adds a message to a conversation, as a follow-up: `spec.messages` may belong to somebody else, as Git.
    /// - Parameters:
    ///   - id: of the follow-up; the later its time, the later its turn.
    ///   - annotations: set on the conversation in the same request.
    package func addFollowUp(
        _ message: String, id: String, to name: String, annotations: [String: String] = [:]
    ) async throws -> Conversation {
        var change: JSONValue = ["spec": ["followUps": .object([id: ["content": .string(message)]])]]
        if !annotations.isEmpty { change["metadata", "annotations"] = JSONValue(annotations) }
        let patched = Conversation(
            try await api.patch(
                .conversations, namespace: namespace, name: name, patch: .merge(change), options: options))
        // A server drops fields that its CRD doesn't have, and says nothing.
        guard patched.spec.followUps[id] == message else {
            throw ConversationAccessError(
                .failed,
                message:
                    "the CRD of Conversations in this cluster is too old: it has no spec.followUps; nothing was asked")
        }
        return patched
    }

    package func setStop(_ stop: Bool, of name: String) async throws -> Conversation {
        Conversation(
            try await api.patch(
                .conversations, namespace: namespace, name: name, patch: .merge(["spec": ["stop": .bool(stop)]]),
                options: options))
    }

    /// Asks for changes to be taken back.
    package func undo(_ changes: [String], of name: String) async throws -> Conversation {
        let patched = try await patch(name) { conversation in
            let asked = conversation.object["spec", "undo"]
            var operations = [DecisionPatch.test("/metadata/uid", value: .string(conversation.uid))]
            if let asked, !asked.isNull {
                operations.append(DecisionPatch.test("/spec/undo", value: asked))
                operations += changes.map { DecisionPatch.add("/spec/undo/-", value: .string($0)) }
            } else {
                operations.append(DecisionPatch.add("/spec/undo", value: JSONValue(changes)))
            }
            return .array(operations)
        }
        // A server drops fields that its CRD doesn't have, and says nothing.
        let asked = patched.object["spec", "undo"]?.array?.compactMap(\.string) ?? []
        guard changes.allSatisfy(asked.contains) else {
            throw ConversationAccessError(
                .failed,
                message: "the CRD of Conversations in this cluster is too old: it has no spec.undo; nothing was undone")
        }
        return patched
    }

    /// Writes a decision on exactly what was shown.
    /// - Throws: ``ConversationAccessError`` (`changed`) when what is there isn't that any more, or somebody else has decided.
    package func decide(
        _ decision: Approval.Decision, on shown: [PendingApproval], of name: String, uid: String, reason: String?
    ) async throws -> Conversation {
        let user = try await api.userName()
        return try await patch(name, subresource: "status") { conversation in
            guard conversation.uid == uid else {
                throw ConversationAccessError(
                    .changed, message: "conversation \"\(name)\" was replaced by another; nothing was decided")
            }
            for entry in shown { try Self.check(entry, in: conversation, for: user) }
            return DecisionPatch(
                conversation: conversation, decision: decision, decidedBy: user, reason: reason
            ).operations(for: shown)
        }
    }

    private static func check(_ shown: PendingApproval, in conversation: Conversation, for user: String) throws {
        let nothing = "nothing was decided"
        let now = PendingApproval(shown.id, in: conversation)
        if let now, let vote = now.approval.votes.first(where: { $0.user == user }) {
            let others = now.approval.waitingFor.map { " (\($0))" } ?? ""
            throw ConversationAccessError(
                .changed, message: "you \(vote.decision.rawValue.lowercased()) \(shown.id) already\(others); \(nothing)"
            )
        }
        if now == nil, let entry = conversation.status.approvals[shown.id], entry.digest == shown.digest,
            let decision = entry.decision
        {
            let by = entry.decidedBy.map { " by \($0)" } ?? ""
            throw ConversationAccessError(
                .changed, message: "\(shown.id) was \(decision.rawValue.lowercased())\(by) meanwhile; \(nothing)")
        }
        guard let now else {
            let state = conversation.status.calls[shown.id].map { " (it is \($0.state.rawValue))" } ?? ""
            throw ConversationAccessError(
                .changed, message: "\(shown.id) no longer waits for a decision\(state); \(nothing)")
        }
        guard now.digest == shown.digest else {
            throw ConversationAccessError(
                .changed,
                message: "\(shown.id) is no longer what was shown: its preview changed from digest "
                    + "\(shown.shortDigest) to \(now.shortDigest); \(nothing). Look at it again")
        }
    }

    /// Reads, makes a patch of what was read, and sends it; again where its tests failed because somebody else wrote.
    private func patch(
        _ name: String, subresource: String? = nil, operations: (Conversation) throws -> JSONValue
    ) async throws -> Conversation {
        var version: String?
        var refusal: APIStatus?
        for _ in 0..<Self.attempts {
            let conversation = try await get(name)
            // A refusal of a version that is still the newest is no lost race.
            if let refusal, conversation.object.resourceVersion == version { throw refusal }
            version = conversation.object.resourceVersion
            do {
                let object = try await api.patch(
                    .conversations, namespace: namespace, name: name, subresource: subresource,
                    patch: .json(try operations(conversation)), options: options)
                return Conversation(object)
            } catch let status as APIStatus where status.isConflict || status.isInvalid {
                refusal = status
            }
        }
        throw ConversationAccessError(
            .failed, message: "conversation \"\(name)\" is written too often by others; try again", cause: refusal)
    }

    // MARK: The user

    /// Whether the caller may decide on what waits in this conversation.
    package func mayApprove(_ name: String) async throws -> Bool { try await may("approve", name: name) }

    /// Whether the caller may make a conversation here.
    package func mayCreate() async throws -> Bool { try await may("create", name: nil) }

    private func may(_ verb: String, name: String?) async throws -> Bool {
        try await AccessReview.allows(
            ResourceAccess(
                verb: verb, group: SkyfloGroup.name, version: SkyfloGroup.version, resource: "conversations",
                namespace: namespace, name: name),
            api: api)
    }
}
