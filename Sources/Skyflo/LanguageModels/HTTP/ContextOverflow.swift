/// Tells from a refusal whether the request was too long for the model. There is no common code; the sentences are those of
/// OpenAI, vLLM, llama.cpp, LiteLLM, Groq, Mistral, xAI, Moonshot, Anthropic, Google, Amazon, TGI (and Together), GLM, DashScope,
/// Cohere and TabbyAPI.
enum ContextOverflow {
    static func isNamed(by kind: String) -> Bool {
        let kind = kind.lowercased()
        return ["context_length_exceeded", "exceed_context_size", "context_window_exceeded", "string_above_max_length"]
            .contains(where: kind.contains)
    }

    static func isDescribed(by message: String) -> Bool {
        let text = message.lowercased()
        return sentences.contains { $0.allSatisfy(text.contains) }
    }

    /// Each as words that all have to be in it.
    private static let sentences: [[String]] = [
        ["contextwindowexceeded"], ["context length"], ["context size", "exceed"], ["context window", "exceed"],
        ["context window", "too"], ["context_length"], ["maximum prompt length"], ["prompt is too long"],
        ["prompt too long"], ["input is too long"], ["too many tokens in"], ["too many input tokens"],
        ["model token limit"], ["input token count", "exceed"], ["reduce the length of the messages"],
        ["request too large", "tokens"], ["too large for model"], ["input length", "exceed"],
        ["input tokens", "exceed"], ["prompt", "exceeds the max"], ["max_model_len"],
        ["inputs", "max_new_tokens", "must be"], ["`inputs` must have less than"], ["prompt exceeds max length"],
        ["range of input length"], ["total number of tokens in the prompt"], ["max_seq_len"],
        // SGLang, GitHub Models, Ollama, LM Studio and gateways.
        ["longer than the model's context"], ["body too large", "tokens"], ["exceeded max context"],
        ["context limit", "exceed"], ["exceed", "maximum context"], ["exceeds", "prompt tokens"],
        ["max_prompt_tokens"], ["context the overflows"],
    ]

    /// The two numbers of the sentence.
    static func size(_ message: String) -> LanguageModelError.ContextSize? {
        let found = numbers(message)
        // MiniMax ends its sentence with a code: "context window exceeds limit (2013)".
        guard let first = found.first, found.count > 1 || !message.hasSuffix("(\(first))") else { return nil }
        if let limit = namedLimit(message) {
            return LanguageModelError.ContextSize(prompt: found.filter { $0 != limit }.max(), limit: limit)
        }
        guard let second = found.dropFirst().first(where: { $0 != first }) else {
            return LanguageModelError.ContextSize(prompt: nil, limit: first)
        }
        return LanguageModelError.ContextSize(prompt: max(first, second), limit: min(first, second))
    }

    /// The limit where the sentence has more numbers, as that of the reply.
    private static func namedLimit(_ message: String) -> Int? {
        for words in ["maximum context length is ", " > "] {
            guard let found = message.firstRange(of: words) else { continue }
            let digits = message[found.upperBound...].prefix { $0 == "," || $0.isASCII && $0.isNumber }
            if let limit = Int(digits.filter { $0 != "," }), limit >= 128 { return limit }
        }
        return nil
    }

    /// Numbers of tokens. Small ones are parts of names ("gpt-4") and codes.
    private static func numbers(_ message: String) -> [Int] {
        var numbers: [Int] = []
        var digits = ""
        var before: Character = " "
        for character in message + " " {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else if character == ",", !digits.isEmpty {
                continue
            } else {
                let isWord = before.isLetter || before == "-" || before == "_" || character.isLetter || character == "_"
                if !isWord, let number = Int(digits), number >= 128 { numbers.append(number) }
                digits = ""
                before = character
            }
        }
        return numbers
    }
}
