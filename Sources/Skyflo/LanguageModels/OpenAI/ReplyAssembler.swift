import KubeModel

/// Puts a reply together from the JSON objects of a stream of chat completions, or from the one object of a server that
/// doesn't stream.
struct ReplyAssembler: ReplyEventAssembler {
    private var content = ""
    private var refusal = ""
    private var calls = ToolCallAssembler()
    /// What else the reply has, which goes back with it.
    private var attached = AttachedMembers()
    /// What was thought, where it comes as a part of the content.
    private var thoughts = ""
    private var finishReason: String?
    private(set) var usage = TokenUsage()
    private var isDone = false

    /// Whether everything but perhaps the usage was seen: what comes after can't change the reply.
    var isComplete: Bool { isDone || finishReason != nil }

    /// Members of a message that are understood here, or that are facts about the reply and no part of it.
    private static let ownMembers: Set<String> = [
        "role", "content", "refusal", "tool_calls", "function_call", "name", "index", "audio", "annotations",
        "logprobs",
        "parsed", "channel", "token_id", "token_ids", "prompt_token_ids", "stop_reason", "matched_stop",
    ]

    /// Adds one object. Only the first choice counts: no more than one is asked for.
    mutating func add(_ chunk: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        // Google puts a list around an error.
        let chunk = chunk[0] ?? chunk
        guard let object = chunk.object else {
            throw LanguageModelError(.badReply, message: "the reply is not a JSON object")
        }
        let choice = Self.choice(of: object)
        if let error = Self.error(in: chunk, choice: choice) { throw error }
        // Moonshot puts it into the last choice, Groq into a member of its own.
        for usage in [choice?["usage"], choice?["message", "usage"], object["x_groq"]?["usage"], object["usage"]] {
            if let usage, usage.object?.isEmpty == false { self.usage = Self.usage(usage) }
        }
        // As Ollama has it in its own protocol, which some put before the other.
        guard let choice = choice ?? (object["message"]?.object == nil ? nil : chunk) else { return [] }
        let reason = (choice["finish_reason"] ?? choice["finishReason"] ?? choice["done_reason"])?.string
        if let reason, !["", "null"].contains(reason) { finishReason = reason }
        if let delta = choice["delta"], !delta.isNull { return try add(delta: delta) }
        // A stream says `delta`, a whole answer `message`; a whole answer ends with its object.
        guard let message = choice["message"], message.object != nil else { return [] }
        isDone = choice["done"]?.bool ?? true
        return try add(delta: message)
    }

    private static func choice(of object: JSONObject) -> JSONValue? {
        let choices = object["choices"]?.array ?? []
        return choices.first { TokenUsage.count($0["index"]) == 0 && $0.object != nil }
    }

    private static func error(in chunk: JSONValue, choice: JSONValue?) -> LanguageModelError? {
        if let error = chunk["error"], !error.isNull { return ProviderError(json: chunk).asStreamError }
        // OpenRouter's, of the provider behind it.
        if let error = choice?["error"], !error.isNull { return ProviderError(json: ["error": error]).asStreamError }
        guard chunk["choices"]?.array == nil, chunk["message"]?.object == nil else { return nil }
        // vLLM, MiniMax and others put nothing around their errors.
        let words = [
            chunk["message"], chunk["detail"], chunk["msg"], chunk["error_msg"], chunk["errors"]?[0],
            chunk["base_resp", "status_msg"],
        ]
        let isError = words.contains { $0?.string != nil || $0?["message"]?.string != nil }
        return isError ? ProviderError(json: chunk).asStreamError : nil
    }

    /// `[DONE]` was read.
    mutating func end() { isDone = true }

    private mutating func add(delta: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        var deltas: [ModelDelta] = []
        if let role = delta["role"]?.string { try ReplyRole.check(role) }
        attached.add(delta, except: Self.ownMembers)
        // Names for the same thing; a provider that sends several sends the same text in each.
        let thoughts =
            Self.reasoningMembers.compactMap { delta[$0]?.string } + [ContentText.thinking(in: delta["content"])]
        self.thoughts += ContentText.thoughts(in: delta["content"])
        if let text = thoughts.first(where: { !$0.isEmpty }) { deltas.append(.reasoning(text)) }
        let text = ContentText.text(of: delta["content"])
        if !text.isEmpty {
            content += text
            deltas.append(.content(text))
        }
        if let text = delta["refusal"]?.string, !text.isEmpty {
            refusal += text
            deltas.append(.content(text))
        }
        calls.beginChunk()
        var fragments = delta["tool_calls"]?.array ?? []
        if let call = delta["tool_calls"], call.object != nil { fragments = [call] }
        // What calls were before there could be several.
        if fragments.isEmpty, let call = delta["function_call"], call.object != nil {
            fragments = [["index": 0, "function": call]]
        }
        for fragment in fragments {
            let grown = calls.add(fragment)
            deltas.append(.toolCall(name: grown.name, bytes: grown.bytes))
            guard calls.count <= ReplyBuilder.maximumCalls else {
                throw LanguageModelError(
                    .badReply, message: "the model asks for more than \(ReplyBuilder.maximumCalls) tools at once")
            }
        }
        return deltas
    }

    private static let reasoningMembers = [
        "reasoning_content", "reasoning", "reasoning_text", "thinking", "thought",
    ]

    private static func usage(_ json: JSONValue) -> TokenUsage {
        // Gateways in front of other providers hand on the names of those.
        let prompt = TokenUsage.count(json["prompt_tokens"], json["input_tokens"])
        var completion = TokenUsage.count(json["completion_tokens"], json["output_tokens"])
        let reasoning = TokenUsage.count(
            json["completion_tokens_details", "reasoning_tokens"], json["output_tokens_details", "reasoning_tokens"],
            json["reasoning_tokens"])
        // xAI and Google count what was thought beside the completion, as the sum shows; the others in it.
        if reasoning > 0, TokenUsage.count(json["total_tokens"]) == prompt + completion + reasoning {
            completion += reasoning
        }
        return TokenUsage(
            prompt: prompt, completion: completion,
            // DeepSeek's own name, Moonshot's, and that of gateways before Anthropic.
            cached: TokenUsage.count(
                json["prompt_tokens_details", "cached_tokens"], json["input_tokens_details", "cached_tokens"],
                json["prompt_cache_hit_tokens"], json["cached_tokens"], json["cache_read_input_tokens"]),
            reasoning: reasoning)
    }

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply {
        guard isComplete else {
            throw LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
        }
        guard let finish else {
            let reason = "\"\(finishReason?.prefix(64) ?? "")\""
            throw LanguageModelError(.incomplete, message: "the model's reply ended with \(reason), maybe too early")
        }
        let answer = ThinkingText.removed(from: content, isCut: finish == .length)
        let text = answer.isEmpty ? refusal : answer
        if text.allSatisfy(\.isWhitespace), calls.isEmpty {
            throw ReplyBuilder.emptyReply(finish, hasThinking: content.contains { !$0.isWhitespace })
        }
        var members = attached.members
        if !thoughts.isEmpty { members["content"] = [ContentText.part(thoughts: thoughts)] }
        return DecodedReply(
            reply: ModelReply(content: text, toolCalls: calls.calls, finish: finish, usage: usage),
            attached: members.isEmpty ? .null : .object(members))
    }

    /// nil for a reason that isn't known to be a good end.
    private var finish: ModelReply.FinishReason? {
        let end = calls.isEmpty ? ModelReply.FinishReason.stop : .toolCalls
        guard let finishReason else { return end }
        let known = ModelReply.FinishReason(word: finishReason)
        return known == .stop || known == .toolCalls ? end : known
    }
}
