import HTTPTransport

/// What is told of a credential plug-in's standard error, which may hold the credential.
///
/// Only plain words stay: of letters, not too long, and not right behind a word that announces a secret. Everything else, and
/// what the plug-in was given as arguments and variables, is shown as `…`.
enum PluginOutput {
    private static let limit = 500
    private static let longestWord = 20
    private static let announcers: Set<String> = [
        "token", "password", "passwd", "secret", "key", "bearer", "basic", "authorization", "credential", "jwt",
    ]
    private static let edges = Set(".,;:!?'\"()[]<>*")

    static func told(_ output: String, hiding secrets: [String]) -> String {
        let secrets = secrets.filter { $0.count >= 4 }
        var told: [String] = []
        var isAnnounced = false
        for word in CredentialText.trimmed(output).split(whereSeparator: \.isWhitespace).map(String.init) {
            let isPlain = !isAnnounced && isPlain(word) && !secrets.contains { isPart(word, of: $0) }
            if isPlain || told.last != "…" { told.append(isPlain ? word : "…") }
            isAnnounced = announces(word)
        }
        return String(told.joined(separator: " ").suffix(limit))
    }

    private static func isPart(_ word: String, of secret: String) -> Bool {
        word.contains(secret) || word.count > 3 && secret.contains(word)
    }

    /// Small and large letters as in a word or a sentence's beginning, and short numbers; also several with hyphens, dots,
    /// slashes or underscores between them.
    private static func isPlain(_ word: String) -> Bool {
        let core = core(word)
        guard core.count <= longestWord, core.allSatisfy(\.isASCII) else { return false }
        return core.split(whereSeparator: { "-./_'".contains($0) }).allSatisfy { part in
            if part.allSatisfy(\.isNumber) { return part.count <= 3 }
            let rest = part.dropFirst()
            return part.allSatisfy(\.isLetter)
                && (rest.allSatisfy(\.isLowercase) || part.allSatisfy(\.isUppercase) && part.count <= 8)
        }
    }

    private static func announces(_ word: String) -> Bool {
        guard let last = core(word).lowercased().split(whereSeparator: { !$0.isLetter }).last else { return false }
        return announcers.contains(String(last))
    }

    private static func core(_ word: String) -> String {
        var core = word[...]
        while let first = core.first, edges.contains(first) { core.removeFirst() }
        while let last = core.last, edges.contains(last) { core.removeLast() }
        return String(core)
    }
}
