import Concurrency
import ConversationAccess
import KubeClient
import KubeModel
import LiveEvents
import Logging
import SkyfloAPI
import Synchronization

/// Keeps one page up to date: watches the conversation with the person's own rights and sends the parts that changed, and
/// what the model says while it says it, from the worker.
struct ConversationFeed: Sendable {
    /// Of one watch: rights that are taken away end a page within this.
    private static let watchSeconds = 60
    /// A comment from time to time, so that nothing between takes the stream for dead and a page that is gone is noticed.
    private static let silence = Duration.seconds(15)

    let session: WebSession
    let key: ObjectKey
    let operatorNamespace: String
    let logger: Logger

    /// - Parameter write: takes whole events, and waits until the client has taken enough of them.
    @concurrent func run(write: @concurrent (String) async throws -> Void) async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let outbox = PageOutbox { wake.yield() }
        let (turns, turn) = AsyncStream.makeStream(of: LiveFeed.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { outbox.end(await follow(outbox) { turn.yield($0) }) }
            group.addTask { for await feed in turns { await feed.run() } }
            group.addTask {
                while true {
                    try await Concurrency.sleep(for: Self.silence)
                    outbox.sayHere()
                }
            }
            defer { group.cancelAll() }
            for await _ in wakes {
                let (text, isLast) = outbox.take()
                if !text.isEmpty { try await write(text) }
                if isLast { return }
            }
        }
    }

    // MARK: Watching

    /// Puts each state into the outbox until there are no more.
    /// - Parameter begin: gets the feed of each turn that can be followed.
    /// - Returns: why there are no more.
    private func follow(_ outbox: PageOutbox, begin: @Sendable (LiveFeed) -> Void) async -> String {
        let turn = FollowedTurn(session: session, key: key, outbox: outbox)
        defer { turn.stop() }
        let backoff = Backoff(base: .milliseconds(200), maximum: .seconds(5))
        var failures = 0
        while !Task.isCancelled, await session.stillCounts() {
            do {
                try await watch(turn, outbox, begin: begin)
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

    private func watch(
        _ turn: FollowedTurn, _ outbox: PageOutbox, begin: @Sendable (LiveFeed) -> Void
    ) async throws {
        let person = session.person
        let client = person.conversations(in: key.namespace ?? "")
        let conversation = try await client.get(key.name)
        // Asked anew each time: roles may have changed.
        let mayDecide = try await client.mayApprove(key.name)
        @Sendable func show(_ conversation: Conversation) async throws {
            outbox.show(
                ConversationMarkup(
                    conversation,
                    earlier: try await session.earlierTurns(
                        of: conversation, operatorNamespace: operatorNamespace),
                    user: session.user, mayDecide: mayDecide, formKey: session.formKey))
            if let feed = turn.next(conversation) { begin(feed) }
        }
        try await show(conversation)
        let options = WatchOptions(
            resourceVersion: conversation.object.resourceVersion, fieldSelector: "metadata.name=\(key.name)",
            timeoutSeconds: Self.watchSeconds)
        try await person.api.watch(.conversations, namespace: key.namespace, options: options) { events in
            while let event = try await events.next() {
                switch event {
                case .added(let object), .modified(let object): try await show(Conversation(object))
                case .deleted: throw APIStatus(code: 404, reason: .notFound, message: "it was deleted")
                case .error(let status): throw status
                case .bookmark: break
                }
            }
        }
    }
}

/// The turn whose tokens a page is sent. It outlives a watch that breaks: a second feed of the same turn would tell everything
/// twice.
private final class FollowedTurn: Sendable {
    private struct State: Sendable {
        var feed: LiveFeed?
        var number = 0
    }

    private let session: WebSession
    private let key: ObjectKey
    private let outbox: PageOutbox
    private let state = Mutex(State())

    init(session: WebSession, key: ObjectKey, outbox: PageOutbox) {
        self.session = session
        self.key = key
        self.outbox = outbox
    }

    func stop() {
        let feed = state.withLock { $0.feed }
        feed?.stop()
    }

    /// - Returns: a feed that is to be run, where a turn began.
    func next(_ conversation: Conversation) -> LiveFeed? {
        let status = conversation.status
        guard !status.isTurnEnded, let access = status.stream else { return nil }
        let known = state.withLock { $0 }
        if status.turn == known.number {
            known.feed?.offer(access)
            return nil
        }
        known.feed?.stop()
        outbox.beginTurn()
        let new = LiveFeed(api: session.api, conversation: key, turn: status.turn) { [outbox] in outbox.tell($0) }
        new.offer(access)
        state.withLock { $0 = State(feed: new, number: status.turn) }
        return new
    }
}
