import ControllerRuntime
import HTTPTransport
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import Writes

/// The integrations of one SkyfloAI, as that is at the moment: who disables one, or narrows what it allows, is obeyed by the next
/// request.
struct IntegrationDirectory: IntegrationProvider {
    let skyfloAI: ObjectKey
    let skyfloAIs: Informer
    /// The operator's own: Secrets aren't read as the conversation, but as whom the SkyfloAI names (``SecretsAPI``).
    let api: any KubeAPI
    let clock: any RuntimeClock
    let cache: IntegrationCredentialCache
    let mcpCache: MCPServerCache
    let proxies: ProxyEnvironment
    /// What servers say of themselves may hold a secret.
    let redactor: Redactor

    init(of skyfloAI: ObjectKey, _ dependencies: ConversationReconciler.Dependencies) {
        self.skyfloAI = skyfloAI
        skyfloAIs = dependencies.skyfloAIs
        api = dependencies.api
        clock = dependencies.clock
        cache = dependencies.integrationCredentials
        mcpCache = dependencies.mcpServers
        proxies = dependencies.options.proxies
        redactor = Redactor(key: dependencies.options.redactionKey)
    }

    var current: SkyfloAI? { skyfloAIs.get(skyfloAI).map { SkyfloAI($0) } }

    private func settings(_ name: String, of kind: IntegrationKind) -> (SkyfloAI, IntegrationSettings)? {
        guard let skyflo = current,
            let found = skyflo.integrations.first(where: { $0.kind == kind && $0.name == name && $0.isEnabled })
        else { return nil }
        return (skyflo, found)
    }

    func integrations(of kind: IntegrationKind) -> [IntegrationDescription] {
        (current?.integrations ?? []).filter { $0.isEnabled && $0.kind == kind }.map {
            IntegrationDescription(name: $0.name, isReadOnly: $0.isReadOnly, allowedNames: $0.allowedNames)
        }
    }

    func transport(to name: String, of kind: IntegrationKind) async throws -> any IntegrationTransport {
        guard let (skyflo, settings) = settings(name, of: kind) else {
            throw IntegrationError(.configuration, message: "it is not configured any more, or disabled")
        }
        return RenewingTransport(settings: settings, skyflo: skyflo, directory: self)
    }

    func path(ofAddress url: String, in name: String, of kind: IntegrationKind) -> String? {
        guard let (_, settings) = settings(name, of: kind), let origin = try? IntegrationOrigin(settings.url) else {
            return nil
        }
        return origin.path(ofAddress: url, api: kind.addressOfAPI)
    }

    /// - Parameter isNew: it is read whatever is remembered.
    func access(
        to settings: IntegrationSettings, of skyflo: SkyfloAI, isNew: Bool = false
    ) async throws -> IntegrationAccess {
        try await cache.access(to: settings, of: skyflo, isNew: isNew, api: api, clock: clock)
    }

    /// - Parameter timeout: at most that of the settings.
    func send(
        _ request: IntegrationRequest, settings: IntegrationSettings, access: IntegrationAccess,
        timeout: Duration? = nil
    ) async throws -> IntegrationResponse {
        let own = Duration.seconds(settings.timeoutSeconds)
        let origin = try IntegrationOrigin(settings.url)
        if settings.kind == .gitHub, origin.host == "github.com" {
            throw IntegrationError(
                .configuration, message: "the integration's url is that of pages; the API is https://api.github.com")
        }
        let transport = try HTTPIntegrationTransport(
            origin, credential: access.credential,
            headers: settings.tenant.map { [.init($0.header, value: $0.value)] } ?? [],
            certificates: access.certificates, otherHosts: settings.logHosts,
            timeout: timeout.map { min($0, own) } ?? own, proxies: proxies)
        return try await transport.send(request)
    }
}

extension IntegrationKind {
    /// What the address of its API has that those of its pages have not.
    fileprivate var addressOfAPI: IntegrationOrigin.APIAddress? {
        self == .gitHub ? .init(host: "api.", path: "/api/v3") : nil
    }
}

/// Sends with the credential as it is remembered, and once more where that is refused and has been changed.
private struct RenewingTransport: IntegrationTransport {
    let settings: IntegrationSettings
    let skyflo: SkyfloAI
    let directory: IntegrationDirectory

    func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        let known = try await directory.access(to: settings, of: skyflo)
        let first: Result<IntegrationResponse, IntegrationError>
        do {
            let response = try await directory.send(request, settings: settings, access: known)
            guard response.status == 401 else { return response }
            first = .success(response)
        } catch let error as IntegrationError where error.code == .unauthorized {
            first = .failure(error)
        }
        // Who isn't known has done nothing, so that this is no second time.
        let new = try await directory.access(to: settings, of: skyflo, isNew: true)
        guard new != known else { return try first.get() }
        return try await directory.send(request, settings: settings, access: new)
    }
}

extension ConversationReconciler.Dependencies {
    func integrations(of skyfloAI: ObjectKey) -> IntegrationDirectory { IntegrationDirectory(of: skyfloAI, self) }
}
