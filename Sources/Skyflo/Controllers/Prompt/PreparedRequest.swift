import KubeModel
import LanguageModels
import OfflineModel
import SkyfloAPI
import ToolKit
import WorkflowEngine

/// What the model is asked next, within what it can read.
struct PreparedRequest: Sendable {
    var request: ModelRequest
    var use: ContextUse
}

extension ResolvedReferences {
    /// How much of the history the model can read.
    func budget(for machine: WorkflowStateMachine) -> ContextBudget {
        let hints = fittingRunbooks(for: machine).reduce(namespaceFacts.utf8.count) { $0 + $1.section.utf8.count }
        return ContextBudget(
            model: model.model, window: model.contextWindow, reply: model.maxTokens,
            fixed: systemPrompt.utf8.count + hints + Self.bytes(of: offered(for: machine)),
            seen: machine.contextSizes[model.name])
    }

    /// Those that leave most of the model's context to the conversation, in the SkyfloAI's order.
    private func fittingRunbooks(for machine: WorkflowStateMachine) -> [Runbook] {
        let windows = [model.contextWindow, machine.contextSizes[model.name]?.window].compactMap(\.self)
        // A quarter of the tokens, at three bytes each.
        var room = min(RunbookCache.totalLimit, (windows.min() ?? ContextBudget.defaultWindow) * 3 / 4)
        return runbooks.filter { runbook in
            let size = runbook.section.utf8.count
            guard size <= room else { return false }
            room -= size
            return true
        }
    }

    /// The system prompt and the tools, which are the same for other conversations; then the dialogue, each message of the user
    /// with when and where it was said.
    func prepared(
        for machine: WorkflowStateMachine, of conversation: Conversation, within budget: ContextBudget
    ) -> PreparedRequest {
        var fitted = ContextWindow(limit: budget.history).fitted(
            Self.dialogue(machine, in: conversation), summary: machine.summary)
        let given = addHints(to: &fitted.messages, for: machine)
        // The offline model would take the note for words of the user.
        let note = model.provider == .offline ? nil : machine.noteForLastReply
        let last = note.map { [ChatMessage(.note($0))] } ?? []
        let request = ModelRequest(
            messages: [.system(systemPrompt)] + fitted.messages.map(ChatMessage.init) + last,
            tools: offered(for: machine), maxTokens: model.maxTokens)
        let use = ContextUse(
            model: model.name, bytes: budget.fixed + fitted.bytes, window: budget.isLearned ? budget.window : nil,
            leftOut: fitted.leftOut, promptVersion: SystemPrompt.version, runbooks: given)
        return PreparedRequest(request: request, use: use)
    }

    /// What differs from namespace to namespace goes beside the oldest message, so that it stays where it is as the conversation
    /// grows; a runbook beside the first message that it matches.
    /// - Returns: the names of the runbooks.
    private func addHints(to messages: inout [HistoryMessage], for machine: WorkflowStateMachine) -> [String] {
        var facts = namespaceFacts
        var left = fittingRunbooks(for: machine)
        var given: [String] = []
        for position in messages.indices {
            guard case .user(var text) = messages[position] else { continue }
            text = MessageContext.extend(text, with: facts)
            facts = ""
            let message = MessageContext.message(in: text)
            let matching = left.filter { $0.reference.matches(message: message) }
            left.removeAll(where: matching.contains)
            given += matching.map(\.name)
            text = MessageContext.extend(text, with: matching.map(\.section).joined(separator: "\n"))
            messages[position] = .user(text)
        }
        return given
    }

    private static func dialogue(
        _ machine: WorkflowStateMachine, in conversation: Conversation
    ) -> [HistoryMessage] {
        var times = machine.messageTimes[...]
        return machine.history.map { message in
            guard case .user(let text) = message, let time = times.popFirst() else { return message }
            return .user(MessageContext.add(ConversationContext.text(for: conversation, at: time), to: text))
        }
    }

    /// The last reply of a turn is asked for without tools.
    private func offered(for machine: WorkflowStateMachine) -> [ToolSchema] {
        guard !machine.asksForAnswer else { return [] }
        // Nobody pays for what the offline model reads, and it plans with what there is.
        let offered =
            languageModel is OfflineLanguageModel
            ? definitions : tools.offered(definitions, loaded: Set(machine.loadedToolsets))
        return offered.map {
            ToolSchema(name: $0.name, description: $0.description, parameters: $0.parameters)
        }
    }

    private static func bytes(of tools: [ToolSchema]) -> Int {
        tools.reduce(0) { $0 + $1.name.utf8.count + $1.description.utf8.count + JSONWriter.bytes($1.parameters).count }
    }
}
