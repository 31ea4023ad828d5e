extension ModelReply.FinishReason {
    /// What a provider's word for the end of a reply means; nil for one that isn't known to be a good end, such as `error`,
    /// `abort` or `malformed_function_call`.
    ///
    /// One table for all: gateways hand on the words of the providers behind them. Whether there are calls is for the caller to
    /// see; some providers say `stop` with calls, or `tool_calls` without any.
    init?(word: String) {
        var word = word.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
        for prefix in ["finish_reason_", "stop_reason_"] where word.hasPrefix(prefix) {
            word = String(word.dropFirst(prefix.count))
        }
        guard let meaning = Self.meanings.first(where: { $0.words.contains(word) }) else { return nil }
        self = meaning.reason
    }

    private static let meanings: [(reason: ModelReply.FinishReason, words: Set<String>)] = [
        (
            .stop,
            [
                "stop", "end_turn", "stop_sequence", "stop_token", "eos", "eos_token", "completed", "complete", "end",
                "done", "finished", "normal",
            ]
        ), (.toolCalls, ["tool_calls", "tool_call", "tool_use", "function_call", "function_calls"]),
        (
            .length,
            [
                "length", "max_tokens", "max_output_tokens", "max_completion_tokens", "max_length", "model_length",
                "model_context_window_exceeded",
            ]
        ),
        (
            .contentFilter,
            [
                "content_filter", "content_filtered", "safety", "recitation", "language", "blocklist",
                "prohibited_content", "spii", "model_armor", "image_safety", "image_prohibited_content",
                "image_recitation", "sensitive", "refusal", "guardrail_intervened",
            ]
        ),
    ]

    /// What a reply that has nothing in it is, in words.
    var emptyReplyMessage: String {
        switch self {
        case .length: "the model reached its token limit before it said anything"
        case .contentFilter: "the provider's content filter withheld the whole reply"
        case .stop, .toolCalls: "the model's reply is empty"
        }
    }
}
