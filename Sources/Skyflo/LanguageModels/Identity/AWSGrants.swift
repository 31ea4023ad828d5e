import KubeModel

/// A role that is taken on, and how that is named in AWS's records.
package struct AWSRole: Sendable, Hashable {
    private let arn: String
    private let sessionName: String
    private let externalID: String?
    private let region: String
    private let stsURL: String

    /// - Parameters:
    ///   - arn: `arn:aws:iam::123456789012:role/NAME`.
    ///   - sessionName: nil for `skyflo`.
    ///   - externalID: what the owner of the role asks for, where it is in another account.
    ///   - region: whose token service is asked.
    ///   - stsURL: nil for the region's.
    /// - Throws: `rejected` where ARN or session's name can't be one.
    package init(
        arn: String, sessionName: String? = nil, externalID: String? = nil, region: String, stsURL: String? = nil
    ) throws(LanguageModelError) {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn", parts[2] == "iam", parts[5].hasPrefix("role/") else {
            throw LanguageModelError(.rejected, message: "\"\(arn.prefix(128))\" is not the ARN of a role")
        }
        let name = sessionName ?? "skyflo"
        guard (2...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isSessionCharacter) else {
            throw LanguageModelError(.rejected, message: "\"\(name.prefix(64))\" can't be the name of a session of AWS")
        }
        (self.arn, self.sessionName, self.externalID, self.region) = (arn, name, externalID, region)
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        self.stsURL = stsURL ?? "https://sts.\(region).\(domain)/"
    }

    private static func isSessionCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: "_=,.@-".utf8.contains(byte)
        }
    }

    private func fields(_ action: String) -> [(String, String)] {
        [
            ("Action", action), ("Version", "2011-06-15"), ("RoleArn", arn), ("RoleSessionName", sessionName),
            ("DurationSeconds", "3600"),
        ]
    }

    /// By a token that the cluster signed, which needs no signature
    /// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
    func request(webIdentity token: Credential) -> TokenRequest {
        var request = TokenRequest.form(
            fields("AssumeRoleWithWebIdentity") + [("WebIdentityToken", token.secret)], to: stsURL)
        request.headers["accept"] = nil
        return request
    }

    /// By keys (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
    func request(by keys: AWSCredentials, at now: KubeTime) -> TokenRequest {
        let id = externalID.map { [("ExternalId", $0)] } ?? []
        var request = TokenRequest.form(fields("AssumeRole") + id, to: stsURL)
        request.headers["accept"] = nil
        let signature = AWSSignature(credentials: keys, region: region, service: "sts")
        let signed = AWSSignature.Request(url: stsURL, headers: request.headers, body: request.body)
        request.headers.merge(signature.headers(for: signed, at: now)) { $1 }
        return request
    }
}

/// What a pod gets from the agent of EKS Pod Identity, or of ECS
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
package struct AWSContainerIdentity: Sendable, Hashable {
    private let url: String
    let tokenFile: String?

    package init(url: String, tokenFile: String?) { (self.url, self.tokenFile) = (url, tokenFile) }

    func request(subject: Credential?) -> TokenRequest {
        TokenRequest(method: "GET", url: url, headers: subject.map { ["authorization": $0.secret] } ?? [:])
    }
}

/// Credentials in answers of AWS.
enum AWSTokenAnswer {
    /// Those of the token service are XML with members that are in it once.
    static func token(inXML body: [UInt8], at now: KubeTime) throws(LanguageModelError) -> GrantedToken {
        let text = String(decoding: body, as: UTF8.self)
        return try token(
            id: member("AccessKeyId", in: text), secret: member("SecretAccessKey", in: text),
            session: member("SessionToken", in: text), end: member("Expiration", in: text), now: now)
    }

    /// Those of the agents are JSON.
    static func token(inJSON body: [UInt8], at now: KubeTime) throws(LanguageModelError) -> GrantedToken {
        let json = (try? JSONParser.parse(body)) ?? .null
        return try token(
            id: json["AccessKeyId"]?.string, secret: json["SecretAccessKey"]?.string, session: json["Token"]?.string,
            end: json["Expiration"]?.string, now: now)
    }

    private static func token(
        id: String?, secret: String?, session: String?, end: String?, now: KubeTime
    ) throws(LanguageModelError) -> GrantedToken {
        guard let id, let secret, let session, let end = end.flatMap({ KubeTime($0) }) else {
            throw LanguageModelError(.badReply, message: "the answer has no credentials with an end")
        }
        let keys = AWSCredentials(
            accessKeyID: Credential(id), secretAccessKey: Credential(secret), sessionToken: Credential(session))
        guard Credential(id).fitsHeader, Credential(session).fitsHeader else {
            throw LanguageModelError(.badReply, message: "the credentials fit no header")
        }
        return GrantedToken(credential: .aws(keys), obtainedAt: now, expiresAt: end)
    }

    /// `AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity`
    static func words(in body: [UInt8]) -> String {
        let text = String(decoding: body, as: UTF8.self)
        let texts = ["Code", "Message"].compactMap { member($0, in: text) }
        return texts.isEmpty ? ProviderError(body: body).message : ProviderError.line(texts.joined(separator: ": "))
    }

    private static func member(_ name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let escapes = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        return escapes.reduce(String(text[start.upperBound..<end.lowerBound])) { $0.replacing($1.0, with: $1.1) }
    }
}
