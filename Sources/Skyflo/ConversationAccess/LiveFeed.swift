import Concurrency
import HTTPTransport
import KubeClient
import KubeModel
import LiveEvents
import SkyfloAPI
import Synchronization

/// The events of one turn, through the API server's proxy, each once: a connection that breaks is made again behind the last
/// one, and what doesn't count after a takeover is told.
///
/// It never fails. Where the events can't be had, whoever watches the object still sees all that matters.
package final class LiveFeed: Sendable {
    /// A stream says something every 15 seconds, if only that it is there.
    private static let silence = Duration.seconds(45)
    /// An event, or anything else, may have so many bytes.
    private static let eventLimit = 1 << 20
    /// So many failures in a row mean that it isn't possible.
    private static let attempts = 5

    private struct State: Sendable {
        /// Of the turn, as the conversation says.
        var access: StreamAccess?
        var last: EventNumber?
        var isOver = false
        /// It works: something has come.
        var isAttached = false
        /// When the stream last said anything.
        var heardAt = ContinuousClock.now
    }

    private let api: any KubeAPI
    private let isDirect: Bool
    private let conversation: ObjectKey
    private let turn: Int?
    private let take: @Sendable (LiveEvent) -> Void
    private let state = Mutex(State())
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation
    private let end: AsyncStream<Void>
    private let ended: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - api: of whoever follows; where it is the operator's own, `isDirect`.
    ///   - turn: nil for the one that runs, or is about to.
    ///   - take: gets each event once, in order.
    package init(
        api: any KubeAPI, isDirect: Bool = false, conversation: ObjectKey, turn: Int?,
        take: @escaping @Sendable (LiveEvent) -> Void
    ) {
        self.api = api
        self.isDirect = isDirect
        self.turn = turn
        self.conversation = conversation
        self.take = take
        (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (end, ended) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// How the turn is followed now; nil where it isn't known, or can't be.
    package func offer(_ access: StreamAccess?) {
        let isNew = state.withLock { state in
            defer { state.access = access ?? state.access }
            return access != nil && access != state.access
        }
        if isNew { change.yield() }
    }

    /// Whether events come.
    package var isAttached: Bool { state.withLock(\.isAttached) }

    /// Waits until all was told, where events come at all; no longer than this.
    package func finish(within limit: Duration) async {
        guard isAttached, !state.withLock(\.isOver) else { return }
        _ = try? await withDeadline(.now + limit) { [end] in
            for await _ in end { return }
        }
    }

    /// Nothing more is wanted: ``run()`` returns when the stream that is open ends.
    package func stop() {
        state.withLock { $0.isOver = true }
        change.yield()
    }

    // MARK: Running

    /// Follows until cancelled.
    package func run() async {
        var failures = 0
        let backoff = Backoff(base: .milliseconds(100), maximum: .seconds(2), jitter: 0.5)
        while !Task.isCancelled, !state.withLock(\.isOver) {
            guard let access = state.withLock(\.access), let path = path(for: access) else {
                guard await isChanged() else { return }
                continue
            }
            let before = state.withLock(\.last)
            let outcome = await follow(path, key: access.key)
            failures = state.withLock(\.last) == before ? failures + 1 : 0
            let isVoid = outcome == .void && state.withLock(\.access) == access
            if isVoid || failures >= Self.attempts {
                state.withLock { $0.isAttached = false }
                // Until the conversation has another key.
                guard await isChanged() else { return }
                failures = 0
            } else if failures > 0 {
                try? await Concurrency.sleep(for: backoff.delay(failures: failures, random: .random(in: 0...1)))
            }
        }
    }

    private func isChanged() async -> Bool {
        for await _ in changes { return true }
        return false
    }

    private enum Outcome: Sendable {
        /// The server ended it, or it broke: connect again.
        case interrupted
        /// The key opens nothing, or the way isn't open to the caller.
        case void
    }

    /// Reads one stream. One that is silent for too long is dead.
    private func follow(_ path: String, key: String) async -> Outcome {
        state.withLock { $0.heardAt = .now }
        let outcome = try? await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { await self.read(path, key: key) }
            group.addTask {
                while self.state.withLock(\.heardAt).duration(to: .now) < Self.silence {
                    try await Concurrency.sleep(for: .seconds(5))
                }
                return .interrupted
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .interrupted
        }
        return outcome ?? .interrupted
    }

    private func read(_ path: String, key: String) async -> Outcome {
        var request = KubeRequest(.get, path: path, accept: "text/event-stream")
        // The operator itself asks who we are.
        if !isDirect { request.headers = [.init("Skyflo-Stream-Key", value: key)] }
        if let turn { request[query: "turn"] = String(turn) }
        if let last = state.withLock(\.last) { request[query: "after"] = last.description }
        do {
            try await api.stream(request) { chunks in
                var parser = ServerSentEventParser(limit: Self.eventLimit)
                while let bytes = try await chunks.next() {
                    state.withLock { $0.heardAt = .now }
                    for event in try parser.push(bytes) where event.isValid { receive(event) }
                }
            }
            return .interrupted
        } catch let status as APIStatus {
            // Too much at the moment, or a server that is about to come or go.
            return [429, 500, 502, 503, 504].contains(status.code) ? .interrupted : .void
        } catch {
            return .interrupted
        }
    }

    private func receive(_ event: ServerSentEvent) {
        guard let json = try? JSONParser.parse(event.data), let message = StreamMessage(json: json) else { return }
        switch message {
        case .event(let event):
            let isNew = state.withLock { state in
                guard event.number > state.last ?? .zero else { return false }
                state.last = event.number
                state.isAttached = true
                return true
            }
            guard isNew else { return }
            take(event)
            if event.kind == .completed || event.kind == .failed {
                state.withLock { $0.isOver = true }
                ended.yield()
            }
        case .notice: break
        }
    }

    // MARK: The way there

    private func path(for access: StreamAccess) -> String? {
        isDirect ? Self.events(of: conversation) : Self.path(access.service, to: conversation)
    }

    private static func events(of conversation: ObjectKey) -> String {
        "/v1/namespaces/" + PercentEncoding.segment(conversation.namespace ?? "default") + "/conversations/"
            + PercentEncoding.segment(conversation.name) + "/events"
    }

    /// The path through the API server's proxy; nil for what names no Service.
    static func path(_ service: String, to conversation: ObjectKey) -> String? {
        let parts = service.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isName) }) else { return nil }
        return "/api/v1/namespaces/\(parts[0])/services/\(parts[1])/proxy" + events(of: conversation)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: false
        }
    }
}
