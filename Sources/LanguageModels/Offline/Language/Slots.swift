/// What a clause says besides its verb: the object, numbers, images. Each reading marks the words that it used, so that
/// what is left can be judged.
struct Slots: Sendable {
    let tokens: [Token]
    let words: [String]
    private var used: [Bool]

    private(set) var kind: String?
    /// All kinds that were said, in order.
    private(set) var kinds: [String] = []
    private(set) var isPlural = false
    private(set) var namespace: String?
    private(set) var allNamespaces = false
    private(set) var image: String?
    private(set) var container: String?
    private(set) var selector: String?
    /// Everything that could be a name, the likeliest first.
    private(set) var names: [String] = []
    /// More than one name was said and nothing tells which is meant.
    private(set) var isAmbiguous = false
    private(set) var hasPronoun = false

    /// Where the kinds stand, for the name beside them.
    private var kindAt: [Range<Int>] = []

    init(_ clause: Clause) {
        tokens = clause.tokens
        words = clause.words
        used = Array(repeating: false, count: words.count)
        readOptions()
        readImage()
        readContainer()
        readNamespace()
        readPaths()
        readKinds()
        readNames()
        hasPronoun = words.indices.contains { !used[$0] && Vocabulary.pronouns.contains(words[$0]) }
    }

    func word(_ at: Int) -> String { words.indices.contains(at) ? words[at] : "" }

    private func text(_ at: Int) -> String? { tokens.indices.contains(at) ? tokens[at].text : nil }

    private mutating func use(_ range: Range<Int>) {
        for at in range where used.indices.contains(at) { used[at] = true }
    }

    // MARK: Options of kubectl, selectors

    private mutating func readOptions() {
        for at in words.indices {
            let parts = words[at].split(separator: "=", maxSplits: 1).map(String.init)
            switch parts.first ?? "" {
            case "-a", "--all-namespaces":
                allNamespaces = true
                use(at..<at + 1)
            case "-n", "--namespace": namespace = option(at, parts)
            case "-c", "--container": container = option(at, parts)
            case "-l", "--selector": selector = option(at, parts)
            case let key where parts.count == 2 && !key.hasPrefix("-") && !parts[1].contains(":") && key != "replicas":
                selector = text(at)
                use(at..<at + 1)
            default: break
            }
        }
    }

    /// The value of `--option value` or `--option=value`.
    private mutating func option(_ at: Int, _ parts: [String]) -> String? {
        if parts.count == 2 {
            use(at..<at + 1)
            return parts[1]
        }
        use(at..<at + 2)
        return text(at + 1)
    }

    // MARK: Images and containers

    private mutating func readImage() {
        let candidates = words.indices.filter { !used[$0] && Self.looksLikeImage(tokens[$0].text) }
        // "from a:1 to a:2" means the second.
        let chosen = candidates.first { ["to", "with"].contains(word($0 - 1)) } ?? candidates.last
        for at in candidates { use(at..<at + 1) }
        if let chosen {
            setImage(tokens[chosen].text)
        } else if let at = bareImageOrTag() {
            let isTag = Self.isVersion(tokens[at].text) || ["tag", "version"].contains(word(at - 1))
            image = (isTag ? ":" : "") + tokens[at].text
            use(at..<at + 1)
        }
    }

    /// `container=image` or an image alone.
    private mutating func setImage(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 { container = parts[0] }
        image = parts.last
    }

    private func bareImageOrTag() -> Int? {
        let targets = words.indices.filter { at in
            guard at > 0, !used[at] else { return false }
            let before = words[at - 1]
            if ["tag", "version"].contains(before) { return !Vocabulary.words.contains(words[at]) && words[at] != "" }
            return before == "to"
        }
        return targets.first { at in
            let text = tokens[at].text
            if Self.isVersion(text) || ["tag", "version"].contains(word(at - 1)) { return true }
            return words.contains("image") && Vocabulary.number(words[at]) == nil
                && !Vocabulary.words.contains(words[at]) && Vocabulary.isName(text.lowercased())
        }
    }

    private static func looksLikeImage(_ text: String) -> Bool {
        if text.contains("://") || text.hasPrefix("-") || text.hasSuffix(":") || text.hasSuffix("/") { return false }
        if text.contains("@sha256:") { return true }
        let parts = text.split(separator: "/")
        if parts.count > 1, parts[0].contains(".") || parts[0].contains(":") { return true }
        guard let last = parts.last, let colon = last.firstIndex(of: ":") else { return false }
        return colon != last.startIndex && last.index(after: colon) != last.endIndex
    }

    /// `1.28`, `v2.0.1-alpine`, `v3`: not a plain number, which could count something.
    private static func isVersion(_ text: String) -> Bool {
        let digits = text.first == "v" ? text.dropFirst() : text[...]
        guard digits.first?.isNumber == true, Int(text) == nil else { return false }
        return text.first == "v" || text.contains(".")
    }

    private mutating func readContainer() {
        guard container == nil, let at = words.indices.first(where: { words[$0] == "container" }) else { return }
        let skipped = ["named", "called"].contains(word(at + 1)) ? 1 : 0
        if let name = possibleName(at + 1 + skipped) ?? commonName(at + 1 + skipped) {
            container = name
            use(at..<at + 2 + skipped)
        } else if let name = possibleName(at - 1) ?? commonName(at - 1) {
            container = name
            use(at - 1..<at + 1)
        }
    }

    /// Behind "named" any word is a name.
    private func anyName(_ at: Int) -> String? {
        words.indices.contains(at) && !used[at] && Vocabulary.isName(words[at]) ? words[at] : nil
    }

    /// The usual names of containers are words of English.
    private func commonName(_ at: Int) -> String? {
        ["app", "application", "main", "server", "worker"].contains(word(at)) && !used[at] ? words[at] : nil
    }

    // MARK: Namespaces

    private static let prepositions: Set<String> = [
        "in", "from", "within", "inside", "of", "for", "on", "across", "under",
    ]

    private mutating func readNamespace() {
        for at in words.indices where !used[at] {
            switch words[at] {
            case "namespaces" where ["all", "every", "any"].contains(word(at - 1)) || word(at - 1) == "the":
                readAllNamespaces(at)
            case "namespace" where ["every", "each", "any"].contains(word(at - 1)): readAllNamespaces(at)
            case "cluster" where ["in", "across", "on", "over"].contains(word(at - 2)) && word(at - 1) != "":
                allNamespaces = true
                use(at - 2..<at + 1)
            case "everywhere", "cluster-wide", "clusterwide":
                allNamespaces = true
                use(at..<at + 1)
            case "namespace", "ns": readNamedNamespace(at)
            default: break
            }
        }
        for at in words.indices where namespace == nil && !used[at] { readBareNamespace(at) }
    }

    private mutating func readAllNamespaces(_ at: Int) {
        guard ["all", "every", "any", "each"].contains(word(at - 1)) || word(at - 2) == "all" else { return }
        // "list all namespaces" asks for the namespaces themselves.
        let start = word(at - 1) == "the" ? at - 2 : at - 1
        let before = word(start - 1)
        guard Self.prepositions.contains(before) || Vocabulary.kinds[before] != nil else { return }
        allNamespaces = true
        use((Self.prepositions.contains(before) ? start - 1 : start)..<at + 1)
    }

    /// "in namespace shop", "in the shop namespace", "in this namespace"; but not "describe namespace shop".
    private mutating func readNamedNamespace(_ at: Int) {
        var start = at
        while start > 0, Vocabulary.determiners.contains(word(start - 1)) { start -= 1 }
        let follows = Self.prepositions.contains(word(start - 1))
        let skipped = ["named", "called"].contains(word(at + 1)) ? 1 : 0
        if let name = possibleName(at + 1 + skipped), follows || hasOtherObject(besides: at) {
            namespace = name
            use((follows ? start - 1 : start)..<at + 2 + skipped)
        } else if let name = possibleName(at - 1) {
            var before = at - 1
            while before > 0, Vocabulary.determiners.contains(word(before - 1)) { before -= 1 }
            guard Self.prepositions.contains(word(before - 1)) else { return }
            namespace = name
            use(before - 1..<at + 1)
        } else if follows {
            use(start - 1..<at + 1)
        }
    }

    /// A kind or a name other than that of the namespace itself.
    private func hasOtherObject(besides at: Int) -> Bool {
        words.indices.contains { other in
            guard other != at, other != at + 1, !used[other] else { return false }
            return Vocabulary.kinds[words[other]] != nil || possibleName(other) != nil || words[other].contains("/")
        }
    }

    private mutating func readBareNamespace(_ at: Int) {
        let isListing = ["list", "show", "get", "fetch", "display"].contains(word(0))
        guard ["in", "within", "inside"].contains(words[at]) || (words[at] == "from" && isListing) else { return }
        var next = at + 1
        while Vocabulary.determiners.contains(word(next)) { next += 1 }
        guard let name = possibleName(next), Vocabulary.kinds[word(next + 1)] == nil else { return }
        // "in deployment web" names the object.
        namespace = name
        use(at..<next + 1)
    }

    // MARK: Objects

    /// `deployment/web`, `shop/web`, `shop/deployment/web`.
    private mutating func readPaths() {
        for at in words.indices where !used[at] && tokens[at].text.contains("/") {
            var parts = tokens[at].text.lowercased().split(separator: "/").map(String.init)
            guard parts.count > 1, parts.count <= 3, parts.allSatisfy(Vocabulary.isName) else { continue }
            if parts.count == 3 { namespace = parts.removeFirst() }
            if let kind = Vocabulary.kinds[parts[0]] { self.kind = kind } else { namespace = parts[0] }
            names.append(parts[1])
            use(at..<at + 1)
        }
    }

    private mutating func readKinds() {
        var at = 0
        while at < words.count {
            let (found, count) = kind(at)
            if let found, !used[at] {
                kindAt.append(at..<at + count)
                kinds.append(found)
                if kind == nil {
                    kind = found
                    isPlural = Self.isPlural(word(at + count - 1))
                }
            }
            at += count
        }
        for range in kindAt { use(range) }
    }

    /// The kind whose name begins at that word, and of how many words it is.
    private func kind(_ at: Int) -> (String?, Int) {
        for (phrase, kind) in Vocabulary.longKinds {
            let here = (0..<phrase.count).map { Self.singular(word(at + $0)) }
            if here == phrase { return (kind, phrase.count) }
        }
        // As a verb ("deploy nginx") it is no kind.
        return word(at) == "deploy" && at == 0 ? (nil, 1) : (Vocabulary.kinds[word(at)], 1)
    }

    private static func singular(_ word: String) -> String {
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        if word.hasSuffix("sses") { return String(word.dropLast(2)) }
        return word.hasSuffix("s") && !word.hasSuffix("ss") ? String(word.dropLast()) : word
    }

    private static func isPlural(_ word: String) -> Bool {
        word.hasSuffix("s")
            && !["ds", "rs", "sts", "ns", "ingress", "endpoints", "class", "storageclass"].contains(word)
    }

    private func possibleName(_ at: Int) -> String? {
        guard words.indices.contains(at), !used[at] else { return nil }
        if tokens[at].isQuoted {
            let text = tokens[at].text.lowercased()
            return Vocabulary.isName(text) ? text : nil
        }
        let word = words[at]
        guard Vocabulary.isName(word), Int(word) == nil, !Vocabulary.words.contains(word),
            Vocabulary.kinds[word] == nil,
            !Vocabulary.longKinds.contains(where: { $0.0.first == word })
        else { return nil }
        return word
    }

    private mutating func readNames() {
        if !names.isEmpty { return }
        for range in kindAt {
            let skipped = ["named", "called"].contains(word(range.upperBound)) ? 1 : 0
            let at = range.upperBound + skipped
            if let name = possibleName(at) ?? (skipped > 0 ? anyName(at) : isPlural ? nil : commonName(at)) {
                // "pods of deployment web": the name belongs to the second kind.
                take(name, at)
                // "deployments web and cart" names each of them.
                if range == kindAt.first { isPlural = false }
                if kindAt.count > 1, !isPlural, let own = kind(range.lowerBound).0 { kind = own }
            }
        }
        for range in kindAt where names.isEmpty {
            if let name = possibleName(range.lowerBound - 1) { take(name, range.lowerBound - 1) }
        }
        let free = words.indices.filter { possibleName($0) != nil }
        for at in free.sorted(by: { rank($0) < rank($1) }) { if let name = possibleName(at) { take(name, at) } }
        isAmbiguous = names.count > 1
    }

    private mutating func take(_ name: String, _ at: Int) {
        if !names.contains(name) { names.append(name) }
        use(at..<at + 1)
    }

    private func rank(_ at: Int) -> Int {
        if tokens[at].isQuoted { return 0 }
        return ["of", "for", "is", "about", "does", "to", "on"].contains(word(at - 1)) ? 1 : 2
    }

    /// A word that no table knows, right behind the verb and the only one: "list certificates".
    var unknownKind: String? {
        guard kind == nil, names.count == 1, let name = names.first, name.hasSuffix("s") || name.contains(".") else {
            return nil
        }
        return name
    }
}
