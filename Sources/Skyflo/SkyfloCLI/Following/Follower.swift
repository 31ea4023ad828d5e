import Concurrency
import ConversationAccess
import KubeClient
import KubeModel
import SkyfloAPI

/// Follows one turn to its end: says what happens, asks about what waits where somebody may be asked, prints the answer.
///
/// A connection that breaks is made again, for as long as it takes: the turn goes on without anybody who looks.
struct Follower {
    enum ApprovalBehavior: Sendable {
        /// Ask the person at the terminal, if that person may decide; else say what waits, and go on.
        case ask
        /// End with ``ExitStatus/waitsForApproval``.
        case leave
        /// Somebody else will decide.
        case wait
    }

    let session: Session
    let name: String
    let turn: Int
    /// Whose turn it is, where it is that of a follow-up: others may get in before it until it is taken up.
    var followUp: String?
    /// Of the spec. What the status says of an older one says nothing of what was just asked for.
    var generation = 0
    var approvalBehavior = ApprovalBehavior.wait
    var format: ResultFormat?
    /// Shows what the model says while it says it.
    var streams = true

    /// Of one watch. It bounds how long a connection that died in silence is believed in.
    private static let watchSeconds = 240

    /// - Parameter timeout: nil waits without end.
    func run(timeout: Duration? = nil) async throws -> ExitStatus {
        let follower = self
        return try await session.terminal.waiting {
            // The conversation decides what happened and when it is over; its events only show more of it, and earlier.
            let display = LiveDisplay(follower.session.terminal)
            let feed =
                follower.streams
                ? follower.session.feed(
                    of: follower.name, turn: follower.followUp == nil ? follower.turn : nil
                ) { display.show($0) } : nil
            return try await withThrowingTaskGroup(of: ExitStatus?.self) { group in
                if let feed {
                    group.addTask {
                        await feed.run()
                        return nil
                    }
                }
                group.addTask { try await follower.follow(for: timeout, Live(display: display, feed: feed)) }
                defer { group.cancelAll() }
                while let ended = try await group.next() {
                    if let ended { return ended }
                }
                throw CancellationError()
            }
        }
    }

    /// The events beside the conversation.
    private struct Live: Sendable {
        var display: LiveDisplay
        /// nil where nobody wants them.
        var feed: LiveFeed?

        var isAttached: Bool { feed?.isAttached ?? false }
    }

    private func follow(for timeout: Duration?, _ live: Live) async throws -> ExitStatus {
        guard let timeout else { return try await follow(live) }
        let follower = self
        let ended = try await withDeadline(.now + timeout) { try await follower.follow(live) }
        return try await timedOut(unless: ended)
    }

    private func timedOut(unless ended: ExitStatus?) async throws -> ExitStatus {
        if let ended { return ended }
        let conversation = try await session.conversations.get(name)
        session.terminal.say(
            "timed out; the conversation continues: \(session.program) watch \(name) -n \(session.namespace)")
        return TurnOutcome(of: conversation, turn: turn(in: conversation)) == .waiting ? .waitsForApproval : .timeout
    }

    private func follow(_ live: Live) async throws -> ExitStatus {
        var state = FollowState(turn: turn)
        var conversation = try await session.conversations.get(name)
        var failures = 0
        let backoff = Backoff(base: .milliseconds(200), maximum: .seconds(5))
        while true {
            do {
                if let status = try await look(at: conversation, &state, live: live) { return status }
                if let status = try await watch(from: conversation, &state, live: live) { return status }
                try Task.checkCancellation()
                failures = 0
                conversation = try await session.conversations.get(name)
            } catch let error as KubeClientError where error.code == .unreachable || error.code == .timeout {
                if failures == 0 {
                    session.terminal.say(StyledText("the connection is lost; trying again", style: .yellow))
                }
                failures += 1
                try await Concurrency.sleep(for: backoff.delay(failures: failures))
            } catch let status as APIStatus where status.isExpired {
                conversation = try await session.conversations.get(name)
            }
        }
    }

    /// nil when the watch is over and the turn isn't.
    private func watch(
        from conversation: Conversation, _ state: inout FollowState, live: Live
    ) async throws -> ExitStatus? {
        let options = WatchOptions(
            resourceVersion: conversation.object.resourceVersion, fieldSelector: "metadata.name=\(name)",
            timeoutSeconds: Self.watchSeconds)
        let status: ExitStatus? = try await session.api.watch(
            .conversations, namespace: session.namespace, options: options
        ) { events in
            while let event = try await events.next() {
                switch event {
                case .added(let object), .modified(let object):
                    let now = Conversation(object)
                    if let status = try await look(at: now, &state, live: live) { return status }
                    // While a person was thinking, the watch may have missed nothing, but is behind.
                    if state.takeDidAsk() { return nil }
                case .deleted: throw CommandError(.error, message: "conversation \"\(name)\" was deleted")
                case .error(let status): throw status
                case .bookmark: break
                }
            }
            return nil
        }
        return status
    }

    private func turn(in conversation: Conversation) -> Int {
        followUp.flatMap { conversation.turn(ofFollowUp: $0) } ?? turn
    }

    /// Says what is new. Returns how it ended, when it has.
    private func look(
        at conversation: Conversation, _ state: inout FollowState, live: Live
    ) async throws -> ExitStatus? {
        let turn = turn(in: conversation)
        state.report.turn = turn
        if conversation.status.turn == turn, !conversation.status.isTurnEnded {
            live.feed?.offer(conversation.status.stream)
        } else if conversation.status.turn >= turn {
            // The last of its events come at about the same time.
            await live.feed?.finish(within: .seconds(1))
        }
        state.report.toldCalls = live.display.toldCalls
        state.report.isPhaseTold = live.isAttached
        session.terminal.say(state.report.news(in: conversation))
        session.terminal.show(waitingFor: conversation.status.phase?.rawValue ?? "Waiting for the operator")
        guard conversation.status.observedGeneration >= generation else { return nil }
        switch TurnOutcome(of: conversation, turn: turn) {
        case .ended(let status):
            end(conversation, status: status, on: live.display)
            return status
        case .running: return nil
        case .waiting: return try await approvals(of: conversation, &state)
        }
    }

    private func approvals(of conversation: Conversation, _ state: inout FollowState) async throws -> ExitStatus? {
        let fresh = conversation.pendingApprovals.filter { state.shown.insert($0.digest).inserted }
        guard !fresh.isEmpty else { return nil }
        for entry in fresh { session.terminal.say(ApprovalText(entry: entry).lines) }
        switch approvalBehavior {
        case .ask:
            if session.terminal.isInteractive, try await session.conversations.mayApprove(name) {
                state.didAsk = true
                try await ApprovalPrompt(session: session, conversation: conversation).run(about: fresh)
                return nil
            }
            suggest(fresh)
            return nil
        case .wait:
            suggest(fresh)
            return nil
        case .leave:
            suggest(fresh)
            return .waitsForApproval
        }
    }

    private func suggest(_ entries: [PendingApproval]) {
        let ids = entries.map(\.id).joined(separator: " ")
        session.terminal.say(
            "To decide: \(session.program) approve \(name) \(ids) -n \(session.namespace)   (or deny)")
    }

    private func end(_ conversation: Conversation, status: ExitStatus, on display: LiveDisplay) {
        if let format { return session.print(conversation.object, as: format) }
        let answer = conversation.status.turn == turn(in: conversation) ? conversation.status.answer : nil
        // On one screen nobody wants to read it twice.
        let isShown = answer.map { session.terminal.isOneScreen && display.hasShown($0) } ?? true
        if let answer, !isShown { session.terminal.print(StyledText(answer)) }
        if status != .success { session.terminal.say(StyledText(reason(of: conversation), style: .red)) }
    }

    private func reason(of conversation: Conversation) -> String {
        let phase = conversation.status.phase ?? .pending
        if phase == .completed { return "a change in this turn was denied, or not decided in time" }
        let type = ConversationCondition.failed.rawValue
        let failed = conversation.status.conditions[type: type] ?? conversation.status.conditions[type: "Completed"]
        guard let failed else { return phase.rawValue }
        return "\(phase.rawValue) (\(failed.reason))" + (failed.message.isEmpty ? "" : ": \(failed.message)")
    }
}

/// What one follower has seen and said.
struct FollowState {
    var report: ProgressReport
    /// Digests of the approvals that were shown.
    var shown: Set<String> = []
    var didAsk = false

    init(turn: Int) { report = ProgressReport(turn: turn) }

    mutating func takeDidAsk() -> Bool {
        defer { didAsk = false }
        return didAsk
    }
}
