import Foundation
import KubeModel
import Testing

@testable import LanguageModels

/// Streams of providers, in the folder Fixtures/ModelProviders (its README says what is there).
enum RecordedStream {
    static let folder = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appendingPathComponent("Fixtures/ModelProviders")

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// The messages of an Amazon event stream as bytes.
    static func eventStream(_ name: String) throws -> [UInt8] {
        let lines = String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").dropFirst()
        return try lines.flatMap { line -> [UInt8] in
            let message = try JSONParser.parse(String(line))
            return framed(
                headers: (message["headers"]?.object?.pairs ?? []).map { ($0.key, $0.value.string ?? "") },
                payload: JSONWriter.bytes(message["payload"] ?? .null))
        }
    }

    static func framed(headers: [(String, String)], payload: [UInt8]) -> [UInt8] {
        let fields: [UInt8] = headers.flatMap { name, value -> [UInt8] in
            [UInt8(name.utf8.count)] + Array(name.utf8) + [7] + bigEndian(UInt16(value.utf8.count)) + Array(value.utf8)
        }
        let prelude = bigEndian(UInt32(16 + fields.count + payload.count)) + bigEndian(UInt32(fields.count))
        let body = prelude + bigEndian(CRC32.checksum(prelude)) + fields + payload
        return body + bigEndian(CRC32.checksum(body))
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// What a decoder makes of bytes that come in pieces of a size.
    static func decode(
        _ bytes: [UInt8], with decoder: any ReplyStreamDecoder, size: Int = .max
    ) throws -> (reply: DecodedReply, deltas: [ModelDelta]) {
        var (decoder, rest, deltas) = (decoder, bytes[...], [ModelDelta]())
        while !rest.isEmpty, !decoder.sawEnd {
            deltas += try decoder.push(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let reply = try decoder.finish()
        return (reply, deltas + reply.deltas)
    }
}

/// A provider's API with one of its recordings.
struct Recorded: Sendable, CustomTestStringConvertible {
    var api: any ProviderAPI
    var file: String

    var testDescription: String { file }

    init(_ api: any ProviderAPI, _ file: String) { (self.api, self.file) = (api, file) }

    func bytes() throws -> [UInt8] {
        try file.hasSuffix(".jsonl") ? RecordedStream.eventStream(file) : RecordedStream.bytes(file)
    }

    func decode(size: Int = .max) throws -> (reply: DecodedReply, deltas: [ModelDelta]) {
        try RecordedStream.decode(try bytes(), with: api.decoder(limit: 1 << 20), size: size)
    }

    func failure() throws -> LanguageModelError { try #require(throws: LanguageModelError.self) { try decode() } }
}

/// APIs as the tests use them. Arguments of tests can't throw where they are listed.
// swift-format-ignore: NeverForceUnwrap, NeverUseForceTry
enum TestAPI {
    static let key = Credential("test-key")
    static let moment = KubeTime("2026-11-30T17:21:46Z")!
    static let awsKeys = AWSCredentials(
        accessKeyID: Credential("AKIDEXAMPLE"), secretAccessKey: Credential("secret/Example+Key"))

    static func anthropic(_ model: String = "claude-opus-4-6") -> AnthropicAPI {
        try! AnthropicAPI(model: model, baseURL: "https://api.anthropic.com", apiKey: key)
    }

    static func gemini(_ model: String = "gemini-3-pro-preview") -> GeminiAPI {
        try! GeminiAPI(model: model, baseURL: "https://generativelanguage.googleapis.com", apiKey: key)
    }

    static func responses(_ model: String = "gpt-5-mini") -> OpenAIResponsesAPI {
        try! OpenAIResponsesAPI(model: model, baseURL: "https://api.openai.com/v1", apiKey: key)
    }

    static func azure(_ baseURL: String = "https://res.openai.azure.com") -> AzureOpenAIAPI {
        try! AzureOpenAIAPI(model: "gpt-4o", baseURL: baseURL, apiKey: key)
    }

    static func bedrock(_ model: String = "anthropic.claude-sonnet-4-6") -> BedrockAPI {
        try! BedrockAPI(model: model, region: "eu-central-1", proof: .signature(awsKeys), now: { moment })
    }
}

extension ProviderAPI {
    func body(_ request: ModelRequest, options: ModelOptions = ModelOptions()) throws -> JSONValue {
        try JSONParser.parse(try self.request(request, options: options).body)
    }

    /// The reply as it is in the conversation afterwards.
    func message(_ decoded: DecodedReply) throws -> ChatMessage {
        let reply = try decoded.reply.withIDs(avoiding: [], form: callIDs)
        return .assistant(
            reply.content, toolCalls: reply.toolCalls,
            providerData: ProviderData(author: author, content: decoded.attached))
    }
}
