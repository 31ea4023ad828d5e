import KubeModel
import NIOHTTP1

/// Amazon Bedrock's `ConverseStream`.
package struct BedrockAPI: ProviderAPI {
    /// How a request shows who asks.
    package enum Proof: Sendable {
        case signature(AWSCredentials)
        /// Bedrock's own, sent as a bearer token.
        case apiKey(Credential)
        /// For gateways that sign by themselves.
        case none
    }

    package let format = "bedrock-converse"
    package let model: String
    package let endpoint: ModelEndpoint
    private let region: String
    private let proof: Proof
    private let now: @Sendable () -> KubeTime

    /// - Parameters:
    ///   - model: its id, that of an inference profile, or an ARN.
    ///   - region: `eu-central-1`.
    ///   - baseURL: of a gateway or a private endpoint; nil for the region's.
    ///   - now: a signature is good for five minutes.
    /// - Throws: ``LanguageModelError`` `rejected` where region or address can't be.
    package init(
        model: String, region: String, baseURL: String? = nil, proof: Proof,
        now: @escaping @Sendable () -> KubeTime
    ) throws(LanguageModelError) {
        guard !region.isEmpty, region.utf8.allSatisfy(Self.isRegionCharacter) else {
            throw LanguageModelError(.rejected, message: "\"\(region.prefix(64))\" is not a region of Amazon")
        }
        self.model = model
        self.region = region
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        endpoint = try ModelEndpoint(configured: baseURL ?? "https://bedrock-runtime.\(region).\(domain)")
        self.proof = proof
        self.now = now
    }

    private static func isRegionCharacter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
    }

    package var credentials: [Credential] {
        switch proof {
        case .signature(let keys): [keys.accessKeyID, keys.secretAccessKey, keys.sessionToken].compactMap { $0 }
        case .apiKey(let key): [key]
        case .none: []
        }
    }

    package var takesThinkingBudget: Bool { BedrockModel(id: model).takesBudget }
    package var callIDs: ToolCallIDForm { ToolCallIDForm(maxLength: 64) }

    package func request(_ request: ModelRequest, options: ModelOptions) throws(LanguageModelError) -> ProviderRequest {
        let conversation = AlternatingConversation(request.messages)
        let body = ConverseRequest(
            model: BedrockModel(id: model),
            conversation: request.tools.isEmpty ? conversation.withCallsAsText : conversation, tools: request.tools,
            maxTokens: request.maxTokens, temperature: options.temperature, effort: options.reasoningEffort,
            thinkingBudget: options.thinkingBudget)
        let url = endpoint.url("/model/\(PercentEncoding.segment(model))/converse-stream")
        let bytes = JSONWriter.bytes(body.json)
        var headers: HTTPHeaders = ["content-type": "application/json"]
        switch proof {
        case .signature(let keys):
            let signature = AWSSignature(credentials: keys, region: region, service: "bedrock")
            let signed = AWSSignature.Request(url: url, headers: ["content-type": "application/json"], body: bytes)
            for (name, value) in signature.headers(for: signed, at: now()).sorted(by: { $0.key < $1.key }) {
                headers.add(name: name, value: value)
            }
        case .apiKey(let key): headers.add(name: "authorization", value: "Bearer \(key.secret)")
        case .none: break
        }
        headers.add(name: "accept", value: "application/vnd.amazon.eventstream")
        headers.add(name: "user-agent", value: "skyflo")
        return ProviderRequest(url: url, headers: headers, body: bytes)
    }

    package func decoder(limit: Int) -> any ReplyStreamDecoder { ConverseDecoder(limit: limit) }

    package func error(_ answer: ProviderErrorAnswer) -> LanguageModelError {
        // `ThrottlingException:http://internal.amazon.com/…`
        let type = answer.headers.first(name: "x-amzn-errortype").map { String($0.prefix { $0 != ":" }) }
        return BedrockError(type: type ?? "", body: answer.body).asStatusError(answer.status)
    }
}
