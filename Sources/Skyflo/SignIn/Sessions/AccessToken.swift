import Crypto
import FoundationEssentials
import JWTKit
import KubeModel

/// What a browser shows with each request: a signed word about which session it belongs to, for a quarter of an hour. It gives
/// no right by itself: the session is looked up each time.
struct AccessToken: Sendable, Hashable {
    static let lifetime = 900.0
    private static let issuer = "skyflo-web"
    private static let limit = 2048

    var session: String
    var user: String
    var issuedAt: KubeTime
    var expiresAt: KubeTime

    init(session: String, user: String, at now: KubeTime) {
        (self.session, self.user, issuedAt) = (session, user, now)
        expiresAt = now.adding(seconds: Self.lifetime)
    }

    private struct Claims: JWTPayload {
        var iss: IssuerClaim
        var sub: SubjectClaim
        var sid: String
        var iat: Int
        var exp: Int

        func verify(using algorithm: some JWTAlgorithm) throws {
            guard iss.value == AccessToken.issuer else {
                throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "of another issuer")
            }
        }
    }

    func signed(with key: ServerKey) async throws -> String {
        let keys = JWTKeyCollection()
        await keys.add(
            eddsa: EdDSA.PrivateKey(backing: try Curve25519.Signing.PrivateKey(rawRepresentation: key.signing)),
            kid: JWKIdentifier(string: key.id))
        let claims = Claims(
            iss: .init(value: Self.issuer), sub: .init(value: user), sid: session,
            iat: Int(issuedAt.microseconds / 1_000_000), exp: Int(expiresAt.microseconds / 1_000_000))
        return try await keys.sign(claims, kid: JWKIdentifier(string: key.id))
    }

    /// - Returns: nil for what this server didn't sign, whatever its header says of how to check it. One that is expired is
    ///   returned, too.
    static func read(_ text: String, keys: ServerKeys) async throws -> AccessToken? {
        guard text.utf8.count <= limit, let header = JOSEHeader(text), header.algorithm == "EdDSA",
            let id = header.keyID,
            let key = try await keys.key(id)
        else { return nil }
        let collection = JWTKeyCollection()
        let signing = try Curve25519.Signing.PrivateKey(rawRepresentation: key.signing)
        await collection.add(eddsa: EdDSA.PublicKey(backing: signing.publicKey), kid: JWKIdentifier(string: id))
        guard let claims = try? await collection.verify(text, as: Claims.self) else { return nil }
        var token = AccessToken(
            session: claims.sid, user: claims.sub.value, at: KubeTime(seconds: Double(claims.iat)))
        token.expiresAt = KubeTime(seconds: Double(claims.exp))
        return token
    }
}

/// What a JSON Web Token says of itself before it is known whether to believe it (RFC 7515 §4).
struct JOSEHeader: Sendable, Hashable {
    var algorithm: String
    var keyID: String?

    /// - Returns: nil for what isn't made of three parts with a readable header, and for one with extensions that would have to
    ///   be understood (`crit`).
    init?(_ token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodeURL(String(parts[0])), let json = try? JSONParser.parse(bytes),
            let algorithm = json["alg"]?.string, json["crit"] == nil
        else { return nil }
        self.algorithm = algorithm
        keyID = json["kid"]?.string
    }
}
