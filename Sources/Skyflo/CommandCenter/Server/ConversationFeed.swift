import Concurrency
import ConversationAccess
import KubeClient
import KubeModel
import Logging
import SkyfloAPI

/// Keeps one page up to date: watches the conversation with the person's own rights, and sends the parts that changed.
struct ConversationFeed: Sendable {
    /// Of one watch: rights that are taken away end a page within this.
    private static let watchSeconds = 60
    /// A comment from time to time, so that nothing between takes the stream for dead and a page that is gone is noticed.
    private static let silence = Duration.seconds(15)

    let session: WebSession
    let key: ObjectKey
    let logger: Logger

    private enum Item: Sendable {
        case message(String)
        case silence
        case end(reason: String)
    }

    /// - Parameter write: takes whole events, and waits until the client has taken enough of them.
    @concurrent func run(write: @concurrent (String) async throws -> Void) async throws {
        let (items, source) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingNewest(64))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                source.yield(.end(reason: await follow { source.yield(.message($0)) }))
            }
            group.addTask {
                while true {
                    try await Concurrency.sleep(for: Self.silence)
                    source.yield(.silence)
                }
            }
            defer { group.cancelAll() }
            for await item in items {
                switch item {
                case .message(let text): try await write(text)
                case .silence:
                    try await write(session.isEnded ? Self.event("end", ["reason": "signed out"]) : ": here\n\n")
                case .end(let reason): return try await write(Self.event("end", ["reason": .string(reason)]))
                }
            }
        }
    }

    static func event(_ name: String, _ json: JSONValue) -> String {
        "event: \(name)\ndata: \(JSONWriter.string(json))\n\n"
    }

    // MARK: Watching

    /// Sends parts until nothing comes any more.
    /// - Returns: why.
    private func follow(send: @escaping @Sendable (String) -> Void) async -> String {
        var shown = ShownParts()
        let backoff = Backoff(base: .milliseconds(200), maximum: .seconds(5))
        var failures = 0
        while !Task.isCancelled, !session.isEnded {
            do {
                try await watch(&shown, send: send)
                failures = 0
            } catch let status as APIStatus where status.code == 401 {
                return "the cluster doesn't take your token any more"
            } catch let status as APIStatus where status.isForbidden {
                return "you may not follow it: \(status)"
            } catch let status as APIStatus where status.isNotFound {
                return "it was deleted"
            } catch is CancellationError {
                return "the page was closed"
            } catch let status as APIStatus where status.isExpired {
                continue
            } catch {
                failures += 1
                try? await Concurrency.sleep(for: backoff.delay(failures: failures))
            }
        }
        return "signed out"
    }

    private func watch(_ shown: inout ShownParts, send: @Sendable (String) -> Void) async throws {
        let person = session.person
        let client = person.conversations(in: key.namespace ?? "")
        let conversation = try await client.get(key.name)
        // Asked anew each time: roles may have changed.
        let mayDecide = try await client.mayApprove(key.name)
        if let text = shown.update(markup(conversation, mayDecide: mayDecide)) { send(text) }
        let options = WatchOptions(
            resourceVersion: conversation.object.resourceVersion, fieldSelector: "metadata.name=\(key.name)",
            timeoutSeconds: Self.watchSeconds)
        shown = try await person.api.watch(.conversations, namespace: key.namespace, options: options) {
            [shown] events in
            var shown = shown
            while let event = try await events.next() {
                switch event {
                case .added(let object), .modified(let object):
                    if let text = shown.update(markup(Conversation(object), mayDecide: mayDecide)) { send(text) }
                case .deleted: throw APIStatus(code: 404, reason: .notFound, message: "it was deleted")
                case .error(let status): throw status
                case .bookmark: break
                }
            }
            return shown
        }
    }

    private func markup(_ conversation: Conversation, mayDecide: Bool) -> ConversationMarkup {
        ConversationMarkup(conversation, user: session.user, mayDecide: mayDecide, formKey: session.formKey)
    }
}

/// What a page has, part by part.
struct ShownParts: Sendable {
    private var parts: [ConversationMarkup.Part: HTML] = [:]

    /// The event with what is new; nil where nothing is.
    mutating func update(_ view: ConversationMarkup) -> String? {
        var changed = JSONObject()
        for part in ConversationMarkup.Part.allCases {
            let html = view.html(of: part)
            guard parts[part] != html else { continue }
            parts[part] = html
            changed[part.rawValue] = .string(html.markup)
        }
        guard !changed.isEmpty else { return nil }
        return ConversationFeed.event(
            "parts",
            [
                "parts": .object(changed), "title": .string(view.title), "waiting": JSONValue(view.waiting),
                "running": .bool(view.isRunning),
            ])
    }
}
