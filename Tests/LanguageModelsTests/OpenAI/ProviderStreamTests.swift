import FoundationEssentials
import KubeModel
import Testing

@testable import LanguageModels

/// Streams of servers that speak OpenAI's chat completions, each in its own way. Written for these tests from what the
/// providers document; `source` says where. `hack/peers/openai` gives the same ones to OpenAI's own client.
@Suite struct ProviderStreamTests {
    struct Stream: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var events: [String]
        var expected: JSONValue

        init(_ json: JSONValue) {
            testDescription = json["provider"]?.string ?? ""
            events = json["events"]?.array?.map { JSONWriter.string($0) } ?? []
            expected = json["expected"] ?? .null
        }

        var content: String? { expected["content"]?.string }
        var calls: [ModelToolCall]? {
            expected["calls"]?.array?.map {
                ModelToolCall(
                    id: $0["id"]?.string ?? "", name: $0["name"]?.string ?? "",
                    arguments: $0["arguments"]?.string ?? "", providerData: $0["providerData"])
            }
        }
        var usage: TokenUsage {
            func count(_ name: String) -> Int { expected["usage", name]?.int ?? 0 }
            return TokenUsage(
                prompt: count("prompt"), completion: count("completion"), cached: count("cached"),
                reasoning: count("reasoning"))
        }
    }

    static let streams: [Stream] = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try? Data(contentsOf: tests.appending(path: "Fixtures/ChatCompletions/streams.json"))
        return (try? JSONParser.parse(Array(data ?? Data())))?.array?.map { Stream($0) } ?? []
    }()

    @Test func `all streams are there`() { #expect(Self.streams.count == 12) }

    private func decode(_ bytes: [UInt8], pieces size: Int) throws -> DecodedReply {
        var decoder = EventReplyDecoder(ReplyAssembler(), limit: 1 << 20)
        for start in stride(from: 0, to: bytes.count, by: size) where !decoder.sawEnd {
            _ = try decoder.push(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        return try decoder.finish()
    }

    private func bytes(_ stream: Stream) -> [UInt8] {
        let head = ": PROCESSING\n\n"
        return Array((head + (stream.events + ["[DONE]"]).map { "data: \($0)\n\n" }.joined()).utf8)
    }

    @Test(arguments: streams)
    func `each is read as it is meant`(stream: Stream) throws {
        for size in [1, 5, 100_000] {
            let decoded = try decode(bytes(stream), pieces: size)
            #expect(decoded.reply.content == stream.content)
            #expect(decoded.reply.toolCalls == stream.calls)
            #expect(decoded.reply.usage == stream.usage)
            for (key, value) in stream.expected["attached"]?.object ?? [:] {
                #expect(decoded.attached[key] == value, "\(key)")
            }
        }
    }

    @Test(arguments: streams)
    func `each is whole or an error, wherever it is cut`(stream: Stream) throws {
        let bytes = bytes(stream)
        for end in bytes.indices {
            guard let decoded = try? decode(Array(bytes[..<end]), pieces: 100_000) else { continue }
            #expect(decoded.reply.content == stream.content, "cut at \(end)")
            #expect(decoded.reply.toolCalls == stream.calls, "cut at \(end)")
        }
    }
}
