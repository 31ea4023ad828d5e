import KubeModel

/// Puts a reply together from the JSON objects of a stream of chat completions, or from the one object of a server that
/// doesn't stream.
struct ReplyAssembler: ReplyEventAssembler {
    /// Far more than are carried out. Each is compared with the others, and a hostile reply could have a hundred thousand.
    private static let maximumCalls = 256

    private var content = ""
    private var refusal = ""
    private var calls = ToolCallAssembler()
    /// What else the reply has, which goes back with it.
    private var attached = AttachedMembers()
    private var finishReason: String?
    private var usage = TokenUsage()
    private var isDone = false

    /// Whether everything but perhaps the usage was seen: what comes after can't change the reply.
    var isComplete: Bool { isDone || finishReason != nil }

    /// Members of a message that are understood here, or that are facts about the reply and no part of it.
    private static let ownMembers: Set<String> = [
        "role", "content", "refusal", "tool_calls", "function_call", "name", "index", "audio", "annotations",
        "logprobs",
        "parsed", "token_ids", "prompt_token_ids", "stop_reason", "matched_stop",
    ]

    /// Adds one object. Only the first choice counts: no more than one is asked for.
    mutating func add(_ chunk: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        // Google puts a list around an error.
        let chunk = chunk[0] ?? chunk
        guard let object = chunk.object else {
            throw LanguageModelError(.badReply, message: "the reply is not a JSON object")
        }
        if let error = object["error"], !error.isNull { throw ProviderError(json: chunk).asStreamError }
        // vLLM, MiniMax and others put nothing around their errors.
        let words = [object["message"], object["detail"], object["msg"], chunk["base_resp", "status_msg"]]
        if object["choices"]?.array == nil, words.contains(where: { $0?.string != nil }) {
            throw ProviderError(json: chunk).asStreamError
        }
        // Moonshot puts it into the last choice, Groq into a member of its own.
        for usage in [object["choices"]?[0]?["usage"], object["x_groq"]?["usage"], object["usage"]] {
            if let usage, usage.object?.isEmpty == false { self.usage = Self.usage(usage) }
        }
        guard let choice = chunk["choices"]?[0] else { return [] }
        if let reason = choice["finish_reason"]?.string, !reason.isEmpty { finishReason = reason }
        // A stream says `delta`, a whole answer `message`; a whole answer ends with its object.
        if choice["delta"] == nil, let message = choice["message"] {
            isDone = true
            return try add(delta: message)
        }
        guard let delta = choice["delta"] else { return [] }
        return try add(delta: delta)
    }

    /// `[DONE]` was read.
    mutating func end() { isDone = true }

    private mutating func add(delta: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        var deltas: [ModelDelta] = []
        if let role = delta["role"]?.string, !["assistant", "model", ""].contains(role) {
            throw LanguageModelError(.badReply, message: "the reply has the role \"\(role.prefix(64))\", not assistant")
        }
        attached.add(delta, except: Self.ownMembers)
        // Two names for the same thing; a provider that sends both sends the same text in both.
        if let text = delta["reasoning_content"]?.string ?? delta["reasoning"]?.string, !text.isEmpty {
            deltas.append(.reasoning(text))
        }
        let text = Self.text(delta["content"])
        if !text.isEmpty {
            content += text
            deltas.append(.content(text))
        }
        if let text = delta["refusal"]?.string, !text.isEmpty {
            refusal += text
            deltas.append(.content(text))
        }
        var fragments = delta["tool_calls"]?.array ?? []
        // What calls were before there could be several.
        if fragments.isEmpty, let call = delta["function_call"], call.object != nil {
            fragments = [["index": 0, "function": call]]
        }
        for fragment in fragments {
            deltas.append(.toolCall(name: calls.add(fragment)))
            guard calls.count <= Self.maximumCalls else {
                throw LanguageModelError(
                    .badReply, message: "the model asks for more than \(Self.maximumCalls) tools at once")
            }
        }
        return deltas
    }

    /// Text, or an array of parts with text.
    private static func text(_ content: JSONValue?) -> String {
        content?.string ?? content?.array?.compactMap { $0["text"]?.string }.joined() ?? ""
    }

    private static func usage(_ json: JSONValue) -> TokenUsage {
        func count(_ value: JSONValue?) -> Int { max(0, value?.int ?? 0) }
        return TokenUsage(
            // Gateways in front of other providers hand on the names of those.
            prompt: count(json["prompt_tokens"] ?? json["input_tokens"]),
            completion: count(json["completion_tokens"] ?? json["output_tokens"]),
            // DeepSeek's own name, and Moonshot's.
            cached: count(
                json["prompt_tokens_details", "cached_tokens"] ?? json["prompt_cache_hit_tokens"]
                    ?? json["cached_tokens"]),
            reasoning: count(json["completion_tokens_details", "reasoning_tokens"]))
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
            // A server that sends nothing at all, or thinking only, may do better the next time.
            let isNothing = content.allSatisfy(\.isWhitespace) && finish == .stop
            throw LanguageModelError(isNothing ? .incomplete : .badReply, message: emptyReplyMessage)
        }
        return DecodedReply(
            reply: ModelReply(content: text, toolCalls: calls.calls, finish: finish, usage: usage),
            attached: attached.members.isEmpty ? .null : .object(attached.members))
    }

    private var emptyReplyMessage: String {
        switch finish {
        case .length: "the model reached its token limit before it said anything"
        case .contentFilter: "the provider's content filter withheld the whole reply"
        default: content.isEmpty ? "the model's reply is empty" : "the model's reply has thinking only, and no answer"
        }
    }

    /// nil for a reason that isn't known to be a good end. Some providers say `stop` with tool calls, or `tool_calls` without
    /// any: what came decides.
    private var finish: ModelReply.FinishReason? {
        switch finishReason?.lowercased() {
        case "length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded": .length
        case "content_filter", "safety", "recitation", "prohibited_content", "blocklist", "spii", "sensitive",
            "refusal":
            .contentFilter
        case nil, "stop", "tool_calls", "function_call", "tool_use", "end_turn", "eos", "eos_token", "stop_sequence",
            "completed", "complete":
            calls.isEmpty ? .stop : .toolCalls
        default: nil
        }
    }
}
