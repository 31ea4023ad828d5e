import KubeModel
import Testing

@testable import LanguageModels

/// What refusals mean, in the words of servers that people use.
@Suite struct ProviderErrorTests {
    private func error(_ status: Int, _ body: String) -> LanguageModelError {
        ProviderError(body: Array(body.utf8)).asStatusError(status)
    }

    @Test(
        arguments: [
            // llama.cpp, b10434 and 11434.
            (
                400,
                #"{"error":{"code":400,"message":"request (7126 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":7126,"n_ctx":4096}}"#,
                7126, 4096
            ),
            // OpenAI.
            (
                400,
                #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
                9001, 8192
            ),
            (400, #"{"error":{"message":"Your input exceeds the limit.","code":"context_length_exceeded"}}"#, nil, nil),
            // LiteLLM's proxy.
            (
                400,
                #"{"error":{"message":"litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - too long","type":null,"param":null,"code":"400"}}"#,
                nil, nil
            ),
            // vLLM.
            (
                400,
                #"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 7126 tokens (7026 in the messages, 100 in the completion).","type":"BadRequestError","code":400}"#,
                7126, 4096
            ),
            // Mistral, xAI, Moonshot, Groq, Anthropic, Google, Amazon.
            (
                400,
                #"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","code":"3051"}"#,
                40000, 32768
            ),
            (
                400,
                #"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}"#,
                537812, 131072
            ),
            (
                400, #"{"error":{"message":"Invalid request: Your request exceeded model token limit: 8192"}}"#, nil,
                8192
            ),
            (
                413,
                #"{"error":{"message":"Request too large for model `llama-3.1-8b-instant` on tokens per minute (TPM): Limit 6000, Requested 7126","type":"tokens","code":"rate_limit_exceeded"}}"#,
                7126, 6000
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208,310 tokens > 200,000 maximum"}}"#,
                208_310, 200_000
            ),
            (
                400,
                #"[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
                1_200_000, 1_048_576
            ),
            (400, #"{"message":"Input is too long for requested model."}"#, nil, nil),
            // TGI, GLM, DashScope, OpenRouter.
            (
                422,
                #"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 100 `max_new_tokens`","error_type":"validation"}"#,
                5000, 4096
            ),
            (400, #"{"error":{"message":"Prompt exceeds max length","code":"1261"}}"#, nil, nil),
            (400, #"{"error":{"message":"Range of input length should be [1, 30720]"}}"#, nil, 30720),
            (
                400,
                #"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"prompt is too long: 5000 tokens > 4096 maximum"}}}"#,
                5000, 4096
            ),
            (400, #"{"error":{"message":"invalid params, context window exceeds limit (2013)"}}"#, nil, nil),
            // With the reply's own limit in it: Anthropic, vLLM.
            (
                400,
                #"{"error":{"message":"input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000"}}"#,
                199_000, 200_000
            ),
            (
                400,
                #"{"error":{"message":"'max_tokens' is too large: 4096. This model's maximum context length is 8192 tokens and your request has 5000 input tokens"}}"#,
                5000, 8192
            ),
        ] as [(Int, String, Int?, Int?)])
    func `a request that is too long is told apart, with its numbers`(
        status: Int, body: String, prompt: Int?, limit: Int?
    ) {
        let error = error(status, body)
        #expect(error.code == .contextTooLong)
        #expect(error.contextSize == .init(prompt: prompt, limit: limit))
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"Invalid value for 'temperature'"}}"#, LanguageModelError.Code.rejected),
        (401, #"{"error":{"message":"Incorrect API key provided"}}"#, .unauthorized), (403, "", .unauthorized),
        (402, #"{"error":{"message":"Insufficient Balance"}}"#, .quotaExceeded), (404, "<html>no</html>", .rejected),
        (408, "", .unavailable), (409, "", .unavailable), (425, "", .unavailable), (422, "{}", .rejected),
        (429, #"{"error":{"message":"Rate limit reached for requests per minute","code":"429"}}"#, .rateLimited),
        (429, #"{"error":{"message":"Your quota is used up","type":"insufficient_quota"}}"#, .quotaExceeded),
        (500, #"{"error":{"message":"boom"}}"#, .unavailable), (501, "", .rejected), (502, "<html>", .unavailable),
        (503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, .loading),
        (503, #"{"error":"Model org/name is currently loading","estimated_time":20.0}"#, .loading),
        (503, "upstream", .unavailable), (529, #"{"error":{"type":"overloaded_error"}}"#, .overloaded),
        (301, "", .badReply), (424, "", .unavailable), (499, "", .unavailable), (520, "<html>", .unavailable),
        (500, #"{"error":"Failed downloading the image"}"#, .unavailable), (503, "The model is warming up.", .loading),
        (
            429,
            #"{"error":{"code":"1113","message":"Insufficient balance or no resource package. Please recharge."}}"#,
            .quotaExceeded
        ),
        (403, #"{"errors":[{"code":10000,"message":"Authentication error"}],"success":false}"#, .unauthorized),
        (400, #"{"error":{"message":"Failed to call a function.","code":"tool_use_failed"}}"#, .incomplete),
        (422, #"{"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]}"#, .rejected),
    ])
    func `statuses are read`(status: Int, body: String, code: LanguageModelError.Code) {
        #expect(error(status, body).code == code)
    }

    @Test func `an address without anything behind it is asked about`() {
        #expect(error(404, "<html>").message.contains("/v1"))
        #expect(
            error(404, #"{"error":{"message":"The model `x` does not exist"}}"#).message.hasSuffix("does not exist"))
    }

    @Test(arguments: [
        (#"{"message": "slow down", "code": 429}"#, LanguageModelError.Code.rateLimited),
        (#"{"message": "slow down", "type": "rate_limit_error"}"#, .rateLimited),
        (#"{"message": "slow down", "type": "overloaded_error", "code": 529}"#, .overloaded),
        (#"{"message": "slow down", "type": "overloaded_error"}"#, .overloaded),
        (#"{"message": "slow down", "code": 502}"#, .unavailable),
        (#"{"message": "slow down", "type": null, "param": null, "code": "500"}"#, .unavailable),
        (#"{"message": "slow down", "type": "server_error"}"#, .unavailable),
        (#"{"message": "slow down", "code": "context_length_exceeded"}"#, .contextTooLong),
        (#"{"message": "slow down", "code": 400}"#, .rejected),
        (#"{"message": "slow down", "code": "401"}"#, .unauthorized),
        (#"{"message": "slow down", "type": "invalid_request_error"}"#, .rejected), (#""slow down""#, .incomplete),
    ])
    func `an error inside the stream is an error`(text: String, code: LanguageModelError.Code) throws {
        let error = ProviderError(json: ["error": try JSONParser.parse(text)]).asStreamError
        #expect(error.code == code)
        #expect(error.message.contains("slow down"))
    }
}
