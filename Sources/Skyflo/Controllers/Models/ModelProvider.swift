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
    let identity: OperatorIdentity
    private let tokens = TokenService { SystemClock().now }

    /// - Parameters:
    ///   - environment: of the process, for `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and for the operator's own identity
    ///     at cloud providers.
    ///   - identityNamespaces: whose SkyfloAIs may use that identity; `*` for all.
    package init(logger: Logger, environment: [String: String], identityNamespaces: Set<String> = []) {
        self.logger = logger
        proxies = ProxyEnvironment(environment)
        identity = OperatorIdentity(environment: environment, namespaces: identityNamespaces)
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
        let route = ModelRoute(proxies: proxies, proxy: description.proxy, authorities: secrets.authorities)
        let options = description.options(secrets)
        guard let grant = try grant(for: description, secrets) else {
            return try HTTPLanguageModel(
                api(of: provider, description, secrets), route: route, options: options, logger: logger)
        }
        // Made once without a credential, so that what can't be used is told now and not in the middle of a turn.
        _ = try HTTPLanguageModel(
            api(of: provider, description, secrets), route: route, options: options, logger: logger)
        return IdentityLanguageModel(
            name: description.model, grant: grant, tokens: tokens,
            route: ModelRoute(proxies: proxies, proxy: description.proxy)
        ) { credential in
            try HTTPLanguageModel(
                api(of: provider, description, secrets, granted: credential), route: route, options: options,
                logger: logger)
        }
    }

    /// The dialect that a provider speaks: the place for another one.
    private func api(
        of provider: SkyfloAI.Model.Provider, _ description: SkyfloAI.Model, _ secrets: ModelSecrets,
        granted: GrantedCredential? = nil
    ) throws -> any ProviderAPI {
        let api = try dialect(of: provider, description, secrets, granted: granted)
        if description.thinkingBudget != nil, !api.takesThinkingBudget {
            throw LanguageModelError(
                .rejected, message: "this provider takes no thinkingBudget; set reasoningEffort instead")
        }
        return api
    }

    private func dialect(
        of provider: SkyfloAI.Model.Provider, _ description: SkyfloAI.Model, _ secrets: ModelSecrets,
        granted: GrantedCredential?
    ) throws -> any ProviderAPI {
        let (model, key) = (description.model, secrets.apiKey)
        let token: Credential? = if case .bearer(let token)? = granted { token } else { nil }
        if provider == .bedrock { return try bedrock(description, secrets, granted: granted) }
        if provider == .vertexAI { return try vertexAI(description, using: secrets, token: token) }
        guard let baseURL = description.baseURL ?? provider.defaultBaseURL else {
            throw LanguageModelError(.rejected, message: "the provider \(provider.rawValue) needs a baseURL")
        }
        return switch provider {
        case .anthropic: try AnthropicAPI(model: model, baseURL: baseURL, apiKey: key)
        case .gemini: try GeminiAPI(model: model, baseURL: baseURL, apiKey: key)
        case .openAIResponses: try OpenAIResponsesAPI(model: model, baseURL: baseURL, apiKey: key, token: token)
        case .azureOpenAI: try AzureOpenAIAPI(model: model, baseURL: baseURL, apiKey: key, token: token)
        default: try OpenAIChatAPI(model: model, baseURL: baseURL, apiKey: key, provider: provider.rawValue)
        }
    }

    private func bedrock(
        _ description: SkyfloAI.Model, _ secrets: ModelSecrets, granted: GrantedCredential?
    ) throws -> BedrockAPI {
        guard let region = description.region else {
            throw LanguageModelError(.rejected, message: "the provider Bedrock needs a region")
        }
        let proof: BedrockAPI.Proof =
            if case .aws(let keys)? = granted {
                .signature(keys)
            } else if let keys = secrets.aws { .signature(keys) } else { secrets.apiKey.map { .apiKey($0) } ?? .none }
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
        // Rather than wait for minutes another one is asked.
        if !fallback.isEmpty { options.retries.limitPatience = .seconds(15) }
        if let seconds = timeouts.firstToken { options.timeouts.firstToken = .seconds(seconds) }
        if let seconds = timeouts.silence { options.timeouts.silence = .seconds(seconds) }
        if let seconds = timeouts.reply { options.timeouts.reply = .seconds(seconds) }
        return options
    }
}
