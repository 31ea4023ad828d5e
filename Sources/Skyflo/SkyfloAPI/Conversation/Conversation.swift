import KubeModel

/// A dialogue: what the user says in `spec`, what came of it in `status`.
///
/// A view of the object's JSON with the schema's defaults filled in where the API server has not done it.
package struct Conversation: Sendable {
    package let object: KubeObject
    package let spec: ConversationSpec
    package let status: ConversationStatus

    package init(_ object: KubeObject) {
        self.object = object
        spec = ConversationSpec(object["spec"] ?? .object([:]))
        status = ConversationStatus(object["status"] ?? .object([:]))
    }

    package var key: ObjectKey { object.key }
    package var uid: String { object.uid }
    package var namespace: String { object.namespace ?? "default" }
    /// Who its tools run as, by the name that the API server has for that ServiceAccount.
    package var identity: String {
        Impersonation.serviceAccount(namespace: namespace, name: spec.serviceAccountName).user
    }

    /// Who made it, as the admission policy vouches for; nil where nobody does.
    package var creator: String? { object.annotations[SkyfloGroup.creatorAnnotation].flatMap { $0.isEmpty ? nil : $0 } }

    /// The messages that no turn has taken up yet, in the order in which they will be.
    package var waitingMessages: [ConversationSpec.Message] {
        spec.waiting(
            afterMessages: status.turn - status.followUpsTaken.count, followUps: Set(status.followUpsTaken.keys))
    }

    /// The turn that runs, or is about to, or ran last; 1 where nothing has happened yet.
    package var currentTurn: Int {
        status.isTurnEnded && !waitingMessages.isEmpty ? status.turn + 1 : max(status.turn, 1)
    }

    /// The turn of a follow-up; while it waits, the one that it will be when no other comes before it. nil for none of that id.
    package func turn(ofFollowUp id: String) -> Int? {
        if let taken = status.followUpsTaken[id] { return taken }
        return waitingMessages.firstIndex { $0.followUp == id }.map { status.turn + $0 + 1 }
    }

    /// Whether there is a change to take back that nobody has taken up yet.
    package var hasUndo: Bool { status.turn > 0 && spec.undo.count > status.undosTaken }
}

package struct ConversationSpec: Sendable, Hashable {
    package enum ApprovalMode: String, Sendable { case writes = "Writes", always = "Always", readOnly = "ReadOnly" }

    package struct Reference: Sendable, Hashable {
        package var namespace: String?
        package var name: String
    }

    /// Something that the user says.
    package struct Message: Sendable, Hashable {
        package var content: String
        /// Its id in ``ConversationSpec/followUps``; nil for an entry of ``ConversationSpec/messages``.
        package var followUp: String?

        package init(content: String, followUp: String? = nil) {
            self.content = content
            self.followUp = followUp
        }
    }

    package var messages: [String]
    /// Further messages, by id.
    package var followUps: [String: String]
    package var skyfloRef: Reference?
    package var model: String?
    package var serviceAccountName: String
    /// nil: all that the SkyfloAI enables.
    package var toolsets: [String]?
    package var approvalMode: ApprovalMode
    package var limits: Limits
    package var stop: Bool
    /// Ids of changes to take back.
    package var undo: [String]
    package var ttlSecondsAfterFinished: Int?

    package init(_ json: JSONValue) {
        messages = (json["messages"]?.array ?? []).map { $0["content"]?.string ?? "" }
        followUps = (json["followUps"]?.object ?? [:]).reduce(into: [:]) {
            $0[$1.key] = $1.value["content"]?.string ?? ""
        }
        skyfloRef = json["skyfloRef", "name"]?.string.map {
            Reference(namespace: json["skyfloRef", "namespace"]?.string, name: $0)
        }
        model = json["model"]?.string
        serviceAccountName = json["serviceAccountName"]?.string ?? "default"
        toolsets = json["toolsets"]?.array?.compactMap(\.string)
        approvalMode = json["approval", "mode"]?.string.flatMap(ApprovalMode.init) ?? .writes
        limits = Limits(json["limits"] ?? .object([:]))
        stop = json["stop"]?.bool ?? false
        undo = json["undo"]?.array?.compactMap(\.string) ?? []
        ttlSecondsAfterFinished = json["ttlSecondsAfterFinished"]?.int
    }

    /// How many turns all messages make.
    package var turns: Int { messages.count + followUps.count }

    /// What is left when so many messages, and these follow-ups, were taken up: messages first, then follow-ups by their ids.
    package func waiting(afterMessages taken: Int, followUps known: Set<String>) -> [Message] {
        messages.dropFirst(max(0, taken)).map { Message(content: $0) }
            + followUps.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map {
                Message(content: $0.value, followUp: $0.key)
            }
    }
}

/// Hard limits of one turn.
package struct Limits: Sendable, Hashable {
    package var modelTurns: Int
    package var toolCalls: Int
    package var writes: Int
    /// nil: no limit.
    package var tokens: Int?
    /// Waiting for a person doesn't count.
    package var turnTimeoutSeconds: Int
    package var approvalTimeoutSeconds: Int

    package init(
        modelTurns: Int = 25, toolCalls: Int = 100, writes: Int = 20, tokens: Int? = nil,
        turnTimeoutSeconds: Int = 900, approvalTimeoutSeconds: Int = 86_400
    ) {
        self.modelTurns = modelTurns
        self.toolCalls = toolCalls
        self.writes = writes
        self.tokens = tokens
        self.turnTimeoutSeconds = turnTimeoutSeconds
        self.approvalTimeoutSeconds = approvalTimeoutSeconds
    }

    init(_ json: JSONValue) {
        let defaults = Limits()
        self.init(
            modelTurns: json["modelTurns"]?.int ?? defaults.modelTurns,
            toolCalls: json["toolCalls"]?.int ?? defaults.toolCalls,
            writes: json["writes"]?.int ?? defaults.writes,
            tokens: json["tokens"]?.int,
            turnTimeoutSeconds: json["turnTimeoutSeconds"]?.int ?? defaults.turnTimeoutSeconds,
            approvalTimeoutSeconds: json["approvalTimeoutSeconds"]?.int ?? defaults.approvalTimeoutSeconds)
    }
}
