import HTTPTransport
import KubeModel

/// How a program gets a token for itself (OAuth 2.1, client credentials grant; RFC 6749 §4.4). Printing a value shows no secret.
package struct ClientCredentialsGrant: Sendable, Hashable {
    /// An access token, and for how long it may be used.
    package struct Token: Sendable, Hashable {
        package var text: String
        /// nil where the server doesn't say.
        package var lifetime: Duration?
    }

    package let clientID: String
    private let secret: String
    package let scopes: [String]
    /// The address of what the token is for (RFC 8707): a token for one server is of no use at another.
    package let resource: String

    package init(clientID: String, secret: String, scopes: [String], resource: String) {
        self.clientID = clientID
        self.secret = secret
        self.scopes = scopes
        self.resource = resource
    }

    /// The texts that must not be read in any answer.
    package var secrets: [String] { [secret, basic] }

    /// RFC 6749 §2.3.1 has both encoded as in a form before they are joined.
    private var basic: String {
        Base64.encode(Array("\(PercentEncoding.query(clientID)):\(PercentEncoding.query(secret))".utf8))
    }

    private var request: IntegrationRequest {
        var form: [IntegrationRequest.Field] = [
            .init("grant_type", value: "client_credentials"), .init("resource", value: resource),
        ]
        if !scopes.isEmpty { form.append(.init("scope", value: scopes.joined(separator: " "))) }
        var request = IntegrationRequest(.post, target: "", form: form)
        request.extraHeaders = [.init("Authorization", value: "Basic \(basic)")]
        request.limit = 64 * 1024
        return request
    }

    /// Asks for a token.
    /// - Parameter transport: to the token endpoint.
    /// - Throws: ``IntegrationError``, which quotes no more of the answer than its error code; `CancellationError`.
    package func token(from transport: any IntegrationTransport) async throws -> Token {
        let response = try await transport.send(request)
        let json = try? JSONParser.parse(response.body)
        guard response.status == 200 else {
            let code = (json?["error"]?.string ?? "").filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40)
            throw IntegrationError(
                .unauthorized,
                message: "the token endpoint gives no token (HTTP \(response.status)\(code.isEmpty ? "" : ", \(code)"))"
            )
        }
        guard let text = json?["access_token"]?.string, !text.isEmpty, CredentialText.fitsHeader(text),
            json?["token_type"]?.string?.lowercased() == "bearer"
        else { throw IntegrationError(.malformed, message: "the token endpoint answers without a bearer token") }
        let seconds = json?["expires_in"]?.int
        return Token(text: text, lifetime: seconds.map { .seconds(min(max(0, $0), 86_400)) })
    }
}

extension ClientCredentialsGrant: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
