import KubeModel
import SkyfloAPI

/// What a stream tells about itself, between events. It has no number: whoever resumes doesn't get it again.
package enum StreamNotice: Sendable, Hashable {
    /// The stream is open.
    case ready(conversation: String, uid: String, turn: Int)
    /// So that both sides know that the other is there.
    case heartbeat
    /// Events up to this number aren't known any more; the stream goes on behind them.
    case gap(upTo: EventNumber)
    /// The stream is over, and the turn isn't: connect again, with the last number.
    case resume(reason: String)
    /// Nothing comes any more: the turn is over, or the caller may not follow it any longer.
    case end(reason: String)
    /// The answer to a ``StreamCommand``: it was carried out.
    case done(command: String?, message: String)
    /// It wasn't. `code` is that of HTTP, as the API server would have answered.
    case refused(command: String?, code: Int, message: String)

    private enum Kind: String, JSONCodable {
        case ready, heartbeat, gap = "stream.gap", resume = "stream.resume", end = "stream.end"
        case done = "command.done"
        case refused = "command.failed"
    }

    /// What it is called, as a server-sent event and in its `type`.
    package var name: String { kind.rawValue }

    private var kind: Kind {
        switch self {
        case .ready: .ready
        case .heartbeat: .heartbeat
        case .gap: .gap
        case .resume: .resume
        case .end: .end
        case .done: .done
        case .refused: .refused
        }
    }

    package var json: JSONValue {
        var json: JSONValue = ["type": .string(kind.rawValue)]
        switch self {
        case .ready(let conversation, let uid, let turn):
            json["conversation"] = .string(conversation)
            json["conversation_id"] = .string(uid)
            json["run_id"] = .string("\(uid)/\(turn)")
            json["turn"] = JSONValue(turn)
        case .heartbeat: break
        case .gap(let number): json["up_to"] = number.json
        case .resume(let reason), .end(let reason): json["reason"] = .string(reason)
        case .done(let command, let message): json.answer(command, saying: message)
        case .refused(let command, let code, let message):
            json.answer(command, saying: message)
            json["code"] = JSONValue(code)
        }
        return json
    }

    /// nil for what is none that this version knows.
    package init?(json: JSONValue) {
        guard let kind = json["type"].flatMap({ Kind(json: $0) }) else { return nil }
        let reason = json["reason"]?.string ?? ""
        switch kind {
        case .ready:
            self = .ready(
                conversation: json["conversation"]?.string ?? "", uid: json["conversation_id"]?.string ?? "",
                turn: json["turn"]?.int ?? 0)
        case .heartbeat: self = .heartbeat
        case .gap: self = .gap(upTo: json["up_to"].flatMap { EventNumber(json: $0) } ?? .zero)
        case .resume: self = .resume(reason: reason)
        case .end: self = .end(reason: reason)
        case .done: self = .done(command: json["id"]?.string, message: json["message"]?.string ?? "")
        case .refused:
            self = .refused(
                command: json["id"]?.string, code: json["code"]?.int ?? 0, message: json["message"]?.string ?? "")
        }
    }
}

extension JSONValue {
    fileprivate mutating func answer(_ command: String?, saying message: String) {
        if let command { self["id"] = .string(command) }
        self["message"] = .string(message)
    }
}

/// What comes over a stream.
package enum StreamMessage: Sendable, Hashable {
    case event(LiveEvent)
    case notice(StreamNotice)

    package var json: JSONValue {
        switch self {
        case .event(let event): event.json
        case .notice(let notice): notice.json
        }
    }

    /// nil for what this version doesn't know.
    package init?(json: JSONValue) {
        if let event = LiveEvent(json: json) {
            self = .event(event)
        } else if let notice = StreamNotice(json: json) {
            self = .notice(notice)
        } else {
            return nil
        }
    }

    /// As a server-sent event (WHATWG HTML, section 9.2).
    package func appendFrame(to bytes: inout [UInt8]) {
        switch self {
        case .event(let event):
            bytes += "id: \(event.number)\nevent: \(event.kind.rawValue)\ndata: ".utf8
        case .notice(let notice): bytes += "event: \(notice.name)\ndata: ".utf8
        }
        bytes += JSONWriter.bytes(json)
        bytes += "\n\n".utf8
    }
}
