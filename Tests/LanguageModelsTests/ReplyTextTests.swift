import Testing

@testable import LanguageModels

/// What is in a reply's text that is no answer.
@Suite struct ReplyTextTests {
    @Test(arguments: [
        ("<think>\nThe user wants X.\n</think>\n\nweb has 2 replicas.", "web has 2 replicas."),
        ("\n<think></think>web has 2 replicas.", "web has 2 replicas."),
        ("The user wants X.\n</think>\n\nweb has 2 replicas.", "web has 2 replicas."),
        ("The user wants X.</think>\n\nweb has 2 replicas.", "web has 2 replicas."),
        ("</think>\n\nweb has 2 replicas.", "web has 2 replicas."),
        ("[THINK]hm[/THINK]web has 2 replicas.", "web has 2 replicas."),
        ("<think>a</think><think>b</think>\nweb has 2 replicas.", "web has 2 replicas."),
        ("<think>\nonly", ""), ("The user wants X.</think>web has 2 replicas.", "web has 2 replicas."),
        (
            "<|channel|>analysis<|message|>X.<|end|><|start|>assistant<|channel|>final<|message|>web has 2 replicas.",
            "web has 2 replicas."
        ), ("The tag </think> ends it.", "The tag </think> ends it."),
        ("Use `</think>` to end it.\nSo it is.", "Use `</think>` to end it.\nSo it is."),
        ("Put it so:\n```\n<think>\nx\n</think>\n```\nDone.", "Put it so:\n```\n<think>\nx\n</think>\n```\nDone."),
        ("It writes <think> first and </think> last, always.", "It writes <think> first and </think> last, always."),
        ("<think> is a tag that models write.", "<think> is a tag that models write."),
        ("web has 2 replicas.", "web has 2 replicas."), ("", ""),
    ])
    func `thinking at the beginning is no part of the answer`(content: String, answer: String) {
        #expect(ThinkingText.removed(from: content, isCut: false) == answer)
    }

    @Test func `thinking that was cut is no answer`() {
        #expect(ThinkingText.removed(from: "<think>\nThe user", isCut: true).isEmpty)
        #expect(ThinkingText.removed(from: "<think>The user", isCut: true).isEmpty)
        #expect(ThinkingText.removed(from: "The user", isCut: true) == "The user")
    }

    private static let tools: Set<String> = ["k8s_get", "k8s_get_events", "k8s_scale"]

    @Test(arguments: [
        ("```json\n{\"name\": \"k8s_get\", \"arguments\": {\"resource_type\": \"deployments\"}}\n```", "k8s_get"),
        ("<tool_call>\n{\"name\": \"k8s_get\", \"arguments\": {}}\n</tool_call>", "k8s_get"),
        ("I look.\n<tool_call>{\"name\": \"k8s_get_events\", \"arguments\": {}}", "k8s_get_events"),
        ("{\"name\": \"k8s_scale\", \"arguments\": {\"name\": \"web\", \"replicas\": 3}}", "k8s_scale"),
        ("{\"name\": \"k8s_scale\", \"parameters\": {}}\n", "k8s_scale"),
        ("[{\"name\": \"k8s_get\", \"arguments\": {}}, {\"name\": \"k8s_scale\", \"arguments\": {}}]", "k8s_get"),
        ("{\"type\":\"function\",\"function\":{\"name\":\"k8s_get\",\"arguments\":\"{}\"}}", "k8s_get"),
        ("{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"k8s_get\",\"arguments\":\"{}\"}}]}", "k8s_get"),
        ("{\"name\":\"k8s_get\",\"arguments\":{}}\n{\"name\":\"k8s_scale\",\"arguments\":{}}", "k8s_get"),
        ("[TOOL_CALLS][{\"name\": \"k8s_get\", \"arguments\": {}}]", "k8s_get"),
        ("<|python_tag|>{\"name\": \"k8s_get\", \"parameters\": {}}", "k8s_get"),
        ("<function=k8s_scale>{\"name\": \"web\"}</function>", "k8s_scale"),
        ("<invoke name=\"k8s_scale\"><parameter name=\"name\">web</parameter></invoke>", "k8s_scale"),
        ("k8s_get({\"resource_type\": \"pods\"})", "k8s_get"),
        ("```\nfunctions.k8s_get(resource_type=\"pods\")\n```", "k8s_get"),
        ("```json\n{\"name\": \"deployments\", \"arguments\": {\"kind\": \"deployment\"}}\n```", "deployments"),
        ("Thought: look\nAction: k8s_get\nAction Input: {\"resource_type\": \"pods\"}", "k8s_get"),
        ("<tools>\n{\"name\": \"k8s_get\", \"arguments\": {}}\n</tools>", "k8s_get"),
        ("<|tool_call_start|>[k8s_get(resource_type=\"pods\")]<|tool_call_end|>", "k8s_get"),
        ("[k8s_get(resource_type=\"pods\"), k8s_scale(name=\"web\")]", "k8s_get"),
        ("```tool_code\nprint(default_api.k8s_get(resource_type=\"pods\"))\n```", "k8s_get"),
        ("<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"k8s_get\">", "k8s_get"),
        ("<tool_call>\n{\"name\": \"made_up\", \"arguments\": {}}\n</tool_call>", "unknown"),
        ("{\"name\": \"k8s_get\", \"arguments\": {\"resource_type\": \"pods\"}", "k8s_get"),
        ("{\"name\": \"k8s_get\", \"arguments\": {}}\n\nThis lists them.", "k8s_get"),
        ("I look.\n\n{\"name\": \"k8s_get\", \"arguments\": {}}", "k8s_get"),
        ("{\"k8s_get\": {\"resource_type\": \"pods\"}}", "k8s_get"),
        ("{\"function_call\": {\"name\": \"functions.k8s_get\", \"arguments\": {}}}", "k8s_get"),
    ])
    func `a call that is written as text is told`(content: String, tool: String) {
        #expect(WrittenToolCall.tool(in: content, offered: Self.tools) == tool)
    }

    @Test(arguments: [
        "web has 2 replicas.", "", "{\"replicas\": 3}", "[]", "```json\n{\"name\": \"web\", \"arguments\": {}}\n```",
        "A call looks so:\n```json\n{\"name\": \"k8s_get\", \"arguments\": {}}\n```",
        "Models write `<tool_call>{\"name\": \"k8s_get\"}</tool_call>` then.",
        "So:\n```\n<tool_call>\n{\"name\": \"k8s_get\", \"arguments\": {}}\n</tool_call>\n```\nThat is all.",
        "k8s_get lists objects (all of them)", "{\"name\": \"k8s_get\", \"description\": \"lists\"}",
        "```json\n{\"name\": \"k8s_get\", \"arguments\": {}}\n```\nThat was the call.",
    ])
    func `an answer stays one, also where it shows a call`(content: String) {
        #expect(WrittenToolCall.tool(in: content, offered: Self.tools) == nil)
    }
}
