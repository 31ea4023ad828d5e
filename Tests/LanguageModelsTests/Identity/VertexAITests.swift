import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

/// Addresses and bodies of Vertex AI, which differ from those of Google's and Anthropic's own APIs.
@Suite struct VertexAITests {
    private func request(
        _ model: String, location: String = "global", baseURL: String? = nil
    ) throws -> (url: String, body: JSONValue, token: String?) {
        let api = try VertexAIAPI(
            model: model, project: "shop-1", location: location, baseURL: baseURL, token: Credential("tok"))
        let request = try api.request(ModelRequest(messages: [.user("hi")]), options: ModelOptions())
        return (request.url, try JSONParser.parse(request.body), request.headers.first(name: "authorization"))
    }

    @Test(arguments: [
        (
            "gemini-2.5-pro", "europe-west4",
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/shop-1/locations/europe-west4/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
        ),
        (
            "gemini-3-pro", "global",
            "https://aiplatform.googleapis.com/v1/projects/shop-1/locations/global/publishers/google/models/gemini-3-pro:streamGenerateContent?alt=sse"
        ),
        (
            "claude-sonnet-4-5@20250929", "global",
            "https://aiplatform.googleapis.com/v1/projects/shop-1/locations/global/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict"
        ),
        (
            "claude-opus-4-6", "eu",
            "https://aiplatform.eu.rep.googleapis.com/v1/projects/shop-1/locations/eu/publishers/anthropic/models/claude-opus-4-6:streamRawPredict"
        ),
        (
            "endpoints/123", "us-central1",
            "https://us-central1-aiplatform.googleapis.com/v1/projects/shop-1/locations/us-central1/endpoints/123:streamGenerateContent?alt=sse"
        ),
    ])
    func `each model has its address`(model: String, location: String, url: String) throws {
        let found = try request(model, location: location)
        #expect(found.url == url)
        #expect(found.token == "Bearer tok")
    }

    @Test func `Claude's version is in the body and the model isn't`() throws {
        let body = try request("claude-sonnet-4-6").body
        #expect(body["anthropic_version"] == "vertex-2023-10-16" && body["model"] == nil && body["stream"] == true)
        #expect(body["messages"]?[0]?["role"] == "user")
        #expect(try request("gemini-3-pro").body["generationConfig", "thinkingConfig", "thinkingLevel"] == "HIGH")
    }

    @Test func `a gateway's address is taken as it is`() throws {
        let url = try request("gemini-2.5-pro", baseURL: "https://gw.example/vertex/v1").url
        #expect(url.hasPrefix("https://gw.example/vertex/v1/projects/shop-1/locations/global/"))
    }

    @Test(arguments: [("", "global"), ("p/../x", "global"), ("p", "no place"), ("p", "x.evil.example/")])
    func `what is no project or location is refused`(project: String, location: String) {
        let error = #expect(throws: LanguageModelError.self) {
            try VertexAIAPI(model: "m", project: project, location: location, token: nil)
        }
        #expect(error?.code == .rejected)
    }

    @Test func `replies are read as the dialect has it`() throws {
        for (model, file) in [("gemini-3-pro", "gemini/text.sse"), ("claude-opus-4-6", "anthropic/text.sse")] {
            let api = try VertexAIAPI(model: model, project: "p", location: "global", token: nil)
            #expect(try Recorded(api, file).decode().reply.reply.content.hasPrefix("web has 3 replicas"))
        }
    }
}
