import LanguageModels
import Metrics
import SkyfloAPI
import WorkflowEngine

/// What the operator counts of conversations.
package enum ConversationMetrics {
    /// What each metric says.
    package static let help = [
        "skyflo_turns_total": "Turns that have ended, by how",
        "skyflo_tool_calls_total": "Calls of tools that have ended, by how",
        "skyflo_tool_call_duration_seconds": "How long reads and the planning of writes take",
        "skyflo_model_replies_total": "Replies of language models",
        "skyflo_model_failures_total": "Requests to language models that came to nothing, after all tries",
        "skyflo_model_tokens_total":
            "Tokens that providers have counted; cached ones are part of prompts, reasoning of completions",
        "skyflo_model_cost_total": "What tokens have cost, by the prices of the SkyfloAIs",
        "skyflo_model_estimated_tokens_total":
            "About how many tokens replies took that were cut off before their providers had counted them; not among the others",
        "skyflo_model_estimated_cost_total": "What these have cost, by the prices of the SkyfloAIs",
        "gen_ai_client_token_usage": "Tokens of a reply",
        "gen_ai_client_operation_duration_seconds": "From a request to the end of the reply",
        "gen_ai_client_operation_time_to_first_chunk_seconds": "From a request to the first piece of the reply",
        "gen_ai_client_operation_time_per_output_chunk_seconds": "From one piece of a reply to the next",
    ]

    /// The upper bounds that OpenTelemetry's conventions have for them.
    package static let buckets: [String: [Double]] = {
        let seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
        let chunks = [
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45,
            0.5,
            0.75, 1.0, 2.0, 5.0,
        ]
        return [
            "gen_ai_client_token_usage": [
                1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
            ],
            "gen_ai_client_operation_duration_seconds": seconds,
            "gen_ai_client_operation_time_to_first_chunk_seconds": seconds,
            "gen_ai_client_operation_time_per_output_chunk_seconds": chunks,
        ]
    }()

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

    static func modelReplied(model: SkyfloAI.Model, _ reply: ModelReply) {
        count(reply.usage, of: model)
        Counter(label: "skyflo_model_replies_total", dimensions: [("model", model.name)]).increment()
        let labels = GenAI.metricLabels(model)
        for (type, count) in [("input", reply.usage.prompt), ("output", reply.usage.completion)] where count > 0 {
            Recorder(label: GenAI.Metric.tokenUsage, dimensions: labels + [("gen_ai.token.type", type)]).record(count)
        }
        if let time = reply.timeToRespond { record([time], as: GenAI.Metric.operationDuration, labels) }
        if let time = reply.timeToFirstToken { record([time], as: GenAI.Metric.timeToFirstChunk, labels) }
        record(reply.timesPerChunk, as: GenAI.Metric.timePerOutputChunk, labels)
    }

    static func modelFailed(model: SkyfloAI.Model, _ error: LanguageModelError) {
        Counter(
            label: "skyflo_model_failures_total", dimensions: [("model", model.name), ("reason", "\(error.code)")]
        ).increment()
    }

    static func count(_ part: FailedUsage, of model: SkyfloAI.Model) {
        count(part.usage, of: model)
        let cost = ModelTurn.Usage(part, prices: model.prices).estimated.cost
        add(
            part.estimate, "skyflo_model_estimated_tokens_total", cost: cost, "skyflo_model_estimated_cost_total",
            of: model)
    }

    private static func count(_ usage: TokenUsage, of model: SkyfloAI.Model) {
        let cost = usage.cost(model.prices)
        add(usage, "skyflo_model_tokens_total", cost: cost, "skyflo_model_cost_total", of: model)
    }

    private static func add(
        _ usage: TokenUsage, _ tokens: String, cost: Int, _ label: String, of model: SkyfloAI.Model
    ) {
        let kinds = [
            ("prompt", usage.prompt), ("completion", usage.completion), ("cached", usage.cached),
            ("reasoning", usage.reasoning),
        ]
        for (kind, count) in kinds where count > 0 {
            Counter(label: tokens, dimensions: [("model", model.name), ("kind", kind)]).increment(by: count)
        }
        guard cost > 0 else { return }
        FloatingPointCounter(label: label, dimensions: [("model", model.name)]).increment(by: Double(cost) / 1e12)
    }

    private static func record(_ seconds: [Double], as label: String, _ labels: [(String, String)]) {
        guard !seconds.isEmpty else { return }
        let timer = Timer(label: label, dimensions: labels)
        for second in seconds { timer.recordNanoseconds(Int64(second * 1e9)) }
    }
}
