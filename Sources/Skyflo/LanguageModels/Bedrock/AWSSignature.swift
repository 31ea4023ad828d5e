import Crypto
import KubeModel

/// AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
/// of a request whose body is known as a whole.
struct AWSSignature: Sendable {
    var credentials: AWSCredentials
    var region: String
    var service: String

    struct Request: Sendable {
        var method = "POST"
        /// As it is sent, with the port where that is not the scheme's.
        var host: String
        /// As it is sent: percent-encoded once.
        var path: String
        /// As it is sent, without the question mark.
        var query: String
        /// Others than `host` and those that the signature adds.
        var headers: [String: String]
        var body: [UInt8]

        /// - Parameter url: with a scheme and no fragment.
        init(url: String, headers: [String: String], body: [UInt8]) {
            let isSecure = url.lowercased().hasPrefix("https:")
            let rest = url.drop { $0 != ":" }.dropFirst(3)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            let host = authority.split(separator: "@").last.map(String.init) ?? ""
            let ending = isSecure ? ":443" : ":80"
            self.host = host.hasSuffix(ending) ? String(host.dropLast(ending.count)) : host
            let target = rest.dropFirst(authority.count).split(separator: "?", maxSplits: 1)
            path = target.first.map(String.init) ?? "/"
            query = target.count > 1 ? String(target[1]) : ""
            self.headers = headers
            self.body = body
        }
    }

    /// The headers to add to a request: `x-amz-date`, `authorization`, and the session's token.
    func headers(for request: Request, at time: KubeTime) -> [String: String] {
        let date = Self.date(time)
        var added = ["x-amz-date": date]
        added["x-amz-security-token"] = credentials.sessionToken?.secret
        let signed = request.headers.merging(added) { $1 }.merging(["host": request.host]) { $1 }
        let fields = signed.map { ($0.key.lowercased(), Self.value($0.value)) }.sorted { $0.0 < $1.0 }
        let names = fields.map(\.0).joined(separator: ";")
        let canonical = [
            request.method, Self.canonicalPath(request.path), Self.canonicalQuery(request.query),
            fields.map { "\($0):\($1)\n" }.joined(), names, SHA256.hash(data: request.body).hexadecimal,
        ].joined(separator: "\n")
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(SHA256.hash(data: Array(canonical.utf8)).hexadecimal)"
        let signature = Self.code(text, key: key(day: String(date.prefix(8)))).hexadecimal
        added["authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID.secret)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
        return added
    }

    private func key(day: String) -> [UInt8] {
        let first = Array("AWS4\(credentials.secretAccessKey.secret)".utf8)
        return [day, region, service, "aws4_request"].reduce(first) { Array(Self.code($1, key: $0)) }
    }

    private static func code(_ text: String, key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    /// `20261130T172146Z`.
    static func date(_ time: KubeTime) -> String { time.description.filter { $0 != "-" && $0 != ":" } }

    /// Blanks around a value and runs of them inside count as one.
    private static func value(_ text: String) -> String {
        text.split(separator: " ").joined(separator: " ")
    }

    /// Encoded once more, as all services but S3 want it.
    static func canonicalPath(_ path: String) -> String {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let trailing = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.map(PercentEncoding.segment).joined(separator: "/") + trailing
    }

    private static func canonicalQuery(_ query: String) -> String {
        query.split(separator: "&").map { $0.contains("=") ? String($0) : "\($0)=" }.sorted().joined(separator: "&")
    }
}
