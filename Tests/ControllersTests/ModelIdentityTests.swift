import ControllerRuntime
import FoundationEssentials
import KubeClient
import KubeModel
import LanguageModels
import Logging
import SkyfloAPI
import Testing

@testable import Controllers

/// Models with credentials that end by themselves: what their description and their Secrets have to say.
@Suite struct ModelIdentityTests {
    private static let environment = [
        "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_FEDERATED_TOKEN_FILE": "/azure",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/own", "AWS_WEB_IDENTITY_TOKEN_FILE": "/aws",
    ]

    private static func provider(_ namespaces: Set<String> = ["shop"]) -> BuiltInModelProvider {
        BuiltInModelProvider(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, environment: environment,
            identityNamespaces: namespaces)
    }

    private static let account: String = {
        let root = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let file = root.appending(path: "Tests/Fixtures/ModelProviders/identity/service-account.json")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    private func model(
        _ json: JSONValue, secret: [String: String] = [:], in namespaces: Set<String> = ["shop"]
    ) async throws -> any LanguageModel {
        let cluster = FakeCluster()
        let data = JSONObject(secret.map { ($0.key, .string(Base64.encode(Array($0.value.utf8)))) })
        cluster.put(
            KubeObject(.secrets, namespace: "shop", name: "keys", members: ["data": .object(data)]), in: .secrets)
        var json = json
        json["name"] = "a"
        let skyflo = SkyfloAI(
            KubeObject([
                "metadata": ["namespace": "shop", "name": "sky", "uid": "u", "generation": 1],
                "spec": ["models": [json]],
            ]))
        let description = try #require(skyflo.models.first)
        let secrets = try await ModelKeyCache().secrets(
            of: description, in: skyflo, api: cluster, clock: SteppedClock())
        return try Self.provider(namespaces).model(for: description, secrets: secrets)
    }

    private static let azure: JSONValue = [
        "provider": "AzureOpenAI", "model": "m", "baseURL": "https://r.openai.azure.com",
        "auth": ["entraID": ["tenantID": "t", "clientID": "c", "clientSecretRef": ["name": "keys"]]],
    ]
    private static let bedrock: JSONValue = [
        "provider": "Bedrock", "model": "m", "region": "eu-central-1", "apiKeySecretRef": ["name": "keys"],
        "auth": ["aws": ["roleARN": "arn:aws:iam::123456789012:role/r", "externalID": "e"]],
    ]
    private static let vertex: JSONValue = [
        "provider": "VertexAI", "model": "gemini-2.5-pro",
        "auth": ["google": ["credentialsSecretRef": ["name": "keys"]]],
    ]
    private static let secret = [
        "AZURE_CLIENT_SECRET": "s", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s",
        "credentials.json": account,
    ]

    @Test(arguments: [azure, bedrock, vertex])
    func `each kind works with its Secret, without the operator's own identity`(json: JSONValue) async throws {
        let made = try await model(json, secret: Self.secret, in: [])
        #expect(made is IdentityLanguageModel)
    }

    private static func own(_ json: JSONValue) -> JSONValue {
        var json = json
        json["apiKeySecretRef"] = nil
        json["project"] = "shop-1"
        for kind in ["entraID", "aws", "google"] where json["auth", kind] != nil { json["auth"] = .object([kind: [:]]) }
        return json
    }

    @Test(arguments: [azure, bedrock, vertex])
    func `without a Secret it is the operator's own, where its administrator allows that`(json: JSONValue) async throws
    {
        let made = try await model(Self.own(json))
        #expect(made is IdentityLanguageModel)
        for namespaces in [[], ["other"]] as [Set<String>] {
            let error = await #expect(throws: LanguageModelError.self) {
                try await model(Self.own(json), in: namespaces)
            }
            #expect(error?.message.contains("--cloud-identity-namespaces") == true)
        }
    }

    @Test func `a Secret without the key is named`() async {
        for (json, key) in [(Self.azure, "AZURE_CLIENT_SECRET"), (Self.vertex, "credentials.json")] {
            let failure = await #expect(throws: ModelKey.Failure.self) { try await model(json, secret: ["other": "x"]) }
            #expect(failure?.message == "Secret shop/keys has no key \"\(key)\"")
        }
    }

    @Test func `what can't be used is told before a turn needs it`() async {
        var broken: [(JSONValue, String)] = []
        func change(_ json: JSONValue, _ path: String..., to value: JSONValue?, _ why: String) {
            var json = json
            json[path: path] = value
            broken.append((json, why))
        }
        change(Self.azure, "baseURL", to: nil, "baseURL")
        change(Self.azure, "auth", "entraID", "tenantID", to: nil, "needs tenantID and clientID")
        change(Self.azure, "auth", "entraID", "tenantID", to: "../x", "no id")
        change(Self.bedrock, "auth", "aws", "roleARN", to: nil, "needs a roleARN")
        change(Self.bedrock, "auth", "aws", "roleARN", to: "arn:aws:s3:::b", "not the ARN of a role")
        change(Self.bedrock, "region", to: nil, "needs a region")
        change(Self.vertex, "auth", "google", "credentialsSecretRef", "key", to: "AZURE_CLIENT_SECRET", "no JSON")
        change(Self.own(Self.vertex), "project", to: nil, "needs a project")
        change(Self.own(Self.vertex), "baseURL", to: "https://evil.example", "addresses of Google only")
        change(Self.own(Self.azure), "baseURL", to: "https://evil.example", "addresses of Azure only")
        for (json, why) in broken {
            let error = await #expect(throws: LanguageModelError.self) { try await model(json, secret: Self.secret) }
            #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a Secret that was replaced is another identity`() async throws {
        var first = ModelSecrets()
        first.clientSecret = Credential("a")
        var second = first
        second.clientSecret = Credential("b")
        #expect(first.identity != second.identity)
        second = first
        second.serviceAccount = Credential("b")
        #expect(first.identity != second.identity)
    }

    @Test func `Vertex AI takes a token of its own too`() async throws {
        let json: JSONValue = [
            "provider": "VertexAI", "model": "claude-sonnet-4-6", "project": "shop-1",
            "apiKeySecretRef": ["name": "keys"],
        ]
        let made = try await model(json, secret: ["VERTEX_AI_ACCESS_TOKEN": "tok"])
        #expect(made is HTTPLanguageModel)
    }
}
