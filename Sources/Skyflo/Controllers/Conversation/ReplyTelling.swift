import ControllerRuntime
import KubeModel
import LanguageModels
import LiveEvents
import Synchronization
import Writes

/// Tells a reply of the model while it comes: what it says and thinks, without credentials. What of it is thinking, the
/// language model has told apart (``ThinkingFilter``).
///
/// It is called for each piece, on whatever executor reads the reply, and never waits.
final class ReplyTelling: Sendable {
    private struct State: Sendable {
        var said: RedactedStream
        var thought: RedactedStream
        /// What was thought, as it was told; bounded.
        var thoughts = ""
        var thinkingSince: Duration?
        var count = 0
        var tool = ""
        var isBegun = false
    }

    private let turn: LiveTurn
    private let isFirst: Bool
    private let redactor: Redactor
    private let clock: any RuntimeClock
    private let start: Duration
    private let state: Mutex<State>

    /// - Parameter isFirst: it is the first reply of the turn.
    init(
        _ turn: LiveTurn, model: String, tools: Int, isFirst: Bool, redactor: Redactor, clock: any RuntimeClock
    ) {
        self.turn = turn
        self.isFirst = isFirst
        self.redactor = redactor
        self.clock = clock
        start = clock.uptime
        state = Mutex(State(said: RedactedStream(redactor), thought: RedactedStream(redactor)))
        turn.pass([.generationStarted(model: model, tools: tools)], at: clock.now)
    }

    func take(_ delta: ModelDelta) {
        // Told under the lock, so that the order is that of the pieces.
        state.withLock { state in
            var contents: [LiveEvent.Content] = []
            if !state.isBegun {
                switch delta {
                case .waiting, .abandoned: break
                default:
                    state.isBegun = true
                    let duration = clock.uptime - start
                    if isFirst { contents.append(.firstToken(milliseconds: Int(duration / .milliseconds(1)))) }
                }
            }
            switch delta {
            case .content(let text):
                contents += endThinking(&state)
                contents += say(state.said.push(text), in: &state)
            case .retraction:
                state.said = RedactedStream(redactor)
                contents.append(.tokensRetracted(reason: "what was said so far was thinking"))
            case .reasoning(let text): contents += think(state.thought.push(text), in: &state)
            case .toolCall(let name, _):
                contents += endThinking(&state)
                if name != state.tool { contents.append(.toolCallBegan(tool: String(name.prefix(128)))) }
                state.tool = name
            case .abandoned: break
            case .waiting(let wait):
                contents.append(
                    .modelWaits(
                        reason: redactor.redact(text: wait.reason), seconds: wait.duration / .seconds(1),
                        restarts: true))
                state = State(said: RedactedStream(redactor), thought: RedactedStream(redactor))
                state.isBegun = true
            }
            turn.pass(contents)
        }
    }

    /// What was held back until more came.
    func finish() {
        state.withLock { state in
            var contents = endThinking(&state)
            contents += say(state.said.finish(), in: &state)
            turn.pass(contents)
        }
    }

    private func say(_ text: String, in state: inout State) -> [LiveEvent.Content] {
        guard !text.isEmpty else { return [] }
        state.count += 1
        return [.token(text, count: state.count)]
    }

    private func think(_ text: String, in state: inout State) -> [LiveEvent.Content] {
        if state.thinkingSince == nil { state.thinkingSince = clock.uptime }
        guard !text.isEmpty else { return [] }
        if state.thoughts.utf8.count < TurnNarration.Budget.text { state.thoughts += text }
        return [.thinking(text)]
    }

    private func endThinking(_ state: inout State) -> [LiveEvent.Content] {
        guard let since = state.thinkingSince else { return [] }
        let rest = think(state.thought.finish(), in: &state)
        let duration = clock.uptime - since
        defer { (state.thinkingSince, state.thoughts) = (nil, "") }
        return rest + [
            .thinkingEnded(
                text: String(state.thoughts.prefix(TurnNarration.Budget.text)),
                milliseconds: Int(duration / .milliseconds(1)))
        ]
    }
}
