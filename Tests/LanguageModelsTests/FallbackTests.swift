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

    private func several(
        _ models: [Model], _ breakers: CircuitBreakers = CircuitBreakers(), at endpoints: [String] = []
    ) -> FallbackLanguageModel {
        let all = models.enumerated().map { at, model in
            FallbackLanguageModel.Candidate(
                label: "the-\(model.name)", model: model, endpoint: at < endpoints.count ? endpoints[at] : "")
        }
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

    @Test func `what fails at an endpoint fails for all models there, what fails of a model doesn't`() async throws {
        for (code, asked) in [
            (LanguageModelError.Code.unreachable, 0), (.timeout, 0), (.rateLimited, 1), (.overloaded, 1),
        ] {
            let breakers = CircuitBreakers()
            let (first, neighbour, other) = (Model("a", failing: code), Model("n"), Model("o"))
            let model = several([first, neighbour, other], breakers, at: ["h:1", "h:1", "h:2"])
            let reply = try await model.reply(to: request)
            #expect(reply.content == (asked == 0 ? "o" : "n"), "\(code)")
            #expect(neighbour.asked.withLock { $0 } == asked)
        }
    }

    @Test func `each replica learns by itself what is out of order`() async throws {
        let (first, second) = (Model("a", failing: .timeout), Model("b"))
        let replicas = [several([first, second], CircuitBreakers()), several([first, second], CircuitBreakers())]
        for _ in 0..<3 { for replica in replicas { _ = try await replica.reply(to: request) } }
        #expect(first.asked.withLock { $0 } == 2 && second.asked.withLock { $0 } == 6)
    }

    @Test func `a refusal shows that the endpoint works`() async throws {
        let breakers = CircuitBreakers()
        breakers.failed(["model the-a"], at: .now - .seconds(31))
        let model = several([Model("a", failing: .rejected), Model("b")], breakers)
        await #expect(throws: LanguageModelError.self) { try await model.reply(to: request) }
        #expect(breakers.admit(["model the-a"], at: .now))
        #expect(breakers.admit(["model the-a"], at: .now))
    }

    @Test func `half open, one try decides and nobody else goes`() {
        let breakers = CircuitBreakers()
        let (names, start) = (["model a", "endpoint h"], ContinuousClock.now)
        breakers.failed(names, at: start)
        #expect(!breakers.admit(names, at: start + .seconds(29)))
        let later = start + .seconds(31)
        #expect(breakers.admit(names, at: later))
        for _ in 0..<3 { #expect(!breakers.admit(names, at: later + .seconds(1))) }
        #expect(!breakers.admit(["model b", "endpoint h"], at: later))
        // It failed again: twice as long.
        breakers.failed(names, at: later + .seconds(2))
        #expect(!breakers.admit(names, at: later + .seconds(61)))
        let last = later + .seconds(63)
        #expect(breakers.admit(names, at: last))
        // Whoever tried is gone: another may.
        #expect(breakers.admit(names, at: last + .seconds(61)))
        breakers.abandoned(names)
        breakers.succeeded(names)
        for _ in 0..<3 { #expect(breakers.admit(names, at: last)) }
    }

    @Test func `a try that was cancelled lets another decide`() {
        let breakers = CircuitBreakers()
        breakers.failed(["model a"], at: .now - .seconds(31))
        #expect(breakers.admit(["model a"], at: .now))
        #expect(!breakers.admit(["model a"], at: .now))
        breakers.abandoned(["model a"])
        #expect(breakers.admit(["model a"], at: .now))
    }

    @Test func `a breaker opens for longer with each failure, and closes with a success`() {
        var breaker = CircuitBreaker()
        let now = ContinuousClock.now
        #expect(breaker.wouldAdmit(at: now))
        breaker.failed(at: now)
        #expect(!breaker.wouldAdmit(at: now + .seconds(29)) && breaker.wouldAdmit(at: now + .seconds(30)))
        for _ in 0..<20 { breaker.failed(at: now) }
        #expect(!breaker.wouldAdmit(at: now + .seconds(299)) && breaker.wouldAdmit(at: now + .seconds(300)))
        breaker.succeeded()
        #expect(breaker == CircuitBreaker())
    }
}
