import HTTPTransport
import LanguageModels
import Logging
import OfflineModel
import SkyfloAPI

/// Makes the language model that a SkyfloAI describes.
package protocol ModelProvider: Sendable {
    /// - Throws: `LanguageModelError` when the description can't be used, for example for a malformed address.
    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel
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
        switch description.provider {
        case .offline: OfflineLanguageModel()
        case .openAI:
            try HTTPLanguageModel(
                OpenAIChatAPI(
                    model: description.model, baseURL: description.baseURL ?? OpenAIChatAPI.defaultBaseURL,
                    apiKey: apiKey),
                proxies: proxies, logger: logger)
        }
    }
}
