import KubeModel

/// Runs the commands of a simulated container and collects what they write.
struct ScriptedShell {
    private let container: ScriptedContainer
    private(set) var effects: [ScriptedProcess.Effect] = []
    private(set) var hasExited = false

    init(_ container: ScriptedContainer) { self.container = container }

    private mutating func write(_ text: String) { effects.append(.output(text)) }
    private mutating func complain(_ text: String) { effects.append(.error(text + "\n")) }

    // MARK: Scripts

    /// - Returns: the exit code of the last command.
    mutating func script(_ text: String) -> Int {
        var code = 0
        var joint = ";"
        for (words, next) in ShellWords(text, environment: container.environment).commands {
            let isWanted = joint == ";" || (joint == "&&") == (code == 0)
            if isWanted, !words.isEmpty { code = command(words, last: code) }
            if hasExited { return code }
            joint = next
        }
        return code
    }

    private mutating func command(_ words: [String], last: Int) -> Int {
        guard words.first == "exit" else { return run(words) }
        hasExited = true
        return words.count > 1 ? Int(words[1]) ?? 2 : last
    }

    mutating func run(_ command: [String]) -> Int {
        let name = ScriptedProcess.base(command.first ?? "")
        let arguments = Array(command.dropFirst())
        switch name {
        case "echo": echo(arguments)
        case "printf": write((arguments.first ?? "").replacing("\\n", with: "\n"))
        case "cat": return cat(arguments)
        case "ls": return list(arguments)
        case "env": write(container.environment.map { "\($0.name)=\($0.value)\n" }.joined())
        case "printenv": return printEnvironment(arguments)
        case "hostname": write(container.pod.name + "\n")
        case "pwd": write(container.workingDirectory + "\n")
        case "whoami": write("root\n")
        case "id": write("uid=0(root) gid=0(root) groups=0(root)\n")
        case "true", ":": break
        case "false": return 1
        case let shell where ScriptedContainer.shells.contains(shell) && arguments.first == "-c":
            var inner = ScriptedShell(container)
            let code = inner.script(arguments.count > 1 ? arguments[1] : "")
            effects += inner.effects
            return code
        default:
            complain("sh: \(name): not found")
            return 127
        }
        return 0
    }

    // MARK: Commands

    private mutating func echo(_ arguments: [String]) {
        let isBare = arguments.first == "-n"
        write(arguments.dropFirst(isBare ? 1 : 0).joined(separator: " ") + (isBare ? "" : "\n"))
    }

    private mutating func cat(_ paths: [String]) -> Int {
        var code = 0
        for path in paths {
            if let text = container.files[container.absolute(path)] {
                write(text)
            } else {
                complain("cat: \(path): No such file or directory")
                code = 1
            }
        }
        return code
    }

    private mutating func list(_ arguments: [String]) -> Int {
        let paths = arguments.filter { !$0.hasPrefix("-") }
        var code = 0
        for path in paths.isEmpty ? [container.workingDirectory] : paths {
            if let names = container.entries(of: container.absolute(path)) {
                write(names.map { $0 + "\n" }.joined())
            } else if container.files[container.absolute(path)] != nil {
                write(path + "\n")
            } else {
                complain("ls: \(path): No such file or directory")
                code = 1
            }
        }
        return code
    }

    private mutating func printEnvironment(_ names: [String]) -> Int {
        if names.isEmpty { return run(["env"]) }
        for name in names {
            guard let value = container.environment.last(where: { $0.name == name })?.value else { return 1 }
            write(value + "\n")
        }
        return 0
    }
}

/// Splits a line of a shell into commands: quotes, `$NAME`, and `;`, `&&`, `||` or a new line between.
struct ShellWords {
    /// The words of each command, and what follows it.
    private(set) var commands: [(words: [String], next: String)] = []
    private var words: [String] = []
    private var word = ""
    private var isInWord = false
    private let environment: [(name: String, value: String)]

    init(_ text: String, environment: [(name: String, value: String)]) {
        self.environment = environment
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case "'": quote(&rest, until: "'", expands: false)
            case "\"": quote(&rest, until: "\"", expands: true)
            case "$": expand(&rest)
            case "\\": append(String(rest.popFirst() ?? "\\"))
            case ";", "\n", "\r\n": endCommand(";")
            case "&" where rest.first == "&", "|" where rest.first == "|":
                rest.removeFirst()
                endCommand(character == "&" ? "&&" : "||")
            case " ", "\t": endWord()
            default: append(String(character))
            }
        }
        endCommand(";")
    }

    private mutating func append(_ text: String) {
        word += text
        isInWord = true
    }

    private mutating func quote(_ rest: inout Substring, until end: Character, expands: Bool) {
        isInWord = true
        while let character = rest.popFirst(), character != end {
            if expands, character == "$" { expand(&rest) } else { append(String(character)) }
        }
    }

    private mutating func expand(_ rest: inout Substring) {
        let isBraced = rest.first == "{"
        if isBraced { rest.removeFirst() }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest.removeFirst(name.count)
        if isBraced, rest.first == "}" { rest.removeFirst() }
        append(name.isEmpty ? "$" : environment.last { $0.name == name }?.value ?? "")
    }

    private mutating func endWord() {
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
    }

    private mutating func endCommand(_ next: String) {
        endWord()
        commands.append((words, next))
        words = []
    }
}
