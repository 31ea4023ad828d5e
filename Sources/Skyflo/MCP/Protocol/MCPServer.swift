import KubeModel

/// Answers requests of the Model Context Protocol, of its newest revision and of those that begin with a handshake, decided
/// for each request by what it carries. It keeps nothing between requests.
package struct MCPServer: Sendable {
    package struct Identity: Sendable {
        package var name: String
        package var title: String
        package var version: String
        /// For the client's model: what this server is for, and how its tools relate.
        package var instructions: String

        package init(name: String, title: String, version: String, instructions: String) {
            self.name = name
            self.title = title
            self.version = version
            self.instructions = instructions
        }

        var info: JSONValue {
            ["name": .string(name), "title": .string(title), "version": .string(version)]
        }
    }

    private let identity: Identity
    private let features: any ServedFeatures

    package init(_ identity: Identity, features: any ServedFeatures) {
        self.identity = identity
        self.features = features
    }

    /// How long a client may keep what rarely changes.
    private static let listLifetime = 60_000

    /// What of it has a handler. Nothing is declared besides.
    private static let capabilities: JSONValue = ["tools": [:], "resources": [:], "prompts": [:], "completions": [:]]

    /// - Parameters:
    ///   - revision: of a connection or header; what a modern request says itself counts more.
    ///   - client: what the client said of itself at a handshake.
    ///   - progress: where a call tells how far it is.
    /// - Returns: a JSON-RPC response, with the request's id.
    package func answer(
        _ request: RPCRequest, revision: Revision? = nil, client: String? = nil, progress: ProgressReporter = .none
    ) async throws(CancellationError) -> JSONValue {
        do {
            let meta = try Self.meta(of: request, revision: revision, client: client)
            let result = try await result(of: request, meta: meta, progress: progress)
            return RPC.response(to: request.id, result: meta.revision.isModern ? named(result) : result)
        } catch let error as RPCError {
            return error.response(to: request.id)
        } catch let error as CancellationError {
            throw error
        } catch {
            return RPCError(.internalError, "\(error)").response(to: request.id)
        }
    }

    /// Whether to expect that the answer takes long.
    package func mayWait(_ request: RPCRequest) -> Bool {
        request.method == "tools/call" && request.params["name"]?.string.map(features.mayWait) ?? false
    }

    /// By the request itself where it is of the newest revision.
    package static func meta(
        of request: RPCRequest, revision: Revision?, client: String? = nil
    ) throws(RPCError) -> RequestMeta {
        if RequestMeta.isModern(request.params) || request.method == "server/discover" || revision?.isModern == true {
            return try RequestMeta(modern: request.params)
        }
        return RequestMeta(legacy: request.params, revision: revision ?? .newestWithHandshake, client: client)
    }

    /// Whether there is such a method in that revision.
    package static func knows(_ method: String, in revision: Revision) -> Bool {
        switch method {
        case "initialize", "ping": !revision.isModern
        case "server/discover": revision.isModern
        case "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read",
            "prompts/list", "prompts/get", "completion/complete":
            true
        default: false
        }
    }

    private func named(_ result: JSONValue) -> JSONValue {
        var result = result
        result["_meta", "\(RequestMeta.prefix)serverInfo"] = identity.info
        return result
    }

    private func result(
        of request: RPCRequest, meta: RequestMeta, progress: ProgressReporter
    ) async throws -> JSONValue {
        guard Self.knows(request.method, in: meta.revision) else {
            throw RPCError(.methodNotFound, "there is no method \(request.method.prefix(80))")
        }
        let params = request.params
        switch request.method {
        case "initialize": return try initialize(params)
        case "ping": return [:]
        case "server/discover": return cached(discovery, for: Self.listLifetime, isPublic: true)
        case "tools/list": return try await page(of: features.tools().map(\.json), as: "tools", params)
        case "tools/call": return try await call(params, meta: meta, progress: progress)
        case "resources/list": return try await resources(params)
        case "resources/templates/list":
            return try page(of: features.resourceTemplates().map(\.json), as: "resourceTemplates", params)
        case "resources/read": return try await read(params)
        case "prompts/list": return try page(of: features.prompts().map(\.json), as: "prompts", params)
        case "prompts/get": return try await prompt(params)
        default: return try await complete(params)
        }
    }

    // MARK: Who is there

    private var discovery: JSONValue {
        [
            "supportedVersions": Revision.supported, "capabilities": Self.capabilities,
            "instructions": .string(identity.instructions),
        ]
    }

    private func initialize(_ params: JSONObject) throws(RPCError) -> JSONValue {
        guard let asked = params["protocolVersion"]?.string else {
            throw RPCError(.invalidParams, "protocolVersion must be a text")
        }
        let known = Revision(rawValue: asked).flatMap { $0.isModern ? nil : $0 }
        return [
            "protocolVersion": .string((known ?? .newestWithHandshake).rawValue), "capabilities": Self.capabilities,
            "serverInfo": identity.info, "instructions": .string(identity.instructions),
        ]
    }

    // MARK: Results

    private func completed(_ result: JSONValue) -> JSONValue {
        var result = result
        result["resultType"] = "complete"
        return result
    }

    private func cached(_ result: JSONValue, for milliseconds: Int, isPublic: Bool = false) -> JSONValue {
        var result = completed(result)
        result["ttlMs"] = JSONValue(milliseconds)
        result["cacheScope"] = isPublic ? "public" : "private"
        return result
    }

    /// Lists that are no longer than a page; a cursor of ours never comes back.
    private func page(of items: [JSONValue], as key: String, _ params: JSONObject) throws(RPCError) -> JSONValue {
        guard try Self.cursor(params) == nil else { throw Self.unknownCursor }
        return cached(.object([key: .array(items)]), for: Self.listLifetime)
    }

    package static let unknownCursor = RPCError(.invalidParams, "the cursor isn't known: list again from the start")

    private static func cursor(_ params: JSONObject) throws(RPCError) -> String? {
        switch params["cursor"] {
        case nil: return nil
        case .string(let cursor): return cursor
        default: throw RPCError(.invalidParams, "cursor must be a text")
        }
    }

    // MARK: Tools

    private func call(
        _ params: JSONObject, meta: RequestMeta, progress: ProgressReporter
    ) async throws -> JSONValue {
        let (name, arguments) = try Self.call(params)
        return completed(
            try await features.call(tool: name, arguments: arguments, request: meta, progress: progress).json)
    }

    private static func call(_ params: JSONObject) throws(RPCError) -> (name: String, arguments: JSONObject) {
        let name = try text("name", params)
        switch params["arguments"] {
        case nil: return (name, [:])
        case .object(let arguments): return (name, arguments)
        default: throw RPCError(.invalidParams, "arguments must be an object")
        }
    }

    private static func text(_ key: String, _ params: JSONObject) throws(RPCError) -> String {
        guard let text = params[key]?.string, !text.isEmpty else {
            throw RPCError(.invalidParams, "\(key) must be a text that isn't empty")
        }
        return text
    }

    // MARK: Resources

    private func resources(_ params: JSONObject) async throws -> JSONValue {
        let (resources, next) = try await features.resources(after: Self.cursor(params))
        return cached(
            .compact(["resources": .array(resources.map(\.json)), "nextCursor": next.map(JSONValue.string)]), for: 0)
    }

    private func read(_ params: JSONObject) async throws -> JSONValue {
        let contents = try await features.read(resource: Self.text("uri", params))
        return cached(["contents": .array(contents.map(\.json))], for: 0)
    }

    // MARK: Prompts

    private func prompt(_ params: JSONObject) async throws -> JSONValue {
        let name = try Self.text("name", params)
        guard let prompt = features.prompts().first(where: { $0.name == name }) else {
            throw RPCError(.invalidParams, "there is no prompt \(name.prefix(80))")
        }
        let arguments = try Self.texts(params["arguments"], of: "arguments")
        if let missing = prompt.arguments.first(where: { $0.isRequired && arguments[$0.name, default: ""].isEmpty }) {
            throw RPCError(.invalidParams, "the prompt \(name) needs the argument \(missing.name)")
        }
        return completed(try await features.prompt(named: name, arguments: arguments).json)
    }

    private static func texts(_ json: JSONValue?, of key: String) throws(RPCError) -> [String: String] {
        guard let json else { return [:] }
        guard let members = json.object else { throw RPCError(.invalidParams, "\(key) must be an object of texts") }
        var texts: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.string else {
                throw RPCError(.invalidParams, "\(key).\(name.prefix(80)) must be a text")
            }
            texts[name] = text
        }
        return texts
    }

    // MARK: Completion

    /// As many values as an answer may have.
    private static let completionLimit = 100

    private func complete(_ params: JSONObject) async throws -> JSONValue {
        guard let argument = params["argument"]?.object, let name = argument["name"]?.string,
            let value = argument["value"]?.string
        else { throw RPCError(.invalidParams, "argument must have the texts name and value") }
        let values = try await features.complete(
            Self.reference(params["ref"]), argument: name, value: value,
            context: Self.texts(params["context"]?["arguments"], of: "context.arguments"))
        return completed([
            "completion": [
                "values": JSONValue(values.prefix(Self.completionLimit)), "total": JSONValue(values.count),
                "hasMore": .bool(values.count > Self.completionLimit),
            ]
        ])
    }

    private static func reference(_ json: JSONValue?) throws(RPCError) -> CompletionReference {
        switch (json?["type"]?.string, json?["name"]?.string, json?["uri"]?.string) {
        case ("ref/prompt", let name?, _): return .prompt(name)
        case ("ref/resource", _, let uri?): return .resource(uri: uri)
        default: throw RPCError(.invalidParams, "ref must be a ref/prompt with a name or a ref/resource with a uri")
        }
    }
}
