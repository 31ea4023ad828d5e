import HTTPTypes
import Hummingbird
import KubeModel
import NIOCore

/// What the server takes from a request, beside its path.
struct WebRequest {
    private static let bodyLimit = 256 * 1024

    let request: Request
    let address: String
    /// Whose it is; nil for somebody who isn't signed in, and as long as nobody asked.
    var session: WebSession?

    /// - Parameter proxies: whose X-Forwarded-For is believed; its last address that is none of them is the client's.
    init(_ request: Request, on channel: any Channel, proxies: TrustedProxies) {
        self.request = request
        let peer = channel.remoteAddress?.ipAddress ?? ""
        let name = HTTPField.Name("X-Forwarded-For")
        address = proxies.client(of: peer, forwardedFor: name.flatMap { request.headers[$0] })
    }

    /// What the browser calls itself, for the list of its person's sessions.
    var agent: String { request.headers[.userAgent] ?? "" }

    /// Of the address, as forms that read send it: a plus is a blank.
    /// - Throws: ``BadInput``.
    func query() throws -> [String: String] { try FormFields.parse(request.uri.query ?? "") }

    func cookie(_ name: String) -> String? { request.cookies[name]?.value }

    /// Whether another site's page sent it, as far as the browser says.
    var isFromElsewhere: Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
            return site != "same-origin" && site != "none"
        }
        guard let origin = request.headers[.origin] else { return false }
        let host = origin.drop { $0 != ":" }.dropFirst(3)
        return String(host) != request.head.authority
    }

    /// The fields of a form.
    /// - Throws: ``BadInput``.
    func form() async throws -> [String: String] {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            throw BadInput("a form is sent as application/x-www-form-urlencoded")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.bodyLimit)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw BadInput("a form has at most \(Self.bodyLimit) bytes")
        }
        return try FormFields.parse(String(buffer: body))
    }
}

/// Forms as browsers send them (WHATWG URL, section 5.1). Each field may come once.
package enum FormFields {
    private static let limit = 64

    /// - Throws: ``BadInput`` for a field that comes twice, or that isn't encoded as it has to be.
    package static func parse(_ body: String) throws -> [String: String] {
        var fields: [String: String] = [:]
        for pair in body.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = Substring(pair).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsBlank: true),
                let value = parts.count > 1 ? PercentEncoding.decode(parts[1], plusIsBlank: true) : ""
            else { throw BadInput("a field of the form isn't percent-encoded UTF-8") }
            let text = withPlainLineEnds(value)
            guard fields.updateValue(text, forKey: name) == nil else {
                throw BadInput("the field \"\(name)\" came twice")
            }
            guard fields.count <= limit else { throw BadInput("a form has at most \(limit) fields") }
        }
        return fields
    }

    /// Browsers end lines with a carriage return and a line feed.
    private static func withPlainLineEnds(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isBehindReturn = false
        for scalar in text.unicodeScalars {
            if !(scalar == "\n" && isBehindReturn) { result.append(scalar == "\r" ? "\n" : scalar) }
            isBehindReturn = scalar == "\r"
        }
        return String(result)
    }
}
