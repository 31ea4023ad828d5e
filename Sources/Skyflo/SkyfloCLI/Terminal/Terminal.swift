import ConversationAccess
import KubeModel
import Synchronization

/// Where a command reads and writes. Results go to the output; all that is said on the way goes to the errors, so that a
/// script gets the answer and nothing else.
package struct Terminal: Sendable {
    private let write: @Sendable (String) -> Void
    private let writeError: @Sendable (String) -> Void
    private let read: (@Sendable () async throws -> String?)?
    private let isOutputColoured: Bool
    private let isErrorColoured: Bool
    private let isOutputTerminal: Bool
    private let statusLine: StatusLine?
    private let openLine = OpenLine()

    /// - Parameters:
    ///   - isErrorTerminal: shows that something moves while it is waited for; cursor sequences are understood there.
    ///   - read: the next line without its line feed, nil at the end; nil where nobody can be asked.
    ///   - isOutputTerminal: YAML, which has no escapes of its own everywhere, is escaped visibly then.
    package init(
        isOutputColoured: Bool = false, isErrorColoured: Bool = false, isOutputTerminal: Bool = false,
        isErrorTerminal: Bool = false, write: @escaping @Sendable (String) -> Void,
        writeError: @escaping @Sendable (String) -> Void, read: (@Sendable () async throws -> String?)? = nil
    ) {
        self.isOutputColoured = isOutputColoured
        self.isErrorColoured = isErrorColoured
        self.isOutputTerminal = isOutputTerminal
        self.read = read
        guard isErrorTerminal else {
            statusLine = nil
            self.write = write
            self.writeError = writeError
            return
        }
        let line = StatusLine(write: writeError)
        statusLine = line
        // Both may go to the same terminal.
        self.write = { text in line.above { write(text) } }
        self.writeError = { text in line.above { writeError(text) } }
    }

    /// Whether somebody sits there who can answer.
    package var isInteractive: Bool { read != nil }

    /// A line of the result.
    package func print(_ text: StyledText) {
        endStream()
        write(text.rendered(isColoured: isOutputColoured) + "\n")
    }

    /// A line about what happens.
    package func say(_ text: StyledText) {
        endStream()
        writeError(text.rendered(isColoured: isErrorColoured) + "\n")
    }

    /// A piece of a text that goes on. Nothing moves on the terminal until its line ends.
    func stream(_ text: StyledText) {
        if openLine.open() { statusLine?.hide(true) }
        writeError(text.rendered(isColoured: isErrorColoured))
    }

    /// Ends the line of ``stream(_:)``, if one is open.
    func endStream() {
        guard openLine.close() else { return }
        writeError("\n")
        statusLine?.hide(false)
    }

    /// Whether what is said and what is printed are read on the same screen.
    var isOneScreen: Bool { isOutputTerminal && statusLine != nil }

    package func say(_ lines: [StyledText]) { lines.forEach(say) }

    /// Asks, and waits for a line. nil at the end of the input.
    package func ask(_ question: StyledText) async throws -> String? {
        guard let read else { return nil }
        endStream()
        statusLine?.hide(true)
        defer { statusLine?.hide(false) }
        writeError(question.rendered(isColoured: isErrorColoured) + " ")
        guard let line = try await read() else {
            writeError("\n")
            return nil
        }
        return line
    }

    /// Shows that something is waited for, on a terminal, until the body ends.
    func waiting<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        async let _: Void? = statusLine?.run()
        return try await body()
    }

    /// What is waited for at the moment.
    func show(waitingFor text: String) { statusLine?.show(text) }

    /// An object or a list as data.
    package func print(_ value: JSONValue, as format: DataFormat) {
        switch format {
        case .json: write(SafeText.escapeJSON(JSONWriter.string(value, options: .pretty)) + "\n")
        case .yaml:
            let text = YAML.format(value)
            write(isOutputTerminal ? SafeText.escape(text) : text)
        }
    }
}

/// Whether a line was begun that isn't ended.
private final class OpenLine: Sendable {
    private let isOpen = Mutex(false)

    /// - Returns: whether it was closed.
    func open() -> Bool {
        isOpen.withLock { isOpen in
            defer { isOpen = true }; return !isOpen
        }
    }

    /// - Returns: whether it was open.
    func close() -> Bool {
        isOpen.withLock { isOpen in
            defer { isOpen = false }; return isOpen
        }
    }
}

/// How objects are printed for programs.
package enum DataFormat: String, Sendable, CaseIterable { case json, yaml }
