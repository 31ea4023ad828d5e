import KubeModel
import WorkflowEngine
import Writes

/// What readers of a conversation's transcript don't see: credentials that the model wrote into calls. The operator needs
/// them, to send what was approved, so they are kept beside what is shown, encrypted with the installation's key.
struct ConversationCipher: TranscriptCipher {
    let redactor: Redactor
    let box: SecretBox
    let uid: String

    init(key: [UInt8], uid: String) {
        redactor = Redactor(key: key)
        box = SecretBox(key: key)
        self.uid = uid
    }

    func encrypt(_ event: TurnEvent, json: JSONValue) -> (shown: TurnEvent, concealed: String)? {
        let shown = shown(event)
        guard shown != event else { return nil }
        // Were it not to be encrypted it would rather be lost than be read.
        return (shown, box.seal(json, for: uid) ?? "")
    }

    func decrypt(_ concealed: String) -> JSONValue? { box.open(concealed, for: uid) }

    /// An event as readers see it.
    func shown(_ event: TurnEvent) -> TurnEvent {
        switch event {
        case .modelReplied(var reply):
            for position in reply.calls.indices {
                reply.calls[position].arguments = redactor.redact(arguments: reply.calls[position].arguments)
            }
            return .modelReplied(reply)
        case .argumentsResolved(let id, let arguments, let references):
            return .argumentsResolved(
                id: id, arguments: redactor.redact(arguments: arguments), references: references)
        case .approvalRequested(let id, var request):
            if let shown = request.shown { request.requests = shown.requests }
            return .approvalRequested(id: id, request)
        default: return event
        }
    }
}
