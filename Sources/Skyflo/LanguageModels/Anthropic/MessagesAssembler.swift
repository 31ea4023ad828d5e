import KubeModel

/// Puts a reply together from the events of Anthropic's messages
/// (https://platform.claude.com/docs/en/build-with-claude/streaming), or from the one message of a server that doesn't
/// stream.
struct MessagesAssembler: ReplyEventAssembler {
    /// A block that grows.
    private struct Block {
        var index: Int
        var start: JSONValue
        var text = ""
        var json = ""
        var signature = ""

        var type: String { start["type"]?.string ?? "" }
    }

    private var builder = ReplyBuilder()
    private var open: [Block] = []
    private var stopReason: String?
    private var refusal = ""
    private var input = (fresh: 0, written: 0, read: 0)
    private var output = (all: 0, thinking: 0)
    private(set) var sawEnd = false

    /// Whether what comes after can't change the reply.
    var isComplete: Bool { sawEnd || (stopReason != nil && open.isEmpty) }

    /// Adds one event. Those of unknown types are read over, as Anthropic asks: there will be more of them.
    mutating func add(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        switch event["type"]?.string ?? "" {
        case "error": throw ProviderError(json: event).asStreamError
        case "message_start":
            note(usage: event["message", "usage"])
            return []
        case "content_block_start": return try begin(event)
        case "content_block_delta": return grow(event)
        case "content_block_stop":
            try end(event["index"]?.int)
            return []
        case "message_delta":
            if let reason = event["delta", "stop_reason"]?.string { stopReason = reason }
            refusal = event["delta", "stop_details", "explanation"]?.string ?? refusal
            note(usage: event["usage"])
            return []
        case "message_stop":
            sawEnd = true
            return []
        case "message": return try add(whole: event)
        default: return []
        }
    }

    private mutating func add(whole message: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        var deltas: [ModelDelta] = []
        for (index, block) in (message["content"]?.array ?? []).enumerated() {
            deltas += try begin(["index": JSONValue(index), "content_block": block])
            try end(index)
        }
        stopReason = message["stop_reason"]?.string
        refusal = message["stop_details", "explanation"]?.string ?? ""
        note(usage: message["usage"])
        sawEnd = stopReason != nil
        return deltas
    }

    private mutating func begin(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        guard let start = event["content_block"], start.object != nil, let index = event["index"]?.int else {
            throw LanguageModelError(.badReply, message: "a block of the reply has no content or no index")
        }
        guard open.count < ReplyBuilder.maximumCalls, !open.contains(where: { $0.index == index }) else {
            throw LanguageModelError(.badReply, message: "the blocks of the reply aren't told apart")
        }
        var block = Block(index: index, start: start)
        block.text = (start["text"] ?? start["thinking"])?.string ?? ""
        block.signature = start["signature"]?.string ?? ""
        open.append(block)
        return Self.delta(block.text, of: block)
    }

    private mutating func grow(_ event: JSONValue) -> [ModelDelta] {
        guard let at = open.firstIndex(where: { $0.index == event["index"]?.int }), let delta = event["delta"] else {
            return []
        }
        let text = (delta["text"] ?? delta["thinking"])?.string ?? ""
        open[at].text += text
        open[at].json += delta["partial_json"]?.string ?? ""
        open[at].signature += delta["signature"]?.string ?? ""
        return Self.delta(text, of: open[at])
    }

    private static func delta(_ text: String, of block: Block) -> [ModelDelta] {
        switch block.type {
        case "tool_use": [.toolCall(name: block.start["name"]?.string ?? "")]
        case "text" where !text.isEmpty: [.content(text)]
        case "thinking" where !text.isEmpty: [.reasoning(text)]
        default: []
        }
    }

    private mutating func end(_ index: Int?) throws(LanguageModelError) {
        guard let at = open.firstIndex(where: { $0.index == index }) else { return }
        let block = open.remove(at: at)
        switch block.type {
        case "text": builder.add(text: block.text)
        case "tool_use":
            let whole = block.start["input"].flatMap { $0.object?.isEmpty == false ? JSONWriter.string($0) : nil }
            try builder.addCall(
                id: block.start["id"]?.string ?? "", name: block.start["name"]?.string ?? "",
                arguments: block.json.isEmpty ? whole ?? "" : block.json)
        default: builder.add(opaque: Self.finished(block))
        }
    }

    /// A block that isn't for us: thoughts, and what later versions have.
    private static func finished(_ block: Block) -> JSONValue {
        var json = block.start
        for field in ["text", "thinking"] where json[field]?.string != nil { json[field] = .string(block.text) }
        if !block.signature.isEmpty { json["signature"] = .string(block.signature) }
        if let input = try? JSONParser.parse(block.json) { json["input"] = input }
        return json
    }

    /// The counts of a later event replace those of an earlier one.
    private mutating func note(usage: JSONValue?) {
        func update(_ count: inout Int, _ name: String...) {
            if let value = usage?[path: name]?.int { count = max(0, value) }
        }
        update(&input.fresh, "input_tokens")
        update(&input.written, "cache_creation_input_tokens")
        update(&input.read, "cache_read_input_tokens")
        update(&output.all, "output_tokens")
        update(&output.thinking, "output_tokens_details", "thinking_tokens")
    }

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply {
        guard let stopReason, open.isEmpty else {
            throw LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
        }
        let usage = TokenUsage(
            prompt: input.fresh + input.written + input.read, completion: output.all, cached: input.read,
            reasoning: output.thinking)
        return try builder.reply(
            finish: Self.finish(stopReason), reason: stopReason, usage: usage, explanation: refusal)
    }

    private static func finish(_ reason: String) -> ModelReply.FinishReason? {
        switch reason {
        case "end_turn", "stop_sequence": .stop
        case "tool_use": .toolCalls
        case "max_tokens", "model_context_window_exceeded": .length
        case "refusal": .contentFilter
        default: nil
        }
    }
}
