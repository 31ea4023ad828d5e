/// What came of a change, from the text of its tool.
///
/// Success is only read out of words that say so. A connection that broke, or an object that changed meanwhile, has
/// words of its own, and to take those for a success would be an invention.
enum WriteResult: Sendable, Hashable {
    case done
    /// It was as wanted already.
    case nothingToDo
    /// The change was made, and a check afterwards didn't pass.
    case checkFailed
    /// The change was made, and what it began is on its way.
    case stillRunning
    case unclear

    private static let doneWords: Set<String> = [
        "done", "ok", "scaled", "updated", "restarted", "deleted", "applied", "configured", "created", "patched",
        "rolled", "succeeded", "success", "successful", "successfully", "annotated",
    ]

    init(_ text: String) {
        let lines = text.lowercased().split(whereSeparator: \.isNewline)
        let first = lines.first ?? ""
        let words = first.split { !$0.isLetter }.map(String.init)
        let negations: Set<String> = ["not", "no", "isn", "wasn", "unknown"]
        if first.hasPrefix("nothing to do") || words.last == "unchanged" {
            self = .nothingToDo
        } else if words.first != "done",
            words.contains(where: negations.contains) || !words.contains(where: Self.doneWords.contains)
        {
            self = .unclear
        } else {
            let checks = lines.dropFirst().filter { $0.hasPrefix("- ") }
            let isBad = checks.contains {
                $0.contains(": failed") || $0.contains(": timedout") || $0.contains(": timed out")
            }
            let isRunning = lines.contains { $0.contains(": stillrunning") }
            self = isBad ? .checkFailed : isRunning ? .stillRunning : .done
        }
    }
}
