import LanguageModels
import Metrics
import SkyfloAPI
import WorkflowEngine

/// What the operator counts of conversations.
enum ConversationMetrics {
    static func turnEnded(_ kind: TurnEnd.Kind) {
        Counter(label: "skyflo_turns_total", dimensions: [("result", kind.rawValue)]).increment()
    }

    /// A tool that doesn't exist is counted under one name: what a model makes up must not become a label.
    static func toolCalled(_ tool: String, state: CallState) {
        Counter(
            label: "skyflo_tool_calls_total", dimensions: [("tool", label(of: tool)), ("state", state.rawValue)]
        ).increment()
    }

    /// What a read takes, and of a write its planning.
    static func toolRan(_ tool: String, for time: Duration) {
        let (seconds, attoseconds) = time.components
        Timer(label: "skyflo_tool_call_duration_seconds", dimensions: [("tool", label(of: tool))])
            .recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private static func label(of tool: String) -> String {
        let isName =
            tool.utf8.count <= 64
            && tool.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        return isName ? tool : "other"
    }

    static func modelReplied(model: String, _ usage: TokenUsage) {
        for (kind, count) in [("prompt", usage.prompt), ("completion", usage.completion), ("cached", usage.cached)]
        where count > 0 {
            Counter(label: "skyflo_model_tokens_total", dimensions: [("model", model), ("kind", kind)]).increment(
                by: count)
        }
        Counter(label: "skyflo_model_replies_total", dimensions: [("model", model)]).increment()
    }
}
