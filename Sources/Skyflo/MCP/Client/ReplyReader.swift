import KubeModel

/// Finds the answer to one request in the body of an HTTP answer that may be cut anywhere: a JSON object, or server-sent
/// events of which one is the answer. What else a server sends there (notifications, requests of its own) is read over.
package struct ReplyReader: Sendable {
    private let id: RPCID
    /// Of a body that isn't one of events.
    private var bytes: [UInt8] = []
    private var isEvents: Bool?
    private var events: ServerSentEventParser
    private var lastProgress = -Double.infinity
    private var progress: [MCPProgress] = []
    /// The answer, with a result or an error; nil as long as none came.
    package private(set) var message: JSONValue?

    /// - Parameter limit: how many bytes one event may have. None is found in or behind a larger one.
    package init(id: RPCID, limit: Int) {
        self.id = id
        events = ServerSentEventParser(limit: limit)
    }

    /// - Parameter contentType: of the answer.
    /// - Returns: whether the answer is there, or can't come any more, so that nothing more need be read.
    package mutating func read(_ part: some Sequence<UInt8>, contentType: String?) -> Bool {
        if isEvents == nil { isEvents = Self.isEventStream(contentType) }
        guard isEvents == true else {
            bytes += part
            return false
        }
        guard message == nil else { return true }
        do {
            for event in try events.push(part) where message == nil { take(event) }
            return message != nil
        } catch {
            return true
        }
    }

    /// What the server said of its progress since the last time, as far as it rises.
    package mutating func takeProgress() -> [MCPProgress] {
        defer { progress = [] }
        return progress
    }

    /// Ends the body. An event that only lacks the empty line behind it counts.
    package mutating func finish() {
        guard message == nil else { return }
        if isEvents == true {
            if let event = events.finish() { take(event) }
        } else if let json = try? JSONParser.parse(bytes) {
            take(json)
        }
    }

    private static func isEventStream(_ contentType: String?) -> Bool {
        (contentType ?? "").prefix { $0 != ";" && $0 != " " }.lowercased() == "text/event-stream"
    }

    private mutating func take(_ event: ServerSentEvent) {
        if event.isValid, let json = try? JSONParser.parse(event.data) { take(json) }
    }

    /// An id that came back as a text is still that of the request; an error may have none where it couldn't be read.
    private mutating func take(_ json: JSONValue) {
        guard let members = json.object, !json.isDeeper(than: RPCMessage.maximumDepth) else { return }
        guard members["method"] == nil else { return takeNotification(json) }
        let isOwn = RPCID(json: members["id"]).map { $0.text == id.text } ?? false
        if isOwn, members.contains("result") || members.contains("error") {
            message = json
        } else if isEvents != true, members["error"]?.object != nil {
            message = json
        }
    }
}

extension ReplyReader {
    /// How many are kept until they are taken.
    private static let mostProgress = 100

    private mutating func takeNotification(_ json: JSONValue) {
        guard json["method"] == "notifications/progress",
            RPCID(json: json["params", "progressToken"]).map({ $0.text == id.text }) ?? false,
            let found = MCPProgress(json["params"]), found.progress > lastProgress, progress.count < Self.mostProgress
        else { return }
        lastProgress = found.progress
        progress.append(found)
    }
}

extension RPCID {
    fileprivate var text: String {
        switch self {
        case .string(let text): text
        case .number(let number): String(number)
        }
    }
}
