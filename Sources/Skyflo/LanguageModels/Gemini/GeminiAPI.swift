import KubeModel
import NIOHTTP1

/// Google's Gemini (https://ai.google.dev/api/generate-content).
package struct GeminiAPI: ProviderAPI {
    package let format = "gemini"
    package let model: String
    package let endpoint: ModelEndpoint
    let apiKey: Credential?

    /// - Parameters:
    ///   - model: `gemini-2.5-pro`; with a slash in it it is taken as a path, such as `tunedModels/NAME`.
    ///   - baseURL: what comes before `/models`. Without any path, `/v1beta` is meant.
    ///   - apiKey: sent as `x-goog-api-key`; nil for gateways that want none.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    package init(
        model: String, baseURL: String, apiKey: Credential?
    ) throws(LanguageModelError) {
        self.model = model
        endpoint = try ModelEndpoint(configured: baseURL)
        self.apiKey = apiKey
    }

    package var credentials: [Credential] { [apiKey].compactMap { $0 } }
    package var takesThinkingBudget: Bool { GeminiThinking(model: model).takesBudget }
    package var callIDs: ToolCallIDForm { ToolCallIDForm(maxLength: 64) }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers = HTTPHeaders.forModels
        if let apiKey { headers.add(name: "x-goog-api-key", value: apiKey.secret) }
        let body = GeminiRequest(model: model, request: request, options: options)
        let version = endpoint.hasPath ? "" : "/v1beta"
        return ProviderRequest(
            url: endpoint.url("\(version)/\(path):streamGenerateContent", query: "alt=sse"), headers: headers,
            body: JSONWriter.bytes(body.json))
    }

    private var path: String {
        let path = model.contains("/") ? model : "models/\(model)"
        return path.split(separator: "/").map { PercentEncoding.segment(String($0)) }.joined(separator: "/")
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder { EventReplyDecoder(GeminiAssembler(), limit: limit) }
}
