import LanguageModels
import Logging
import SkyfloAPI

/// Makes the language model that a SkyfloAI describes.
public protocol ModelProvider: Sendable {
    /// - Throws: `LanguageModelError` when the description can't be used, for example for a malformed address.
    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel
}

/// The providers that this version has.
public struct BuiltInModelProvider: ModelProvider {
    private let logger: Logger

    public init(logger: Logger) { self.logger = logger }

    public func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel {
        switch description.provider {
        case .offline: OfflineModel()
        case .openAI:
            try OpenAIModel(
                name: description.model, baseURL: description.baseURL ?? OpenAIModel.defaultBaseURL, apiKey: apiKey,
                logger: logger)
        }
    }
}
