/// Reads how much of a log is meant: "the last 100 lines", "the last 10 minutes", "since 1h", "previous".
struct LogSelection: Sendable, Hashable {
    var lines: Int?
    var since: String?
    var previous: Bool

    init(_ clause: Clause) {
        let words = clause.words
        func word(_ at: Int) -> String { words.indices.contains(at) ? words[at] : "" }
        for at in words.indices {
            if word(at) == "since", Self.isDuration(word(at + 1)) { since = word(at + 1) }
            if word(at - 1) == "last", Self.isDuration(word(at)) { since = word(at) }
            if let unit = Self.unit(word(at)) {
                let isOne = ["last", "past", "an", "a"].contains(word(at - 1))
                if let count = Vocabulary.number(word(at - 1)) ?? (isOne ? 1 : nil) { since = "\(count)\(unit)" }
            } else if let count = Self.lineCount(word(at)), Vocabulary.number(word(at)) != nil || word(at).contains("=")
            {
                let follows = word(at + 1)
                let before = ["last", "tail", "newest", "latest", "--tail", "recent"].contains(word(at - 1))
                if before || follows.hasPrefix("line") || word(at).contains("=") {
                    if Self.unit(follows) == nil { lines = count }
                }
            }
        }
        let earlier: Set<String> = ["previous", "previously", "--previous", "crashed", "-p", "terminated"]
        previous =
            clause.contains(anyOf: earlier) || clause.contains(["before", "the", "crash"])
            || clause.contains(["last", "crash"]) || clause.contains(["last", "run"])
    }

    private static func lineCount(_ word: String) -> Int? {
        if word.hasPrefix("--tail=") { return Int(word.dropFirst(7)) }
        return Vocabulary.number(word).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func unit(_ word: String) -> String? {
        switch word {
        case "second", "seconds", "secs", "sec": "s"
        case "minute", "minutes", "mins", "min": "m"
        case "hour", "hours", "hrs", "hr": "h"
        default: nil
        }
    }

    private static func isDuration(_ word: String) -> Bool {
        guard let last = word.last, "smh".contains(last) else { return false }
        return Int(word.dropLast()) != nil
    }
}
