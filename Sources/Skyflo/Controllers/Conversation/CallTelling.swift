import Concurrency
import ControllerRuntime
import KubeModel
import LiveEvents
import Synchronization
import WorkflowEngine
import Writes

/// Tells whoever follows a turn how far a call is, before there is a fact that tells it: why something isn't so yet, and what
/// a command writes.
///
/// It says no more than a person can read, and no more than a bounded amount of output. What it leaves out is in the facts.
final class CallTelling: Sendable {
    private struct State: Sendable {
        var bucket = TokenBucket(perSecond: 2, burst: 4)
        var message = ""
        var output: RedactedStream
        /// Of the call, in bytes, before anything was hidden.
        var written = 0
        var isFollowing = false
        var isWhole = false
    }

    /// Of a call's output, in bytes. The result has the rest.
    static let outputLimit = 64 * 1024

    private let call: String
    private let tool: String
    private let turn: LiveTurn
    private let display: RedactedCall
    private let clock: any RuntimeClock
    private let state: Mutex<State>

    init(_ call: Call, turn: LiveTurn, redactor: Redactor, clock: any RuntimeClock) {
        self.call = call.id
        tool = call.tool
        self.turn = turn
        display = RedactedCall(of: call, redactor: redactor)
        self.clock = clock
        state = Mutex(State(output: RedactedStream(redactor)))
    }

    /// Whether somebody looks on.
    var isFollowed: Bool { turn.end == nil && turn.watcherCount > 0 }

    /// Says how far it is. What was said last isn't said again.
    func say(_ message: String) {
        let uptime = clock.uptime
        let isTold = state.withLock { state in
            guard !message.isEmpty, message != state.message, state.bucket.take(now: uptime) else { return false }
            state.message = message
            return true
        }
        guard isTold else { return }
        let text = display.text(message, limit: TurnNarration.Budget.message)
        turn.pass([.callProgress(CallProgress(call: call, tool: tool, message: text))], at: clock.now)
    }

    // MARK: Output

    /// One at a time reads the output, and nobody once all of it, or enough, was told.
    /// - Returns: how many bytes of it were told before; nil where it isn't to be read.
    func beginOutput() -> Int? {
        state.withLock { state in
            guard !state.isFollowing, !state.isWhole else { return nil }
            state.isFollowing = true
            return state.written
        }
    }

    /// - Parameter isWhole: nothing comes any more.
    func endOutput(isWhole: Bool) {
        let rest = state.withLock { state in
            state.isFollowing = false
            state.isWhole = state.isWhole || isWhole
            return isWhole ? state.output.finish() : ""
        }
        show(rest)
    }

    /// A further line of what the command writes, or several, with their ends.
    /// - Returns: whether more may come.
    func write(_ text: String) -> Bool {
        // The stream knows what secrets look like; the call's own may look like anything.
        let hidden = display.hidingSecrets(inLine: text)
        let (shown, isEnough) = state.withLock { state in
            state.written += text.utf8.count
            if state.written >= Self.outputLimit { state.isWhole = true }
            let shown = state.output.push(hidden) + (state.isWhole ? state.output.finish() : "")
            return (shown, state.isWhole)
        }
        show(shown)
        if isEnough { show("(more of it is in the result)\n") }
        return !isEnough
    }

    private func show(_ text: String) {
        guard !text.isEmpty else { return }
        let text = text.bounded(to: TurnNarration.Budget.output)
        turn.pass([.callProgress(CallProgress(call: call, tool: tool, output: text))], at: clock.now)
    }
}
