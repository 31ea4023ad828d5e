import KubeModel
import NIOHTTP1

/// Chat completions of Azure OpenAI (https://learn.microsoft.com/en-us/azure/ai-foundry/openai/latest), under its `v1` path or
/// under that of a deployment with a version of the API.
package struct AzureOpenAIAPI: ProviderAPI {
    package let format = "openai-chat"
    package let model: String
    package let endpoint: ModelEndpoint
    let apiKey: Credential?
    let token: Credential?

    /// - Parameters:
    ///   - model: the deployment's name.
    ///   - baseURL: of the resource, `https://NAME.openai.azure.com`. With `?api-version=2024-10-21` behind it, the path of
    ///     the deployment is used, else `/openai/v1`. A path that is written is taken as it is.
    ///   - apiKey: sent as `api-key`; nil for gateways that want none.
    ///   - token: of Microsoft Entra ID, sent as a bearer token instead.
    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    package init(
        model: String, baseURL: String, apiKey: Credential?, token: Credential? = nil
    ) throws(LanguageModelError) {
        self.model = model
        endpoint = try ModelEndpoint(configured: baseURL)
        self.apiKey = apiKey
        self.token = token
    }

    static func isAzure(_ endpoint: ModelEndpoint) -> Bool {
        [".azure.com", ".azure.us", ".azure.cn"].contains(where: endpoint.hostName.lowercased().hasSuffix)
    }

    package var credentials: [Credential] { [apiKey, token].compactMap { $0 } }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        var headers = HTTPHeaders.forModels
        if let token {
            headers.add(name: "authorization", value: "Bearer \(token.secret)")
        } else if let apiKey {
            headers.add(name: "api-key", value: apiKey.secret)
        }
        let body = ChatRequest(model: model, request: request, options: options, profile: Self.profile)
        return ProviderRequest(
            url: endpoint.url("\(prefix)/chat/completions"), headers: headers, body: JSONWriter.bytes(body.json))
    }

    private static let profile = ChatCompletionsProfile(tokenLimitField: "max_completion_tokens")

    private var prefix: String {
        if endpoint.pathEnds(with: "/openai") {
            return endpoint.hasQuery("api-version") ? "/deployments/\(deployment)" : "/v1"
        }
        if endpoint.hasPath { return "" }
        return endpoint.hasQuery("api-version") ? "/openai/deployments/\(deployment)" : "/openai/v1"
    }

    private var deployment: String { PercentEncoding.segment(model) }

    package func decoder(limit: Int) -> any ReplyStreamDecoder { EventReplyDecoder(ReplyAssembler(), limit: limit) }
}
