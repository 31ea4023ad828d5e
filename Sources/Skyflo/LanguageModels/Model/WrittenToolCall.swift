import KubeModel

/// A tool call that a model wrote as text, because its server has no parser for the model's calls, or because it is too small
/// for tools. It is never taken for a call; but it is no answer either.
package enum WrittenToolCall {
    /// The tool that the text calls; nil for an answer, also for one that shows a call in an explanation.
    ///
    /// - Parameters:
    ///   - content: of a reply without tool calls, thinking removed.
    ///   - tools: the names of those that were offered.
    package static func tool(in content: String, offered tools: Set<String>) -> String? {
        let text = trimmed(content[...])
        let code = unfenced(text) ?? text
        if let name = marked(text, tools) ?? marked(code, tools) { return name }
        if let name = call(in: code, tools) ?? begun(code, tools) ?? bare(text, tools) { return name }
        return function(text, tools)
    }

    /// What nobody writes in an answer outside of code: the markers of models' own formats. Text may come before them.
    private static let markers = [
        "<tool_call>", "<tool_calls>", "<function_call>", "<|tool_call|>", "<|tool_call_begin|>",
        "<|tool_calls_section_begin|>",
        "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<|python_tag|>", "[TOOL_CALLS]", "[TOOL_REQUEST]",
        "<function=", "<invoke name=", "<function_calls>", "<|channel|>commentary", "<tools>", "<tool_use>",
        "<TOOLCALL>", "<|tool_call_start|>", "<|tools_prefix|>", "<|START_ACTION|>", "<|action_start|>",
        "<start_function_call>", "<minimax:tool_call>", "<｜DSML｜", "<｜tool_calls_begin｜>", "<｜tool_call_begin｜>",
        "functools[", "```tool_code", "```tool_call", "Action: ```json",
    ]

    /// Of the markers those that can't be anything else, whatever tool is named behind them: models also make names up, and
    /// call what isn't offered.
    private static let plainMarkers = [
        "<tool_call>", "<function_call>", "<|tool_call|>", "[TOOL_CALLS]", "<|python_tag|>",
    ]

    private static func marked(_ text: Substring, _ tools: Set<String>) -> String? {
        for marker in markers {
            guard let found = text.firstRange(of: marker), !isCode(text[..<found.lowerBound]) else { continue }
            let rest = text[found.lowerBound...]
            // The first of the tools that is named behind the marker.
            let named = tools.compactMap { tool in rest.firstRange(of: tool).map { ($0.lowerBound, tool) } }
            // Of two tools at the same place, as `get` and `get_all`, the longer one is meant.
            if let tool = named.min(by: { ($0.0, -$0.1.count) < ($1.0, -$1.1.count) })?.1 { return tool }
            let next = trimmed(rest.dropFirst(marker.count)).first
            if plainMarkers.contains(marker), next == "{" || next == "[" { return "unknown" }
        }
        return nil
    }

    private static func isCode(_ before: Substring) -> Bool {
        let fences = before.split(separator: "\n").filter { $0.drop(while: \.isWhitespace).hasPrefix("```") }.count
        let line = before.last == "\n" ? "" : before.split(separator: "\n").last ?? ""
        return fences % 2 == 1 || line.filter { $0 == "`" }.count % 2 == 1
    }

    /// A text that is one code block and nothing else.
    private static func unfenced(_ text: Substring) -> Substring? {
        guard text.hasPrefix("```"), text.count > 6, text.hasSuffix("```"),
            let lineEnd = text.firstIndex(where: \.isNewline)
        else { return nil }
        let inside = text[lineEnd...].dropLast(3)
        return inside.contains("```") ? nil : trimmed(inside)
    }

    private static let argumentMembers = ["arguments", "parameters", "args", "input", "action_input", "tool_input"]

    /// A JSON object that is a call, or several in a list or on lines.
    private static func call(in text: Substring, _ tools: Set<String>) -> String? {
        guard text.first == "{" || text.first == "[" else { return nil }
        if let json = try? JSONParser.parse(String(text)) { return call(json, tools) }
        let lines = text.split(whereSeparator: \.isNewline).map { try? JSONParser.parse(String($0)) }
        let calls = lines.map { $0.flatMap { call($0, tools) } }
        return calls.allSatisfy { $0 != nil } ? calls.first ?? nil : nil
    }

    /// An object that the model didn't end, or went on behind: how it begins tells.
    private static func begun(_ text: Substring, _ tools: Set<String>) -> String? {
        guard text.first == "{" else { return nil }
        let start = text.prefix(200).filter { !$0.isWhitespace }.replacing("'", with: "\"")
        guard argumentMembers.contains(where: { start.contains("\"\($0)\":") }) else { return nil }
        return tools.first { tool in
            ["name", "tool", "function"].contains { start.hasPrefix("{\"\($0)\":\"\(tool)\",") }
        }
    }

    /// A call on lines of its own behind a sentence, and not in a code block.
    private static func bare(_ text: Substring, _ tools: Set<String>) -> String? {
        guard let found = text.firstRange(of: "\n{"), !isCode(text[..<found.upperBound]) else { return nil }
        return call(in: trimmed(text[found.lowerBound...]), tools)
    }

    private static func call(_ json: JSONValue, _ tools: Set<String>) -> String? {
        if let list = json.array {
            let calls = list.map { call($0, tools) }
            return calls.allSatisfy { $0 != nil } ? calls.first ?? nil : nil
        }
        guard let object = json.object else { return nil }
        if let calls = json["tool_calls"] ?? json["tool_uses"], object.count <= 2 { return call(calls, tools) }
        if let function = json["function"] ?? json["function_call"], function.object != nil {
            return call(function, tools)
        }
        if object.count == 1, let (key, value) = object.first(where: { _ in true }), value.object != nil,
            tools.contains(key)
        {
            return key
        }
        let names = ["name", "function", "tool", "tool_name", "function_name", "recipient_name", "action"]
            .compactMap { json[$0]?.string }.map { withoutPrefix($0[...]) }
        guard let name = names.first(where: tools.contains) else { return invented(object) }
        return argumentMembers.contains { json[$0] != nil } || object.count == 1 ? name : nil
    }

    /// A call of a tool that there isn't: small models make up names. Nothing but a name and arguments is no answer either.
    private static func invented(_ object: JSONObject) -> String? {
        guard object.count == 2, let name = object["name"]?.string,
            let arguments = (object["arguments"] ?? object["parameters"])?.object, !arguments.isEmpty
        else { return nil }
        return name
    }

    /// `k8s_get({"resource_type": "pods"})`, or the lines `Action: k8s_get` and `Action Input: {…}`, and nothing else.
    private static func function(_ text: Substring, _ tools: Set<String>) -> String? {
        let code = unfenced(text) ?? text
        let isList = code.first == "[" && code.last == "]"
        let bare = withoutPrefix(isList ? code.dropFirst().dropLast() : code)[...]
        for tool in tools where bare.hasPrefix(tool) {
            let rest = trimmed(bare.dropFirst(tool.count))
            if rest.first == "(", rest.last == ")" { return tool }
        }
        let lines = code.split(whereSeparator: \.isNewline)
        guard let action = lines.firstIndex(where: { $0.hasPrefix("Action:") }),
            lines[action...].dropFirst().first?.hasPrefix("Action Input:") == true
        else { return nil }
        let name = String(trimmed(lines[action].dropFirst("Action:".count)))
        return tools.contains(name) ? name : nil
    }

    /// The name without the module that some models put before it.
    private static func withoutPrefix(_ text: Substring) -> String {
        var text = text
        for prefix in ["print(", "default_api.", "functions."] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        return String(text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
