import KubeModel
import LanguageModels
import SkyfloAPI
import WorkflowEngine

extension ResolvedReferences {
    /// The model that a conversation asks, with those that it falls back to, and the key that it shows.
    ///
    /// - Parameter isNew: Secrets are read whatever is remembered of them.
    static func languageModel(
        of model: SkyfloAI.Model, in skyflo: SkyfloAI, _ dependencies: ConversationReconciler.Dependencies,
        isNew: Bool = false
    ) async throws -> (any LanguageModel, Credential?) {
        let (first, key) = try await single(model, in: skyflo, dependencies, isNew: isNew)
        var others: [FallbackLanguageModel.Candidate] = []
        for name in model.fallback where name != model.name {
            let (other, endpoint) = try await fallback(named: name, in: skyflo, dependencies)
            others.append(.init(label: name, model: other, endpoint: endpoint))
        }
        if others.isEmpty { return (first, key) }
        let breakers = dependencies.breakers.scoped(to: "\(skyflo.object.key)")
        return (
            FallbackLanguageModel(
                .init(label: model.name, model: first, endpoint: model.endpointName), others: others, breakers: breakers
            ), key
        )
    }

    private static func single(
        _ model: SkyfloAI.Model, in skyflo: SkyfloAI, _ dependencies: ConversationReconciler.Dependencies,
        isNew: Bool = false
    ) async throws -> (any LanguageModel, Credential?) {
        let secrets: ModelSecrets
        do {
            secrets = try await dependencies.keys.secrets(
                of: model, in: skyflo, isNew: isNew, api: dependencies.api, clock: dependencies.clock)
        } catch let failure as ModelKey.Failure {
            throw UnresolvedReference(
                reason: failure.isForbidden ? .secretForbidden : .secretNotFound, message: failure.message)
        }
        do {
            return (try dependencies.models.model(for: model, secrets: secrets), secrets.identity)
        } catch {
            throw UnresolvedReference(reason: .modelNotFound, message: "model \(model.name) can't be used: \(error)")
        }
    }

    /// One that can't be made is no reason not to ask the first.
    private static func fallback(
        named name: String, in skyflo: SkyfloAI, _ dependencies: ConversationReconciler.Dependencies
    ) async throws -> (any LanguageModel, endpoint: String) {
        guard let model = skyflo.model(named: name) else {
            return (UnusableLanguageModel(name: name, why: "the SkyfloAI lists no model \"\(name)\""), "")
        }
        do {
            return (try await single(model, in: skyflo, dependencies).0, model.endpointName)
        } catch let error as UnresolvedReference {
            return (UnusableLanguageModel(name: name, why: error.message), "")
        }
    }

    /// The description of the model that a reply is of.
    func model(of reply: ModelReply) -> SkyfloAI.Model { model(named: reply.answeredBy) }

    private func model(named name: String?) -> SkyfloAI.Model { fallbacks.first { $0.name == name } ?? model }

    // MARK: What was used

    /// All that a reply took, with what failed before it came, each at its own model's prices.
    func usage(of reply: ModelReply) -> ModelTurn.Usage {
        ModelTurn.Usage(reply.usage, prices: model(of: reply).prices) + usage(of: reply.failedUsage)
    }

    func usage(of failed: [FailedUsage]) -> ModelTurn.Usage {
        failed.reduce(ModelTurn.Usage()) { $0 + ModelTurn.Usage($1, prices: model(named: $1.model).prices) }
    }

    /// Counts it for whoever watches the operator.
    func count(_ reply: ModelReply) {
        ConversationMetrics.modelReplied(model: model(of: reply), reply)
        count(reply.failedUsage)
    }

    func count(_ error: LanguageModelError) {
        ConversationMetrics.modelFailed(model: model, error)
        count(error.failedUsage)
    }

    func count(_ failed: [FailedUsage]) {
        for part in failed { ConversationMetrics.count(part, of: model(named: part.model)) }
    }
}

extension SkyfloAI.Model {
    /// The server that is asked, and the way to it: what two models have in common fails for both.
    fileprivate var endpointName: String {
        guard let url = baseURL ?? provider?.defaultBaseURL, let endpoint = ModelEndpoint(base: url) else {
            return region.map { "\(providerName) \($0)" } ?? ""
        }
        return [endpoint.host, proxy.map { "through \($0)" }].compactMap { $0 }.joined(separator: " ")
    }
}
