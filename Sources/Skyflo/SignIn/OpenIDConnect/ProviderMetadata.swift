import KubeModel

/// What a provider says of itself (OpenID Connect Discovery 1.0).
struct ProviderMetadata: Sendable, Hashable {
    var authorizationEndpoint: String
    var tokenEndpoint: String
    var keysEndpoint: String
    /// Whether answers name the issuer (RFC 9207): then they have to.
    var namesIssuer = false
    /// Whether the client's secret goes into the form, not into a header.
    var takesSecretInForm = false

    /// - Throws: ``SignInRefusal`` for a document of another issuer, or with addresses that can't be trusted.
    init(_ json: JSONValue, issuer: String) throws(SignInRefusal) {
        guard json["issuer"]?.string == issuer else {
            throw SignInRefusal(.unavailable, "The provider's discovery document is of another issuer.")
        }
        func endpoint(_ name: String) throws(SignInRefusal) -> String {
            guard let url = json[name]?.string, url.utf8.count <= 2048, ProviderAddress.isAcceptableEndpoint(url) else {
                throw SignInRefusal(.unavailable, "The provider's discovery document has no usable \(name).")
            }
            return url
        }
        authorizationEndpoint = try endpoint("authorization_endpoint")
        tokenEndpoint = try endpoint("token_endpoint")
        keysEndpoint = try endpoint("jwks_uri")
        namesIssuer = json["authorization_response_iss_parameter_supported"]?.bool == true
        let methods = json["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string)
        takesSecretInForm =
            methods.map { !$0.contains("client_secret_basic") && $0.contains("client_secret_post") } ?? false
    }
}

/// A key of the provider that a token's signature may be checked with (RFC 7517, RFC 7518 §6).
struct ProviderKey: Sendable, Hashable {
    /// What a token may be signed by. Neither `none` nor a secret that both sides have is among them.
    static let algorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    let id: String?
    /// `RSA`, `EC` or `OKP`.
    let type: String
    /// As in the set; only for the algorithm that it names, where it names one.
    let json: JSONValue

    /// - Returns: nil for a key that isn't for signatures, or is too weak (RFC 7518 §3.3).
    init?(_ json: JSONValue) {
        guard let type = json["kty"]?.string, json["use"]?.string ?? "sig" == "sig" else { return nil }
        if let operations = json["key_ops"]?.array, !operations.contains("verify") { return nil }
        if type == "RSA" {
            let modulus = json["n"]?.string.flatMap(Base64.decodeURL)?.drop { $0 == 0 }
            guard let modulus, (256...1024).contains(modulus.count), json["e"]?.string != nil else { return nil }
        }
        self.type = type
        id = json["kid"]?.string
        self.json = json
    }

    func fits(_ algorithm: String) -> Bool {
        if let own = json["alg"]?.string, own != algorithm { return false }
        return switch (type, algorithm, json["crv"]?.string) {
        case ("RSA", let name, _): name.hasPrefix("RS") || name.hasPrefix("PS")
        case ("EC", "ES256", "P-256"), ("EC", "ES384", "P-384"), ("EC", "ES512", "P-521"): true
        case ("OKP", "EdDSA", "Ed25519"): true
        default: false
        }
    }

    /// For checking only, and for one algorithm.
    func checking(_ algorithm: String) -> JSONValue {
        var bare: JSONValue = ["kid": "key", "alg": .string(algorithm)]
        for name in ["kty", "n", "e", "crv", "x", "y"] {
            if let value = json[name] { bare[name] = value }
        }
        return bare
    }
}

/// The keys of a provider as last read.
struct ProviderKeys: Sendable, Hashable {
    static let limit = 64

    let keys: [ProviderKey]

    /// Keys that aren't understood are left out, as RFC 7517 §5 has it.
    init(_ json: JSONValue) { keys = (json["keys"]?.array ?? []).prefix(Self.limit).compactMap(ProviderKey.init) }

    /// The one that a token names; one without a name is only found where no other fits.
    func key(_ id: String?, for algorithm: String) -> ProviderKey? {
        let fitting = keys.filter { $0.fits(algorithm) }
        guard let id else { return fitting.count == 1 ? fitting[0] : nil }
        return fitting.first { $0.id == id }
    }
}
