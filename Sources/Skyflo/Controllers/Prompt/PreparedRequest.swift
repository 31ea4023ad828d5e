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
        ContextBudget(
            model: model.model, window: model.contextWindow, reply: model.maxTokens,
            fixed: systemPrompt.utf8.count + Self.bytes(of: offered(for: machine)),
            seen: machine.contextSizes[model.name])
    }

    /// The system prompt and the tools, which are the same for other conversations; then the dialogue, each message of the user
    /// with when and where it was said.
    func prepared(
        for machine: WorkflowStateMachine, of conversation: Conversation, within budget: ContextBudget
    ) -> PreparedRequest {
        let fitted = ContextWindow(limit: budget.history).fitted(Self.dialogue(machine, in: conversation))
        // The offline model would take the note for words of the user.
        let note = model.provider == .offline ? nil : machine.noteForLastReply
        let last = note.map { [ChatMessage(.note($0))] } ?? []
        let request = ModelRequest(
            messages: [.system(systemPrompt)] + fitted.messages.map(ChatMessage.init) + last,
            tools: offered(for: machine), maxTokens: model.maxTokens)
        let use = ContextUse(
            model: model.name, bytes: budget.fixed + fitted.bytes, window: budget.isLearned ? budget.window : nil,
            leftOut: fitted.leftOut, promptVersion: SystemPrompt.version)
        return PreparedRequest(request: request, use: use)
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
