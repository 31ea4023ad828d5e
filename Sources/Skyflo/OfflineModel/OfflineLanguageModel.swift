import KubeModel
import LanguageModels

/// A model without a network: a planner that understands everyday requests about Kubernetes in English.
///
/// It plays by the rules of any other model. All it knows is the ``ModelRequest``; all it can do is to answer or to
/// ask for offered tools. The same request always gives the same reply. Usage is zero: it has no tokens.
package struct OfflineLanguageModel: LanguageModel {
    package let name = "offline"

    package init() {}

    package func reply(
        to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
    ) async throws -> ModelReply {
        try Task.checkCancellation()
        let reply = OfflineConversation(request.withoutContext).reply
        if !reply.content.isEmpty { onDelta(.content(reply.content)) }
        for call in reply.toolCalls { onDelta(.toolCall(name: call.name)) }
        return reply
    }
}
