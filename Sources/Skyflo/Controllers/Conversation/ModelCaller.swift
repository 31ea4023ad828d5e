import ControllerRuntime
import KubeModel
import LanguageModels
import SkyfloAPI
import Transcripts
import WorkflowEngine
import Writes

/// Asks the language model for the next reply of a turn.
struct ModelCaller: Sendable {
    let dependencies: ConversationReconciler.Dependencies
    let stopWatcher: StopWatcher
    let redactor: Redactor

    /// Asks the model, and meanwhile lets people see that it is being asked: the two don't depend on each other.
    func ask(in store: inout ConversationStore, _ references: ResolvedReferences) async throws {
        let request = references.request(history: store.machine.history)
        let model = references.languageModel
        let snapshot = store
        let (replies, replied) = AsyncStream<Never>.makeStream()
        async let asked = stopWatcher.run(for: snapshot, governedBy: references.skyfloAI) {
            defer { replied.finish() }
            return try await model.reply(to: request)
        }
        let status = store.conversation.status
        if status.turn != store.machine.turn {
            try await store.writeStatus()
        } else if status.phase != .planning, try await !ends(replies, within: .milliseconds(50)) {
            // What would be past before anybody could read it isn't written.
            try await store.writeStatus()
        }
        try await store.keepProgress()
        do {
            guard let reply = try await store.valueOrRefresh(asked) else { return }
            take(reply, in: &store, references: references)
        } catch let error as LanguageModelError where error.code == .unauthorized {
            try await askAgain(after: error, in: &store, references)
        } catch let error as LanguageModelError {
            fail(error, in: &store, references: references)
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
        let request = renewed.request(history: store.machine.history)
        let model = renewed.languageModel
        do {
            let outcome = try await stopWatcher.run(for: store, governedBy: renewed.skyfloAI) {
                try await model.reply(to: request)
            }
            guard let reply = try await store.valueOrRefresh(outcome) else { return }
            take(reply, in: &store, references: renewed)
        } catch let error as LanguageModelError {
            fail(error, in: &store, references: renewed)
        }
    }

    private func fail(
        _ error: LanguageModelError, in store: inout ConversationStore, references: ResolvedReferences
    ) {
        let why = redactor.redact(text: "\(error)")
        store.log(.modelFailed("the model \(references.model.name) gave no reply: \(why)"))
    }

    private func ends(_ stream: AsyncStream<Never>, within limit: Duration) async throws -> Bool {
        let clock = stopWatcher.clock
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in stream {}
                return true
            }
            group.addTask {
                try await clock.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func take(_ reply: ModelReply, in store: inout ConversationStore, references: ResolvedReferences) {
        let model = references.model
        if store.machine.modelTurns == 0 { store.timeToFirstToken = reply.timeToFirstToken }
        ConversationMetrics.modelReplied(model: model.name, reply.usage)
        var turn = ModelTurn(reply)
        turn.providerData = reply.providerData?.mapTexts(redactor.redact(text:)).json
        // What the user told it, it may tell again.
        turn.content = redactor.redact(text: turn.content)
        turn.usage.cost =
            model.prices?.cost(
                prompt: turn.usage.prompt, cached: turn.usage.cached, completion: turn.usage.completion) ?? 0
        guard turn.storedSize <= StoredTranscript.entryBytes else {
            let limit = StoredTranscript.entryBytes
            return store.log(.modelFailed("the reply of model \(model.name) has more than \(limit) bytes"))
        }
        store.log(.modelReplied(turn))
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
            finish: finish,
            usage: Usage(
                prompt: reply.usage.prompt, completion: reply.usage.completion, cached: reply.usage.cached,
                reasoning: reply.usage.reasoning))
    }
}

extension ChatMessage {
    init(_ message: HistoryMessage) {
        switch message {
        case .user(let text): self = .user(text)
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
