import AsyncHTTPClient
import HTTPTransport
import KubeModel
import NIOCore
import NIOHTTP1

/// Turns a `KubeRequest` into what goes over the wire.
struct RequestBuilder: Sendable {
    let endpoint: Endpoint
    let userAgent: String
    /// The identity to act for when a request doesn't say.
    let impersonation: Impersonation?
    /// The token that is sent in ``KubeModel/KubeRequest/callerHeaders``; nil for the client's own.
    var callerToken: String?

    /// Makes the HTTP request; `authorization` is the header's value, or nil for none. ``KubeClientError``
    /// (`unsupported`) is thrown for a path that could mean another place than it seems to.
    func build(
        _ request: KubeRequest, as identity: Impersonation?, authorization: String?
    ) throws(KubeClientError) -> HTTPClientRequest {
        try check(request.path)
        var result = HTTPClientRequest(url: endpoint.base + request.target)
        result.method = HTTPMethod(rawValue: request.method.rawValue)
        result.headers.add(name: "Accept", value: request.accept)
        result.headers.add(name: "User-Agent", value: userAgent)
        for header in request.headers where !Self.isIdentity(header.name) {
            result.headers.add(name: header.name, value: header.value)
        }
        if let host = endpoint.hostHeader { result.headers.add(name: "Host", value: host) }
        if let authorization { result.headers.add(name: "Authorization", value: authorization) }
        if let identity = identity ?? impersonation {
            result.headers.add(name: "Impersonate-User", value: identity.user)
            for group in identity.groups { result.headers.add(name: "Impersonate-Group", value: group) }
        }
        if let names = request.callerHeaders {
            try add(names, as: identity ?? impersonation, authorization: authorization, to: &result.headers)
        }
        if let body = request.body {
            result.headers.add(name: "Content-Type", value: request.contentType ?? "application/json")
            result.body = .bytes(ByteBuffer(string: body))
        }
        return result
    }

    private func add(
        _ names: KubeRequest.CallerHeaders, as identity: Impersonation?, authorization: String?,
        to headers: inout HTTPHeaders
    ) throws(KubeClientError) {
        let own = authorization.flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst("Bearer ".count)) : nil }
        guard let token = callerToken.map({ CredentialText.trimmed($0) }) ?? own, !token.isEmpty else {
            throw KubeClientError(.noToken, message: "there is no token: the client proves itself by something else")
        }
        guard CredentialText.fitsHeader(token) else {
            throw KubeClientError(.configuration, message: "the token \(CredentialText.refusal)")
        }
        headers.add(name: names.token, value: token)
        // Who gives another's token acts for that one.
        guard callerToken == nil, let identity else { return }
        headers.add(name: names.user, value: identity.user)
        for group in identity.groups { headers.add(name: names.group, value: group) }
    }

    /// Whether a header says who is asking, which only the sender does.
    private static func isIdentity(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "authorization" || name == "host" || name.hasPrefix("impersonate-")
            || name.hasPrefix("x-remote-")
    }

    /// Refuses paths that mean another place than they seem to. One without the slash would change the URL's host
    /// (`@evil.example`), one with a query would hide a part of it from whoever judges requests by their fields, and
    /// dots may be taken out on the way.
    private func check(_ path: String) throws(KubeClientError) {
        let isPlain = path.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        let hasDots = path.split(separator: "/").contains { $0 == "." || $0 == ".." }
        guard path.hasPrefix("/"), isPlain, !hasDots else {
            throw KubeClientError(.unsupported, message: "not the path of a request: \(path)")
        }
    }
}
