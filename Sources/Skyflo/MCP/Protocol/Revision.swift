import KubeModel

/// Of the protocol. The newest has neither handshake nor session: each request says its own; the older ones begin with
/// `initialize`.
package enum Revision: String, Sendable, CaseIterable, Comparable {
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// Whether every request carries version and capabilities in `params._meta`.
    package var isModern: Bool { self >= .july2026 }

    /// What a client that begins with `initialize` gets where it asks for one that isn't known.
    package static let newestWithHandshake = Revision.november2025

    package static var supported: JSONValue { JSONValue(allCases.reversed().map(\.rawValue)) }

    package static func < (a: Revision, b: Revision) -> Bool { a.rawValue < b.rawValue }
}

/// `params._meta` of a request, as far as a server needs it.
package struct RequestMeta: Sendable, Hashable {
    static let prefix = "io.modelcontextprotocol/"

    package var revision: Revision
    /// `inspector 1.2.0`; nil where the client doesn't say. For display only.
    package var client: String?
    package var capabilities: JSONObject
    /// Under which to report progress: a string or a whole number.
    package var progressToken: RPCID?

    /// Whether params are those of a client of the newest revision.
    package static func isModern(_ params: JSONObject) -> Bool {
        params["_meta"]?.object?.contains { $0.key.hasPrefix(prefix) } ?? false
    }

    /// Of a request of the newest revision, in which each says everything.
    /// - Throws: -32602 for what is missing, -32022 for a revision that isn't known.
    package init(modern params: JSONObject) throws(RPCError) {
        guard let meta = params["_meta"]?.object else {
            throw RPCError(.invalidParams, "params._meta must be an object with \(Self.prefix)protocolVersion")
        }
        guard let version = meta["\(Self.prefix)protocolVersion"]?.string else {
            throw RPCError(.invalidParams, "params._meta needs the text \(Self.prefix)protocolVersion")
        }
        guard let capabilities = meta["\(Self.prefix)clientCapabilities"]?.object else {
            throw RPCError(.invalidParams, "params._meta needs the object \(Self.prefix)clientCapabilities")
        }
        guard let revision = Revision(rawValue: version), revision.isModern else {
            throw RPCError(
                .unsupportedVersion, "the protocol's revision \(version.prefix(40)) isn't supported here",
                data: ["supported": Revision.supported, "requested": .string(version)])
        }
        self.init(revision: revision, meta: meta, capabilities: capabilities)
    }

    /// Of a request after a handshake.
    package init(legacy params: JSONObject, revision: Revision, client: String? = nil) {
        self.init(revision: revision, meta: params["_meta"]?.object ?? [:], capabilities: [:])
        self.client = client
    }

    private init(revision: Revision, meta: JSONObject, capabilities: JSONObject) {
        self.revision = revision
        self.capabilities = capabilities
        client = Self.name(of: meta["\(Self.prefix)clientInfo"])
        progressToken = RPCID(json: meta["progressToken"])
    }

    /// What a client says of itself, short enough to be shown.
    package static func name(of info: JSONValue?) -> String? {
        guard let name = info?["name"]?.string, !name.isEmpty else { return nil }
        let version = info?["version"]?.string.map { " \($0)" } ?? ""
        let printable = (name + version).unicodeScalars.filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(printable.prefix(80)))
    }
}
