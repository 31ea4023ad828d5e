import KubeModel

/// How something is dealt with in an installation, written down in a ConfigMap: an entry of `spec.runbooks`.
package struct RunbookReference: Sendable, Hashable {
    package static let defaultKey = "runbook.md"

    /// What status and transcript call it.
    package var name: String
    /// In the SkyfloAI's namespace.
    package var configMap: String
    package var key: String
    /// Words, or several words in a row, that a message has to have.
    package var keywords: [String]
    /// The same for kinds of objects, in the singular or the plural.
    package var kinds: [String]
    /// Of the conversation; `*` is any characters. Empty for all.
    package var namespaces: [String]

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let configMap = json["configMapRef", "name"]?.string else { return nil }
        self.name = name
        self.configMap = configMap
        key = json["configMapRef", "key"]?.string ?? Self.defaultKey
        keywords = json["keywords"]?.array?.compactMap(\.string) ?? []
        kinds = json["kinds"]?.array?.compactMap(\.string) ?? []
        namespaces = json["namespaces"]?.array?.compactMap(\.string) ?? []
    }
}

extension RunbookReference {
    /// Whether a message has one of the words. One that asks for none fits every message.
    package func matches(message: String) -> Bool {
        guard !keywords.isEmpty || !kinds.isEmpty else { return true }
        let text = Self.words(message)
        return (keywords.map(Self.words) + kinds.flatMap(Self.forms)).contains { $0 != " " && text.contains($0) }
    }

    /// In small letters, each word between spaces: ` oom killed `.
    private static func words(_ text: String) -> String {
        let parts = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        return " " + parts.map { $0 + " " }.joined()
    }

    /// As people write a kind: `deployment`, `deployments`, `network policies`.
    private static func forms(_ kind: String) -> [String] {
        let singular = words(kind).dropLast()
        let plural =
            if singular.hasSuffix("y"), !singular.hasSuffix("ay"), !singular.hasSuffix("ey") {
                singular.dropLast() + "ies"
            } else if singular.hasSuffix("s") || singular.hasSuffix("x") || singular.hasSuffix("ch") {
                singular + "es"
            } else {
                singular + "s"
            }
        return [singular + " ", plural + " "].map { String($0) }
    }
}
