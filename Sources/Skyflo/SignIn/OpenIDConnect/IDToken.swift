import JWTKit
import KubeModel

/// A provider's word about who somebody is (OpenID Connect Core 1.0 §2 and §3.1.3.7).
struct IDToken: Sendable, Hashable {
    static let limit = 64 * 1024
    /// Of clocks that differ.
    static let skewSeconds = 60.0

    let claims: JSONValue

    var subject: String { claims["sub"]?.string ?? "" }

    static func refusal(_ why: String) -> SignInRefusal {
        SignInRefusal(.unauthorized, "The provider's word about you can't be believed: \(why).")
    }

    /// Checks the signature by a key of the provider, found by the token's own header among those that fit its algorithm.
    /// - Parameter find: gives the key of that id for an algorithm.
    /// - Throws: ``SignInRefusal``.
    init(_ text: String, find: (_ id: String?, _ algorithm: String) async throws -> ProviderKey?) async throws {
        guard text.utf8.count <= Self.limit, let header = JOSEHeader(text) else {
            throw Self.refusal("it is no signed token")
        }
        guard ProviderKey.algorithms.contains(header.algorithm) else {
            throw Self.refusal("it isn't signed in a way that is accepted")
        }
        guard let key = try await find(header.keyID, header.algorithm) else {
            throw Self.refusal("it is signed with a key that the provider doesn't publish")
        }
        do {
            let keys = JWTKeyCollection()
            try await keys.add(jwk: JWK(json: JSONWriter.string(key.checking(header.algorithm))))
            // Without the header's own idea of which key it is.
            let signer = try await keys.getKey(for: "key", alg: header.algorithm)
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard signer.name == header.algorithm, let signature = Base64.decodeURL(String(parts[2])),
                try signer.verify(signature, signs: Array("\(parts[0]).\(parts[1])".utf8)),
                let payload = Base64.decodeURL(String(parts[1]))
            else { throw Self.refusal("its signature is wrong") }
            claims = try JSONParser.parse(payload)
        } catch let refusal as SignInRefusal {
            throw refusal
        } catch {
            throw Self.refusal("its signature can't be checked")
        }
    }

    /// Whether it is for us, and counts now.
    /// - Parameter nonce: what was asked with; nil where it was asked again by a refresh token.
    /// - Throws: ``SignInRefusal``.
    func check(issuer: String, clientID: String, nonce: String?, at now: KubeTime) throws(SignInRefusal) {
        guard claims["iss"]?.string == issuer else { throw Self.refusal("it is of another issuer") }
        let audience = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string) ?? []
        guard audience.contains(clientID) else { throw Self.refusal("it is for another client") }
        let party = claims["azp"]?.string
        guard audience.count == 1 || party != nil, party == nil || party == clientID else {
            throw Self.refusal("it was given to another client")
        }
        guard let expiry = time("exp"), now < expiry.adding(seconds: Self.skewSeconds) else {
            throw Self.refusal("it has expired")
        }
        guard let issued = time("iat"), issued <= now.adding(seconds: Self.skewSeconds) else {
            throw Self.refusal("it doesn't count yet")
        }
        if claims["nbf"] != nil {
            guard let begin = time("nbf"), begin <= now.adding(seconds: Self.skewSeconds) else {
                throw Self.refusal("it doesn't count yet")
            }
        }
        guard !subject.isEmpty, subject.utf8.count <= 255 else { throw Self.refusal("it doesn't say who you are") }
        if let nonce {
            guard let own = claims["nonce"]?.string, SecretText.isEqual(own, to: nonce) else {
                throw Self.refusal("it wasn't asked for by this sign-in")
            }
        }
    }

    private func time(_ name: String) -> KubeTime? {
        guard let seconds = claims[name]?.double, seconds.magnitude < 1e11 else { return nil }
        return KubeTime(seconds: seconds)
    }
}

/// Who the claims of a token are in the cluster.
struct ClaimMapping: Sendable, Hashable {
    let settings: ProviderSettings

    /// - Throws: ``SignInRefusal`` where a claim is missing or isn't as it has to be.
    func identity(of claims: JSONValue) throws(SignInRefusal) -> PersonIdentity {
        for (name, value) in settings.requiredClaims.sorted(by: { $0.key < $1.key }) {
            guard claims[name]?.string == value else {
                throw SignInRefusal(.forbidden, "The provider doesn't say what is required of you: the claim \(name).")
            }
        }
        guard let name = claims[settings.usernameClaim]?.string, !name.isEmpty else {
            throw SignInRefusal(.forbidden, "The provider doesn't say the claim \(settings.usernameClaim) of you.")
        }
        // As kube-apiserver has it: an address that nobody proved is nobody's name.
        if settings.usernameClaim == "email", let isVerified = claims["email_verified"] {
            guard isVerified.bool == true else {
                throw SignInRefusal(.forbidden, "The provider hasn't verified your e-mail address.")
            }
        }
        let groups = try self.groups(of: claims)
        let user = settings.effectiveUsernamePrefix + name
        for text in [user] + groups where text.lowercased().hasPrefix(PersonIdentity.localPrefix) {
            throw SignInRefusal(
                .forbidden, "A name of yours begins with \(PersonIdentity.localPrefix), which local accounts have.")
        }
        return try PersonIdentity(user: user, groups: groups)
    }

    private func groups(of claims: JSONValue) throws(SignInRefusal) -> [String] {
        guard let claim = settings.groupsClaim, let value = claims[claim], !value.isNull else { return [] }
        let names: [String]
        if let one = value.string {
            names = [one]
        } else if let list = value.array, list.allSatisfy({ $0.string != nil }) {
            names = list.compactMap(\.string)
        } else {
            throw SignInRefusal(.forbidden, "The claim \(claim) is no name and no list of names.")
        }
        return names.map { settings.groupsPrefix + $0 }
    }
}
