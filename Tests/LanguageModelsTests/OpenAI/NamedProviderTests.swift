import FoundationEssentials
import KubeModel
import Testing

@testable import LanguageModels

/// Streams of each provider that can be named in a SkyfloAI, in its own dialect: text, calls, reasoning, usage, errors.
/// Written for these tests from what the providers document; `source` in the file says where. `hack/peers/openai` gives the
/// same ones to OpenAI's own client.
@Suite struct NamedProviderTests {
    struct Stream: Sendable, CustomTestStringConvertible {
        var provider: String
        var kind: String
        var json: JSONValue

        var testDescription: String { "\(provider): \(kind)" }

        var bytes: [UInt8] {
            let comment = json["comment"]?.string.map { ": \($0)\n\n" } ?? ""
            let events = json["events"]?.array ?? []
            let end = json["error"] == nil ? "data: [DONE]\n\n" : ""
            return Array((comment + events.map { "data: \(JSONWriter.string($0))\n\n" }.joined() + end).utf8)
        }

        var expected: ModelReply? {
            guard let expected = json["expected"] else { return nil }
            let calls = (expected["calls"]?.array ?? []).map { call in
                ModelToolCall(
                    id: call["id"]?.string ?? "", name: call["name"]?.string ?? "",
                    arguments: call["arguments"]?.string ?? "")
            }
            let count = { expected["usage", $0]?.int ?? 0 }
            return ModelReply(
                content: expected["content"]?.string ?? "", toolCalls: calls,
                finish: calls.isEmpty ? .stop : .toolCalls,
                usage: TokenUsage(
                    prompt: count("prompt"), completion: count("completion"), cached: count("cached"),
                    reasoning: count("reasoning")))
        }

        /// What it attaches, or leaves in the content.
        var reasoning: String? {
            let attached = json["expected", "attached"]
            return (json["reasoning"] ?? attached?["reasoning_content"] ?? attached?["reasoning"])?.string
        }

        func decoder() throws -> any ReplyStreamDecoder {
            try OpenAIChatAPI(model: "m", baseURL: "http://h/v1", apiKey: nil, provider: provider).decoder(
                limit: 1 << 20)
        }
    }

    private static let streams: [Stream] = {
        let file = RecordedStream.folder.deletingLastPathComponent().appending(path: "ChatCompletions/providers.json")
        let json = (try? Data(contentsOf: file)).flatMap { try? JSONParser.parse(Array($0)) }
        return (json?.array ?? []).flatMap { provider in
            (provider["streams"]?.object?.pairs ?? []).map { kind, json in
                Stream(provider: provider["provider"]?.string ?? "", kind: kind, json: json)
            }
        }
    }()

    static let replies = streams.filter { $0.expected != nil }
    static let errors = streams.filter { $0.expected == nil }

    @Test func `all are there`() {
        #expect(Set(Self.streams.map(\.provider)).count == 13)
        #expect(Self.replies.count == 41 && Self.errors.count == 17)
    }

    @Test(arguments: replies)
    func `each is read as it is meant, in pieces of any size`(stream: Stream) throws {
        let bytes = stream.bytes
        for size in [1, 2, 3, 5, 7, 64, 100_000] {
            let found = try RecordedStream.decode(bytes, with: stream.decoder(), size: size)
            #expect(found.reply.reply == stream.expected, "in pieces of \(size) bytes")
            let attached = stream.json["expected", "attached"].flatMap { $0.object?.isEmpty == true ? nil : $0 }
            #expect(found.reply.attached == attached ?? .null, "in pieces of \(size) bytes")
            var filter = ThinkingFilter()
            let shown = found.deltas.flatMap { filter.add($0) } + filter.finish()
            let thought = shown.map { if case .reasoning(let text) = $0 { text } else { "" } }.joined()
            #expect(thought == stream.reasoning ?? "", "in pieces of \(size) bytes")
        }
    }

    @Test(arguments: replies)
    func `each is whole or an error, wherever it ends`(stream: Stream) throws {
        let bytes = stream.bytes
        var decoder = try stream.decoder()
        for (end, byte) in bytes.enumerated() {
            var cut = decoder
            _ = try decoder.push([byte])
            guard let found = try? cut.finish() else { continue }
            #expect(found.reply.content == stream.expected?.content, "cut at byte \(end)")
            #expect(found.reply.toolCalls == stream.expected?.toolCalls, "cut at byte \(end)")
        }
    }

    @Test(arguments: errors)
    func `each error is told with its kind and in the provider's words`(stream: Stream) throws {
        for size in [1, 7, 100_000] {
            let error = #expect(throws: LanguageModelError.self) {
                try RecordedStream.decode(stream.bytes, with: stream.decoder(), size: size)
            }
            #expect(error?.code.description == stream.json["error", "code"]?.string)
            #expect(
                error?.message.contains(stream.json["error", "message"]?.string ?? "-") == true,
                "\(error?.message ?? "")")
        }
    }
}
