import KubeModel
import LanguageModels
import SkyfloAPI
import Writes

/// The names that OpenTelemetry's conventions for generative AI have, as of autumn 2026, when they moved to a repository of their
/// own (`open-telemetry/semantic-conventions-genai`). They are all here: they will change again.
enum GenAI {
    enum Metric {
        static let tokenUsage = "gen_ai.client.token.usage"
        /// In seconds, as Prometheus wants it in the name.
        static let operationDuration = "gen_ai.client.operation.duration_seconds"
        static let timeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk_seconds"
        static let timePerOutputChunk = "gen_ai.client.operation.time_per_output_chunk_seconds"
    }

    static func metricLabels(_ model: SkyfloAI.Model) -> [(String, String)] {
        [
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", provider(model)),
            ("gen_ai.request.model", model.model),
        ]
    }

    /// The conventions' value for a provider; another one by its own name.
    static func provider(_ model: SkyfloAI.Model) -> String {
        switch model.providerName {
        case "OpenAI", "OpenAIResponses": "openai"
        case "AzureOpenAI": "azure.ai.openai"
        case "Anthropic": "anthropic"
        case "Gemini": "gcp.gemini"
        case "Bedrock": "aws.bedrock"
        case "Groq": "groq"
        case "Mistral": "mistral_ai"
        case "DeepSeek": "deepseek"
        case "xAI": "x_ai"
        default: model.providerName.lowercased()
        }
    }

    static func finishReason(_ finish: ModelReply.FinishReason) -> String {
        switch finish {
        case .stop: "stop"
        case .toolCalls: "tool_calls"
        case .length: "length"
        case .contentFilter: "content_filter"
        }
    }

    // MARK: Content, where it is switched on

    /// Messages without credentials, in the form of the conventions' JSON schemas.
    struct Content {
        let shown: ShownArguments

        /// The system's first.
        func messages(of request: ModelRequest) -> JSONValue {
            .array(
                request.messages.map { message in
                    switch message {
                    case .system(let text): self.message("system", text: text)
                    case .user(let text): self.message("user", text: text)
                    case .assistant(let text, let calls, _): self.message("assistant", text: text, calls: calls)
                    case .tool(let id, let content):
                        [
                            "role": "tool",
                            "parts": [
                                [
                                    "type": "tool_call_response", "id": .string(id),
                                    "response": .string(shown.redactor.redact(text: content)),
                                ]
                            ],
                        ]
                    }
                })
        }

        func messages(of reply: ModelReply) -> JSONValue {
            var message = message("assistant", text: reply.content, calls: reply.toolCalls)
            message["finish_reason"] = .string(finishReason(reply.finish))
            return [message]
        }

        private func message(_ role: String, text: String, calls: [ModelToolCall] = []) -> JSONValue {
            let text = shown.redactor.redact(text: text)
            let parts: [JSONValue] =
                (text.isEmpty ? [] : [["type": "text", "content": .string(text)]])
                + calls.map { call in
                    .compact([
                        "type": "tool_call", "id": .string(call.id), "name": .string(call.name),
                        "arguments": shown(tool: call.name, call.arguments).map { .string($0) },
                    ])
                }
            return ["role": .string(role), "parts": .array(parts)]
        }
    }
}
