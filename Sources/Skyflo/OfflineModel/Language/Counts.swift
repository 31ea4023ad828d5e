/// Reads how many replicas are meant.
struct Counts: Sendable, Hashable {
    var replicas: Command.Replicas?
    /// A number that is none of replicas: `-1`, `1.5`.
    var bad: String?

    private static let multiples: [String: Int] = [
        "double": 200, "twice": 200, "triple": 300, "quadruple": 400, "halve": 50, "half": 50,
    ]
    private static let down: Set<String> = [
        "down", "decrease", "reduce", "lower", "remove", "fewer", "less", "shrink", "drop", "kill", "downscale",
    ]

    init(_ clause: Clause) {
        let words = clause.words
        func word(_ at: Int) -> String { words.indices.contains(at) ? words[at] : "" }
        if let percent = words.compactMap({ Self.multiples[$0] }).first {
            replicas = .percent(percent)
            return
        }
        let numbers = words.indices.compactMap { at in Self.number(words[at]).map { (at, $0) } }
        bad = words.first { $0.first.map { $0 == "-" || $0.isNumber } == true && Self.isNoCount($0) }
        guard let (at, number) = Self.chosen(numbers, words: words) else {
            if ["no", "none"].contains(where: words.contains) { replicas = .exactly(0) }
            return
        }
        let isRelative =
            word(at - 1) == "by" || ["more", "less", "fewer", "additional", "extra", "another"].contains(word(at + 1))
            || word(at - 1) == "another"
            || (["add", "remove", "drop", "kill"].contains(word(0)) && word(at - 1) != "to")
        replicas = isRelative ? .by(clause.contains(anyOf: Self.down) ? -number : number) : .exactly(number)
    }

    /// The number of replicas in "remove 2 replicas from web".
    static func count(in words: [String]) -> Int? {
        words.indices.dropLast().lazy.compactMap { at in
            Vocabulary.replicaWords.contains(words[at + 1]) ? Vocabulary.number(words[at]) : nil
        }.first
    }

    private static func number(_ word: String) -> Int? {
        let text = word.split(separator: "=").last.map(String.init) ?? word
        guard word == text || word.contains("replicas=") else { return nil }
        return Vocabulary.number(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func isNoCount(_ word: String) -> Bool {
        guard Double(word) != nil else { return false }
        return Int(word).map { $0 < 0 } ?? true
    }

    /// "from 2 to 5" means 5; "one" can be a pronoun, so a number beside a telling word goes first.
    private static func chosen(_ numbers: [(Int, Int)], words: [String]) -> (Int, Int)? {
        func word(_ at: Int) -> String { words.indices.contains(at) ? words[at] : "" }
        let candidates = numbers.filter { word($0.0 - 1) != "from" }
        return candidates.first { ["to", "by", "at"].contains(word($0.0 - 1)) || words[$0.0].contains("=") }
            ?? candidates.first { Vocabulary.replicaWords.contains(word($0.0 + 1)) }
            ?? candidates.first { word($0.0) != "one" } ?? candidates.first
    }
}
