import KubeModel

/// Puts a reply together from the answers of Gemini's `streamGenerateContent`
/// (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent).
///
/// Calls come whole. A part may have a `thoughtSignature`, which goes back on the part that it came on
/// (https://ai.google.dev/gemini-api/docs/thought-signatures).
struct GeminiAssembler: ReplyEventAssembler {
    private var builder = ReplyBuilder()
    private var finishReason: String?
    private var finishMessage = ""
    private(set) var usage = TokenUsage()

    /// Whether what comes after can't change the reply.
    var isComplete: Bool { finishReason != nil }

    /// Adds one answer. Only the first candidate counts: no more than one is asked for.
    mutating func add(_ answer: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        // Without server-sent events all answers come as one array.
        if let answers = answer.array {
            var deltas: [ModelDelta] = []
            for answer in answers { deltas += try add(answer) }
            return deltas
        }
        guard answer.object != nil else {
            throw LanguageModelError(.badReply, message: "the reply is not a JSON object")
        }
        if let error = answer["error"], !error.isNull { throw ProviderError(json: answer).asStreamError }
        if let counts = answer["usageMetadata"] { note(usage: counts) }
        if let reason = answer["promptFeedback", "blockReason"]?.string {
            finishReason = "SAFETY"
            finishMessage = answer["promptFeedback", "blockReasonMessage"]?.string ?? reason
        }
        // A gateway's.
        if answer["candidates"] == nil, answer["usageMetadata"] == nil, let said = answer["message"]?.string,
            !said.isEmpty
        {
            throw ProviderError(json: answer).asStreamError
        }
        guard let candidate = answer["candidates"]?[0] else { return [] }
        if let role = candidate["content", "role"]?.string { try ReplyRole.check(role) }
        var deltas: [ModelDelta] = []
        for part in candidate["content", "parts"]?.array ?? [] { deltas += try add(part: part) }
        if let reason = candidate["finishReason"]?.string, reason != "FINISH_REASON_UNSPECIFIED" {
            finishReason = reason
            finishMessage = candidate["finishMessage"]?.string ?? finishMessage
        }
        return deltas
    }

    private mutating func add(part: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        let signature = part["thoughtSignature"] ?? part["thought_signature"]
        if let call = part["functionCall"] { return try add(call: call, signature: signature) }
        guard let text = part["text"]?.string else {
            // Code that Google ran, or what later versions have.
            if part.object?.isEmpty == false { builder.add(opaque: part) }
            return []
        }
        if part["thought"]?.bool == true {
            if signature != nil { builder.add(opaque: part) }
            return text.isEmpty ? [] : [.reasoning(text)]
        }
        if text.isEmpty {
            if signature != nil { builder.add(opaque: part) }
            return []
        }
        // A part with a signature isn't merged with its neighbours.
        builder.add(text: text, extra: signature.map { ["thoughtSignature": $0] })
        return [.content(text)]
    }

    private mutating func add(call: JSONValue, signature: JSONValue?) throws(LanguageModelError) -> [ModelDelta] {
        if call["willContinue"]?.bool == true || call["partialArgs"] != nil {
            throw LanguageModelError(
                .badReply, message: "the arguments of a tool call came in pieces, which weren't asked for")
        }
        let (id, name) = (call["id"]?.string ?? "", call["name"]?.string ?? "")
        let attached = JSONValue.compact([
            "id": id.isEmpty ? nil : .string(id), "thoughtSignature": signature,
        ])
        let arguments = call["args"].map { $0.isNull ? [:] : $0 } ?? [:]
        let text = JSONWriter.string(arguments)
        try builder.addCall(
            id: id, name: name, arguments: text,
            providerData: attached.object?.isEmpty == true ? nil : attached)
        return [.toolCall(name: name, bytes: text.utf8.count)]
    }

    /// The counts of a later answer replace those of an earlier one.
    private mutating func note(usage counts: JSONValue) {
        func count(_ name: String) -> Int { TokenUsage.count(counts[name]) }
        let thoughts = count("thoughtsTokenCount")
        usage = TokenUsage(
            prompt: count("promptTokenCount") + count("toolUsePromptTokenCount"),
            completion: count("candidatesTokenCount") + thoughts, cached: count("cachedContentTokenCount"),
            reasoning: thoughts)
    }

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen or is none of a whole reply, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply {
        guard let finishReason else {
            throw LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
        }
        // None for `MALFORMED_FUNCTION_CALL` and others of its kind too: the model wrote something that Gemini itself couldn't
        // read, and may do better when it is asked again.
        return try builder.reply(
            finish: .init(word: finishReason), reason: finishReason, usage: usage, explanation: finishMessage)
    }
}
