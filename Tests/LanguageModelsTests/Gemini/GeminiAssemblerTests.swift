import KubeModel
import Testing

@testable import LanguageModels

struct GeminiAssemblerTests {
    private let api = TestAPI.gemini()

    private func decode(_ name: String) throws -> (reply: DecodedReply, deltas: [ModelDelta]) {
        try Recorded(api, "gemini/\(name).sse").decode()
    }

    private func assemble(_ answers: [JSONValue]) throws -> DecodedReply {
        var assembler = GeminiAssembler()
        for answer in answers { _ = try assembler.add(answer) }
        return try assembler.reply()
    }

    private func answer(_ parts: JSONValue, finish: JSONValue = .null) -> JSONValue {
        ["candidates": [["content": ["parts": parts], "finishReason": finish]]]
    }

    @Test func `text is read, and thoughts are part of what was written`() throws {
        let (decoded, deltas) = try decode("text")
        #expect(decoded.reply.content == "web has 3 replicas — all ready.")
        #expect(decoded.reply.usage == TokenUsage(prompt: 11, completion: 37, cached: 8, reasoning: 30))
        #expect(decoded.reply.finish == .stop)
        #expect(deltas == [.content("web has "), .content("3 replicas — all ready.")])
    }

    @Test func `signatures go back on the part on which they came, and ids only where there were some`() throws {
        let (decoded, deltas) = try decode("tool-calls")
        #expect(decoded.reply.toolCalls.map(\.name) == ["k8s_get", "k8s_scale", "k8s_cluster_info"])
        #expect(decoded.reply.toolCalls.map(\.arguments).last == "{}")
        #expect(decoded.reply.finish == .toolCalls)
        #expect(deltas.first == .reasoning("I should list the deployments."))
        let message = try api.message(decoded)
        guard case .assistant(_, let calls, _) = message else { return }
        let body = try api.body(
            ModelRequest(
                messages: [.user("x"), message] + calls.map { .tool(callID: $0.id, content: "r \($0.name)") }))
        #expect(
            body["contents"]?[1] == [
                "role": "model",
                "parts": [
                    ["text": "Looking."],
                    [
                        "functionCall": ["id": "fc-1", "name": "k8s_get", "args": ["resource_type": "deployments"]],
                        "thoughtSignature": "+vv8/f7/+vs=",
                    ],
                    ["functionCall": ["name": "k8s_scale", "args": ["name": "web", "replicas": 3]]],
                    ["functionCall": ["name": "k8s_cluster_info", "args": [:]]],
                ],
            ])
        #expect(
            body["contents"]?[2] == [
                "role": "user",
                "parts": [
                    ["functionResponse": ["id": "fc-1", "name": "k8s_get", "response": ["output": "r k8s_get"]]],
                    ["functionResponse": ["name": "k8s_scale", "response": ["output": "r k8s_scale"]]],
                    ["functionResponse": ["name": "k8s_cluster_info", "response": ["output": "r k8s_cluster_info"]]],
                ],
            ])
    }

    @Test func `signed text isn't merged with other text`() throws {
        let decoded = try decode("signed-text").reply
        #expect(decoded.reply.content == "Done: 3 replicas.")
        let body = try api.body(ModelRequest(messages: [.user("x"), try api.message(decoded), .user("y")]))
        #expect(
            body["contents"]?[1]?["parts"] == [
                ["text": "Done"], ["text": ": 3 replicas.", "thoughtSignature": "c2lnbmVk"],
                ["text": "", "thoughtSignature": "bGFzdA=="],
            ])
    }

    @Test func `what was filtered says so`() throws {
        #expect(try decode("safety").reply.reply.finish == .contentFilter)
        let error = try Recorded(api, "gemini/blocked.sse").failure()
        #expect(error.message == "the provider's content filter withheld the whole reply: PROHIBITED_CONTENT")
    }

    @Test func `a call that Gemini couldn't read is an error, not an answer`() throws {
        let error = try Recorded(api, "gemini/malformed-call.sse").failure()
        #expect(error.code == .incomplete)
        #expect(error.message.contains("k8s_scale"))
    }

    @Test func `an error inside of the stream is an error`() throws {
        let error = try Recorded(api, "gemini/unavailable.sse").failure()
        #expect([.overloaded, .unavailable].contains(error.code))
        #expect(error.message.contains("The model is overloaded."))
    }

    @Test func `arguments in pieces, which nobody asked for, are refused`() {
        let call: JSONValue = [
            "functionCall": ["name": "x", "partialArgs": [["jsonPath": "$.a"]], "willContinue": true]
        ]
        #expect(throws: LanguageModelError.self) { try assemble([answer([call], finish: "STOP")]) }
    }

    @Test func `parts of unknown kinds go back as they came`() throws {
        let part: JSONValue = ["executableCode": ["code": "1"]]
        let decoded = try assemble([answer([part, ["text": "x"]], finish: "STOP")])
        #expect(decoded.attached == [["opaque": part], ["text": 1]])
    }

    @Test func `answers that aren't streamed as events are read`() throws {
        let whole: JSONValue = [answer([["text": "a"]]), answer([["text": "b"]], finish: "MAX_TOKENS")]
        let decoded = try RecordedStream.decode(JSONWriter.bytes(whole), with: api.decoder(limit: 1000)).reply
        #expect(decoded.reply.content == "ab")
        #expect(decoded.reply.finish == .length)
    }
}
