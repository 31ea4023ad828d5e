import KubeModel

/// Reads "apply this:" with YAML between fences or behind it.
enum ManifestReader {
    /// Nil for a message that isn't one.
    static func read(_ message: String) -> Utterance? {
        guard message.contains("apiVersion:"), message.contains("kind:") else { return nil }
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        guard let range = manifest(lines) else { return nil }
        let around = lines[..<range.lowerBound] + [";"] + lines[range.upperBound...]
        let clauses = Clause.clauses(of: Tokenizer.tokens(around.joined(separator: "\n")))
        let orders: Set<String> = ["apply", "create", "deploy", "install"]
        let negations: Set<String> = ["not", "never", "should", "if", "how", "why"]
        guard clauses.contains(where: { $0.contains(anyOf: orders) }),
            !clauses.contains(where: { $0.contains(anyOf: negations) })
        else { return nil }
        var command = Command(verb: .apply)
        command.manifest = lines[range].joined(separator: "\n")
        let place = MessagePlace(clauses)
        if let problem = place.problem(.apply) { return .unclear(problem) }
        command = place.placing(command)
        let own = namespaces(command.manifest ?? "").filter { $0 != command.namespace }
        if let said = command.namespace, let other = own.first {
            return .unclear(.severalNamespaces([said, other]))
        }
        return .command(command)
    }

    private static func manifest(_ lines: [Substring]) -> Range<Int>? {
        let fences = lines.indices.filter { lines[$0].drop { $0 == " " }.hasPrefix("```") }
        if fences.count >= 2 { return fences[0] + 1..<fences[1] }
        return lines.firstIndex { $0.hasPrefix("apiVersion:") }.map { $0..<lines.count }
    }

    /// Those that the objects themselves name.
    private static func namespaces(_ manifest: String) -> [String] {
        let objects = (try? YAML.parseAll(manifest)) ?? []
        return objects.compactMap { $0["metadata", "namespace"]?.string }
    }
}
