import ChartRepositories
import ControllerRuntime
import HTTPTransport
import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// The chart repositories of one SkyfloAI, as that is at the moment: who takes one from the list is obeyed by the next request.
struct ChartDirectory: ChartProvider {
    private let key: ObjectKey
    private let skyfloAIs: Informer
    /// The operator's own: Secrets aren't read as the conversation, but as whom the SkyfloAI names (``SecretsAPI``).
    private let api: any KubeAPI
    let clock: any RuntimeClock
    private let credentials: IntegrationCredentialCache
    private let indexes: RepositoryIndexCache
    private let proxies: ProxyEnvironment
    /// Whose rights count, and where; nil for the operator, which looks whether a repository answers.
    private var caller: (api: ReadOnlyAPI, namespace: String)?

    init(of skyfloAI: ObjectKey, _ dependencies: ConversationReconciler.Dependencies) {
        key = skyfloAI
        skyfloAIs = dependencies.skyfloAIs
        api = dependencies.api
        clock = dependencies.clock
        credentials = dependencies.integrationCredentials
        indexes = dependencies.helmIndexes
        proxies = dependencies.options.proxies
    }

    /// The same for a conversation: a repository with a credential takes a right.
    func limited(to api: ReadOnlyAPI, in namespace: String) -> ChartDirectory {
        var directory = self
        directory.caller = (api, namespace)
        return directory
    }

    private var current: SkyfloAI? { skyfloAIs.get(key).map { SkyfloAI($0) } }

    var skyfloAI: ObjectKey? { key }

    var repositories: [ChartRepositoryDescription] {
        (current?.helmRepositories ?? []).filter(\.isEnabled).map {
            ChartRepositoryDescription(name: $0.name, url: $0.url, allowedCharts: $0.allowedCharts)
        }
    }

    func chart(_ reference: ChartReference) async throws -> ChartPackage { try await fetcher.chart(reference) }

    func index(of repository: String, isNew: Bool) async throws -> RepositoryIndex {
        try await fetcher.index(of: repository, isNew: isNew)
    }

    func versions(of name: String) async throws -> [String] { try await fetcher.versions(of: name) }

    func labels(ofImage image: String) async throws -> [String: String]? {
        try await fetcher.labels(ofImage: image)
    }

    /// Whether a repository of the spec answers.
    /// - Throws: ``Writes/ToolFailure``, `CancellationError`.
    func look(_ settings: HelmRepositorySettings, within limit: Duration) async throws {
        var repository = ChartRepository(settings)
        repository.timeout = min(repository.timeout, limit)
        try await fetcher.look(repository)
    }

    private var fetcher: ChartFetcher {
        let skyflo = current
        let settings = (skyflo?.helmRepositories ?? []).filter(\.isEnabled)
        return ChartFetcher(
            settings.map { ChartRepository($0) }, cache: indexes, proxies: proxies, uptime: { clock.uptime }
        ) { repository, isNew in
            guard let skyflo, let found = settings.first(where: { $0.name == repository.name }) else {
                throw ToolFailure("\(repository.label) is not configured any more, or disabled")
            }
            if let caller, found.secret != nil {
                let path = APIResource.helmRepositories.path(namespace: caller.namespace, name: found.name)
                try await AccessReview.requireForTool(KubeRequest(.get, path: path), api: caller.api)
            }
            let access = try await credentials.access(
                to: found, of: skyflo, isNew: isNew || caller == nil, api: api, clock: clock)
            return RepositoryAccess(credential: access.credential, certificates: access.certificates)
        }
    }
}

extension ChartRepository {
    fileprivate init(_ settings: HelmRepositorySettings) {
        self.init(
            name: settings.name, url: settings.url, allowedCharts: settings.allowedCharts,
            allowedHosts: settings.allowedHosts, tokenHost: settings.tokenHost, isPlainHTTP: settings.isPlainHTTP,
            timeout: .seconds(settings.timeoutSeconds))
    }
}

extension APIResource {
    /// No such resource is served. Who may `get` one may have charts of it fetched with the credential that it takes.
    static let helmRepositories = APIResource(
        group: "skyflo.ai", version: "v1", plural: "helmrepositories", kind: "HelmRepository")
}
