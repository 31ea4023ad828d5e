/// The form in which `cel-go` prints a fault: where it is, the line, and a mark below it.
enum CELDiagnostic {
    static func text(_ message: String, source: String, at offset: Int) -> String {
        var line = 1
        var column = 1
        for scalar in source.unicodeScalars.prefix(offset) {
            column = scalar == "\n" ? 1 : column + 1
            if scalar == "\n" { line += 1 }
        }
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = line <= lines.count ? lines[line - 1] : ""
        let mark = String(repeating: ".", count: column - 1) + "^"
        return "ERROR: <input>:\(line):\(column): \(message)\n | \(shown)\n | \(mark)"
    }
}
