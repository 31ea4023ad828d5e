import KubeModel
import Testing

@testable import LanguageModels

/// What refusals of the providers with a dialect of their own mean, in their own words.
struct ProviderRefusalTests {
    private func error(_ api: any ProviderAPI, _ status: Int, _ body: String) -> LanguageModelError {
        api.error(ProviderErrorAnswer(status: status, body: Array(body.utf8)))
    }

    /// https://platform.claude.com/docs/en/api/errors
    @Test(arguments: [
        (
            400, "invalid_request_error", "messages: text content blocks must be non-empty",
            LanguageModelError.Code.rejected
        ),
        (400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum", .contextTooLong),
        (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", .quotaExceeded),
        (401, "authentication_error", "invalid x-api-key", .unauthorized),
        (403, "permission_error", "not allowed", .unauthorized), (404, "not_found_error", "model: x", .rejected),
        (413, "request_too_large", "Request exceeds the maximum size", .contextTooLong),
        (429, "rate_limit_error", "per-minute limit", .rateLimited), (500, "api_error", "Internal", .unavailable),
        (529, "overloaded_error", "Overloaded", .overloaded),
    ])
    func `Anthropic's`(status: Int, type: String, message: String, code: LanguageModelError.Code) {
        let body = #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req_1"}"#
        let error = error(TestAPI.anthropic(), status, body)
        #expect(error.code == code)
        #expect(error.message.contains(message))
        #expect(code != .contextTooLong || status == 413 || error.contextSize == .init(prompt: 208_310, limit: 200_000))
    }

    @Test func `Anthropic's inside of a stream`() throws {
        let error = try Recorded(TestAPI.anthropic(), "anthropic/overloaded.sse").failure()
        #expect(error.code == .overloaded)
        #expect(error.message.contains("Overloaded"))
    }

    /// https://ai.google.dev/gemini-api/docs/troubleshooting
    @Test(arguments: [
        (
            400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
            #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}"#,
            LanguageModelError.Code.unauthorized
        ),
        (
            400, "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", "",
            .contextTooLong
        ),
        (400, "INVALID_ARGUMENT", "Function call is missing a thought_signature in functionCall parts.", "", .rejected),
        (403, "PERMISSION_DENIED", "no", "", .unauthorized), (404, "NOT_FOUND", "models/x is not found", "", .rejected),
        (
            429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.",
            #"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}"#, .rateLimited
        ),
        (
            429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.",
            #"{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}"#,
            .quotaExceeded
        ),
        (503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "", .unavailable),
    ])
    func `Google's`(status: Int, name: String, message: String, detail: String, code: LanguageModelError.Code) {
        let body = #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(name)","details":[\#(detail)]}}"#
        // Without server-sent events a list is around it.
        for body in [body, "[\(body)]"] {
            let error = error(TestAPI.gemini(), status, body)
            #expect(error.code == code)
            #expect(error.message.contains(message))
            #expect(error.retryAfter == (detail.contains("34.5s") ? .milliseconds(34_500) : nil))
        }
    }
}
