/// A model whose provider is shown a credential that ends by itself. The newest one is taken for each reply.
package struct IdentityLanguageModel: LanguageModel {
    package let name: String
    private let grant: IdentityGrant
    private let tokens: TokenService
    private let route: ModelRoute
    private let model: @Sendable (GrantedCredential) throws -> any LanguageModel

    /// - Parameters:
    ///   - route: how the token service is reached.
    ///   - model: with a credential.
    package init(
        name: String, grant: IdentityGrant, tokens: TokenService, route: ModelRoute,
        model: @escaping @Sendable (GrantedCredential) throws -> any LanguageModel
    ) {
        (self.name, self.grant, self.tokens, self.route, self.model) = (name, grant, tokens, route, model)
    }

    package func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        let credential = try await tokens.credential(for: grant, by: route)
        do {
            return try await model(credential).reply(to: request, onDelta: onDelta)
        } catch let error as LanguageModelError where error.code == .unauthorized {
            // It was taken back before its end, or the two clocks differ.
            let other = try await tokens.credential(for: grant, by: route, refused: credential)
            guard other != credential else { throw error }
            return try await model(other).reply(to: request, onDelta: onDelta)
        }
    }
}
