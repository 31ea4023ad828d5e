import Foundation

/// What `kubectl describe` says, as a list of facts: the label of a line, and the words of its value.
struct KubectlFact: Sendable, Hashable, CustomStringConvertible {
    var label: String
    var words: [String]

    var description: String { "\(label): \(words.joined(separator: " "))" }

    /// Words that a value has where there is none.
    private static let nothing: Set<String> = ["<none>", "<unset>", "<nil>", "<unknown>", "[]", ""]

    static func all(in text: String) -> [KubectlFact] {
        var facts: [KubectlFact] = []
        var label = ""
        for line in text.split(separator: "\n").map(String.init) {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            // The rule under the header of a table. What is in the header are names of columns.
            if trimmed.hasPrefix("----") {
                facts.removeLast()
                continue
            }
            if trimmed.hasPrefix("Events:") { break }
            let (title, value) = split(trimmed)
            if let title { label = title }
            // What explains is the same for all objects.
            let plain = value.replacing(#/(?:^|\s)\((?:a temporary|a volume|bare host|Total limits)[^)]*\)/#, with: "")
            // The header of a table that has no rule under it.
            guard !nothing.contains(plain), words(plain) != ["type", "status"] else { continue }
            var own = words(plain)
            // The last column is an age.
            if label == "Non-terminated Pods" { own.removeLast() }
            facts.append(KubectlFact(label: label, words: own))
        }
        return facts.filter { !$0.words.isEmpty }
    }

    /// `Label:   value`; a line of a table or of a list has none.
    private static func split(_ line: String) -> (label: String?, value: String) {
        guard let colon = line.firstIndex(of: ":") else { return (nil, line) }
        let after = line[line.index(after: colon)...]
        guard after.isEmpty || after.first == " ", line[..<colon].count < 40 else { return (nil, line) }
        return (String(line[..<colon]), after.trimmingCharacters(in: .whitespaces))
    }

    /// Words without the punctuation between them, times in the form of the API.
    static func words(_ text: String) -> [String] {
        isoTimes(text).lowercased().split { " ,()=<>'\"|;".contains($0) }
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ":/")) }.filter { !$0.isEmpty }
    }

    private static func isoTimes(_ text: String) -> String {
        let pattern = #/[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) \+0000/#
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return text.replacing(pattern) { match in
            let month = (months.firstIndex(of: String(match.2)) ?? 0) + 1
            return "\(match.3)-\(month < 10 ? "0" : "")\(month)-\(match.1)T\(match.4)Z"
        }
    }

    /// Whether a line of ours has all its words. A value that is a number or a truth value alone says nothing without its label.
    func isTold(in lines: [Set<String>]) -> Bool {
        let bare = words.count == 1 && (Int(words[0]) != nil || ["true", "false"].contains(words[0]))
        let needed = bare ? words + Self.words(label) : words
        return lines.contains { line in
            needed.allSatisfy { word in line.contains(word) || line.contains { $0.contains(word) && word.count > 5 } }
        }
            || bare && lines.contains { $0.contains(words[0]) && $0.contains(Self.joined(label)) }
    }

    private static func joined(_ label: String) -> String {
        label.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// Our description in lines of words. A line also has the words of the headings above it, and its label in one word.
enum DescribedLines {
    static func of(_ text: String) -> [Set<String>] {
        var headings: [(depth: Int, words: Set<String>)] = []
        return text.split(separator: "\n").map { line in
            let depth = line.prefix { $0 == " " }.count
            headings.removeAll { $0.depth >= depth }
            var words = Set(KubectlFact.words(String(line)))
            if let colon = line.firstIndex(of: ":") {
                words.insert(line[..<colon].lowercased().filter { $0.isLetter || $0.isNumber })
            }
            let all = headings.reduce(words) { $0.union($1.words) }
            headings.append((depth, words))
            return all
        }
    }
}
