public import KubeModel

/// A dialogue: what the user says in `spec`, what came of it in `status`.
///
/// A view of the object's JSON with the schema's defaults filled in where the API server has not done it.
public struct Conversation: Sendable {
    public let object: KubeObject
    public let spec: ConversationSpec
    public let status: ConversationStatus

    public init(_ object: KubeObject) {
        self.object = object
        spec = ConversationSpec(object["spec"] ?? .object([:]))
        status = ConversationStatus(object["status"] ?? .object([:]))
    }

    public var key: ObjectKey { object.key }
    public var uid: String { object.uid }
    public var namespace: String { object.namespace ?? "default" }
    /// Who its tools run as, by the name that the API server has for that ServiceAccount.
    public var identity: String {
        Impersonation.serviceAccount(namespace: namespace, name: spec.serviceAccountName).user
    }

    /// Who made it, as the admission policy vouches for; nil where nobody does.
    public var creator: String? { object.annotations[SkyfloGroup.creatorAnnotation].flatMap { $0.isEmpty ? nil : $0 } }

    /// The messages that no turn has taken up yet, in the order in which they will be.
    public var waitingMessages: [ConversationSpec.Message] {
        spec.waiting(
            afterMessages: status.turn - status.followUpsTaken.count, followUps: Set(status.followUpsTaken.keys))
    }

    /// The turn that runs, or is about to, or ran last; 1 where nothing has happened yet.
    public var currentTurn: Int {
        status.isTurnEnded && !waitingMessages.isEmpty ? status.turn + 1 : max(status.turn, 1)
    }

    /// The turn of a follow-up; while it waits, the one that it will be when no other comes before it. nil for none of that id.
    public func turn(ofFollowUp id: String) -> Int? {
        if let taken = status.followUpsTaken[id] { return taken }
        return waitingMessages.firstIndex { $0.followUp == id }.map { status.turn + $0 + 1 }
    }

    /// Whether there is a change to take back that nobody has taken up yet.
    public var hasUndo: Bool { status.turn > 0 && spec.undo.count > status.undosTaken }
}

public struct ConversationSpec: Sendable, Hashable {
    public enum ApprovalMode: String, Sendable { case writes = "Writes", always = "Always", readOnly = "ReadOnly" }

    public struct Reference: Sendable, Hashable {
        public var namespace: String?
        public var name: String
    }

    /// Something that the user says.
    public struct Message: Sendable, Hashable {
        public var content: String
        /// Its id in ``ConversationSpec/followUps``; nil for an entry of ``ConversationSpec/messages``.
        public var followUp: String?

        public init(content: String, followUp: String? = nil) {
            self.content = content
            self.followUp = followUp
        }
    }

    public var messages: [String]
    /// Further messages, by id.
    public var followUps: [String: String]
    public var skyfloRef: Reference?
    public var model: String?
    public var serviceAccountName: String
    /// nil: all that the SkyfloAI enables.
    public var toolsets: [String]?
    public var approvalMode: ApprovalMode
    public var limits: Limits
    public var stop: Bool
    /// Ids of changes to take back.
    public var undo: [String]
    public var ttlSecondsAfterFinished: Int?

    public init(_ json: JSONValue) {
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
    public var turns: Int { messages.count + followUps.count }

    /// What is left when so many messages, and these follow-ups, were taken up: messages first, then follow-ups by their ids.
    public func waiting(afterMessages taken: Int, followUps known: Set<String>) -> [Message] {
        messages.dropFirst(max(0, taken)).map { Message(content: $0) }
            + followUps.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map {
                Message(content: $0.value, followUp: $0.key)
            }
    }
}

/// Hard limits of one turn.
public struct Limits: Sendable, Hashable {
    public var modelTurns: Int
    public var toolCalls: Int
    public var writes: Int
    /// nil: no limit.
    public var tokens: Int?
    /// Waiting for a person doesn't count.
    public var turnTimeoutSeconds: Int
    public var approvalTimeoutSeconds: Int

    public init(
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
