/// A request as it was sent, as far as the next ones can learn from it.
package struct ContextUse: Sendable, Hashable {
    /// By its name in the SkyfloAI.
    package var model: String
    /// Of all texts and tools of the request.
    package var bytes: Int
    /// The model's context in tokens, where the provider has told it by refusing a longer request.
    package var window: Int?
    /// What was left out of it, for people.
    package var leftOut: String?
    /// Of the built-in parts of the system prompt.
    package var promptVersion: Int?
    /// The names of those that it had in it.
    package var runbooks: [String]

    package init(
        model: String, bytes: Int, window: Int? = nil, leftOut: String? = nil, promptVersion: Int? = nil,
        runbooks: [String] = []
    ) {
        self.runbooks = runbooks
        self.model = model
        self.bytes = bytes
        self.window = window
        self.leftOut = leftOut
        self.promptVersion = promptVersion
    }
}

/// How much a model reads: what is said of it, and what its provider has shown.
package struct ContextSize: Sendable, Hashable {
    /// In tokens; nil where the provider has refused nothing.
    package var window: Int?
    /// As the provider counts; nil where it reports no tokens.
    package var bytesPerToken: Double?

    package init() {}

    mutating func learn(_ use: ContextUse, _ usage: ModelTurn.Usage) {
        if let window = use.window { self.window = window }
        // Of short requests most is what the provider adds.
        guard usage.prompt > 200, use.bytes > 0 else { return }
        bytesPerToken = min(max(Double(use.bytes) / Double(usage.prompt), 1), 8)
    }
}

/// How many bytes of a conversation a request may have.
package struct ContextBudget: Sendable, Hashable {
    /// Where nobody says how much a model reads. Most read more; one that reads less says so by a refusal.
    package static let defaultWindow = 100_000
    /// How often one request is shortened after refusals.
    package static let attempts = 2

    /// In tokens.
    package var window: Int
    package var bytesPerToken: Double
    /// The most tokens that a reply may have.
    private let reply: Int
    /// Bytes of the system prompt and the tools.
    package var fixed: Int
    /// Whether the provider has told ``window`` by refusing a request.
    package private(set) var isLearned = false

    /// - Parameters:
    ///   - window: as the SkyfloAI says, in tokens.
    ///   - reply: the most tokens that a reply may have, where it is limited.
    package init(model: String, window: Int?, reply: Int?, fixed: Int, seen: ContextSize?) {
        let known = [window, seen?.window].compactMap(\.self).min()
        self.window = max(known ?? Self.defaultWindow, 256)
        isLearned = seen?.window != nil
        bytesPerToken = seen?.bytesPerToken ?? Self.bytesPerToken(of: model)
        self.reply = reply ?? 4096
        self.fixed = fixed
    }

    /// For the reply, in tokens.
    package var reserve: Int { min(reply, window / 4) }

    /// About how many tokens a text of so many bytes has.
    package func tokens(ofBytes bytes: Int) -> Int { Int((Double(bytes) / bytesPerToken).rounded(.up)) }

    /// How many bytes the history may have. A little is left, because estimates are.
    package var history: Int { max(0, Int(Double(window - reserve) * bytesPerToken * 0.95) - fixed) }

    /// How many bytes one result of a tool may have, so that a few of them fit beside each other.
    package var result: Int { min(16_384, max(1024, history / 4)) }

    /// Takes in that a provider has refused a request as too long.
    ///
    /// - Parameters:
    ///   - bytes: of the request.
    ///   - prompt: its tokens, where the provider says them.
    ///   - limit: the model's context in tokens, where the provider says it.
    package mutating func shrink(afterSending bytes: Int, prompt: Int?, limit: Int?) {
        if let prompt, prompt > 0, bytes > 0 {
            bytesPerToken = min(bytesPerToken, max(Double(bytes) / Double(prompt), 0.5))
        }
        if let limit, limit > 0 { window = min(window, limit) }
        isLearned = true
        // Where that wouldn't make the request much shorter, its numbers aren't what was meant.
        let shorter = bytes * 3 / 4
        guard history + fixed > shorter else { return }
        let tokens = max(0, Int(Double(shorter) / (bytesPerToken * 0.95)) - 2)
        window = tokens + min(reply, tokens / 3)
    }

    /// Bytes of texts as they come here (tables, YAML, JSON, English) for one token, by families of tokenizers: low rather
    /// than high, because a request that is too long is refused. What providers report corrects it.
    private static func bytesPerToken(of model: String) -> Double {
        let name = model.lowercased()
        let families: [(words: [String], ratio: Double)] = [
            (["claude"], 2.8), (["gpt", "o1", "o3", "o4"], 3.3), (["gemini", "gemma"], 3.1),
            (["llama", "mistral", "mixtral", "ministral", "phi"], 2.9),
            (["qwen", "deepseek", "kimi", "glm", "granite", "command"], 3.0),
        ]
        return families.first { $0.words.contains(where: name.contains) }?.ratio ?? 2.8
    }
}
