import ControllerRuntime
import KubeModel
import LanguageModels
import SkyfloAPI
import ToolKit
import Transcripts
import WorkflowEngine
import Writes

/// Asks the language model for the next reply of a turn.
struct ModelCaller: Sendable {
    let dependencies: ConversationReconciler.Dependencies
    let stopWatcher: StopWatcher
    let redactor: Redactor

    /// Asks the model, and meanwhile lets people see how far the turn is: the two don't depend on each other.
    func ask(in store: inout ConversationStore, _ references: ResolvedReferences) async throws {
        do {
            let outcome = try await reply(in: &store, references)
            if let (reply, use) = outcome { take(reply, to: use, in: &store, references: references) }
        } catch let error as LanguageModelError where error.code == .unauthorized {
            try await askAgain(after: error, in: &store, references)
        } catch let error as LanguageModelError {
            fail(error, in: &store, references: references)
        }
    }

    /// Asks, and asks again for less where the provider says that it was too much.
    /// - Returns: nil when cancelled.
    private func reply(
        in store: inout ConversationStore, _ references: ResolvedReferences
    ) async throws -> (ModelReply, to: ContextUse)? {
        var budget = references.budget(for: store.machine)
        _ = try await sumUp(in: &store, within: budget, references)
        var prepared = references.prepared(for: store.machine, of: store.conversation, within: budget)
        var attempts = ContextBudget.attempts
        while true {
            do {
                let reply = try await pay(prepared, by: budget, in: &store, references)
                return reply.map { ($0, to: prepared.use) }
            } catch let refusal as LanguageModelError where refusal.code == .contextTooLong {
                let size = refusal.contextSize
                budget.shrink(afterSending: prepared.use.bytes, prompt: size?.prompt, limit: size?.limit)
                _ = try await sumUp(in: &store, within: budget, references)
                let shorter = references.prepared(for: store.machine, of: store.conversation, within: budget)
                guard attempts > 0, shorter.use.bytes < prepared.use.bytes else {
                    throw tooLong(refusal, sent: prepared.use.bytes, budget: budget)
                }
                attempts -= 1
                prepared = shorter
            }
        }
    }

    private func tooLong(_ refusal: LanguageModelError, sent bytes: Int, budget: ContextBudget) -> LanguageModelError {
        let tokens = refusal.contextSize?.prompt ?? Int(Double(bytes) / budget.bytesPerToken)
        let limit = refusal.contextSize?.limit.map { "\($0)" } ?? "fewer, how many the provider doesn't say"
        return LanguageModelError(
            .contextTooLong,
            message:
                "the newest message, the instructions and the tools have about \(tokens) tokens, and the model's context has "
                + "\(limit). A shorter message goes on. The provider says: \(refusal.message)")
    }

    var ledger: SpendingLedger {
        SpendingLedger(
            api: dependencies.api, skyfloAIs: dependencies.skyfloAIs, clock: dependencies.clock,
            logger: dependencies.logger)
    }

    /// Sends a request where the namespace may still spend what it takes.
    /// - Returns: nil when cancelled. Where nothing had come of the reply, what was estimated stays spent, because nobody knows
    ///   what it took.
    private func pay(
        _ prepared: PreparedRequest, by budget: ContextBudget, in store: inout ConversationStore,
        _ references: ResolvedReferences
    ) async throws -> ModelReply? {
        let (namespace, key) = (store.conversation.namespace, references.skyfloAI)
        let prompt = Int(Double(prepared.use.bytes) / budget.bytesPerToken)
        let estimate = references.model.spending(on: .init(prompt: prompt, completion: budget.reserve / 4))
        let isCounted = try await ledger.reserve(estimate, in: namespace, of: key)
        do {
            let abandoned = AbandonedReply()
            let size = TokenEstimate(promptBytes: prepared.use.bytes, budget: budget)
            let reply = try await send(prepared.request, of: size, abandoned, in: &store, references)
            let usage = reply.map(references.usage(of:)) ?? references.usage(of: size.completing(abandoned.usage))
            if isCounted, usage.total > 0 {
                try await ledger.settle(estimate, by: Spending(usage), in: namespace, of: key)
            }
            return reply
        } catch let error as LanguageModelError {
            let actual = Spending(references.usage(of: error.failedUsage))
            if isCounted { try await ledger.settle(estimate, by: actual, in: namespace, of: key) }
            throw error
        }
    }

    /// - Returns: nil when cancelled.
    private func send(
        _ request: ModelRequest, of size: TokenEstimate, _ abandoned: AbandonedReply,
        in store: inout ConversationStore, _ references: ResolvedReferences
    ) async throws -> ModelReply? {
        let model = references.languageModel
        let telling = telling(of: request, in: store, references)
        let (snapshot, stopWatcher, clock) = (store, stopWatcher, stopWatcher.clock)
        let pause = ModelPause()
        let take: @Sendable (ModelDelta) -> Void = { delta in
            abandoned.take(delta)
            pause.set(delta.pauseText(now: clock.now))
            telling?.take(delta)
        }
        let caller = self
        let outcome = try await store.showingProgress(
            pause: pause,
            first: { store in
                if store.conversation.status.turn != store.machine.turn { try await store.writeStatus() }
                try await store.keepProgress()
            }
        ) {
            try await stopWatcher.run(for: snapshot, governedBy: references.skyfloAI) {
                try await caller.measure(
                    request, of: size, in: snapshot.conversation, turn: snapshot.machine.turn, with: references
                ) {
                    try await model.reply(to: request, onDelta: take)
                }
            }
        }
        telling?.finish()
        if !outcome.isFinished { note(size.completing(abandoned.usage), in: &store, references) }
        if case .timedOut = outcome, let why = pause.current {
            store.log(.modelFailed("the turn's time was over while it was \(redactor.redact(text: why))"))
        }
        return try await store.valueOrRefresh(outcome)
    }

    /// Counts what a reply took that was given up.
    func note(
        _ parts: [FailedUsage], in store: inout ConversationStore, _ references: ResolvedReferences
    ) {
        let usage = references.usage(of: parts)
        guard usage.total > 0 else { return }
        references.count(parts)
        store.log(.replyCut(model: parts.last?.model ?? references.model.name, usage))
    }

    /// nil where nobody can follow the turn.
    private func telling(
        of request: ModelRequest, in store: ConversationStore, _ references: ResolvedReferences
    ) -> ReplyTelling? {
        guard let turn = store.record.telling.turn else { return nil }
        return ReplyTelling(
            turn, model: references.model.name, tools: request.tools.count, isFirst: store.machine.modelTurns == 0,
            redactor: redactor, clock: stopWatcher.clock)
    }

    /// Measures how long a reply takes, makes the span of it, and estimates what tries took that were cut off.
    func measure(
        _ request: ModelRequest, of size: TokenEstimate, in conversation: Conversation, turn: Int,
        with references: ResolvedReferences, ask: () async throws -> ModelReply
    ) async throws -> ModelReply {
        let clock = stopWatcher.clock
        let startedAt = clock.uptime
        do {
            var reply: ModelReply
            if let telemetry = dependencies.options.telemetry {
                reply = try await telemetry.chat(
                    request, in: conversation, turn: turn, by: references, shown: ShownArguments(dependencies), ask: ask
                )
            } else {
                reply = try await ask()
            }
            reply.timeToRespond = (clock.uptime - startedAt) / .seconds(1)
            reply.failedUsage = size.completing(reply.failedUsage)
            return reply
        } catch var error as LanguageModelError {
            error.failedUsage = size.completing(error.failedUsage)
            throw error
        }
    }

    /// Once more with the key as it is by now, where that is another than the one that was refused.
    private func askAgain(
        after refusal: LanguageModelError, in store: inout ConversationStore, _ references: ResolvedReferences
    ) async throws {
        guard let renewed = try await references.withNewKey(dependencies) else {
            return fail(refusal, in: &store, references: references)
        }
        store.references = renewed
        do {
            let outcome = try await reply(in: &store, renewed)
            if let (reply, use) = outcome { take(reply, to: use, in: &store, references: renewed) }
        } catch let error as LanguageModelError {
            fail(error, in: &store, references: renewed)
        }
    }

    private func fail(
        _ error: LanguageModelError, in store: inout ConversationStore, references: ResolvedReferences
    ) {
        let why = redactor.redact(text: "\(error)")
        references.count(error)
        store.log(
            .modelFailed(
                "the model \(references.model.name) gave no reply: \(why)",
                usage: references.usage(of: error.failedUsage)))
    }

    private func take(
        _ reply: ModelReply, to use: ContextUse, in store: inout ConversationStore, references: ResolvedReferences
    ) {
        let model = references.model(of: reply)
        if store.machine.modelTurns == 0 { store.timeToFirstToken = reply.timeToFirstToken }
        references.count(reply)
        var turn = ModelTurn(reply)
        turn.context = use
        // A fallback may have replied.
        turn.context?.model = model.name
        turn.providerData = reply.providerData?.mapTexts(redactor.redact(text:)).json
        // What the user told it, it may tell again.
        turn.content = redactor.redact(text: turn.content)
        turn.usage = ModelTurn.Usage(reply.usage, prices: model.prices)
        turn.failedUsage = references.usage(of: reply.failedUsage)
        turn.timeToFirstToken = reply.timeToFirstToken.map { Int($0 * 1000) }
        turn.timeToRespond = reply.timeToRespond.map { Int($0 * 1000) }
        let tools = Set(references.definitions.map(\.name))
        turn.isCallAsText = turn.calls.isEmpty && WrittenToolCall.tool(in: turn.content, offered: tools) != nil
        guard turn.storedSize <= StoredTranscript.entryBytes else {
            let limit = StoredTranscript.entryBytes
            return store.log(
                .modelFailed(
                    "the reply of model \(model.name) has more than \(limit) bytes",
                    usage: turn.usage + turn.failedUsage))
        }
        store.log(.modelReplied(turn))
    }
}

extension Spending {
    init(_ usage: ModelTurn.Usage) { self.init(tokens: usage.total, cost: usage.cost) }
}

extension SkyfloAI.Model {
    func spending(on usage: TokenUsage) -> Spending {
        Spending(tokens: usage.prompt + usage.completion, cost: usage.cost(prices))
    }
}

extension ModelDelta {
    /// What people are told of a wait; nil for what shows that the model goes on.
    fileprivate func pauseText(now: KubeTime) -> String? {
        guard case .waiting(let wait) = self else { return nil }
        let until = now.adding(seconds: wait.duration / .seconds(1))
        return "waiting for the model until \(until): \(wait.reason)"
    }
}

extension ModelTurn {
    /// About how many bytes it has in the transcript, where a control character takes six.
    fileprivate var storedSize: Int {
        calls.reduce(JSONWriter.bytes([.string(content), providerData ?? .null]).count) { size, call in
            let members: JSONValue = [
                .string(call.modelID), .string(call.tool), .string(call.arguments), call.providerData ?? .null,
            ]
            return size + JSONWriter.bytes(members).count + 64
        }
    }

    /// A reply as the engine takes it. One that was cut or filtered says so; its calls are never executed.
    init(_ reply: ModelReply) {
        let finish: Finish =
            switch reply.finish {
            case .stop, .toolCalls: .complete
            case .length: .truncated
            case .contentFilter: .filtered
            }
        self.init(
            content: reply.content,
            calls: reply.toolCalls.map {
                Call(modelID: $0.id, tool: $0.name, arguments: $0.arguments, providerData: $0.providerData)
            },
            finish: finish)
    }
}

extension ModelTurn.Usage {
    /// - Parameter prices: nil where it isn't known what it costs.
    init(_ usage: TokenUsage, prices: ModelPrices?) {
        self.init(
            prompt: usage.prompt, completion: usage.completion, cached: usage.cached, reasoning: usage.reasoning,
            cost: usage.cost(prices))
    }

    /// What is estimated of it is part of the whole, and said.
    init(_ part: FailedUsage, prices: ModelPrices?) {
        let all = part.usage + part.estimate
        self.init(all, prices: prices)
        estimated = Estimated(
            prompt: part.estimate.prompt, completion: part.estimate.completion,
            cost: all.cost(prices) - part.usage.cost(prices))
    }
}

extension TokenUsage {
    /// In the unit of ``ModelTurn/Usage/cost``; 0 without prices.
    func cost(_ prices: ModelPrices?) -> Int {
        prices?.cost(prompt: prompt, cached: cached, completion: completion) ?? 0
    }
}

extension ChatMessage {
    init(_ message: HistoryMessage) {
        switch message {
        case .user(let text), .note(let text): self = .user(text)
        case .assistant(let text, let calls, let data):
            self = .assistant(
                text,
                toolCalls: calls.map {
                    ModelToolCall(
                        id: $0.modelID, name: $0.tool, arguments: $0.arguments, providerData: $0.providerData)
                }, providerData: data.flatMap(ProviderData.init))
        case .tool(let id, let content): self = .tool(callID: id, content: content)
        }
    }
}
