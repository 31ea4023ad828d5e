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
        /// Whether the arguments came whole with the beginning.
        var hasInput: Bool { start["input"]?.object?.isEmpty == false || start["input"]?.string != nil }
    }

    private var builder = ReplyBuilder()
    private var open: [Block] = []
    private var stopReason: String?
    private var refusal = ""
    private var input = (fresh: 0, written: 0, read: 0)
    private var output = (all: 0, thinking: 0)
    private(set) var sawEnd = false

    /// What the beginning says of the reply is a placeholder.
    var hasCountedReply: Bool { stopReason != nil && output.all > 0 }

    /// Whether what comes after can't change the reply.
    var isComplete: Bool { sawEnd || (stopReason != nil && open.isEmpty) }

    /// Adds one event. Those of unknown types are read over, as Anthropic asks: there will be more of them.
    mutating func add(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        guard event.object != nil else {
            throw LanguageModelError(.badReply, message: "the reply is not a JSON object")
        }
        switch event["type"]?.string ?? "" {
        case "error": throw ProviderError(json: event).asStreamError
        case "message_start":
            if let role = event["message", "role"]?.string { try ReplyRole.check(role) }
            note(usage: event["message", "usage"])
            return []
        case "content_block_start": return try begin(event)
        case "content_block_delta": return try grow(event)
        case "content_block_stop":
            try end(event["index"]?.int ?? open.last?.index)
            return []
        case "message_delta":
            note(usage: event["usage"])
            guard let reason = event["delta", "stop_reason"]?.string, !reason.isEmpty else { return [] }
            refusal = event["delta", "stop_details", "explanation"]?.string ?? refusal
            // Some servers end no block; but all of each comes before this.
            try endAll()
            stopReason = reason
            return []
        case "message_stop":
            try endAll()
            sawEnd = true
            return []
        case "message": return try add(whole: event)
        default:
            // Gateways put nothing around the errors of what is behind them.
            if let error = event["error"], !error.isNull { throw ProviderError(json: event).asStreamError }
            return []
        }
    }

    private mutating func add(whole message: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        if let role = message["role"]?.string { try ReplyRole.check(role) }
        var deltas: [ModelDelta] = []
        let text = message["content"]?.string.map { [["type": "text", "text": .string($0)]] as [JSONValue] }
        for (index, block) in (text ?? message["content"]?.array ?? []).enumerated() {
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
        guard let start = event["content_block"], start.object != nil else {
            throw LanguageModelError(.badReply, message: "a block of the reply has no content")
        }
        let index = event["index"]?.int ?? (open.map(\.index).max() ?? -1) + 1
        guard open.count < ReplyBuilder.maximumCalls, !open.contains(where: { $0.index == index }) else {
            throw LanguageModelError(.badReply, message: "the blocks of the reply aren't told apart")
        }
        var block = Block(index: index, start: start)
        block.text = (start["text"] ?? start["thinking"])?.string ?? ""
        block.signature = start["signature"]?.string ?? ""
        open.append(block)
        return Self.delta(block.text, of: block)
    }

    private mutating func grow(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        guard let delta = event["delta"], delta.object != nil else { return [] }
        let at = try position(of: event, delta: delta)
        let text = (delta["text"] ?? delta["thinking"])?.string ?? ""
        let json = Self.json(delta["partial_json"])
        open[at].text += text
        open[at].json += json
        open[at].signature += delta["signature"]?.string ?? ""
        return Self.delta(text, of: open[at], bytes: json.utf8.count)
    }

    /// Of the block that a piece is of. Some servers begin none for text; a call can't be known without.
    private mutating func position(of event: JSONValue, delta: JSONValue) throws(LanguageModelError) -> Int {
        let index = event["index"]?.int ?? open.last?.index ?? 0
        if let at = open.firstIndex(where: { $0.index == index }) { return at }
        let type = delta["type"]?.string ?? ""
        guard type != "input_json_delta", open.count < ReplyBuilder.maximumCalls else {
            throw LanguageModelError(.badReply, message: "a tool call of the reply has no beginning")
        }
        let isThought = delta["thinking"] != nil || delta["signature"] != nil
        let start: JSONValue = isThought ? ["type": "thinking", "thinking": ""] : ["type": "text", "text": ""]
        open.append(Block(index: index, start: start))
        return open.count - 1
    }

    /// Text that is a piece of JSON; some send the object itself.
    private static func json(_ piece: JSONValue?) -> String {
        piece?.string ?? piece.flatMap { $0.object == nil ? nil : JSONWriter.string($0) } ?? ""
    }

    private static func delta(_ text: String, of block: Block, bytes: Int = 0) -> [ModelDelta] {
        switch block.type {
        case "tool_use": [.toolCall(name: block.start["name"]?.string ?? "", bytes: bytes)]
        case "text" where !text.isEmpty: [.content(text)]
        case "thinking" where !text.isEmpty: [.reasoning(text)]
        default: []
        }
    }

    /// A call is ended only by its own end, or by arguments that are whole: else they may be cut.
    private mutating func endAll() throws(LanguageModelError) {
        for block in open
        where block.type != "tool_use" || (try? JSONParser.parse(block.json))?.object != nil
            || block.json.isEmpty && block.hasInput
        {
            try end(block.index)
        }
    }

    private mutating func end(_ index: Int?) throws(LanguageModelError) {
        guard let at = open.firstIndex(where: { $0.index == index }) else { return }
        let block = open.remove(at: at)
        switch block.type {
        case "text": builder.add(text: block.text)
        case "tool_use":
            let isEmpty = block.start["input"]?.object?.isEmpty == true
            try builder.addCall(
                id: block.start["id"]?.string ?? "", name: block.start["name"]?.string ?? "",
                arguments: !block.json.isEmpty || isEmpty ? block.json : Self.json(block.start["input"]))
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
            if let value = usage?[path: name], !value.isNull { count = TokenUsage.count(value) }
        }
        update(&input.fresh, "input_tokens")
        update(&input.written, "cache_creation_input_tokens")
        update(&input.read, "cache_read_input_tokens")
        update(&output.all, "output_tokens")
        update(&output.thinking, "output_tokens_details", "thinking_tokens")
    }

    var usage: TokenUsage {
        TokenUsage(
            prompt: input.fresh + input.written + input.read, completion: output.all, cached: input.read,
            reasoning: output.thinking)
    }

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply {
        guard let stopReason, open.isEmpty else {
            throw LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
        }
        return try builder.reply(
            finish: .init(word: stopReason), reason: stopReason, usage: usage, explanation: refusal)
    }
}
