import KubeModel

/// The head and body of an HTTP request to the endpoint, without what belongs to a framework.
package struct MCPHTTPRequest: Sendable {
    /// `POST`
    package var verb: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(verb: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.verb = verb
        self.headers = headers
        self.body = body
    }

    /// All values of a header, without the white space around them.
    func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map { Self.trimmed($0.value) }
    }
}

extension MCPHTTPRequest {
    /// Without optional white space (RFC 9110 §5.6.3).
    static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    /// `application/json` of `Application/JSON; charset=utf-8`.
    static func withoutParameters(_ mediaType: String) -> String {
        trimmed(mediaType.prefix { $0 != ";" }).lowercased()
    }
}

/// What becomes of an HTTP request before anything is done for it.
package enum EndpointDecision: Sendable {
    /// Answer it with this status, and this body where there is one.
    case refuse(status: Int, error: JSONValue?, headers: [(name: String, value: String)] = [])
    /// 202: a message that nobody answers.
    case accept
    /// Work on it. `asksForProgress`: it is worth while to stream the answer.
    case answer(RPCRequest, RequestMeta)
}

/// The rules of Streamable HTTP (revision 2026-07-28), in the order in which they are checked: the first that is broken is
/// answered. Pure: bodies are already read, up to ``bodyLimit``.
package struct EndpointRules: Sendable {
    /// Names under which the endpoint is reached, without ports; a request for another host is one of a page whose name was
    /// pointed here (DNS rebinding). Nil trusts the proxy before it.
    package var hosts: Set<String>?
    /// `https://desk.example.com`: pages that may call it from a browser.
    package var origins: Set<String>

    package static let bodyLimit = 1 << 20

    package init(hosts: Set<String>?, origins: Set<String> = []) {
        self.hosts = hosts.map { Set($0.map { $0.lowercased() }) }
        self.origins = Set(origins.map { $0.lowercased() })
    }

    package func decide(_ request: MCPHTTPRequest) -> EndpointDecision {
        if let refusal = checkPlace(request) ?? checkForm(request) { return refusal }
        do {
            let message = try RPCMessage(request.body)
            switch message {
            case .notification, .response: return .accept
            case .request(let rpc):
                do {
                    return .answer(rpc, try check(rpc, headers: request))
                } catch {
                    return Self.refuse(error, id: rpc.id)
                }
            }
        } catch {
            return Self.refuse(error.error, id: error.id)
        }
    }

    private static func refuse(_ error: RPCError, id: RPCID?) -> EndpointDecision {
        .refuse(status: error.httpStatus, error: error.response(to: id))
    }

    private static func refuse(_ status: Int, _ message: String) -> EndpointDecision {
        .refuse(status: status, error: RPCError(.invalidRequest, message).response(to: nil))
    }

    // MARK: Where it comes from

    /// Whether a request for this path of the endpoint's host is one that may be answered at all.
    package func checkPlace(_ request: MCPHTTPRequest) -> EndpointDecision? {
        for origin in request.values(of: "origin") where !allows(origin: origin) {
            return Self.refuse(403, "the origin isn't allowed")
        }
        guard let hosts else { return nil }
        let named = request.values(of: "host")
        guard named.count == 1, hosts.contains(Self.host(of: named[0])) else {
            return Self.refuse(421, "this server isn't known under that host")
        }
        return nil
    }

    /// Pages of the endpoint's own host are allowed, and those that are named.
    private func allows(origin: String) -> Bool {
        if origins.contains(origin.lowercased()) { return true }
        let parts = origin.split(separator: ":", maxSplits: 1)
        guard let hosts, parts.count == 2, parts[1].hasPrefix("//") else { return false }
        return ["http", "https"].contains(parts[0].lowercased())
            && hosts.contains(Self.host(of: String(parts[1].dropFirst(2))))
    }

    /// Without the port; `[::1]:8080` is `::1`.
    static func host(of authority: String) -> String {
        let lowercased = authority.lowercased()
        if lowercased.hasPrefix("["), let end = lowercased.firstIndex(of: "]") {
            return String(lowercased[lowercased.index(after: lowercased.startIndex)..<end])
        }
        return String(lowercased.prefix { $0 != ":" })
    }

    // MARK: How it is made

    private func checkForm(_ request: MCPHTTPRequest) -> EndpointDecision? {
        guard request.verb == "POST" else {
            return .refuse(status: 405, error: nil, headers: [("Allow", "POST")])
        }
        let type = request.values(of: "content-type").first.map(MCPHTTPRequest.withoutParameters)
        guard type == "application/json" else {
            return Self.refuse(415, "Content-Type must be application/json")
        }
        let accepted = request.values(of: "accept").joined(separator: ",").split(separator: ",").map {
            MCPHTTPRequest.withoutParameters(String($0))
        }
        let takesJSON = accepted.contains { ["application/json", "application/*", "*/*"].contains($0) }
        let takesEvents = accepted.contains { ["text/event-stream", "text/*", "*/*"].contains($0) }
        guard takesJSON, takesEvents else {
            return Self.refuse(406, "Accept must list application/json and text/event-stream")
        }
        guard request.body.count <= Self.bodyLimit else {
            return Self.refuse(413, "the body has more than \(Self.bodyLimit) bytes")
        }
        return nil
    }

    // MARK: What it says of itself

    private func check(_ rpc: RPCRequest, headers: MCPHTTPRequest) throws(RPCError) -> RequestMeta {
        let versions = headers.values(of: "mcp-protocol-version")
        let isModern =
            RequestMeta.isModern(rpc.params) || rpc.method == "server/discover"
            || versions.contains(Revision.july2026.rawValue)
        guard isModern else { return try checkLegacy(rpc, versions: versions) }
        let version = try Self.version(of: rpc)
        let methods = headers.values(of: "mcp-method")
        let names = headers.values(of: "mcp-name")
        for (header, values) in [("MCP-Protocol-Version", versions), ("Mcp-Method", methods), ("Mcp-Name", names)] {
            guard values.count < 2 else { throw RPCError(.headerMismatch, "the header \(header) is given twice") }
        }
        try Self.compare("MCP-Protocol-Version", versions.first, with: version)
        try Self.compare("Mcp-Method", methods.first, with: rpc.method)
        if let name = Self.routingName(of: rpc) {
            try Self.compare("Mcp-Name", try names.first.map(Self.decoded), with: name)
        }
        let full = try RequestMeta(modern: rpc.params)
        guard MCPServer.knows(rpc.method, in: full.revision) else {
            throw RPCError(.methodNotFound, "there is no method \(rpc.method.prefix(80))")
        }
        return full
    }

    private func checkLegacy(_ rpc: RPCRequest, versions: [String]) throws(RPCError) -> RequestMeta {
        // Before there was such a header, clients of 2025-03-26 sent none.
        let version = rpc.method == "initialize" ? nil : versions.first
        guard let revision = version.map({ Revision(rawValue: $0) }) ?? .march2025 else {
            throw RPCError(
                .unsupportedVersion, "the protocol's revision \(version?.prefix(40) ?? "") isn't supported here",
                data: ["supported": Revision.supported, "requested": version.map(JSONValue.string) ?? .null])
        }
        guard MCPServer.knows(rpc.method, in: revision) else {
            throw RPCError(.methodNotFound, "there is no method \(rpc.method.prefix(80))")
        }
        return RequestMeta(legacy: rpc.params, revision: revision)
    }

    /// The version as the body says it, known or not: that header and body disagree is told before that it isn't known.
    private static func version(of rpc: RPCRequest) throws(RPCError) -> String {
        do {
            return try RequestMeta(modern: rpc.params).revision.rawValue
        } catch {
            guard error.code == .unsupportedVersion, let asked = error.data?["requested"]?.string else { throw error }
            return asked
        }
    }

    private static func compare(_ header: String, _ value: String?, with body: String) throws(RPCError) {
        guard let value else { throw RPCError(.headerMismatch, "the header \(header) is missing") }
        guard value == body else { throw RPCError(.headerMismatch, "the header \(header) differs from the body") }
    }

    /// What `Mcp-Name` repeats.
    private static func routingName(of rpc: RPCRequest) -> String? {
        switch rpc.method {
        case "tools/call", "prompts/get": rpc.params["name"]?.string
        case "resources/read": rpc.params["uri"]?.string
        default: nil
        }
    }

    /// `=?base64?…?=` for what no header can hold as it is.
    private static func decoded(_ value: String) throws(RPCError) -> String {
        guard value.hasPrefix("=?base64?"), value.hasSuffix("?="), value.utf8.count >= 11 else { return value }
        guard let bytes = Base64.decode(String(value.dropFirst(9).dropLast(2))),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw RPCError(.headerMismatch, "the header Mcp-Name can't be decoded") }
        return text
    }
}
