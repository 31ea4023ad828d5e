import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import Logging
import SkyfloAPI
import Testing

@testable import Controllers

/// What a SkyfloAI says of a model, and the model that comes of it.
@Suite struct ModelProviderTests {
    private let provider = BuiltInModelProvider(
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, environment: [:])

    private func skyflo(_ model: JSONValue) -> SkyfloAI {
        SkyfloAI(
            KubeObject([
                "metadata": ["namespace": "shop", "name": "sky", "uid": "u", "generation": 1],
                "spec": ["models": [model]],
            ]))
    }

    private func model(_ json: JSONValue, secrets: ModelSecrets = ModelSecrets()) throws -> any LanguageModel {
        try provider.model(for: try #require(skyflo(json).models.first), secrets: secrets)
    }

    @Test(arguments: ["Anthropic", "Gemini", "OpenAIResponses", "AzureOpenAI", "Bedrock", "OpenAI", "Mistral"])
    func `each provider has a model`(name: String) throws {
        let json: JSONValue = [
            "name": "a", "provider": .string(name), "model": "some-model", "baseURL": "http://h",
            "region": "eu-central-1",
        ]
        #expect(try model(json).name == "some-model")
    }

    @Test(
        arguments: [
            (["provider": "Bedrock"], "needs a region"),
            (["provider": "Bedrock", "region": "no region"], "not a region"),
            (["provider": "AzureOpenAI"], "needs a baseURL"),
            (["provider": "Anthropic", "model": "claude-opus-4-8", "thinkingBudget": 2000], "no thinkingBudget"),
            (["provider": "Gemini", "model": "gemini-3-pro", "thinkingBudget": 2000], "no thinkingBudget"),
            (["provider": "OpenAIResponses", "thinkingBudget": 2000], "no thinkingBudget"),
            (["provider": "BrandNew"], "not known"),
        ] as [(JSONValue, String)])
    func `what can't be used is refused with a reason`(json: JSONValue, reason: String) throws {
        var json = json
        json["name"] = "a"
        let error = #expect(throws: LanguageModelError.self) { try model(json) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            (["provider": "Anthropic", "model": "claude-sonnet-4-5", "thinkingBudget": 2000]),
            (["provider": "Gemini", "model": "gemini-2.5-flash", "thinkingBudget": 2000]),
        ] as [JSONValue])
    func `models that take a number of tokens to think get it`(json: JSONValue) throws {
        var json = json
        json["name"] = "a"
        #expect(throws: Never.self) { try model(json) }
    }

    @Test(
        arguments: [
            (["proxy": "ftp://p"], "the model's proxy"), (["baseURL": "ftp://x"], "not an http or https address"),
            (["provider": "Groq", "thinkingBudget": 7], "no thinkingBudget"),
        ] as [(JSONValue, String)])
    func `an address or proxy that is none is refused with a reason`(json: JSONValue, reason: String) throws {
        var json = json
        json["name"] = "a"
        let error = #expect(throws: LanguageModelError.self) { try model(json) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func `what the description says is what the model gets`() throws {
        let json: JSONValue = [
            "name": "a", "temperature": "0.5", "reasoningEffort": "low", "thinkingBudget": 9,
            "timeouts": ["firstTokenSeconds": 1, "silenceSeconds": 2, "replySeconds": 3],
        ]
        var secrets = ModelSecrets()
        secrets.headers["x-a"] = Credential("v")
        let options = try #require(skyflo(json).models.first).options(secrets)
        #expect(options.timeouts == .init(firstToken: .seconds(1), silence: .seconds(2), reply: .seconds(3)))
        #expect(options.temperature == 0.5 && options.reasoningEffort == "low" && options.thinkingBudget == 9)
        #expect(options.headers == ["x-a": Credential("v")])
    }

    // MARK: Amazon's keys

    private func secrets(_ data: [String: String], reference: JSONValue) async throws -> ModelSecrets {
        let cluster = FakeCluster()
        let members = JSONObject(data.map { ($0.key, .string(Base64.encode(Array($0.value.utf8)))) })
        cluster.put(
            KubeObject(.secrets, namespace: "shop", name: "aws", members: ["data": .object(members)]), in: .secrets)
        let skyflo = skyflo([
            "name": "a", "provider": "Bedrock", "model": "m", "region": "eu-central-1", "apiKeySecretRef": reference,
        ])
        return try await ModelKeyCache().secrets(
            of: try #require(skyflo.models.first), in: skyflo, api: cluster, clock: SteppedClock())
    }

    @Test func `Amazon's keys come from one Secret, with a session's token or without`() async throws {
        var data = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE\n", "AWS_SECRET_ACCESS_KEY": "secret"]
        let lasting = try await secrets(data, reference: ["name": "aws"])
        #expect(
            lasting.aws
                == AWSCredentials(accessKeyID: Credential("AKIDEXAMPLE"), secretAccessKey: Credential("secret")))
        data["AWS_SESSION_TOKEN"] = "token"
        let ending = try await secrets(data, reference: ["name": "aws"])
        #expect(ending.aws?.sessionToken == Credential("token"))
        // A new token alone is a new key.
        #expect(lasting.identity != ending.identity)
    }

    @Test func `a key that is missing is named`() async throws {
        let failure = await #expect(throws: ModelKey.Failure.self) {
            try await secrets(["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"], reference: ["name": "aws"])
        }
        #expect(failure?.message == "Secret shop/aws has no key \"AWS_SECRET_ACCESS_KEY\"")
    }

    @Test func `an API key of Bedrock is all that is needed`() async throws {
        let found = try await secrets(
            ["AWS_BEARER_TOKEN_BEDROCK": "key"], reference: ["name": "aws", "key": "AWS_BEARER_TOKEN_BEDROCK"])
        #expect(found.aws == nil)
        #expect(found.apiKey == Credential("key"))
    }
}
