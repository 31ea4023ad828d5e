import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

struct AzureOpenAITests {
    private func decode(_ name: String) throws -> ModelReply {
        try Recorded(TestAPI.azure(), "azure/\(name).sse").decode().reply.reply
    }

    @Test func `the first event, which has no choice, harms nothing`() throws {
        let reply = try decode("tool-call")
        #expect(
            reply.toolCalls == [
                ModelToolCall(id: "call_Z", name: "k8s_scale", arguments: "{\"name\":\"web\",\"replicas\":3}")
            ])
        #expect(reply.usage == TokenUsage(prompt: 34, completion: 12))
    }

    @Test func `verdicts of the filter that come apart harm nothing`() throws {
        #expect(try decode("asynchronous-filter").content == "web has 3 replicas.")
        #expect(try decode("asynchronous-filter").finish == .stop)
    }

    @Test func `what was filtered says so`() throws { #expect(try decode("filtered").finish == .contentFilter) }

    @Test func `a prompt that was filtered is refused with Azure's words`() {
        let body =
            #"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#
        let error = TestAPI.azure().error(ProviderErrorAnswer(status: 400, body: Array(body.utf8)))
        #expect(error.code == .rejected)
        #expect(error.message.contains("content management policy"))
    }

    @Test(arguments: [
        ("https://r.openai.azure.com", "https://r.openai.azure.com/openai/v1/chat/completions"),
        ("https://r.openai.azure.com/openai/v1/", "https://r.openai.azure.com/openai/v1/chat/completions"),
        (
            "https://r.openai.azure.com?api-version=2024-10-21",
            "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
        ),
        (
            "https://r.openai.azure.com/openai/?api-version=2024-10-21",
            "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
        ),
        (
            "https://gateway/openai/deployments/other?api-version=1",
            "https://gateway/openai/deployments/other/chat/completions?api-version=1"
        ),
        (
            "https://r.openai.azure.com/openai/v1?api-version=preview",
            "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview"
        ),
    ])
    func `both kinds of addresses are made from what people configure`(base: String, url: String) throws {
        let request = try TestAPI.azure(base).request(
            ModelRequest(messages: [.user("u")], maxTokens: 5), options: ModelOptions())
        #expect(request.url == url)
        #expect(request.headers["api-key"] == ["test-key"])
        #expect(request.headers["authorization"].isEmpty)
        #expect(try JSONParser.parse(request.body)["max_completion_tokens"] == 5)
    }
}
