import Controllers
import LanguageModels
import SkyfloAPI
import Synchronization

/// A model that says what a test wants, piece by piece, when the test wants it.
final class StreamingModel: LanguageModel, ModelProvider {
    typealias Script =
        @Sendable (ModelRequest, _ turn: Int, _ say: @Sendable (ModelDelta) -> Void) async throws -> ModelReply

    let name = "streaming"
    private let script: Script
    private let count = Mutex(0)

    init(_ script: @escaping Script) { self.script = script }

    /// How often it was asked.
    var asked: Int { count.withLock(\.self) }

    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel { self }

    func reply(to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void) async throws -> ModelReply {
        let turn = count.withLock { count in
            defer { count += 1 }
            return count
        }
        // As the clients of providers do.
        let filter = Mutex(ThinkingFilter())
        let reply = try await script(request.withoutContext, turn) { delta in
            filter.withLock { $0.add(delta) }.forEach(onDelta)
        }
        filter.withLock { $0.finish() }.forEach(onDelta)
        return reply
    }
}
