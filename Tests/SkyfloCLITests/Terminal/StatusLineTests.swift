import Synchronization
import Testing

@testable import SkyfloCLI

struct StatusLineTests {
    private final class Screen: Sendable {
        let written = Mutex("")
        var terminal: Terminal {
            Terminal(
                isErrorTerminal: true, write: { text in self.written.withLock { $0 += text } },
                writeError: { text in self.written.withLock { $0 += text } },
                read: {
                    self.written.withLock { $0 += "yes\n" }
                    return "yes"
                })
        }
        /// What a person sees at the end: a line that was cleared is gone.
        var seen: String {
            let lines = written.withLock(\.self).split(separator: "\n", omittingEmptySubsequences: false)
            return lines.map { $0.components(clearedBy: "\r\u{1B}[2K") }.joined(separator: "\n")
        }

        /// Until the last line is the one that moves.
        func untilMoving() async {
            while seen.split(separator: "\n", omittingEmptySubsequences: false).last?.contains("Planning") != true {
                await Task.yield()
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what is said stands above the line, and nothing of the line is left`() async throws {
        let screen = Screen()
        let terminal = screen.terminal
        terminal.show(waitingFor: "Planning")
        await terminal.waiting {
            await screen.untilMoving()
            terminal.say("one")
            await screen.untilMoving()
            terminal.print("two")
        }
        #expect(screen.seen == "one\ntwo\n")
    }

    @Test func `a question has the terminal to itself`() async throws {
        let screen = Screen()
        let terminal = screen.terminal
        terminal.show(waitingFor: "Planning")
        try await terminal.waiting {
            let answer = try await terminal.ask("well?")
            #expect(answer == "yes")
        }
        #expect(screen.seen == "well? yes\n")
    }
}

extension Substring {
    fileprivate func components(clearedBy mark: String) -> Substring {
        ranges(of: mark).last.map { self[$0.upperBound...] } ?? self
    }
}
