import KubeModel
import Synchronization

/// What was found out about a server, for as long as it holds.
package struct MCPPeer: Sendable, Hashable {
    package var revision: Revision
    /// Of servers before 2026-07-28 that have sessions.
    package var session: String?
    /// `weather`; nil where it doesn't say.
    package var name: String?
    package var version: String?
}

/// Remembers how a server is spoken to, so that this is found out once.
package final class MCPPeerMemory: Sendable {
    private let peer = Mutex<MCPPeer?>(nil)
    private let requests = Mutex(Int64(0))

    package init() {}

    /// Servers with sessions tell the open requests of one apart by their ids.
    func nextID() -> RPCID {
        requests.withLock { count in
            count += 1
            return .number(count)
        }
    }

    package var known: MCPPeer? {
        get { peer.withLock(\.self) }
        set { peer.withLock { $0 = newValue } }
    }
}

/// Speaks to one server: the revision of 2026-07-28, and those before it where the server doesn't know that one. It declares no
/// capability, so that a server may ask nothing of it: no sampling, no roots, no elicitation.
package struct MCPClient: Sendable {
    private let transport: any MCPTransport
    private let memory: MCPPeerMemory
    private let version: String
    private let resultLimit: Int

    /// How we call ourselves. A server of this name is one of ours, and using it would lead back here.
    package static let name = "skyflo"
    static let pageLimit = 1 << 20
    static let mostPages = 20

    /// - Parameters:
    ///   - version: of this program, which each request names.
    ///   - resultLimit: how many bytes the answer to a call may have. A larger one is not read.
    package init(
        _ transport: any MCPTransport, memory: MCPPeerMemory, version: String, resultLimit: Int = 4 << 20
    ) {
        self.transport = transport
        self.memory = memory
        self.version = version
        self.resultLimit = resultLimit
    }

    private func post(_ request: ClientRequest) async throws -> MCPReply {
        try await transport.post(
            request.post(id: request.isNotification ? nil : memory.nextID(), version: version), progress: nil)
    }

    // MARK: Finding out how it is spoken to

    /// - Throws: ``MCPClientError``, `CancellationError`.
    package func connect() async throws -> MCPPeer {
        if let known = memory.known { return known }
        let peer = try await probe()
        guard peer.name?.lowercased() != Self.name else {
            throw MCPClientError(.unusable, "the server is a \(Self.name) itself: calls would go round in circles")
        }
        memory.known = peer
        return peer
    }

    /// An answer that only an older server gives leads to the handshake. An outage doesn't: it says nothing about a revision.
    private func probe() async throws -> MCPPeer {
        let request = ClientRequest("server/discover", peer: MCPPeer(revision: .july2026), limit: Self.pageLimit)
        let reply = try await post(request)
        if (200..<300).contains(reply.status), let result = reply.message?["result"] {
            let versions = result["supportedVersions"]?.array?.compactMap(\.string) ?? []
            if versions.contains(Revision.july2026.rawValue) {
                let info = result["_meta", "\(RequestMeta.prefix)serverInfo"]
                return MCPPeer(revision: .july2026, name: info?["name"]?.string, version: info?["version"]?.string)
            }
            return try await handshake(offering: versions)
        }
        if let error = reply.message?["error"], let code = error["code"]?.int {
            if code == RPCError.Code.unsupportedVersion.rawValue {
                return try await handshake(offering: error["data", "supported"]?.array?.compactMap(\.string) ?? [])
            }
            guard ![RPCError.Code.headerMismatch.rawValue, RPCError.Code.missingCapability.rawValue].contains(code),
                (200..<300).contains(reply.status) || [400, 404, 405, 406].contains(reply.status)
            else { throw Self.failure(error, status: reply.status) }
            return try await handshake(offering: nil)
        }
        guard (200..<300).contains(reply.status) || [400, 404, 405, 406].contains(reply.status) else {
            throw Self.failure(status: reply.status)
        }
        return try await handshake(offering: nil)
    }

    /// - Parameter versions: those that the server says it knows; nil where it didn't say.
    private func handshake(offering versions: [String]?) async throws -> MCPPeer {
        let known = (versions ?? []).compactMap(Revision.init).filter { !$0.isModern }
        if let versions, known.isEmpty {
            let names = versions.prefix(8).map { String($0.prefix(20)) }.joined(separator: ", ")
            throw MCPClientError(.unusable, "the server speaks no revision that is known here, but: \(names)")
        }
        let asked = known.max() ?? .newestWithHandshake
        let request = ClientRequest(
            "initialize",
            params: [
                "protocolVersion": .string(asked.rawValue), "capabilities": [:],
                "clientInfo": ["name": .string(Self.name), "version": .string(version)],
            ], peer: MCPPeer(revision: asked), limit: Self.pageLimit)
        let reply = try await post(request)
        let result = try Self.result(of: reply)
        guard let revision = result["protocolVersion"]?.string.flatMap(Revision.init), !revision.isModern else {
            throw MCPClientError(.unusable, "the server answered initialize with no revision that is known here")
        }
        guard reply.session?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true,
            reply.session?.utf8.count ?? 0 <= 1024
        else { throw MCPClientError(.unusable, "the server names a session that can't be sent in a header") }
        let peer = MCPPeer(
            revision: revision, session: reply.session, name: result["serverInfo", "name"]?.string,
            version: result["serverInfo", "version"]?.string)
        var ready = ClientRequest("notifications/initialized", peer: peer, limit: Self.pageLimit)
        ready.isNotification = true
        let accepted = try await post(ready)
        guard (200..<300).contains(accepted.status) else { throw Self.failure(status: accepted.status) }
        return peer
    }

    // MARK: Tools

    /// All tools of the server, over all pages.
    /// - Throws: ``MCPClientError``, `CancellationError`.
    package func tools() async throws -> MCPToolList {
        do {
            return try await listTools()
        } catch let error as MCPClientError where memory.known?.revision.isModern == false && error.isSessionLost {
            // A session that the server has forgotten. A list changes nothing, so it is asked for again.
            memory.known = nil
            return try await listTools()
        } catch {
            memory.known = nil
            throw error
        }
    }

    private func listTools() async throws -> MCPToolList {
        let peer = try await connect()
        var entries: [JSONValue] = []
        var cursor: String?
        for _ in 0..<Self.mostPages {
            var params: JSONObject = [:]
            if let cursor { params["cursor"] = .string(cursor) }
            let request = ClientRequest("tools/list", params: params, peer: peer, limit: Self.pageLimit)
            let result = try Self.result(of: try await post(request))
            guard let page = result["tools"]?.array else {
                throw MCPClientError(.malformed, "the server's list of tools is none")
            }
            entries += page
            let next = result["nextCursor"]?.string
            // More than are looked at aren't asked for.
            guard let next, next != cursor, entries.count <= MCPToolList.mostEntries else {
                return MCPToolList(entries)
            }
            cursor = next
        }
        throw MCPClientError(.malformed, "the server's list of tools has more than \(Self.mostPages) pages")
    }

    /// Calls a tool, once.
    ///
    /// - Parameter progress: told how far the server is; nil asks it not to say.
    /// - Throws: ``MCPClientError``, `CancellationError`.
    package func call(
        _ tool: MCPToolDefinition, arguments: JSONValue, progress: MCPProgressHandler? = nil
    ) async throws -> MCPToolResult {
        let peer: MCPPeer
        do {
            peer = try await connect()
        } catch let error as MCPClientError {
            // Whatever became of the handshake, the call itself wasn't sent.
            throw MCPClientError(.notSent, error.message)
        }
        var request = ClientRequest(
            "tools/call", params: ["name": .string(tool.name), "arguments": arguments], peer: peer,
            limit: resultLimit)
        if peer.revision.isModern {
            request.headers = tool.headers.compactMap { argument in
                argument.value(in: arguments).map { .init(name: "Mcp-Param-\(argument.header)", value: $0) }
            }
        }
        request.wantsProgress = progress != nil
        let id = memory.nextID()
        do {
            let reply = try await transport.post(request.post(id: id, version: version), progress: progress)
            return try MCPToolResult(try Self.result(of: reply), revision: peer.revision)
        } catch let error as MCPClientError {
            if error.isSessionLost || error.code == .rpc(-32022) { memory.known = nil }
            if error.code == .lost { cancel(id, at: peer, because: "no answer in time") }
            throw error
        } catch {
            cancel(id, at: peer, because: "stopped")
            throw error
        }
    }

    /// Tells a server that nobody waits for an answer any more. One of today has learnt it by the end of the connection
    /// (MCP 2026-07-28, Cancellation); one of before goes on until it is told.
    private func cancel(_ id: RPCID, at peer: MCPPeer, because reason: String) {
        guard !peer.revision.isModern else { return }
        var request = ClientRequest(
            "notifications/cancelled", params: ["requestId": id.json, "reason": .string(reason)], peer: peer,
            limit: Self.pageLimit)
        request.isNotification = true
        transport.notify(request.post(id: nil, version: version))
    }

    // MARK: Answers

    private static func result(of reply: MCPReply) throws(MCPClientError) -> JSONValue {
        if let error = reply.message?["error"] { throw failure(error, status: reply.status) }
        guard (200..<300).contains(reply.status) else { throw failure(status: reply.status) }
        guard let result = reply.message?["result"], result.object != nil else {
            throw MCPClientError(.lost, "the server's answer ended without a result")
        }
        return result
    }

    private static func failure(_ error: JSONValue, status: Int) -> MCPClientError {
        let message = (error["message"]?.string ?? "").unicodeScalars.map {
            $0.properties.generalCategory == .control ? " " : Character($0)
        }
        let text = String(message.prefix(500))
        if [401, 403].contains(status) {
            return MCPClientError(.unauthorized, "the server refuses the credential (HTTP \(status)): \(text)")
        }
        if status >= 500 { return MCPClientError(.status(status), "the server answered HTTP \(status): \(text)") }
        let code = error["code"]?.int ?? 0
        return MCPClientError(.rpc(code), "the server answered with the error \(code): \(text)")
    }

    private static func failure(status: Int) -> MCPClientError {
        switch status {
        case 401, 403: MCPClientError(.unauthorized, "the server refuses the credential (HTTP \(status))")
        case 300..<400:
            MCPClientError(
                .status(status), "the server redirects to another address, which is not followed: name that one as url")
        default: MCPClientError(.status(status), "the server answered HTTP \(status)")
        }
    }
}

extension MCPClientError {
    /// What servers with sessions answer to one that they don't know (Streamable HTTP, 2025-03-26 and later).
    fileprivate var isSessionLost: Bool {
        switch code {
        case .status(404), .status(400), .rpc(-32600), .rpc(-32001): true
        default: false
        }
    }
}

/// A request before it is sent.
struct ClientRequest {
    var method: String
    var params: JSONObject
    var peer: MCPPeer
    var limit: Int
    var headers: [MCPPost.Header] = []
    var isNotification = false
    var wantsProgress = false

    init(_ method: String, params: JSONObject = [:], peer: MCPPeer, limit: Int) {
        self.method = method
        self.params = params
        self.peer = peer
        self.limit = limit
    }

    /// - Parameter id: nil for a notification.
    func post(id: RPCID?, version: String) -> MCPPost {
        var params = params
        var own: [MCPPost.Header] = []
        if peer.revision.isModern {
            params["_meta"] = [
                "\(RequestMeta.prefix)protocolVersion": .string(peer.revision.rawValue),
                "\(RequestMeta.prefix)clientInfo": ["name": .string(MCPClient.name), "version": .string(version)],
                "\(RequestMeta.prefix)clientCapabilities": [:],
            ]
            own.append(.init(name: "Mcp-Method", value: method))
            if method == "tools/call", let name = params["name"]?.string {
                own.append(.init(name: "Mcp-Name", value: HeaderText.encode(name)))
            }
        }
        // The id is unique among the open requests, as the token has to be.
        if wantsProgress, let id {
            params["_meta"] = MergePatch.apply(["progressToken": id.json], to: params["_meta"] ?? [:])
        }
        if method != "initialize" {
            own.append(.init(name: "MCP-Protocol-Version", value: peer.revision.rawValue))
        }
        if let session = peer.session { own.append(.init(name: "Mcp-Session-Id", value: session)) }
        let hasParams = !params.isEmpty || method == "initialize"
        let body: JSONValue = .compact([
            "jsonrpc": "2.0", "id": id?.json, "method": .string(method),
            "params": hasParams ? .object(params) : nil,
        ])
        return MCPPost(
            body: JSONWriter.string(body), headers: own + headers, id: id, limit: limit)
    }
}
