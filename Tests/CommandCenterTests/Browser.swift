import AsyncHTTPClient
import KubeModel
import NIOCore
import NIOHTTP1
import Testing

/// What a browser keeps: cookies. It follows no redirect and runs no script.
actor Browser {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var text: String

        /// The path of the one-time link that it shows.
        var link: String? {
            guard let at = text.firstRange(of: "/join?") else { return nil }
            return String(text[at.lowerBound...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
        }

        var location: String? { headers.first(name: "Location") }
        /// The key of the page's forms.
        var formKey: String { field("form") ?? "" }

        /// The value of the first field of that name.
        func field(_ name: String) -> String? {
            guard let at = text.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(text[at.upperBound...].prefix { $0 != "\"" })
        }
    }

    private let site: Site
    private(set) var cookies: [String: String] = [:]
    /// Those that are sent to one place only.
    private var strict: Set<String> = []

    init(_ site: Site) { self.site = site }

    func set(cookie name: String, to value: String) { cookies[name] = value }

    func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> Answer {
        try await send(.GET, path: path, headers: headers)
    }

    /// Sends a form with the key of a page that has one.
    func post(_ path: String, fields: [String: String], from page: String = "/new") async throws -> Answer {
        var fields = fields
        if fields["form"] == nil { fields["form"] = try await get(page).formKey }
        return try await post(path, body: Self.encode(fields))
    }

    func post(
        _ path: String, body: String, headers: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded"]
    ) async throws -> Answer {
        try await send(.POST, path: path, headers: headers, body: body)
    }

    func signIn(token: String, goBack: String? = nil) async throws -> Answer {
        let page = try await get("/sign-in" + (goBack.map { "?return=\(PercentEncoding.query($0))" } ?? ""))
        var fields = ["token": token, "form": page.formKey]
        if let back = page.field("return") { fields["return"] = back.replacing("&amp;", with: "&") }
        return try await post("/sign-in", body: Self.encode(fields))
    }

    /// Signs in with a local account.
    @discardableResult
    func signedIn(_ name: String, password: String = Site.password) async throws -> Browser {
        let answer = try await signIn(name: name, password: password)
        try #require(answer.status == 303, "\(answer.text)")
        return self
    }

    func signIn(name: String, password: String, more: [String: String] = [:]) async throws -> Answer {
        let page = try await get("/sign-in")
        let fields = ["name": name, "password": password, "form": page.formKey].merging(more) { $1 }
        return try await post("/sign-in", body: Self.encode(fields))
    }

    static func encode(_ fields: [String: String]) -> String {
        fields.map { "\(PercentEncoding.query($0.key))=\(PercentEncoding.query($0.value))" }.joined(separator: "&")
    }

    func send(
        _ method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: String? = nil
    ) async throws -> Answer {
        let response = try await site.client.execute(
            request(method, path: path, headers: headers, body: body), timeout: .seconds(60))
        for header in response.headers["Set-Cookie"] {
            if header.contains("Path=/session") { strict.insert(String(header.prefix { $0 != "=" })) }
            let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = header.contains("Max-Age=0") ? nil : String(pair[1])
        }
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return Answer(status: Int(response.status.code), headers: response.headers, text: text)
    }

    func request(
        _ method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: String? = nil
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: site.url + path)
        request.method = method
        request.headers = headers
        let sent = cookies.filter { !strict.contains($0.key) || path.hasPrefix("/session/refresh") }
        if !sent.isEmpty {
            request.headers.add(name: "Cookie", value: sent.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
        }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return request
    }
}
