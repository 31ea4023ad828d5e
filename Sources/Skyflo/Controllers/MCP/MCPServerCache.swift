import Concurrency
import ControllerRuntime
import HTTPTransport
import Integrations
import KubeClient
import KubeModel
import MCP
import SkyfloAPI
import Synchronization
import Writes

/// What a request to an MCP server needs of Secrets.
struct MCPAccess: Sendable, Hashable {
    var headers: [IntegrationRequest.Field]
    /// Those that came from Secrets.
    var secrets: [String]
    /// In PEM; nil for the authorities of the system.
    var certificates: String?
    /// By which a token is got; nil where the headers say all.
    var grant: ClientCredentialsGrant?

    func adding(_ token: ClientCredentialsGrant.Token) -> MCPAccess {
        var access = self
        access.headers.append(.init("Authorization", value: "Bearer \(token.text)"))
        access.secrets.append(token.text)
        return access
    }
}

/// Asks the token endpoint of a server's settings.
typealias MCPTokenRequest = (ClientCredentialsGrant, MCPAccess) async throws -> ClientCredentialsGrant.Token

/// What was found out about MCP servers within the last minute: how they are spoken to, what Secrets hold for them, and which
/// tools they have.
final class MCPServerCache: Sendable {
    static let lifetime = Duration.seconds(60)
    /// A server that gave no answer is left alone for a while: turns don't wait for it each time.
    static let failureLifetime = Duration.seconds(15)
    /// Turns, stops and decisions wait for a list, over all its pages, and no longer than this.
    static let longestList = Duration.seconds(10)
    private static let tokenMargin = Duration.seconds(20)

    private struct Place: Hashable {
        var skyfloAI: ObjectKey
        var identity: Impersonation?
        var settings: MCPServerSettings

        init(_ settings: MCPServerSettings, of skyflo: SkyfloAI) {
            skyfloAI = skyflo.object.key
            identity = skyflo.secretsIdentity
            self.settings = settings
        }
    }

    private struct Entry {
        var usedAt: Duration
        var memory = MCPPeerMemory()
        var access: (value: MCPAccess, readAt: Duration)?
        var token: (value: ClientCredentialsGrant.Token, grant: ClientCredentialsGrant, goodUntil: Duration)?
        var list: (value: Result<MCPToolList, MCPClientError>, readAt: Duration)?
    }

    private let entries = Mutex<[Place: Entry]>([:])

    private func change(_ place: Place, at now: Duration, _ body: (inout Entry) -> Void) {
        entries.withLock { entries in
            entries = entries.filter { now - $0.value.usedAt < .seconds(600) }
            var entry = entries[place] ?? Entry(usedAt: now)
            entry.usedAt = now
            body(&entry)
            entries[place] = entry
        }
    }

    func memory(of settings: MCPServerSettings, of skyflo: SkyfloAI, at now: Duration) -> MCPPeerMemory {
        var memory = MCPPeerMemory()
        change(Place(settings, of: skyflo), at: now) { memory = $0.memory }
        return memory
    }

    // MARK: Tools

    /// - Parameter isNew: the server is asked, whatever is remembered.
    /// - Throws: ``MCP/MCPClientError``, `CancellationError`.
    func list(
        of settings: MCPServerSettings, of skyflo: SkyfloAI, isNew: Bool, clock: any RuntimeClock,
        asking client: MCPClient
    ) async throws -> MCPToolList {
        let (place, now) = (Place(settings, of: skyflo), clock.uptime)
        let known = entries.withLock { $0[place]?.list }
        if !isNew, let known {
            let age = now - known.readAt
            if case .success = known.value, age < Self.lifetime { return try known.value.get() }
            if case .failure = known.value, age < Self.failureLifetime { return try known.value.get() }
        }
        let found: Result<MCPToolList, MCPClientError>
        do {
            found = .success(
                try await withDeadline(.now + Self.longestList, failure: Self.late) { try await client.tools() })
        } catch let error as MCPClientError {
            found = .failure(error)
        }
        // As of now: what took long to fail would otherwise be forgotten as soon as it is known.
        let readAt = clock.uptime
        change(place, at: readAt) { $0.list = (found, readAt) }
        return try found.get()
    }

    private static var late: MCPClientError {
        MCPClientError(.lost, "the server did not give its tools within \(longestList.components.seconds) s")
    }

    // MARK: Secrets

    /// As it was read last, however old that is; nil where it wasn't read in the last minutes.
    func known(to settings: MCPServerSettings, of skyflo: SkyfloAI) -> MCPAccess? {
        entries.withLock { $0[Place(settings, of: skyflo)] }.flatMap { entry in
            guard let access = entry.access?.value, access.grant != nil else { return entry.access?.value }
            return entry.token.map { access.adding($0.value) }
        }
    }

    /// What one request needs, with a token where the settings have one got.
    ///
    /// - Parameter isNew: the Secrets are read and a token is asked for, whatever is remembered.
    /// - Throws: as ``access(to:of:isNew:api:clock:)``, and what the request for a token throws.
    func access(
        to settings: MCPServerSettings, of skyflo: SkyfloAI, isNew: Bool, api: any KubeAPI, clock: any RuntimeClock,
        requestingToken request: MCPTokenRequest
    ) async throws -> MCPAccess {
        let access = try await access(to: settings, of: skyflo, isNew: isNew, api: api, clock: clock)
        guard let grant = access.grant else { return access }
        let (place, now) = (Place(settings, of: skyflo), clock.uptime)
        if !isNew, let known = entries.withLock({ $0[place]?.token }), known.grant == grant, now < known.goodUntil {
            return access.adding(known.value)
        }
        let token = try await request(grant, access)
        // A token that ends while a request is on its way would be refused.
        let goodUntil = now + max(.zero, (token.lifetime ?? Self.lifetime) - Self.tokenMargin)
        change(place, at: now) { $0.token = (token, grant, goodUntil) }
        return access.adding(token)
    }

    /// - Throws: ``Integrations/IntegrationError``, which is never remembered, and names Secrets and keys, never a value; what
    ///   the API server says.
    func access(
        to settings: MCPServerSettings, of skyflo: SkyfloAI, isNew: Bool, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> MCPAccess {
        let (place, now) = (Place(settings, of: skyflo), clock.uptime)
        if !isNew, let known = entries.withLock({ $0[place]?.access }), now - known.readAt < Self.lifetime {
            return known.value
        }
        let (namespace, reader) = (skyflo.object.namespace, SecretsAPI(api, for: skyflo))
        let access: MCPAccess
        do {
            access = try await Self.read(settings, namespace: namespace, api: reader)
        } catch let refused as SecretForbidden {
            throw IntegrationError(.configuration, message: "\(refused)")
        }
        change(place, at: now) { $0.access = (access, now) }
        return access
    }

    private static func read(
        _ settings: MCPServerSettings, namespace: String?, api: any KubeAPI
    ) async throws -> MCPAccess {
        var access = MCPAccess(headers: [], secrets: [])
        for header in settings.headers {
            guard let reference = header.secretRef else {
                access.headers.append(.init(header.name, value: header.value ?? ""))
                continue
            }
            let text = try await secretText(reference, namespace: namespace, api: api)
            guard CredentialText.fitsHeader(text) else {
                throw failure("the key \(reference.key) of Secret \(reference.name) \(CredentialText.refusal)")
            }
            access.headers.append(.init(header.name, value: (header.value ?? "") + text))
            access.secrets.append(text)
        }
        if let oauth = settings.oauth {
            let secret = try await secretText(oauth.clientSecretRef, namespace: namespace, api: api)
            let grant = ClientCredentialsGrant(
                clientID: oauth.clientID, secret: secret, scopes: oauth.scopes, resource: settings.url)
            access.secrets += grant.secrets
            access.grant = grant
        }
        access.certificates = try await IntegrationCredentialCache.certificates(
            secret: settings.caSecret, configMap: settings.caConfigMap, namespace: namespace, api: api)
        return access
    }

    private static func secretText(
        _ reference: IntegrationSettings.Reference, namespace: String?, api: any KubeAPI
    ) async throws -> String {
        guard let secret = try await api.find(.secrets, namespace: namespace, name: reference.name) else {
            throw failure("Secret \(reference.name) does not exist")
        }
        // As of models' keys: what it holds is sent to an address that the same SkyfloAI names.
        guard SkyfloAI.mayHoldKey(secret) else {
            throw failure("Secret \(reference.name) is not of type Opaque; credentials are read from those only")
        }
        let text = secret["data", reference.key]?.string.flatMap(Base64.decode).map {
            CredentialText.withoutLineEnds(String(decoding: $0, as: UTF8.self))
        }
        guard let text, !text.isEmpty else {
            throw failure("Secret \(reference.name) has no key \(reference.key), or nothing in it")
        }
        return text
    }

    private static func failure(_ message: String) -> IntegrationError {
        IntegrationError(.configuration, message: message)
    }
}
