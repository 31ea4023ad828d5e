import LiveEvents
import SkyfloAPI
import Synchronization

/// Shows a turn's events on a terminal as they come: what the model says and thinks, what is done for its calls.
final class LiveDisplay: Sendable {
    private enum Voice: Sendable { case answer, thinking }

    private struct State: Sendable {
        var voice: Voice?
        /// What the model has said in the reply that is shown.
        var said = ""
        /// Of the replies that are over, the last.
        var lastReply: String?
        /// Calls of which this has told how they ended.
        var calls: Set<String> = []
    }

    private let terminal: Terminal
    private let state = Mutex(State())

    init(_ terminal: Terminal) { self.terminal = terminal }

    /// Calls that are told here: nobody else needs to.
    var toldCalls: Set<String> { state.withLock(\.calls) }

    /// Whether all of this text is on the screen already, as the last that the model said.
    func hasShown(_ text: String) -> Bool {
        state.withLock { $0.lastReply == text && !text.isEmpty }
    }

    func show(_ event: LiveEvent) {
        state.withLock { state in
            switch event.content {
            case .token(let text, _):
                begin(.answer, in: &state)
                state.said += text
                terminal.stream(StyledText(text))
            case .thinking(let text):
                begin(.thinking, in: &state)
                terminal.stream(StyledText(text, style: .dim))
            case .generationStarted: state.said = ""
            case .generationEnded(let end):
                terminal.endStream()
                // Where credentials were hidden, or thinking, it isn't what was shown.
                state.lastReply = state.said == end.content ? state.said : nil
                (state.voice, state.said) = (nil, "")
            case .callProgress(let progress) where progress.output != nil:
                state.voice = nil
                for line in (progress.output ?? "").split(separator: "\n") {
                    terminal.say(
                        StyledText("  \(progress.call) | \(OneLine.of(String(line), limit: 400))", style: .dim))
                }
            default: tell(event.content, in: &state)
            }
        }
    }

    private func begin(_ voice: Voice, in state: inout State) {
        if state.voice != nil, state.voice != voice { terminal.endStream() }
        state.voice = voice
    }

    private func tell(_ content: LiveEvent.Content, in state: inout State) {
        guard let line = line(content, in: &state) else { return }
        state.voice = nil
        terminal.say(line)
    }

    private func line(_ content: LiveEvent.Content, in state: inout State) -> StyledText? {
        switch content {
        case .tokensRetracted:
            state.said = ""
            return StyledText("(what stands above was thinking)", style: .dim)
        case .modelWaits(let reason, let seconds, _):
            state.said = ""
            return StyledText("the model is asked again in \(Int(seconds)) s: \(reason)", style: .yellow)
        case .takenOver(let worker, _):
            state.said = ""
            return StyledText("\(worker) goes on with the turn; an unfinished reply begins again", style: .yellow)
        case .callStarted(let start):
            let what = start.isWrite ? "is being written" : "…"
            return StyledText("  \(start.call.id) \(start.call.tool) \(what)", style: .dim)
        case .callProgress(let progress):
            let place = progress.step.map { step in "\(step)/\(progress.steps.map(String.init) ?? "?") " } ?? ""
            return StyledText("  \(progress.call) \(place)\(OneLine.of(progress.message, limit: 200))", style: .dim)
        case .callSucceeded(let call, let tool, _):
            state.calls.insert(call)
            return StyledText("  \(call) \(tool) ") + StyledText("Succeeded", style: .green)
        case .callFailed(let call, let tool, let error):
            state.calls.insert(call)
            return StyledText("  \(call) \(tool) ") + StyledText("Failed", style: .red)
                + StyledText(": \(OneLine.of(error, limit: 200))")
        default: return nil
        }
    }
}
