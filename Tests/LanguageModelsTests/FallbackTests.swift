import Synchronization
import Testing

@testable import LanguageModels

/// Which of several models is asked.
@Suite struct FallbackTests {
    private final class Model: LanguageModel {
        let name: String
        let error: LanguageModelError.Code?
        let asked = Mutex(0)

        init(_ name: String, failing error: LanguageModelError.Code? = nil) {
            self.name = name
            self.error = error
        }

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            asked.withLock { $0 += 1 }
            if let error { throw LanguageModelError(error, message: "\(name) says no") }
            return ModelReply(content: name)
        }
    }

    private let request = ModelRequest(messages: [.user("hi")])

    private func several(_ models: [Model], _ breakers: CircuitBreakers = CircuitBreakers()) -> FallbackLanguageModel {
        let all = models.map { FallbackLanguageModel.Candidate(label: "the-\($0.name)", model: $0) }
        return FallbackLanguageModel(all[0], others: Array(all.dropFirst()), breakers: breakers)
    }

    @Test(arguments: [
        LanguageModelError.Code.unreachable, .timeout, .rateLimited, .quotaExceeded, .unavailable, .overloaded,
        .loading, .incomplete,
    ])
    func `the next is asked where one is out of order`(code: LanguageModelError.Code) async throws {
        let deltas = Mutex<[ModelDelta]>([])
        let model = several([Model("a", failing: code), Model("b")])
        let reply = try await model.reply(to: request) { delta in deltas.withLock { $0.append(delta) } }
        #expect(reply.content == "b" && reply.answeredBy == "the-b")
        let reason = "a says no; asking the model the-b instead"
        #expect(deltas.withLock { $0 } == [.waiting(ModelWait(for: .zero, reason: reason))])
    }

    @Test(arguments: [LanguageModelError.Code.rejected, .unauthorized, .contextTooLong, .badReply])
    func `a request that is refused isn't sent to others`(code: LanguageModelError.Code) async throws {
        let other = Model("b")
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await several([Model("a", failing: code), other]).reply(to: request)
        }
        #expect(error?.code == code && error?.message == "a says no")
        #expect(other.asked.withLock { $0 } == 0)
    }

    @Test func `where all fail, all causes are told`() async throws {
        let model = several([Model("a", failing: .timeout), Model("b", failing: .overloaded)])
        let error = await #expect(throws: LanguageModelError.self) { _ = try await model.reply(to: request) }
        #expect(error?.code == .overloaded)
        #expect(error?.message == "the-a: a says no; the-b: b says no")
    }

    @Test func `one that failed isn't asked for some time, unless all have`() async throws {
        let breakers = CircuitBreakers()
        let (first, second) = (Model("a", failing: .timeout), Model("b"))
        for _ in 0..<3 { _ = try await several([first, second], breakers.scoped(to: "x")).reply(to: request) }
        #expect(first.asked.withLock { $0 } == 1 && second.asked.withLock { $0 } == 3)
        _ = try await several([first, second], breakers.scoped(to: "y")).reply(to: request)
        #expect(first.asked.withLock { $0 } == 2, "another SkyfloAI's model of that name is another")
        let alone = Model("a", failing: .timeout)
        for _ in 0..<2 { _ = try? await several([alone], breakers).reply(to: request) }
        #expect(alone.asked.withLock { $0 } == 2)
    }

    @Test func `a breaker opens for longer with each failure, and closes with a success`() {
        var breaker = CircuitBreaker()
        let now = ContinuousClock.now
        #expect(breaker.isClosed(at: now))
        breaker.failed(at: now)
        #expect(!breaker.isClosed(at: now + .seconds(29)) && breaker.isClosed(at: now + .seconds(30)))
        for _ in 0..<20 { breaker.failed(at: now) }
        #expect(!breaker.isClosed(at: now + .seconds(299)) && breaker.isClosed(at: now + .seconds(300)))
        breaker.succeeded()
        #expect(breaker == CircuitBreaker())
    }
}
