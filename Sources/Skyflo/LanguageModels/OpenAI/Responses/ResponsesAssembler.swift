import KubeModel

/// Puts a reply together from the events of OpenAI's responses
/// (https://platform.openai.com/docs/api-reference/responses-streaming), or from the one response of a server that doesn't
/// stream.
///
/// What counts are the finished items; the deltas before them are only shown. An item that was begun and never finished is
/// no item: its arguments may be cut.
struct ResponsesAssembler: ReplyEventAssembler {
    private enum End: Hashable {
        case completed
        case incomplete(reason: String)
    }

    private var items: [Int: JSONValue] = [:]
    /// Names of the calls that have begun, by the index of their item.
    private var begun: [Int: String] = [:]
    private var end: End?
    private(set) var usage = TokenUsage()
    private var shown = false

    var sawEnd: Bool { end != nil }
    var isComplete: Bool { sawEnd }

    /// Adds one event. Those of unknown types are read over.
    mutating func add(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        guard event.object != nil else {
            throw LanguageModelError(.badReply, message: "the reply is not a JSON object")
        }
        switch event["type"]?.string ?? "" {
        case "error": throw ProviderError(json: event).asStreamError
        case "response.failed", "response.cancelled": throw Self.failure(of: event["response"] ?? event)
        case "response.output_text.delta", "response.refusal.delta": return show(event["delta"]) { .content($0) }
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
            return show(event["delta"]) { .reasoning($0) }
        case "response.output_item.added": return begin(event)
        case "response.function_call_arguments.delta":
            let name = event["output_index"]?.int.flatMap { begun[$0] } ?? ""
            return [.toolCall(name: name, bytes: event["delta"]?.string?.utf8.count ?? 0)]
        case "response.output_item.done":
            guard let item = event["item"], item.object != nil else { return [] }
            // Where a server doesn't number them, they come in order.
            items[event["output_index"]?.int ?? (items.keys.max() ?? -1) + 1] = item
            return []
        case "response.completed", "response.incomplete", "response.done":
            return try finish(with: event["response"] ?? [:])
        default:
            if event["object"] == "response" { return try add(whole: event) }
            if let error = event["error"], !error.isNull { throw ProviderError(json: event).asStreamError }
            return []
        }
    }

    private mutating func show(_ text: JSONValue?, as delta: (String) -> ModelDelta) -> [ModelDelta] {
        guard let text = text?.string, !text.isEmpty else { return [] }
        shown = true
        return [delta(text)]
    }

    private mutating func begin(_ event: JSONValue) -> [ModelDelta] {
        guard event["item", "type"] == "function_call", let index = event["output_index"]?.int else { return [] }
        let name = event["item", "name"]?.string ?? ""
        begun[index] = name
        return [.toolCall(name: name)]
    }

    private mutating func add(whole response: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        switch response["status"]?.string ?? "completed" {
        case "failed", "cancelled": throw Self.failure(of: response)
        // Only asked for in the background, which isn't done here; but gateways may.
        case "queued", "in_progress":
            throw LanguageModelError(
                .incomplete, message: "the provider answered before the model's reply was finished")
        default: return try finish(with: response)
        }
    }

    private mutating func finish(with response: JSONValue) throws(LanguageModelError) -> [ModelDelta] {
        if let error = response["error"], !error.isNull { throw Self.failure(of: response) }
        usage = Self.usage(response["usage"] ?? [:])
        let output = response["output"]?.array ?? []
        // Some servers leave the list out at the end.
        if output.count >= items.count {
            items = Dictionary(
                uniqueKeysWithValues: output.enumerated().map { ($0, Self.whole($1, cameAs: items[$0])) })
        }
        if response["status"] == "incomplete" {
            end = .incomplete(reason: response["incomplete_details", "reason"]?.string ?? "incomplete")
        } else {
            if let cut = begun.first(where: { items[$0.key] == nil }) {
                throw LanguageModelError(
                    .incomplete, message: "the model's call of \(cut.value) broke off in the middle")
            }
            end = .completed
        }
        let text = ordered.map(Self.text).joined()
        return shown || text.isEmpty ? [] : [.content(text)]
    }

    /// What a model thought may be encrypted only where it came first.
    private static func whole(_ item: JSONValue, cameAs earlier: JSONValue?) -> JSONValue {
        guard item["type"] == "reasoning", item["encrypted_content"]?.string == nil,
            earlier?["encrypted_content"]?.string != nil, let earlier
        else { return item }
        return earlier
    }

    private var ordered: [JSONValue] { items.sorted { $0.key < $1.key }.map(\.value) }

    private static func failure(of response: JSONValue) -> LanguageModelError {
        let error = response["error"].flatMap { $0.isNull ? nil : $0 }
        if error == nil, response["status"] == "cancelled" {
            return LanguageModelError(.incomplete, message: "the provider cancelled the model's reply")
        }
        return ProviderError(json: error.map { ["error": $0] } ?? ["error": response]).asStreamError
    }

    /// Of a message.
    private static func text(_ item: JSONValue) -> String {
        guard item["type"] == "message" else { return "" }
        return ContentText.text(of: item["content"])
    }

    private static func usage(_ json: JSONValue) -> TokenUsage {
        TokenUsage(
            prompt: TokenUsage.count(json["input_tokens"]), completion: TokenUsage.count(json["output_tokens"]),
            cached: TokenUsage.count(json["input_tokens_details", "cached_tokens"]),
            reasoning: TokenUsage.count(json["output_tokens_details", "reasoning_tokens"]))
    }

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply {
        guard let end else {
            throw LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
        }
        var builder = ReplyBuilder()
        for item in ordered { try Self.add(item, to: &builder, isWhole: end == .completed) }
        switch end {
        case .completed: return try builder.reply(finish: .stop, reason: "completed", usage: usage)
        case .incomplete(let reason):
            return try builder.reply(finish: .init(word: reason), reason: reason, usage: usage)
        }
    }

    private static func add(
        _ item: JSONValue, to builder: inout ReplyBuilder, isWhole: Bool
    ) throws(LanguageModelError) {
        switch item["type"]?.string ?? "" {
        case "message":
            if let role = item["role"]?.string { try ReplyRole.check(role) }
            // Models want to know again whether it was a comment or the answer.
            let phase = item["phase"].flatMap { $0.isNull ? nil : $0 }
            builder.add(text: text(item), extra: phase.map { ["phase": $0] })
        case "function_call":
            guard ["completed", ""].contains(item["status"]?.string ?? "") else {
                // Of a reply that was cut it is no call; of a whole one it should be.
                if !isWhole { return }
                throw LanguageModelError(
                    .incomplete,
                    message: "the model's call of \(item["name"]?.string ?? "a tool") broke off in the middle")
            }
            let arguments = item["arguments"].flatMap { $0.isNull ? nil : $0 }
            try builder.addCall(
                id: item["call_id"]?.string ?? "", name: item["name"]?.string ?? "",
                arguments: arguments.map { $0.string ?? JSONWriter.string($0) } ?? "")
        case "reasoning":
            if let item = returned(reasoning: item) { builder.add(opaque: item) }
        default: builder.add(opaque: item)
        }
    }

    /// As it came, without the status, which the API adds and doesn't take. What is only named would be looked for in vain:
    /// nothing is stored there.
    private static func returned(reasoning item: JSONValue) -> JSONValue? {
        guard let members = item.object else { return nil }
        let kept = members.pairs.filter { $0.key != "status" && !$0.value.isNull }
        let item = JSONValue.object(JSONObject(kept.map { ($0.key, $0.value) }))
        return item["encrypted_content"] != nil || item["content"]?.array?.isEmpty == false ? item : nil
    }
}
