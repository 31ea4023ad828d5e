import KubeModel
import Testing

@testable import LanguageModels

/// Requests to token services, as the providers' own SDKs send them (`hack/peers/model-sdks` holds the recordings to those),
/// and what their answers mean.
@Suite struct IdentityGrantTests {
    private static let azure = "https://res.openai.azure.com"
    private static let subject = Credential("projected.token.x")
    private static let keys = AWSCredentials(
        accessKeyID: Credential("AKIDEXAMPLE"), secretAccessKey: Credential("secret/Example+Key"),
        sessionToken: Credential("session/Token=="))

    static func account() throws -> GoogleServiceAccount {
        let bytes = try RecordedStream.bytes("identity/service-account.json")
        return try GoogleServiceAccount(json: Credential(String(decoding: bytes, as: UTF8.self)))
    }

    private func entra(_ proof: EntraGrant.Proof, at address: String = Self.azure) throws -> IdentityGrant {
        let endpoint = try #require(ModelEndpoint(base: address))
        return .entraID(try EntraGrant(tenantID: "tenant-1", clientID: "client-1", proof: proof, endpoint: endpoint))
    }

    private func role(externalID: String? = nil) throws -> AWSRole {
        try AWSRole(
            arn: "arn:aws:iam::123456789012:role/models", sessionName: "skyflo-shop", externalID: externalID,
            region: "eu-central-1")
    }

    private func grant(_ name: String) throws -> IdentityGrant {
        switch name {
        case "entra-secret": try entra(.secret(Credential("s~e/c r+t&=")))
        case "entra-assertion": try entra(.tokenFile("/f"))
        case "google": .google(try Self.account())
        case "aws-web-identity": .awsWebIdentity(try role(), tokenFile: "/f")
        default: .awsRole(try role(externalID: "ex/1"), by: Self.keys)
        }
    }

    @Test(arguments: ["entra-secret", "entra-assertion", "google", "aws-web-identity", "aws-role"])
    func `each request is the one that is recorded`(name: String) throws {
        let recording = try JSONParser.parse(try RecordedStream.bytes("identity/requests.json"))
        let expected = try #require(recording["requests"]?.array?.first { $0["name"]?.string == name })
        let time = try #require(recording["time"]?.string.flatMap { KubeTime($0) })
        let grant = try grant(name)
        let request = try grant.request(subject: grant.tokenFile == nil ? nil : Self.subject, at: time)
        #expect(request.url == expected["url"]?.string)
        #expect(request.method == "POST")
        #expect(String(decoding: request.body, as: UTF8.self) == expected["body"]?.string)
        #expect(JSONValue(request.headers) == expected["headers"])
        #expect(!"\(request)".contains("s~e") && !"\(request)".contains("projected"))
    }

    @Test(arguments: [
        ("https://r.openai.azure.us", "https://login.microsoftonline.us/", "cognitiveservices.azure.us"),
        (
            "https://r.openai.azure.cn/openai/v1", "https://login.partner.microsoftonline.cn/",
            "cognitiveservices.azure.cn"
        ),
        ("https://gateway.example/v1", "https://login.microsoftonline.com/", "cognitiveservices.azure.com"),
    ])
    func `each cloud of Azure has its own token service`(address: String, authority: String, scope: String) throws {
        let request = try entra(.secret(Credential("x")), at: address).request(subject: nil, at: TestAPI.moment)
        #expect(request.url.hasPrefix(authority))
        #expect(String(decoding: request.body, as: UTF8.self).contains(scope))
    }

    @Test func `what pods get from their node is asked for as its agents want it`() throws {
        let metadata = try IdentityGrant.googleMetadata(GoogleMetadataIdentity()).request(
            subject: nil, at: TestAPI.moment)
        #expect(metadata.method == "GET" && metadata.headers == ["metadata-flavor": "Google"])
        #expect(
            metadata.url == "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
        )
        let agent = AWSContainerIdentity(url: "http://169.254.170.23/v1/credentials", tokenFile: "/f")
        let container = try IdentityGrant.awsContainer(agent).request(subject: Self.subject, at: TestAPI.moment)
        #expect(container.method == "GET" && container.headers == ["authorization": "projected.token.x"])
        #expect(container.url == "http://169.254.170.23/v1/credentials" && container.body.isEmpty)
    }

    // MARK: Answers

    private func token(_ name: String, _ text: String) throws -> GrantedToken {
        try grant(name).token(in: Array(text.utf8), at: TestAPI.moment)
    }

    @Test func `an answer of OAuth is a bearer token with its end`() throws {
        let found = try token("google", #"{"access_token":"tok.en","expires_in":3599,"token_type":"Bearer"}"#)
        #expect(found.credential == .bearer(Credential("tok.en")))
        #expect(found.expiresAt.seconds(since: TestAPI.moment) == 3599)
        let silent = try token("entra-secret", #"{"access_token":"tok.en","expires_in":"120"}"#)
        #expect(silent.expiresAt.seconds(since: TestAPI.moment) == 120)
        for text in ["", "{}", "<html>", #"{"access_token":""}"#, #"{"access_token":"a\nb"}"#] {
            #expect(throws: LanguageModelError.self) { try token("google", text) }
        }
    }

    @Test func `an answer of AWS is keys with their end`() throws {
        let xml = """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>
            <Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId>
            <SecretAccessKey>s/e+c</SecretAccessKey><SessionToken>a&amp;b==</SessionToken>
            <Expiration>2026-11-30T18:21:46Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
            """
        let keys = AWSCredentials(
            accessKeyID: Credential("ASIA1"), secretAccessKey: Credential("s/e+c"), sessionToken: Credential("a&b=="))
        let found = try token("aws-role", xml)
        #expect(found.credential == .aws(keys))
        #expect(found.expiresAt.seconds(since: TestAPI.moment) == 3600)
        #expect(throws: LanguageModelError.self) { try token("aws-role", "<AssumeRoleResponse/>") }
        let json =
            #"{"AccessKeyId":"ASIA1","SecretAccessKey":"s/e+c","Token":"a&b==","Expiration":"2026-11-30T18:21:46Z","AccountId":"1"}"#
        let agent = IdentityGrant.awsContainer(AWSContainerIdentity(url: "http://x", tokenFile: nil))
        #expect(try agent.token(in: Array(json.utf8), at: TestAPI.moment).credential == .aws(keys))
    }

    @Test(
        arguments: [
            (
                "entra-secret", 401,
                #"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1","error_codes":[7000215]}"#,
                LanguageModelError.Code.unauthorized,
                "the token service h refused (401): invalid_client: AADSTS7000215: Invalid client secret provided. Trace ID: 1"
            ),
            (
                "google", 400, #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#,
                .unauthorized,
                "the token service h refused (400): invalid_grant: Invalid JWT Signature."
            ),
            (
                "aws-role", 403,
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not &quot;you&quot;</Message></Error></ErrorResponse>",
                .unauthorized, "the token service h refused (403): AccessDenied: Not \"you\""
            ), ("google", 503, "<html>", .unavailable, "the token service h is unavailable (503)"),
            ("google", 429, "slow down", .unavailable, "the token service h is unavailable (429): slow down"),
        ] as [(String, Int, String, LanguageModelError.Code, String)])
    func `a refusal is told in the token service's words`(
        name: String, status: Int, body: String, code: LanguageModelError.Code, message: String
    ) throws {
        let error = try grant(name).refusal(status: status, body: Array(body.utf8), host: "h")
        #expect(error.code == code)
        #expect(error.message == message)
    }

    // MARK: What can't be used

    @Test(arguments: [
        ("no json", "no JSON"), (#"{"type":"external_account"}"#, "\"external_account\""),
        (#"{"type":"service_account"}"#, "no client_email"),
        (#"{"type":"service_account","client_email":"a","private_key":"x"}"#, "no RSA key"),
        (#"{"type":"service_account","client_email":"a","private_key":"x","token_uri":"file:///x"}"#, "no address"),
    ])
    func `a file that is none of a service account is refused`(json: String, why: String) {
        let error = #expect(throws: LanguageModelError.self) { try GoogleServiceAccount(json: Credential(json)) }
        #expect(error?.code == .rejected && error?.message.contains(why) == true)
    }

    @Test(arguments: ["", "role/x", "arn:aws:s3:::bucket", "arn:aws:iam::1:user/x"])
    func `what is no role is refused`(arn: String) {
        #expect(throws: LanguageModelError.self) { try AWSRole(arn: arn, region: "eu-central-1") }
    }

    @Test(arguments: [("../x", "c"), ("t", "a b"), ("", "c"), ("t?x=1", "c")])
    func `ids that could change the address are refused`(tenantID: String, clientID: String) throws {
        let endpoint = try #require(ModelEndpoint(base: Self.azure))
        #expect(throws: LanguageModelError.self) {
            try EntraGrant(tenantID: tenantID, clientID: clientID, proof: .tokenFile("/f"), endpoint: endpoint)
        }
    }

    // MARK: The operator's own

    private static let environment = [
        "AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "client-1", "AZURE_FEDERATED_TOKEN_FILE": "/azure",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/own", "AWS_WEB_IDENTITY_TOKEN_FILE": "/aws",
    ]

    @Test func `the operator's own identity is for namespaces that are named`() throws {
        let endpoint = try #require(ModelEndpoint(base: Self.azure))
        let google = try #require(ModelEndpoint(base: "https://aiplatform.googleapis.com"))
        for (namespaces, namespace, works) in [
            (["shop"], "shop", true), (["*"], "any", true), (["shop"], "other", false), ([], "shop", false),
        ] as [(Set<String>, String, Bool)] {
            let identity = OperatorIdentity(environment: Self.environment, namespaces: namespaces)
            let grants: [() throws -> IdentityGrant] = [
                { try identity.entraID(tenantID: nil, clientID: nil, endpoint: endpoint, namespace: namespace) },
                { try identity.aws(roleARN: nil, sessionName: nil, region: "eu-central-1", namespace: namespace) },
                { try identity.google(endpoint: google, namespace: namespace) },
            ]
            for grant in grants {
                if works {
                    #expect(throws: Never.self) { try grant() }
                } else {
                    let error = #expect(throws: LanguageModelError.self) { try grant() }
                    #expect(error?.message.contains("--cloud-identity-namespaces") == true)
                }
            }
        }
    }

    @Test(arguments: ["https://evil.example", "http://r.openai.azure.com", "https://azure.com.evil.example"])
    func `its tokens go to the cloud's own addresses only`(address: String) throws {
        let identity = OperatorIdentity(environment: Self.environment, namespaces: ["*"])
        let endpoint = try #require(ModelEndpoint(base: address))
        #expect(throws: LanguageModelError.self) {
            try identity.entraID(tenantID: nil, clientID: nil, endpoint: endpoint, namespace: "shop")
        }
        #expect(throws: LanguageModelError.self) { try identity.google(endpoint: endpoint, namespace: "shop") }
    }

    @Test func `what AWS gives to a pod is found by the environment`() throws {
        func grant(_ environment: [String: String], roleARN: String? = nil) throws -> IdentityGrant {
            try OperatorIdentity(environment: environment, namespaces: ["*"]).aws(
                roleARN: roleARN, sessionName: nil, region: "eu-central-1", namespace: "shop")
        }
        #expect(try grant(Self.environment).tokenFile == "/aws")
        let agent = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/agent",
        ]
        #expect(try grant(agent).tokenFile == "/agent")
        #expect(throws: LanguageModelError.self) { try grant(agent, roleARN: "arn:aws:iam::123456789012:role/x") }
        let error = #expect(throws: LanguageModelError.self) { try grant([:]) }
        #expect(error?.message.contains("AWS_WEB_IDENTITY_TOKEN_FILE") == true)
    }
}
