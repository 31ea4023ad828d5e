import Concurrency
import ConversationAccess
import Synchronization

/// The last line of a terminal, which moves while somebody waits. Everything else is written above it.
final class StatusLine: Sendable {
    private struct State {
        var text = ""
        var since: ContinuousClock.Instant
        var frame = 0
        var isDrawn = false
        var isHidden = true
    }

    private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    private static let clear = "\r\u{1B}[2K"

    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    init(write: @escaping @Sendable (String) -> Void) {
        self.write = write
        state = Mutex(State(since: .now))
    }

    /// What is waited for; the time beside it starts again when that changes.
    func show(_ text: String) {
        state.withLock {
            guard $0.text != text else { return }
            $0.text = text
            $0.since = .now
        }
    }

    /// Writes something that stays. The line comes back with the next ``tick()``.
    func above(_ print: () -> Void) {
        state.withLock {
            if $0.isDrawn { write(Self.clear) }
            $0.isDrawn = false
            print()
        }
    }

    /// Leaves the terminal to a question, or after the end.
    func hide(_ isHidden: Bool) {
        state.withLock {
            if isHidden, $0.isDrawn { write(Self.clear) }
            $0.isDrawn = false
            $0.isHidden = isHidden
        }
    }

    /// The next picture.
    func tick() {
        state.withLock {
            guard !$0.isHidden, !$0.text.isEmpty else { return }
            $0.frame = ($0.frame + 1) % Self.frames.count
            let seconds = $0.since.duration(to: .now).components.seconds
            write(
                "\(Self.clear)\(Self.frames[$0.frame]) \(SafeText.escape($0.text))\(seconds > 0 ? " \(seconds)s" : "")")
            $0.isDrawn = true
        }
    }

    /// Moves until it is cancelled.
    func run() async {
        hide(false)
        while (try? await Concurrency.sleep(for: .milliseconds(100))) != nil { tick() }
        hide(true)
    }
}
