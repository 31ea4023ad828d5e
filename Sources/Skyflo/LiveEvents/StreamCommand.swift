import KubeModel
import SkyfloAPI

/// What whoever follows a turn over a WebSocket asks for, one JSON object a message.
package struct StreamCommand: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        /// `{"type": "stop"}`
        case stop
        /// `{"type": "decide", "call_id": "c1", "decision": "Approved", "digest": "sha256:…", "reason": "…"}`: on what has that
        /// digest, and on nothing else.
        case decide(call: String, decision: Approval.Decision, digest: String, reason: String?)
    }

    /// Why a message is no command. For whoever sent it.
    package struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
        package var id: String?
        package var description: String
    }

    /// Of a message, in bytes.
    package static let limit = 16 * 1024
    private static let idLimit = 64

    /// The client's own name for it, which the answer has; nil for none.
    package var id: String?
    package var action: Action

    package init(id: String? = nil, _ action: Action) {
        self.id = id
        self.action = action
    }

    package init(parsing text: String) throws(Malformed) {
        guard text.utf8.count <= Self.limit else {
            throw Malformed(description: "a message has \(Self.limit) bytes at most")
        }
        guard let json = try? JSONParser.parse(text), json.object != nil else {
            throw Malformed(description: "a message is a JSON object")
        }
        let id = json["id"].map { $0.string ?? JSONWriter.string($0) }
        if let id, id.utf8.count > Self.idLimit { throw Malformed(description: "id has \(Self.idLimit) bytes at most") }
        self.id = id
        switch json["type"]?.string {
        case "stop": action = .stop
        case "decide": action = try Self.decide(json, id: id)
        default: throw Malformed(id: id, description: "type is stop or decide")
        }
    }

    private static func decide(_ json: JSONValue, id: String?) throws(Malformed) -> Action {
        guard let call = json["call_id"]?.string, !call.isEmpty else {
            throw Malformed(id: id, description: "call_id names the call that is decided")
        }
        guard let decision = json["decision"]?.string.flatMap(Approval.Decision.init) else {
            throw Malformed(id: id, description: "decision is Approved or Denied")
        }
        guard let digest = json["digest"]?.string, !digest.isEmpty else {
            throw Malformed(
                id: id, description: "digest says what the decision is on, as tool.awaiting_approval has it")
        }
        if let reason = json["reason"], !reason.isNull, reason.string == nil {
            throw Malformed(id: id, description: "reason is a text")
        }
        return .decide(call: call, decision: decision, digest: digest, reason: json["reason"]?.string)
    }
}
