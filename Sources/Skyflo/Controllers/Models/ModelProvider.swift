import ControllerRuntime
import HTTPTransport
import LanguageModels
import Logging
import OfflineModel
import SkyfloAPI

/// Makes the language model that a SkyfloAI describes.
package protocol ModelProvider: Sendable {
    /// - Throws: `LanguageModelError` when the description can't be used, for example for a malformed address.
    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel

    /// The same with everything that the description refers to.
    func model(for description: SkyfloAI.Model, secrets: ModelSecrets) throws -> any LanguageModel
}

extension ModelProvider {
    package func model(for description: SkyfloAI.Model, secrets: ModelSecrets) throws -> any LanguageModel {
        try model(for: description, apiKey: secrets.apiKey)
    }
}

/// The providers that this version has.
package struct BuiltInModelProvider: ModelProvider {
    private let logger: Logger
    private let proxies: ProxyEnvironment

    /// - Parameter environment: of the process, for `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
    package init(logger: Logger, environment: [String: String]) {
        self.logger = logger
        proxies = ProxyEnvironment(environment)
    }

    package func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel {
        try model(for: description, secrets: ModelSecrets(apiKey: apiKey))
    }

    package func model(for description: SkyfloAI.Model, secrets: ModelSecrets) throws -> any LanguageModel {
        guard let provider = description.provider else {
            let known = SkyfloAI.Model.Provider.allCases.map(\.rawValue).joined(separator: ", ")
            throw LanguageModelError(
                .rejected,
                message: "the provider \"\(description.providerName)\" is not known to this version; it knows: \(known)"
            )
        }
        if provider == .offline { return OfflineLanguageModel() }
        return try HTTPLanguageModel(
            api(of: provider, description, secrets),
            route: ModelRoute(
                proxies: proxies, proxy: description.proxy, authorities: secrets.authorities),
            options: description.options(secrets), logger: logger)
    }

    /// The dialect that a provider speaks: the place for another one.
    private func api(
        of provider: SkyfloAI.Model.Provider, _ description: SkyfloAI.Model, _ secrets: ModelSecrets
    ) throws -> any ProviderAPI {
        let api = try dialect(of: provider, description, secrets)
        if description.thinkingBudget != nil, !api.takesThinkingBudget {
            throw LanguageModelError(
                .rejected, message: "this provider takes no thinkingBudget; set reasoningEffort instead")
        }
        return api
    }

    private func dialect(
        of provider: SkyfloAI.Model.Provider, _ description: SkyfloAI.Model, _ secrets: ModelSecrets
    ) throws -> any ProviderAPI {
        let (model, key) = (description.model, secrets.apiKey)
        if provider == .bedrock { return try bedrock(description, secrets) }
        guard let baseURL = description.baseURL ?? provider.defaultBaseURL else {
            throw LanguageModelError(.rejected, message: "the provider \(provider.rawValue) needs a baseURL")
        }
        return switch provider {
        case .anthropic: try AnthropicAPI(model: model, baseURL: baseURL, apiKey: key)
        case .gemini: try GeminiAPI(model: model, baseURL: baseURL, apiKey: key)
        case .openAIResponses: try OpenAIResponsesAPI(model: model, baseURL: baseURL, apiKey: key)
        case .azureOpenAI: try AzureOpenAIAPI(model: model, baseURL: baseURL, apiKey: key)
        default: try OpenAIChatAPI(model: model, baseURL: baseURL, apiKey: key, provider: provider.rawValue)
        }
    }

    private func bedrock(_ description: SkyfloAI.Model, _ secrets: ModelSecrets) throws -> BedrockAPI {
        guard let region = description.region else {
            throw LanguageModelError(.rejected, message: "the provider Bedrock needs a region")
        }
        let proof: BedrockAPI.Proof =
            if let keys = secrets.aws { .signature(keys) } else { secrets.apiKey.map { .apiKey($0) } ?? .none }
        return try BedrockAPI(
            model: description.model, region: region, baseURL: description.baseURL, proof: proof,
            now: { SystemClock().now })
    }
}

extension SkyfloAI.Model {
    /// What the description says for any provider.
    func options(_ secrets: ModelSecrets) -> ModelOptions {
        var options = ModelOptions(
            headers: secrets.headers, temperature: temperature, reasoningEffort: reasoningEffort,
            thinkingBudget: thinkingBudget)
        options.now = { SystemClock().now }
        if let seconds = timeouts.firstToken { options.timeouts.firstToken = .seconds(seconds) }
        if let seconds = timeouts.silence { options.timeouts.silence = .seconds(seconds) }
        if let seconds = timeouts.reply { options.timeouts.reply = .seconds(seconds) }
        return options
    }
}
