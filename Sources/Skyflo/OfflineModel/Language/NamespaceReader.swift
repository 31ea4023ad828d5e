/// Reads which namespace a clause names, and notices where one is meant that can't be read: to take the default instead
/// would aim a change at another object than the one that was meant.
struct NamespaceReader: Sendable {
    private let tokens: [Token]
    private let words: [String]
    /// Words that are used up, here or before.
    private(set) var used: [Bool]
    /// All different ones that were named, in order.
    private(set) var named: [String] = []
    /// What stands in the place of a name and is none.
    private(set) var unreadable: String?
    /// A word of English in the place of a name, such as "in live": a name as far as a change is concerned.
    private(set) var possible: String?
    private(set) var isForAll = false
    /// "in namespaces shop and blog": more follow, which may stand in another clause.
    private(set) var isSeveral = false
    /// "in this namespace": the own one, whatever was named before.
    private(set) var isOwn = false

    init(_ tokens: [Token], used: [Bool]) {
        self.tokens = tokens
        words = tokens.map(\.word)
        self.used = used
    }

    /// What was read in between is used up as well.
    mutating func adopt(_ used: [Bool]) { self.used = used }

    private func word(_ at: Int) -> String { words.indices.contains(at) ? words[at] : "" }

    private mutating func use(_ range: Range<Int>) {
        for at in range where used.indices.contains(at) { used[at] = true }
    }

    /// How many words at the beginning say nothing but the namespace.
    var leading: Int { used.prefix { $0 }.count }

    private mutating func take(_ name: String, at range: Range<Int>) {
        if !named.contains(name) { named.append(name) }
        use(range)
    }

    /// What stands there where a name is expected; nil where nothing does.
    private func candidate(_ at: Int) -> String? {
        guard tokens.indices.contains(at), !used[at] else { return nil }
        return tokens[at].text.lowercased()
    }

    private func label(_ at: Int) -> String? {
        guard let text = candidate(at), Vocabulary.isLabel(text) else { return nil }
        return tokens[at].isQuoted || !NamespaceWords.functions.contains(text) ? text : nil
    }

    // MARK: Said in so many words

    /// `-n shop`, `--namespace=shop`, "namespace: shop", "in namespace shop", "in the shop namespace", "everywhere".
    mutating func readExplicit() {
        for at in words.indices where !used[at] {
            switch words[at] {
            case "-a", "--all-namespaces", "--all-namespaces=true", "everywhere", "anywhere", "cluster-wide",
                "clusterwide":
                isForAll = true
                use(at..<at + 1)
            case "namespaces" where ["all", "every", "any"].contains(word(at - 1)) || word(at - 1) == "the":
                readAll(at)
            case "namespace" where ["every", "each", "any"].contains(word(at - 1)): readAll(at)
            case "cluster" where ["in", "across", "on", "over"].contains(word(at - 2)) && word(at - 1) != "":
                isForAll = true
                use(at - 2..<at + 1)
            case "namespace", "ns", "namespaces": readNoun(at)
            case let text where text.hasPrefix("@") && !text.contains(":"): unreadable = text
            default: readOption(at)
            }
        }
    }

    private mutating func readAll(_ at: Int) {
        guard ["all", "every", "any", "each"].contains(word(at - 1)) || word(at - 2) == "all" else { return }
        // "list all namespaces" asks for the namespaces themselves.
        let start = word(at - 1) == "the" ? at - 2 : at - 1
        let before = word(start - 1)
        let follows = NamespaceWords.prepositions.contains(before)
        guard follows || Vocabulary.kinds[before] != nil else { return }
        isForAll = true
        use((follows ? start - 1 : start)..<at + 1)
    }

    private static let keys = ["-n", "--namespace", "--ns", "namespace", "ns"]

    /// The name behind a key: `-n shop`, `-n=shop`, `-nshop`, `namespace:shop`, `ns = shop`.
    private mutating func readOption(_ at: Int) {
        let text = words[at]
        let path = text.split(separator: "/")
        if path.count == 2, ["namespace", "namespaces", "ns"].contains(path[0]), Vocabulary.isLabel(path[1]),
            NamespaceWords.prepositions.contains(word(at - 1))
        {
            return take(String(path[1]), at: at - 1..<at + 1)
        }
        guard let key = Self.keys.first(where: { text == $0 || text.hasPrefix($0 + "=") || text.hasPrefix($0 + ":") })
        else {
            let name = text.dropFirst(2)
            if text.hasPrefix("-n"), Vocabulary.isLabel(name), tokens[at].text.hasPrefix("-n") {
                take(String(name), at: at..<at + 1)
            }
            return
        }
        let value = String(text.dropFirst(key.count + 1)).trimmingQuotes
        if !value.isEmpty {
            if Vocabulary.isLabel(value) { take(value, at: at..<at + 1) } else { unreadable = value }
            return use(at..<at + 1)
        }
        use(at..<at + 1)
        let isLabel = candidate(at + 1).map { Vocabulary.isLabel($0) } ?? false
        if isLabel, let name = candidate(at + 1) {
            take(name, at: at + 1..<at + 2)
        } else {
            unreadable = candidate(at + 1) ?? ""
            use(at + 1..<at + 2)
        }
    }

    /// "in namespace shop", "in the shop namespace", "in this namespace"; but not "describe namespace shop".
    private mutating func readNoun(_ at: Int) {
        var start = at
        while start > 0, Vocabulary.determiners.contains(word(start - 1)) { start -= 1 }
        let before = word(start - 1)
        let follows = NamespaceWords.prepositions.contains(before)
        let isMeant = follows || start == 0 || NamespaceWords.choosing.contains(before) || hasOtherObject(besides: at)
        let skipped = ["named", "called", "is"].contains(word(at + 1)) ? 1 : 0
        if isMeant, let name = label(at + 1 + skipped) {
            isSeveral = isSeveral || words[at] == "namespaces"
            take(name, at: (follows ? start - 1 : start)..<at + 2 + skipped)
        } else if words[at] != "namespaces", let before = preposition(before: at - 1) {
            readAttribute(at, behind: before)
        } else if isAlone(at), let name = label(at - 1) {
            take(name, at: 0..<at + 1)
        } else if follows {
            readRest(at, from: start)
        }
    }

    /// "the shop namespace", and nothing else.
    private func isAlone(_ at: Int) -> Bool {
        words[at] != "namespaces" && at == words.count - 1 && at > 0
            && !NamespaceWords.attributes.contains(word(at - 1)) && !Vocabulary.determiners.contains(word(at - 1))
            && words[..<(at - 1)].allSatisfy(Vocabulary.determiners.contains)
    }

    /// Where the preposition before `at` stands, determiners between them or not.
    private func preposition(before at: Int) -> Int? {
        guard words.indices.contains(at), !used[at], !Vocabulary.determiners.contains(word(at)) else { return nil }
        var start = at
        while start > 0, Vocabulary.determiners.contains(word(start - 1)) { start -= 1 }
        return NamespaceWords.prepositions.contains(word(start - 1)) ? start - 1 : nil
    }

    /// "in the shop namespace", "in another namespace".
    private mutating func readAttribute(_ at: Int, behind before: Int) {
        if let name = label(at - 1), !NamespaceWords.attributes.contains(name) {
            take(name, at: before..<at + 1)
        } else {
            isOwn = NamespaceWords.own.contains(word(at - 1))
            if !isOwn { unreadable = candidate(at - 1) ?? "" }
            use(before..<at + 1)
        }
    }

    /// "in this namespace" is the own one; "in namespace $NS", or nothing at all, is none.
    private mutating func readRest(_ at: Int, from start: Int) {
        isOwn = start < at && words[at] != "namespaces"
        let next = candidate(at + 1)
        if let next, !Vocabulary.isLabel(next) {
            unreadable = next
            isOwn = false
            use(at + 1..<at + 2)
        } else if !isOwn {
            unreadable = ""
        }
        use(start - 1..<at + 1)
    }

    /// A kind or a name other than that of the namespace itself.
    private func hasOtherObject(besides at: Int) -> Bool {
        words.indices.contains { other in
            guard other != at, other != at + 1, !used[other] else { return false }
            let text = tokens[other].text.lowercased()
            return Vocabulary.kinds[text] != nil || text.contains("/")
                || (Vocabulary.isName(text) && Int(text) == nil && !Vocabulary.words.contains(text))
        }
    }

    // MARK: By a preposition alone

    /// "in shop", "within the shop", and behind verbs that show or take away something "from shop".
    mutating func readBare(allowsFrom: Bool) {
        for at in words.indices where !used[at] {
            guard ["in", "within", "inside"].contains(words[at]) || (words[at] == "from" && allowsFrom) else {
                continue
            }
            var next = at + 1
            while Vocabulary.determiners.contains(word(next)) || (next == at + 1 && word(next) == "of") {
                isSeveral = isSeveral || word(next) == "both"
                next += 1
            }
            readBareName(next, behind: at)
        }
    }

    /// "in shop→app=nginx:1.28": taken for an image, with the namespace lost in it.
    private mutating func readImage(_ next: Int, behind at: Int) {
        guard tokens.indices.contains(next), words[at] == "in", word(next).contains(":"), word(next).contains("="),
            !Self.keys.contains(where: word(next).hasPrefix)
        else { return }
        unreadable = tokens[next].text
    }

    private mutating func readBareName(_ next: Int, behind at: Int) {
        guard let text = candidate(next) else { return readImage(next, behind: at) }
        let isQuoted = tokens[next].isQuoted
        // "in deployment web", "in the web deployment": an object; "in pending state": a state.
        if !isQuoted, Vocabulary.kinds[text] != nil || Vocabulary.longKinds.contains(where: { $0.0.first == text }) {
            return
        }
        if Vocabulary.kinds[word(next + 1)] != nil || NamespaceWords.classes.contains(word(next + 1)) { return }
        if !isQuoted, NamespaceWords.isIdiom(text) || text.contains("/") { return }
        guard Vocabulary.isLabel(text) else {
            unreadable = tokens[next].text
            return use(at..<next + 1)
        }
        if !isQuoted, Vocabulary.words.contains(text) || Int(text) != nil {
            if words[at] != "from" { possible = text }
        } else {
            take(text, at: at..<next + 1)
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        String(drop { "'\"`".contains($0) }.reversed().drop { "'\"`".contains($0) }.reversed())
    }
}
