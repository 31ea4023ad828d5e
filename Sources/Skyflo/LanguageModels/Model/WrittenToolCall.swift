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
        if let name = marked(text, tools) { return name }
        if let name = call(in: unfenced(text) ?? text, tools) { return name }
        return function(text, tools)
    }

    /// What nobody writes in an answer outside of code: the markers of models' own formats. Text may come before them.
    private static let markers = [
        "<tool_call>", "<tool_calls>", "<function_call>", "<|tool_call|>", "<|tool_call_begin|>",
        "<|tool_calls_section_begin|>",
        "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<|python_tag|>", "[TOOL_CALLS]", "[TOOL_REQUEST]",
        "<function=", "<invoke name=", "<function_calls>", "<|channel|>commentary",
    ]

    private static func marked(_ text: Substring, _ tools: Set<String>) -> String? {
        for marker in markers {
            guard let found = text.firstRange(of: marker), !isCode(text[..<found.lowerBound]) else { continue }
            let rest = text[found.lowerBound...]
            // The first of the tools that is named behind the marker.
            let named = tools.compactMap { tool in rest.firstRange(of: tool).map { ($0.lowerBound, tool) } }
            // Of two tools at the same place, as `get` and `get_all`, the longer one is meant.
            if let tool = named.min(by: { ($0.0, -$0.1.count) < ($1.0, -$1.1.count) })?.1 { return tool }
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

    private static func call(_ json: JSONValue, _ tools: Set<String>) -> String? {
        if let list = json.array {
            let calls = list.map { call($0, tools) }
            return calls.allSatisfy { $0 != nil } ? calls.first ?? nil : nil
        }
        guard let object = json.object else { return nil }
        if let calls = json["tool_calls"], object.count <= 2 { return call(calls, tools) }
        if let function = json["function"], function.object != nil { return call(function, tools) }
        let names = ["name", "function", "tool", "tool_name", "function_name", "action"].compactMap { json[$0]?.string }
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
        let bare = code.hasPrefix("functions.") ? code.dropFirst("functions.".count) : code
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

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
