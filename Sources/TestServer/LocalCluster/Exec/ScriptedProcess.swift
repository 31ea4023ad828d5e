import KubeModel

/// A process in a simulated container. It knows a few commands, whose answers follow from the pod alone:
///
/// `echo`, `printf`, `cat` (standard input, or a file that is there), `ls`, `env` and `printenv`, `hostname`, `pwd`,
/// `whoami`, `id`, `true`, `false`, and `sh` (or `bash`, `ash`) that runs these: with `-c`, or line by line from its input, with
/// `;`, `&&`, `||`, `exit N`, quotes and `$NAME`.
///
/// A value without I/O: it is fed with input, and says what it writes and when it ends.
struct ScriptedProcess: Sendable {
    enum Effect: Sendable, Equatable {
        case output(String)
        case error(String)
        case exit(Int)
    }

    private enum Mode {
        case ended
        /// Copies its input.
        case cat
        /// Runs each line of its input.
        case shell
    }

    private let container: ScriptedContainer
    private let isTerminal: Bool
    private var mode = Mode.ended
    private var line: [UInt8] = []

    /// nil when there is no such program.
    init?(_ command: [String], in container: ScriptedContainer, isTerminal: Bool) {
        guard let name = command.first, ScriptedContainer.programs.contains(Self.base(name)) else { return nil }
        self.container = container
        self.isTerminal = isTerminal
    }

    static func base(_ program: String) -> String {
        let known = ["/bin/", "/usr/bin/", "/usr/local/bin/"].first { program.hasPrefix($0) }
        return String(program.dropFirst(known?.count ?? 0))
    }

    // MARK: Life

    mutating func start(_ command: [String]) -> [Effect] {
        let name = Self.base(command.first ?? "")
        let arguments = Array(command.dropFirst())
        if name == "cat", arguments.allSatisfy({ $0 == "-" }) {
            mode = .cat
            return []
        }
        guard ScriptedContainer.shells.contains(name) else { return run { $0.run(command) } }
        let options = arguments.filter { $0.hasPrefix("-") }
        guard let flag = options.last(where: { $0.hasSuffix("c") }), let at = arguments.firstIndex(of: flag),
            at + 1 < arguments.count
        else {
            mode = .shell
            return prompt
        }
        return run { $0.script(arguments[at + 1]) }
    }

    private func run(_ body: (inout ScriptedShell) -> Int) -> [Effect] {
        var shell = ScriptedShell(container)
        let code = body(&shell)
        return shell.effects + [.exit(code)]
    }

    mutating func input(_ bytes: some Sequence<UInt8>) -> [Effect] {
        var effects: [Effect] = []
        for byte in bytes where mode != .ended {
            if isTerminal, byte == 4 { return effects + endOfInput() }
            let byte = isTerminal && byte == 13 ? 10 : byte
            line.append(byte)
            if byte == 10 { effects += takeLine() }
        }
        if mode == .cat, !isTerminal { effects += takeLine() }
        return effects
    }

    mutating func endOfInput() -> [Effect] {
        if mode == .ended { return [] }
        var effects = line.isEmpty ? [] : takeLine()
        guard mode != .ended else { return effects }
        mode = .ended
        effects.append(.exit(0))
        return effects
    }

    private var prompt: [Effect] { isTerminal ? [.output("# ")] : [] }

    private mutating func takeLine() -> [Effect] {
        let text = String(decoding: line, as: UTF8.self)
        line = []
        // A terminal shows what is typed.
        let echo: [Effect] = isTerminal ? [.output(text)] : []
        if mode == .cat { return text.isEmpty ? [] : echo + [.output(text)] }
        var shell = ScriptedShell(container)
        let code = shell.script(text)
        guard shell.hasExited else { return echo + shell.effects + prompt }
        mode = .ended
        return echo + shell.effects + [.exit(code)]
    }
}
