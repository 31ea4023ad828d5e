import Crypto
import HTTPTypes
import Hummingbird
import KubeModel
import NIOCore

/// What the server answers, before the headers that all answers have.
struct WebResponse {
    /// Whether browsers reach the server by TLS, and by a certificate that somebody vouches for.
    struct Transport: Sendable, Hashable {
        var isSecure: Bool
        var isCertified = false

        /// The prefix keeps other hosts and paths from setting it (RFC 6265bis, section 4.1.3).
        private func name(_ word: String) -> String { isSecure ? "__Host-skyflo-\(word)" : "skyflo-\(word)" }

        /// Of who came with a token of the cluster.
        var sessionCookie: String { name("session") }
        /// Of a stored session, for a quarter of an hour.
        var accessCookie: String { name("access") }
        /// Of a sign-in that is at the provider.
        var providerCookie: String { name("provider") }
        /// Of a stored session; sent to ``Route/refresh`` only, which the other prefix doesn't allow.
        var refreshCookie: String { isSecure ? "__Secure-skyflo-refresh" : "skyflo-refresh" }
        /// Of the sign-in form, before there is a session.
        var doorCookie: String { name("door") }
        var themeCookie: String { name("theme") }
    }

    var response: Response

    init(_ status: HTTPResponse.Status, html: HTML) {
        var fields = HTTPFields()
        fields[.contentType] = "text/html; charset=utf-8"
        fields[.cacheControl] = "no-store"
        response = Response(
            status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: html.document)))
    }

    init(_ status: HTTPResponse.Status, text: String) {
        var fields = HTTPFields()
        fields[.contentType] = "text/plain; charset=utf-8"
        fields[.cacheControl] = "no-store"
        response = Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// To a place that is read with GET.
    init(seeOther link: Link) {
        var fields = HTTPFields()
        fields[.location] = link.text
        fields[.cacheControl] = "no-store"
        response = Response(status: .seeOther, headers: fields)
    }

    /// The same request again, elsewhere: with its method and its form.
    init(sameRequestAt link: Link) {
        var fields = HTTPFields()
        fields[.location] = link.text
        fields[.cacheControl] = "no-store"
        response = Response(status: .temporaryRedirect, headers: fields)
    }

    /// To the provider, whose address its discovery document says.
    init(provider url: String) {
        var fields = HTTPFields()
        fields[.location] = url
        fields[.cacheControl] = "no-store"
        response = Response(status: .seeOther, headers: fields)
    }

    init(events body: ResponseBody) {
        var fields = HTTPFields()
        fields[.contentType] = "text/event-stream; charset=utf-8"
        fields[.cacheControl] = "no-cache, no-store, no-transform"
        // The stream watches for the client's end, which uses the connection up.
        fields[.connection] = "close"
        if let name = HTTPField.Name("X-Accel-Buffering") { fields[name] = "no" }
        response = Response(status: .ok, headers: fields, body: body)
    }

    init(asset: WebAsset) {
        var fields = HTTPFields()
        fields[.contentType] = asset.type
        // Its address has its digest.
        fields[.cacheControl] = "public, max-age=31536000, immutable"
        response = Response(
            status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    func setting(cookie: Cookie) -> WebResponse {
        var result = self
        result.response.setCookie(cookie)
        return result
    }

    /// Of cookies of one name, the last.
    func setting(cookies: [Cookie]) -> WebResponse {
        let last = Dictionary(cookies.enumerated().map { ($1.name, $0) }) { $1 }
        return cookies.enumerated().reduce(self) {
            last[$1.element.name] == $1.offset ? $0.setting(cookie: $1.element) : $0
        }
    }

    func with(_ name: HTTPField.Name, value: String) -> WebResponse {
        var result = self
        result.response.headers[name] = value
        return result
    }

    /// Nothing but this server's own files, no frames, no forms to elsewhere.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    private static let always: [(String, String)] = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        // Not no-referrer: browsers would then send forms with the origin null.
        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]

    func finished(_ transport: Transport) -> Response {
        var response = response
        for (name, value) in Self.always {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        // With a self-made certificate a browser that insists could not be told to go on.
        if transport.isCertified, let name = HTTPField.Name("Strict-Transport-Security") {
            response.headers[name] = "max-age=31536000"
        }
        return response
    }
}

/// A file of the pages, from this program itself.
struct WebAsset: Sendable {
    let name: String
    let type: String
    let bytes: [UInt8]
    /// For the address: browsers keep a file for good.
    let version: String

    private init(_ name: String, type: String, bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
        version = String(SHA256.hash(data: bytes).hexadecimal.prefix(12))
    }

    static let style = WebAsset("style.css", type: "text/css; charset=utf-8", bytes: PackageResources.style_css)
    static let script = WebAsset("app.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.app_js)
    static let icon = WebAsset("icon.svg", type: "image/svg+xml", bytes: PackageResources.icon_svg)
    static let waitingIcon = WebAsset(
        "icon-waiting.svg", type: "image/svg+xml", bytes: PackageResources.icon_waiting_svg)

    static let all = [style, script, icon, waitingIcon]

    var link: Link { Route.asset(name).link(query: [("v", version)]) }
}
