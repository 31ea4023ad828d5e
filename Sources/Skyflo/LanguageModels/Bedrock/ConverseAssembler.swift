import KubeModel

/// Puts a reply together from the events of Amazon Bedrock's `ConverseStream`
/// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
struct ConverseAssembler: Sendable {
    /// A block that grows. Blocks of text and of thought have no beginning, only their first piece.
    private struct Block {
        var index: Int
        var call: JSONValue?
        var text = ""
        var input = ""
        var thought: String?
        var signature: String?
        var redacted: [String] = []
    }

    private var builder = ReplyBuilder()
    private var open: [Block] = []
    private var stopReason: String?
    private(set) var usage = TokenUsage()
    private(set) var sawEnd = false

    /// Whether everything but the usage was seen.
    var isComplete: Bool { stopReason != nil && open.isEmpty }

    /// Adds one event. Those of unknown types are read over.
    ///
    /// - Parameter type: of the header `:event-type`.
    mutating func add(_ event: JSONValue, type: String) throws(LanguageModelError) -> [ModelDelta] {
        switch type {
        case "contentBlockStart": return try begin(event)
        case "contentBlockDelta": return try grow(event)
        case "contentBlockStop":
            if let at = open.firstIndex(where: { $0.index == event["contentBlockIndex"]?.int }) {
                try close(open.remove(at: at))
            }
            return []
        case "messageStart":
            if let role = event["role"]?.string { try ReplyRole.check(role) }
            return []
        case "messageStop":
            stopReason = event["stopReason"]?.string
            // All of each block comes before this, also where a gateway leaves out its end; of a call only what is whole counts.
            let ended = open.filter { $0.call == nil || (try? JSONParser.parse($0.input))?.object != nil }
            open.removeAll { block in ended.contains { $0.index == block.index } }
            for block in ended { try close(block) }
            return []
        case "metadata":
            usage = Self.usage(event["usage"] ?? [:])
            // It is the last one.
            sawEnd = stopReason != nil
            return []
        default: return []
        }
    }

    private mutating func begin(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        // Only calls have one that says something.
        guard let call = event["start", "toolUse"] else { return [] }
        let at = try block(of: event)
        open[at].call = call
        return [.toolCall(name: call["name"]?.string ?? "")]
    }

    private mutating func block(of event: JSONValue) throws(LanguageModelError) -> Int {
        guard let index = event["contentBlockIndex"]?.int else {
            throw LanguageModelError(.badReply, message: "a block of the reply has no index")
        }
        if let at = open.firstIndex(where: { $0.index == index }) { return at }
        guard open.count < ReplyBuilder.maximumCalls else {
            throw LanguageModelError(.badReply, message: "the blocks of the reply aren't told apart")
        }
        open.append(Block(index: index))
        return open.count - 1
    }

    private mutating func grow(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        guard let delta = event["delta"] else { return [] }
        let at = try block(of: event)
        if let input = delta["toolUse", "input"], !input.isNull {
            let text = input.string ?? JSONWriter.string(input)
            open[at].input += text
            return [.toolCall(name: open[at].call?["name"]?.string ?? "", bytes: text.utf8.count)]
        }
        if let text = delta["text"]?.string, !text.isEmpty {
            open[at].text += text
            return [.content(text)]
        }
        guard let thought = delta["reasoningContent"] else { return [] }
        if let data = thought["redactedContent"]?.string { open[at].redacted.append(data) }
        if let signature = thought["signature"]?.string { open[at].signature = (open[at].signature ?? "") + signature }
        guard let text = thought["text"]?.string else { return [] }
        open[at].thought = (open[at].thought ?? "") + text
        return text.isEmpty ? [] : [.reasoning(text)]
    }

    private mutating func close(_ block: Block) throws(LanguageModelError) {
        if let call = block.call {
            try builder.addCall(
                id: call["toolUseId"]?.string ?? "", name: call["name"]?.string ?? "", arguments: block.input)
        } else if !block.input.isEmpty {
            throw LanguageModelError(.badReply, message: "a tool call has no name")
        }
        // Without a signature it is for people; models that sign nothing refuse to get it back.
        if let signature = block.signature {
            let text: JSONValue = ["text": .string(block.thought ?? ""), "signature": .string(signature)]
            builder.add(opaque: ["reasoningContent": ["reasoningText": text]])
        }
        if !block.redacted.isEmpty {
            let bytes = block.redacted.flatMap { Base64.decode($0) ?? [] }
            builder.add(opaque: ["reasoningContent": ["redactedContent": .string(Base64.encode(bytes))]])
        }
        builder.add(text: block.text)
    }

    private static func usage(_ json: JSONValue) -> TokenUsage {
        func count(_ name: String) -> Int { TokenUsage.count(json[name]) }
        let read = count("cacheReadInputTokens")
        return TokenUsage(
            prompt: count("inputTokens") + read + count("cacheWriteInputTokens"), completion: count("outputTokens"),
            cached: read)
    }

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen or is none of a whole reply, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply {
        guard let stopReason, open.isEmpty else {
            throw LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
        }
        // None for `malformed_tool_use` and others of its kind too: the model wrote something that Bedrock itself couldn't read,
        // and may do better when it is asked again.
        return try builder.reply(finish: .init(word: stopReason), reason: stopReason, usage: usage)
    }
}
