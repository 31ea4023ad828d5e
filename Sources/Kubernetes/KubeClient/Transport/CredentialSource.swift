import FoundationEssentials
import HTTPTransport
import KubeModel
import Synchronization

/// What a request proves its sender with.
struct PresentedCredential: Sendable, Hashable {
    var authorization: String?
    /// Instead of the configuration's own.
    var certificate: ExecCredential.Certificate?

    /// A text that a server sent, without the credential: some servers and proxies quote the request that they refuse.
    func hidden(in text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "[redacted]") }
    }

    /// A refusal without the credential. Any other answer is taken as it is: it isn't told to anybody.
    func hidden(in response: KubeResponse) -> KubeResponse {
        var response = response
        response.warnings = response.warnings.map(hidden)
        guard !(200..<300).contains(response.status) else { return response }
        let text = response.text
        let hidden = hidden(in: text)
        if hidden != text { response.body = Array(hidden.utf8) }
        return response
    }

    /// The text as a server repeats it that takes headers for what they were before UTF-8.
    private static func latin1(_ text: String) -> String {
        String(String.UnicodeScalarView(text.utf8.map { Unicode.Scalar($0) }))
    }

    private var secrets: [String] {
        guard let value = authorization?.split(separator: " ", maxSplits: 1).last.map(String.init) else { return [] }
        let isBasic = authorization?.hasPrefix("Basic ") == true
        let pair = isBasic ? Data(base64Encoded: value).map { String(decoding: $0, as: UTF8.self) } : nil
        let password = pair?.split(separator: ":", maxSplits: 1).last.map(String.init)
        // A short one would take letters out of words.
        return [value, password].compactMap { $0 }.filter { $0.count >= 8 }.flatMap { [$0, Self.latin1($0)] }
    }
}

extension PresentedCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "[redacted]" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// Gives the credential for each request.
final class CredentialSource: Sendable {
    private let credentials: Credentials
    private let cache = Mutex(TokenCache())
    private let plugin: ExecCredentialCache?

    init(_ credentials: Credentials) {
        self.credentials = credentials
        if case .exec(let plugin) = credentials {
            self.plugin = ExecCredentialCache { try await plugin.run() }
        } else {
            plugin = nil
        }
    }

    /// Empty without credentials, or where the TLS settings have them.
    func current() async throws -> PresentedCredential {
        if let plugin { return try await plugin.current().presented }
        return PresentedCredential(authorization: try authorization())
    }

    /// Another than the one that the server refused with 401, when there is another by now. A plug-in is asked again.
    func renewed(insteadOf refused: PresentedCredential) async throws -> PresentedCredential? {
        if let plugin {
            let renewed = try await plugin.renewed(insteadOf: refused).presented
            return renewed == refused ? nil : renewed
        }
        return authorization(insteadOf: refused.authorization).map { PresentedCredential(authorization: $0) }
    }

    private func authorization() throws(KubeClientError) -> String? {
        switch credentials {
        case .none, .exec: return nil
        case .token(let token):
            let token = CredentialText.trimmed(token)
            guard CredentialText.fitsHeader(token) else {
                throw KubeClientError(.configuration, message: "the token \(CredentialText.refusal)")
            }
            return "Bearer " + token
        case .basic(let user, let password):
            return "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        case .tokenFile(let path, let fallback):
            return try cache.withLock { (cache) throws(KubeClientError) in
                let token = try cache.token(at: .now, fallback: fallback) { () throws(KubeClientError) in
                    try ConfigurationFile.token(path)
                }
                return "Bearer " + token
            }
        }
    }

    private func authorization(insteadOf refused: String?) -> String? {
        guard case .tokenFile(let path, _) = credentials else { return nil }
        let token = cache.withLock { cache in
            cache.token(at: .now, insteadOf: refused.map { String($0.dropFirst("Bearer ".count)) }) {
                try ConfigurationFile.token(path)
            }
        }
        return token.map { "Bearer " + $0 }
    }
}

/// When to read a token file again.
///
/// The kubelet replaces a projected token at 80 % of its life, which is ten minutes at least, so that a minute's delay
/// is harmless; a file that can't be read for a moment is no reason to stop while the last token may still be good.
struct TokenCache: Sendable {
    static let lifetime: Duration = .seconds(60)

    private var token: String?
    private var readAt: ContinuousClock.Instant?

    mutating func token(
        at now: ContinuousClock.Instant, fallback: String?, read: () throws(KubeClientError) -> String
    ) throws(KubeClientError) -> String {
        if let token, let readAt, readAt.duration(to: now) < Self.lifetime { return token }
        do {
            token = try read()
        } catch {
            guard let last = token ?? fallback else { throw error }
            token = last
        }
        readAt = now
        return token ?? ""
    }

    /// Reads at once, unless somebody has done so since `refused` was handed out. nil when there is no other token.
    mutating func token(
        at now: ContinuousClock.Instant, insteadOf refused: String?, read: () throws -> String
    ) -> String? {
        if let token, token != refused { return token }
        guard let fresh = try? read(), fresh != refused else { return nil }
        token = fresh
        readAt = now
        return fresh
    }
}
