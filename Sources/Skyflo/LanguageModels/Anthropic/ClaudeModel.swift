import KubeModel

/// What of a request depends on which Claude is asked, by its name as Anthropic and Amazon write it.
///
/// From 4.6 on models decide by themselves how long they think, and take an effort; those from 3.7 to 4.6 take a number of
/// tokens (https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking). Later ones refuse a number.
struct ClaudeModel: Sendable, Hashable {
    struct Thinking: Sendable, Hashable {
        var config: JSONValue?
        var effort: String?
        /// Thinking counts towards it.
        var maxTokens: Int

        /// Anthropic takes no temperature with it.
        var isOn: Bool { config != nil && config?["type"] != "disabled" }
    }

    let name: String
    /// Major and minor version; nil where the name has none.
    let version: (major: Int, minor: Int)?

    init(_ name: String) {
        self.name = name
        version = Self.version(name)
    }

    static func == (a: ClaudeModel, b: ClaudeModel) -> Bool { a.name == b.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// `claude-sonnet-4-6`, `claude-3-7-sonnet-20250219`, `us.anthropic.claude-opus-4-6-v1:0`: the first two numbers of
    /// at most two digits. A date is none of them, nor is the number behind a `v`.
    private static func version(_ name: String) -> (Int, Int)? {
        guard let start = name.firstRange(of: "claude") else { return nil }
        let words = name[start.upperBound...].split { "-.@:/".contains($0) }
        guard let first = words.firstIndex(where: isVersion), let major = Int(words[first]) else { return nil }
        let next = words.index(after: first)
        let minor = next < words.endIndex && isVersion(words[next]) ? Int(words[next]) ?? 0 : 0
        return (major, minor)
    }

    private static func isVersion(_ word: Substring) -> Bool { word.count <= 2 && word.allSatisfy(\.isNumber) }

    private enum Style {
        case none, budget, adaptive
    }

    private var style: Style {
        guard let version else { return .none }
        if version >= (4, 6) { return .adaptive }
        return version >= (3, 7) ? .budget : .none
    }

    var takesBudget: Bool { version.map { $0 < (4, 7) } ?? true }

    /// Of a reply where nobody says how many: below what each model allows.
    private var defaultMaxTokens: Int {
        guard let version, version < (3, 7) else { return 32_000 }
        return version >= (3, 5) ? 8192 : 4096
    }

    /// Tokens of thought for an effort, of models that take a number.
    private static let budgets = [
        "minimal": 1024, "low": 2048, "medium": 8192, "high": 16_384, "xhigh": 24_576, "max": 30_720,
    ]

    /// How the model shall think.
    ///
    /// - Parameters:
    ///   - effort: nil for high; `none` for no thinking.
    ///   - budget: in tokens; nil for what the effort means.
    ///   - maxTokens: of the reply, thinking included.
    ///   - beganWithoutThought: a model with a budget then refuses to begin in the middle.
    func thinking(effort: String?, budget: Int?, maxTokens: Int?, beganWithoutThought: Bool) -> Thinking {
        let limit = maxTokens ?? defaultMaxTokens
        let hasRoom = limit >= 2048
        if let budget, budget > 0, takesBudget, style != .budget, hasRoom, !beganWithoutThought {
            return Thinking(config: Self.enabled(budget: budget, limit: limit), maxTokens: limit)
        }
        switch style {
        case .none: return Thinking(maxTokens: limit)
        case .adaptive:
            if effort == "none" || budget == 0 || !hasRoom { return off(limit: limit) }
            let word = effort == "minimal" ? "low" : effort
            return Thinking(config: ["type": "adaptive"], effort: word ?? "high", maxTokens: limit)
        case .budget:
            let isOff = effort == "none" || beganWithoutThought
            let tokens = isOff ? 0 : budget ?? Self.budgets[effort ?? "high"] ?? 16_384
            return Thinking(config: Self.enabled(budget: tokens, limit: limit), maxTokens: limit)
        }
    }

    /// Without a word newer models think. Two families can't be kept from it.
    private func off(limit: Int) -> Thinking {
        if name.contains("mythos") || name.contains("fable") { return Thinking(effort: "low", maxTokens: limit) }
        return Thinking(config: ["type": "disabled"], maxTokens: limit)
    }

    /// A thought has at least 1024 tokens and leaves room for an answer.
    private static func enabled(budget: Int, limit: Int) -> JSONValue? {
        let tokens = min(max(budget, 1024), limit - 1024)
        guard budget > 0, tokens >= 1024 else { return nil }
        return ["type": "enabled", "budget_tokens": JSONValue(tokens)]
    }
}
