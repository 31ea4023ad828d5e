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
    let proxies: ProxyEnvironment

    init(of skyfloAI: ObjectKey, _ dependencies: ConversationReconciler.Dependencies) {
        self.skyfloAI = skyfloAI
        skyfloAIs = dependencies.skyfloAIs
        api = dependencies.api
        clock = dependencies.clock
        cache = dependencies.integrationCredentials
        proxies = dependencies.options.proxies
    }

    private var current: SkyfloAI? { skyfloAIs.get(skyfloAI).map { SkyfloAI($0) } }

    var jenkins: [IntegrationDescription] {
        (current?.integrations.jenkins ?? []).filter(\.isEnabled).map {
            IntegrationDescription(name: $0.name, isReadOnly: $0.isReadOnly, allowedJobs: $0.allowedJobs)
        }
    }

    func transport(toJenkins name: String) async throws -> any IntegrationTransport {
        guard let skyflo = current,
            let settings = skyflo.integrations.jenkins.first(where: { $0.name == name && $0.isEnabled })
        else { throw IntegrationError(.configuration, message: "it is not configured any more, or disabled") }
        return RenewingTransport(settings: settings, skyflo: skyflo, directory: self)
    }

    /// - Parameter isNew: it is read whatever is remembered.
    func access(
        to settings: JenkinsSettings, of skyflo: SkyfloAI, isNew: Bool = false
    ) async throws -> IntegrationAccess {
        try await cache.access(to: settings, of: skyflo, isNew: isNew, api: api, clock: clock)
    }

    /// - Parameter timeout: at most that of the settings.
    func send(
        _ request: IntegrationRequest, settings: JenkinsSettings, access: IntegrationAccess, timeout: Duration? = nil
    ) async throws -> IntegrationResponse {
        let own = Duration.seconds(settings.timeoutSeconds)
        let transport = try HTTPIntegrationTransport(
            try IntegrationOrigin(settings.url), credential: access.credential, certificates: access.certificates,
            timeout: timeout.map { min($0, own) } ?? own, proxies: proxies)
        return try await transport.send(request)
    }
}

/// Sends with the credential as it is remembered, and once more where that is refused and has been changed.
private struct RenewingTransport: IntegrationTransport {
    let settings: JenkinsSettings
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
