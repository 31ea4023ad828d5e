import KubeModel
import NIOHTTP1

/// Models of Google's Vertex AI: Gemini and others by `streamGenerateContent`, Claude by Anthropic's messages
/// (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference,
/// https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai).
package struct VertexAIAPI: ProviderAPI {
    package let model: String
    package let endpoint: ModelEndpoint
    private let project: String
    private let location: String
    private let token: Credential?

    /// - Parameters:
    ///   - model: `gemini-2.5-pro`, `claude-sonnet-4-6`; with a slash in it, such as `endpoints/123`, what comes behind the
    ///     location.
    ///   - project: its id.
    ///   - location: a region, or `global`.
    ///   - baseURL: of a private endpoint or a gateway; nil for the location's.
    ///   - token: sent as a bearer token; nil for gateways that want none.
    /// - Throws: ``LanguageModelError`` `rejected` where project, location or address can't be.
    package init(
        model: String, project: String, location: String, baseURL: String? = nil, token: Credential?
    ) throws(LanguageModelError) {
        for name in [project, location] where name.isEmpty || !name.utf8.allSatisfy(Self.isNameCharacter) {
            throw LanguageModelError(
                .rejected, message: "\"\(name.prefix(64))\" is no project or location of Google Cloud")
        }
        (self.model, self.project, self.location, self.token) = (model, project, location, token)
        endpoint = try ModelEndpoint(configured: baseURL ?? Self.address(of: location))
    }

    /// Of a location: all of the world, several regions, or one.
    private static func address(of location: String) -> String {
        switch location {
        case "global": "https://aiplatform.googleapis.com"
        case "us", "eu": "https://aiplatform.\(location).rep.googleapis.com"
        default: "https://\(location)-aiplatform.googleapis.com"
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private var isClaude: Bool { model.contains("claude") }

    package var format: String { isClaude ? "anthropic-messages" : "gemini" }
    package var credentials: [Credential] { [token].compactMap { $0 } }
    package var callIDs: ToolCallIDForm { ToolCallIDForm(maxLength: 64) }
    package var takesThinkingBudget: Bool {
        isClaude ? ClaudeModel(model).takesBudget : GeminiThinking(model: model).takesBudget
    }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers = HTTPHeaders.forModels
        if let token { headers.add(name: "authorization", value: "Bearer \(token.secret)") }
        let version = endpoint.hasPath ? "" : "/v1"
        let place = "\(version)/projects/\(project)/locations/\(location)/\(path)"
        guard isClaude else {
            let body = GeminiRequest(model: model, request: request, options: options)
            return ProviderRequest(
                url: endpoint.url("\(place):streamGenerateContent", query: "alt=sse"), headers: headers,
                body: JSONWriter.bytes(body.json))
        }
        // The model is in the address, the version in the body.
        var body = MessagesRequest(model: ClaudeModel(model), request: request, options: options).json
        body["model"] = nil
        body["anthropic_version"] = "vertex-2023-10-16"
        return ProviderRequest(
            url: endpoint.url("\(place):streamRawPredict"), headers: headers, body: JSONWriter.bytes(body))
    }

    private var path: String {
        let publisher = isClaude ? "anthropic" : "google"
        let path = model.contains("/") ? model : "publishers/\(publisher)/models/\(model)"
        return path.split(separator: "/").map { PercentEncoding.segment(String($0)) }.joined(separator: "/")
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder {
        isClaude
            ? EventReplyDecoder(MessagesAssembler(), limit: limit) : EventReplyDecoder(GeminiAssembler(), limit: limit)
    }
}
