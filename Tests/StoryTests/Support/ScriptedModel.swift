import Controllers
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization

/// A model that says what a test wants, and remembers what it was asked.
final class ScriptedModel: LanguageModel, ModelProvider {
    typealias Script = @Sendable (ModelRequest, _ turn: Int) async throws -> ModelReply

    let name = "scripted"
    private let script: Script
    private let seen = Mutex<[ModelRequest]>([])
    private let whole = Mutex<[ModelRequest]>([])

    /// - Parameter script: gets the request and how many came before it.
    init(_ script: @escaping Script) { self.script = script }

    /// Replies in order; the last one again and again.
    convenience init(_ replies: ModelReply...) {
        self.init { _, turn in replies[min(turn, replies.count - 1)] }
    }

    /// As providers get them, with the context of messages.
    var wholeRequests: [ModelRequest] { whole.withLock(\.self) }
    var requests: [ModelRequest] { seen.withLock(\.self) }

    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel { self }

    func reply(to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void) async throws -> ModelReply {
        whole.withLock { $0.append(request) }
        let request = request.withoutContext
        let turn = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        return try await script(request, turn)
    }

    /// What the model was told about its calls, in order.
    var toolResults: [String] {
        requests.last?.messages.compactMap { if case .tool(_, let content) = $0 { content } else { nil } } ?? []
    }
}

extension ModelReply {
    static func says(_ text: String) -> ModelReply { ModelReply(content: text) }

    static func calls(_ calls: (String, JSONValue)...) -> ModelReply {
        ModelReply(
            toolCalls: calls.enumerated().map {
                ModelToolCall(id: "call_\($0.offset)", name: $0.element.0, arguments: JSONWriter.string($0.element.1))
            }, finish: .toolCalls)
    }

    static func scale(_ name: String = "web", to replicas: Int) -> ModelReply {
        .calls(("k8s_scale", ["name": .string(name), "resource_type": "deployment", "replicas": JSONValue(replicas)]))
    }
}
