import Controllers
import LanguageModels
import OfflineModel
import SkyfloAPI

struct OfflineProvider: ModelProvider {
    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel {
        OfflineLanguageModel()
    }
}
