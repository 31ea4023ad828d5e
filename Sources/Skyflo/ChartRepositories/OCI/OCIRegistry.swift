import Crypto
import HTTPTransport
import Integrations
import KubeModel

/// Reads what a registry keeps under one name (OCI distribution specification). A value is for one errand: its token isn't
/// renewed.
struct OCIRegistry: Sendable {
    /// Of a manifest, an index or a configuration: the specification's limit for manifests.
    static let documentLimit = 4 << 20
    private static let mostPages = 20
    private static let tagsPerPage = 1000

    let connection: RepositoryConnection
    let reference: OCIReference
    private let own: IntegrationOrigin
    /// What was answered to the challenge; nil before one.
    private var authorization: IntegrationRequest.Field?
    /// A token that was given, which no answer may show.
    private var tokenTexts: [[UInt8]] = []

    /// - Throws: ``Integrations/IntegrationError`` where the host can't be used.
    init(_ connection: RepositoryConnection, _ reference: OCIReference) throws(IntegrationError) {
        guard let own = reference.origin(isPlainHTTP: connection.repository.isPlainHTTP) else {
            throw IntegrationError(.configuration, message: "its url can't be used").said(of: connection.repository)
        }
        self.connection = connection
        self.reference = reference
        self.own = own
    }

    private var repository: ChartRepository { connection.repository }
    private var label: String { repository.label }

    private func failure(_ code: IntegrationError.Code, _ message: String) -> IntegrationError {
        IntegrationError(code, message: message).said(of: repository)
    }

    // MARK: Documents

    /// - Parameter tag: a tag or a digest.
    /// - Throws: ``Integrations/IntegrationError``: `notFound` where there is none; `CancellationError`.
    mutating func manifest(_ tag: String) async throws -> OCIManifest {
        let what = "\(reference.text):\(tag)"
        let response = try await get(
            "/v2/\(reference.name)/manifests/\(tag)", what: what, accept: OCIManifest.mediaTypes,
            limit: Self.documentLimit)
        let digest = Self.digest(of: response.body)
        let claimed = response.header("docker-content-digest")
        // One by another algorithm can't be compared.
        let expected = OCIReference.isDigest(tag) ? tag : claimed.flatMap { OCIReference.isDigest($0) ? $0 : nil }
        if let expected, expected != digest {
            throw failure(
                .malformed, "the manifest of \(what.excerpt) has the digest \(digest), and should have \(expected)")
        }
        do {
            return try OCIManifest(response.body, digest: digest)
        } catch {
            throw error.said(of: repository)
        }
    }

    /// - Throws: ``Integrations/IntegrationError``, also where its size or its digest is another one; `CancellationError`.
    mutating func blob(_ descriptor: OCIDescriptor, what: String, limit: Int) async throws -> [UInt8] {
        guard descriptor.size <= limit else {
            throw failure(.tooLarge, "\(what) has \(descriptor.size) bytes; at most \(limit) are read")
        }
        let response = try await get(
            "/v2/\(reference.name)/blobs/\(descriptor.digest)", what: what, accept: ["*/*"], limit: descriptor.size)
        let digest = Self.digest(of: response.body)
        guard digest == descriptor.digest else {
            throw failure(.malformed, "\(what) has the digest \(digest), and should have \(descriptor.digest)")
        }
        return response.body
    }

    private static func digest(of bytes: [UInt8]) -> String { "sha256:" + SHA256.hash(data: bytes).hexadecimal }

    /// All tags, of as many pages as are read.
    /// - Throws: ``Integrations/IntegrationError``; `CancellationError`.
    mutating func tags() async throws -> [String] {
        let what = "the tags of \(reference.text)"
        var target = "/v2/\(reference.name)/tags/list?n=\(Self.tagsPerPage)"
        var tags: [String] = []
        for _ in 0..<Self.mostPages {
            let response = try await get(target, what: what, accept: ["application/json"], limit: Self.documentLimit)
            guard let json = try? JSONParser.parse(response.body), json.object != nil else {
                throw failure(.malformed, "\(what): the answer is not valid JSON")
            }
            tags += (json["tags"]?.array ?? []).compactMap(\.string).filter(OCIReference.isTag)
            guard let next = Self.next(response),
                let place = WebPlace(own.description + target)?.resolving(next, isFolder: false)
            else { return tags }
            guard place.origin == own else { throw failure(.malformed, "\(what): the next page is on another host") }
            target = place.target
        }
        return tags
    }

    /// `Link: </v2/web/tags/list?last=1.0.0&n=100>; rel="next"`
    private static func next(_ response: IntegrationResponse) -> String? {
        guard let link = response.header("link"), link.contains("rel=\"next\"") || link.contains("rel=next"),
            let start = link.firstIndex(of: "<"), let end = link[start...].firstIndex(of: ">")
        else { return nil }
        return String(link[link.index(after: start)..<end])
    }

    /// Whether it answers, and takes the credential.
    /// - Throws: ``Integrations/IntegrationError``; `CancellationError`.
    mutating func look() async throws {
        let what = "its API"
        let response = try await send("/v2/", what: what, accept: ["*/*"], limit: 64 << 10)
        // Without a credential that is an answer too: what everybody may read gets a token of its own.
        if response.status == 401, connection.access.credential == nil, response.header("www-authenticate") != nil {
            return
        }
        guard response.status == 401 else { return try response.requireSuccess(of: label, what: what) }
        try await authorize(response, scope: nil)
        let answer = try await send("/v2/", what: what, accept: ["*/*"], limit: 64 << 10)
        if answer.status == 401 { throw failure(.unauthorized, "the registry does not accept the credential") }
    }

    // MARK: Requests

    private func send(
        _ target: String, what: String, accept: [String], limit: Int
    ) async throws -> IntegrationResponse {
        var request = IntegrationRequest(.get, target: target)
        request.extraHeaders = [.init("Accept", value: accept.joined(separator: ", "))]
        if let authorization { request.extraHeaders.append(authorization) }
        request.limit = limit
        request.isVerbatim = true
        request.secretTexts = (connection.access.credential?.texts ?? []) + tokenTexts
        return try await connection.send(request, to: own, own: own, what: what, credential: nil)
    }

    private mutating func get(
        _ target: String, what: String, accept: [String], limit: Int
    ) async throws -> IntegrationResponse {
        var response = try await send(target, what: what, accept: accept, limit: limit)
        if response.status == 401, authorization == nil {
            try await authorize(response, scope: "repository:\(reference.name):pull")
            response = try await send(target, what: what, accept: accept, limit: limit)
        }
        // What isn't there isn't told from what may not be read.
        guard [401, 403].contains(response.status) else {
            try response.requireSuccess(of: label, what: what)
            return response
        }
        throw failure(
            response.status == 401 ? .unauthorized : .forbidden,
            connection.access.credential == nil
                ? "\(what) does not exist, or is not for everybody: there is no secretRef"
                : "the credential is not accepted, or may not read \(what)")
    }

    // MARK: Credentials

    private mutating func authorize(_ response: IntegrationResponse, scope: String?) async throws {
        let values = response.headers.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value)
        switch RegistryChallenge(values) {
        case nil: throw failure(.unauthorized, "the registry asks for a credential in a way that isn't known")
        case .basic:
            guard let credential = connection.access.credential else {
                throw failure(.unauthorized, "the registry asks for a credential, and there is no secretRef")
            }
            authorization = credential.header
        case .bearer(let realm, let service):
            let token = try await token(realm, service, scope: scope)
            authorization = .init("Authorization", value: "Bearer \(token)")
            tokenTexts = [Array(token.utf8)]
        }
    }

    private func token(_ realm: String, _ service: String?, scope: String?) async throws -> String {
        guard let place = WebPlace(realm), place.origin.isSecure || !own.isSecure else {
            throw failure(.malformed, "the registry names an address for tokens that can't be used")
        }
        let host = place.origin.hostAndPort
        let isTrusted = place.origin == own || host == repository.tokenHost?.lowercased()
        guard isTrusted || repository.allows(host) else {
            throw failure(
                .refused,
                "its tokens come from another host; if that may have the credential, make it its tokenHost: "
                    + host.excerpt)
        }
        let credential = isTrusted ? connection.access.credential : nil
        let fields = [("service", service), ("scope", scope)].compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.query($0))" }
        }
        let target = place.target + (place.target.contains("?") ? "&" : "?") + fields.joined(separator: "&")
        var request = IntegrationRequest(.get, target: target)
        (request.limit, request.isVerbatim) = (256 << 10, true)
        let response: IntegrationResponse
        do {
            let transport = try HTTPIntegrationTransport(
                place.origin, credential: credential, certificates: connection.access.certificates,
                timeout: repository.timeout, proxies: connection.proxies)
            response = try await transport.send(request)
        } catch let error as IntegrationError {
            throw failure(error.code, "asked for a token, \(error.message)")
        }
        let json = try? JSONParser.parse(response.body)
        guard response.isSuccess, let token = json?["token"]?.string ?? json?["access_token"]?.string, !token.isEmpty,
            CredentialText.fitsHeader(token)
        else {
            throw failure(
                .unauthorized,
                "\(host.excerpt) gives no token (HTTP \(response.status)): the credential is not accepted, "
                    + "or may not read \(reference.text)")
        }
        return token
    }
}
