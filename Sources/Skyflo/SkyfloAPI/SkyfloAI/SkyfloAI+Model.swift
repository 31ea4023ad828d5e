import KubeModel

extension SkyfloAI {
    /// An entry of `spec.models`.
    package struct Model: Sendable, Hashable {
        package struct SecretReference: Sendable, Hashable {
            package var name: String
            package var key: String

            package init(name: String, key: String) {
                self.name = name
                self.key = key
            }

            /// nil without a name.
            init?(_ json: JSONValue?, defaultKey: String) {
                guard let name = json?["name"]?.string else { return nil }
                self.init(name: name, key: json?["key"]?.string ?? defaultKey)
            }
        }

        /// A header of each request.
        package struct Header: Sendable, Hashable {
            package var name: String
            package var value: String?
            package var secretRef: SecretReference?
        }

        /// In seconds; nil for the default.
        package struct Timeouts: Sendable, Hashable {
            package var firstToken: Int?
            package var silence: Int?
            package var reply: Int?
        }

        package var name: String
        /// nil for a word that this version doesn't know: such a model can't be used.
        package var provider: Provider?
        /// The word in the manifest.
        package var providerName: String
        package var model: String
        package var baseURL: String?
        /// Of Amazon or Google.
        package var region: String?
        /// Of Google Cloud; nil for the one of the service account.
        package var project: String?
        package var apiKeySecretRef: SecretReference?
        package var auth: Auth?
        package var maxTokens: Int?
        /// nil: what it costs isn't known.
        package var prices: ModelPrices?
        /// In tokens, request and reply together; nil where it isn't known.
        package var contextWindow: Int?
        package var temperature: Double?
        package var reasoningEffort: String?
        /// In tokens.
        package var thinkingBudget: Int?
        package var timeouts = Timeouts()
        package var headers: [Header] = []
        /// Of certificate authorities, in PEM; instead of those of the system.
        package var caBundle: String?
        package var caSecretRef: SecretReference?
        package var caConfigMapRef: SecretReference?
        /// The URL of a proxy; nil for what the operator's environment says.
        package var proxy: String?
        /// Names of models that are asked, in order, where this one can't be reached.
        package var fallback: [String] = []

        /// The built-in model, used where a SkyfloAI lists none.
        package static let offline = Model(name: "offline", provider: .offline, model: "offline")

        package init(name: String, provider: Provider, model: String) {
            self.name = name
            self.provider = provider
            providerName = provider.rawValue
            self.model = model
        }
    }
}

extension SkyfloAI.Model {
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.init(name: name, provider: .openAI, model: json["model"]?.string ?? name)
        if let word = json["provider"]?.string {
            provider = Provider(rawValue: word)
            providerName = word
        }
        baseURL = json["baseURL"]?.string
        region = json["region"]?.string
        project = json["project"]?.string
        auth = Auth(json["auth"])
        apiKeySecretRef = SecretReference(
            json["apiKeySecretRef"], defaultKey: (provider ?? .openAI).defaultKeyName)
        maxTokens = json["maxTokens"]?.int
        prices = json["prices"].flatMap(ModelPrices.init)
        contextWindow = json["contextWindow"]?.int
        temperature = json["temperature"]?.string.flatMap(Double.init)
        reasoningEffort = json["reasoningEffort"]?.string
        thinkingBudget = json["thinkingBudget"]?.int
        timeouts = Timeouts(
            firstToken: json["timeouts", "firstTokenSeconds"]?.int, silence: json["timeouts", "silenceSeconds"]?.int,
            reply: json["timeouts", "replySeconds"]?.int)
        headers = (json["headers"]?.array ?? []).compactMap { header in
            guard let name = header["name"]?.string else { return nil }
            return Header(
                name: name, value: header["value"]?.string,
                secretRef: SecretReference(header["secretRef"], defaultKey: name))
        }
        caBundle = json["caBundle"]?.string
        caSecretRef = SecretReference(json["caSecretRef"], defaultKey: "ca.crt")
        caConfigMapRef = SecretReference(json["caConfigMapRef"], defaultKey: "ca.crt")
        proxy = json["proxy"]?.string
        fallback = json["fallback"]?.array?.compactMap(\.string) ?? []
    }
}

extension SkyfloAI.Model {
    /// Who is asked, or by which protocol.
    package enum Provider: String, Sendable, CaseIterable {
        case openAI = "OpenAI"
        case openAIResponses = "OpenAIResponses"
        case azureOpenAI = "AzureOpenAI"
        case anthropic = "Anthropic"
        case gemini = "Gemini"
        case bedrock = "Bedrock"
        case vertexAI = "VertexAI"
        case groq = "Groq"
        case mistral = "Mistral"
        case deepSeek = "DeepSeek"
        case together = "Together"
        case openRouter = "OpenRouter"
        case xAI
        case moonshot = "Moonshot"
        case fireworks = "Fireworks"
        case cerebras = "Cerebras"
        case vLLM
        case ollama = "Ollama"
        case llamaCpp = "LlamaCpp"
        case liteLLM = "LiteLLM"
        case offline = "Offline"

        /// nil for servers that people run themselves, whose address has to be named; for Azure, where each resource has its
        /// own; and for Amazon and Vertex AI, where the region decides.
        package var defaultBaseURL: String? {
            switch self {
            case .openAI, .openAIResponses: "https://api.openai.com/v1"
            case .anthropic: "https://api.anthropic.com"
            case .gemini: "https://generativelanguage.googleapis.com"
            case .groq: "https://api.groq.com/openai/v1"
            case .mistral: "https://api.mistral.ai/v1"
            case .deepSeek: "https://api.deepseek.com/v1"
            case .together: "https://api.together.xyz/v1"
            case .openRouter: "https://openrouter.ai/api/v1"
            case .xAI: "https://api.x.ai/v1"
            case .moonshot: "https://api.moonshot.ai/v1"
            case .fireworks: "https://api.fireworks.ai/inference/v1"
            case .cerebras: "https://api.cerebras.ai/v1"
            case .azureOpenAI, .bedrock, .vertexAI, .vLLM, .ollama, .llamaCpp, .liteLLM, .offline: nil
            }
        }

        /// Of the key in the Secret, as the provider's own tools call the environment variable.
        package var defaultKeyName: String {
            switch self {
            case .azureOpenAI: "AZURE_OPENAI_API_KEY"
            case .anthropic: "ANTHROPIC_API_KEY"
            case .gemini: "GEMINI_API_KEY"
            case .bedrock: "AWS_ACCESS_KEY_ID"
            case .vertexAI: "VERTEX_AI_ACCESS_TOKEN"
            case .groq: "GROQ_API_KEY"
            case .mistral: "MISTRAL_API_KEY"
            case .deepSeek: "DEEPSEEK_API_KEY"
            case .together: "TOGETHER_API_KEY"
            case .openRouter: "OPENROUTER_API_KEY"
            case .xAI: "XAI_API_KEY"
            case .moonshot: "MOONSHOT_API_KEY"
            case .fireworks: "FIREWORKS_API_KEY"
            case .cerebras: "CEREBRAS_API_KEY"
            case .openAI, .openAIResponses, .vLLM, .ollama, .llamaCpp, .liteLLM, .offline: "OPENAI_API_KEY"
            }
        }
    }
}

extension SkyfloAI.Model.Provider {
    /// The other keys of a Secret of Amazon's, as its own tools call the environment variables. The last is only there with
    /// credentials that end by themselves.
    package static let secretAccessKeyName = "AWS_SECRET_ACCESS_KEY"
    package static let sessionTokenName = "AWS_SESSION_TOKEN"
    /// An API key of Bedrock, which is all that is needed where it is named.
    package static let bedrockAPIKeyName = "AWS_BEARER_TOKEN_BEDROCK"
}
