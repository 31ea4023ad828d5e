import KubeModel

/// What Jenkins asks of requests that change something where they are authenticated by a password: a token against forged
/// requests, which counts in the session that it was given in.
package enum JenkinsCrumb {
    /// - Throws: ``IntegrationError``; `CancellationError`.
    package static func headers(from transport: any IntegrationTransport) async throws -> [IntegrationRequest.Field] {
        let response = try await transport.send(
            try IntegrationRequest(.get, segments: ["crumbIssuer", "api", "json"], limit: 64 * 1024))
        guard response.isSuccess, let json = try? response.json(), let crumb = json["crumb"]?.string,
            let field = json["crumbRequestField"]?.string, isToken(field), isValue(crumb)
        else { throw IntegrationError(.forbidden, message: "Jenkins asks for a crumb, and gives none") }
        let cookies = response.headers.filter { $0.name.lowercased() == "set-cookie" }
            .compactMap { $0.value.split(separator: ";").first.map(String.init) }.filter(isValue)
        var headers = [IntegrationRequest.Field(field, value: crumb)]
        if !cookies.isEmpty { headers.append(.init("cookie", value: cookies.joined(separator: "; "))) }
        return headers
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 64 && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0.isLetterOrDigit }
            && !["authorization", "cookie", "host", "content-length", "transfer-encoding"].contains(text.lowercased())
    }

    private static func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 1024 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}
