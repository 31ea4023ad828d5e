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
    /// All namespaces that were named, in order.
    private(set) var namespaces: [String] = []
    /// What was said in the place of a namespace's name; empty where nothing was.
    private(set) var unreadableNamespace: String?
    /// A word of English where a namespace may be named, such as "in live".
    private(set) var possibleNamespace: String?
    private(set) var allNamespaces = false
    private(set) var namesSeveralNamespaces = false
    private(set) var namesOwnNamespace = false
    /// How many words at the beginning say nothing but the namespace.
    private(set) var leadingPlace = 0
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
        var reader = NamespaceReader(tokens, used: used)
        reader.readExplicit()
        used = reader.used
        readOptions()
        readImage()
        readContainer()
        readNamespaces(reader)
        readPaths()
        readKinds()
        readNames()
        hasPronoun = words.indices.contains { !used[$0] && Vocabulary.pronouns.contains(words[$0]) }
    }

    var namespace: String? { namespaces.first }
    func word(_ at: Int) -> String { words.indices.contains(at) ? words[at] : "" }

    private func text(_ at: Int) -> String? { tokens.indices.contains(at) ? tokens[at].text : nil }

    private mutating func use(_ range: Range<Int>) {
        for at in range where used.indices.contains(at) { used[at] = true }
    }

    // MARK: Options of kubectl, selectors

    private mutating func readOptions() {
        for at in words.indices where !used[at] {
            let parts = words[at].split(separator: "=", maxSplits: 1).map(String.init)
            switch parts.first ?? "" {
            case "-c", "--container": container = option(at, parts: parts)
            case "-l", "--selector": selector = option(at, parts: parts)
            case let key where isSelector(key, of: parts):
                selector = text(at)
                use(at..<at + 1)
            default: break
            }
        }
    }

    /// `app=web`, and not the `app=nginx` of "set image".
    private func isSelector(_ key: String, of parts: [String]) -> Bool {
        parts.count == 2 && !key.hasPrefix("-") && !parts[1].contains(":") && key != "replicas"
            && !words.contains("image")
    }

    private mutating func option(_ at: Int, parts: [String]) -> String? {
        use(at..<at + (parts.count == 2 ? 1 : 2))
        return parts.count == 2 ? parts[1] : text(at + 1)
    }

    // MARK: Images and containers

    private mutating func readImage() {
        let candidates = words.indices.filter { !used[$0] && (isImage($0) || isAssignment($0)) }
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

    /// "set image" takes an image without a tag: `app=nginx`.
    private func isAssignment(_ at: Int) -> Bool {
        let parts = tokens[at].text.split(separator: "=", omittingEmptySubsequences: false)
        return words.contains("image") && parts.count == 2 && Vocabulary.isLabel(parts[0]) && !parts[1].isEmpty
    }

    private func isImage(_ at: Int) -> Bool {
        let text = tokens[at].text
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

    private mutating func readNamespaces(_ explicit: NamespaceReader) {
        var reader = explicit
        reader.adopt(used)
        let isShowing = ["list", "show", "get", "fetch", "display", "describe", "logs", "log"].contains(word(0))
        let isTaking = ["delete", "remove", "kill"].contains(word(0)) && words.contains { Vocabulary.kinds[$0] != nil }
        reader.readBare(allowsFrom: isShowing || isTaking && Counts.count(in: words) == nil)
        used = reader.used
        namespaces = reader.named
        unreadableNamespace = reader.unreadable
        possibleNamespace = reader.possible
        allNamespaces = reader.isForAll
        namesSeveralNamespaces = reader.isSeveral
        namesOwnNamespace = reader.isOwn
        leadingPlace = reader.leading
    }

    // MARK: Objects

    /// `deployment/web`, `shop/web`, `shop/deployment/web`.
    private mutating func readPaths() {
        for at in words.indices where !used[at] && tokens[at].text.contains("/") {
            var parts = tokens[at].text.lowercased().split(separator: "/").map(String.init)
            guard parts.count > 1, parts.count <= 3, parts.allSatisfy(Vocabulary.isName) else { continue }
            if parts.count == 3 { addNamespace(parts.removeFirst()) }
            if let kind = Vocabulary.kinds[parts[0]] { self.kind = kind } else { addNamespace(parts[0]) }
            names.append(parts[1])
            use(at..<at + 1)
            // "web in shop/cart" names two things.
            if word(at - 1) == "in" { names += words.indices.compactMap { possibleName($0) } }
            isAmbiguous = names.count > 1
        }
    }

    private mutating func addNamespace(_ name: String) {
        if !namespaces.contains(name) { namespaces.append(name) }
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
                take(name, at: at)
                // "deployments web and cart" names each of them.
                if range == kindAt.first { isPlural = false }
                if kindAt.count > 1, !isPlural, let own = kind(range.lowerBound).0 { kind = own }
            }
        }
        for range in kindAt where names.isEmpty {
            if let name = possibleName(range.lowerBound - 1) { take(name, at: range.lowerBound - 1) }
        }
        let free = words.indices.filter { possibleName($0) != nil }
        for at in free.sorted(by: { rank($0) < rank($1) }) { if let name = possibleName(at) { take(name, at: at) } }
        isAmbiguous = names.count > 1
    }

    private mutating func take(_ name: String, at: Int) {
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
