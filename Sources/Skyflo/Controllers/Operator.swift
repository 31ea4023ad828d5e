import ArgoCDTools
import ArgoTools
import ControllerRuntime
import GitTools
import HTTPTransport
import HelmTools
import JenkinsTools
import KubeClient
import KubeModel
import KubernetesTools
import LiveEvents
import LiveServer
import Logging
import PrometheusTools
import ServiceLifecycle
import SkyfloAPI
import ToolKit
import Transcripts

/// The operator put together: caches, controllers, health and the worker's Lease, owned by one ``ControllerRuntime/Manager``.
package struct Operator: Sendable {
    package struct Configuration: Sendable {
        /// Where conversations are looked for; nil for all namespaces.
        package var namespace: String?
        /// Of this process, in `status.worker`, in the lease and in events.
        package var identity: String
        package var defaultSkyfloAI: ObjectKey?
        /// nil for a worker that is alone.
        package var lease: WorkerLease?
        package var healthHost: String
        /// 0 lets the system choose; nil serves no health and no metrics.
        package var healthPort: Int?
        /// How many conversations are worked on at the same time. Most of that time they wait for a model.
        package var concurrency: Int
        package var verificationTimeout: Duration
        /// How long a status stays as it is, at least, while a turn goes on.
        package var progressInterval: Duration
        /// The operator's own: where transcripts and the Secret with the installation's redaction key are.
        package var systemNamespace: String
        /// Those of the environment, for integrations.
        package var proxies: ProxyEnvironment
        /// nil where no spans are made.
        package var telemetry: TurnTelemetry?
        /// The clock of the triggers' schedules.
        package var scheduleClock: any RuntimeClock
        /// Where the operator is reached: for events, transcripts and alerts; nil for nowhere.
        package var live: LiveConfiguration?
        /// How the components of SkyfloAIs are made.
        package var components: ComponentsConfiguration

        package init(
            namespace: String? = nil, identity: String, defaultSkyfloAI: ObjectKey? = nil,
            lease: WorkerLease? = nil, healthHost: String = "127.0.0.1", healthPort: Int? = nil,
            concurrency: Int = 64, verificationTimeout: Duration = .seconds(120),
            progressInterval: Duration = .seconds(1), systemNamespace: String = "skyflo-system",
            proxies: ProxyEnvironment = ProxyEnvironment(), live: LiveConfiguration? = nil,
            scheduleClock: any RuntimeClock = SystemClock(),
            telemetry: TurnTelemetry? = nil, components: ComponentsConfiguration = ComponentsConfiguration()
        ) {
            self.live = live
            self.components = components
            self.telemetry = telemetry
            self.progressInterval = progressInterval
            self.proxies = proxies
            self.scheduleClock = scheduleClock
            self.systemNamespace = systemNamespace
            self.namespace = namespace
            self.identity = identity
            self.defaultSkyfloAI = defaultSkyfloAI
            self.lease = lease
            self.healthHost = healthHost
            self.healthPort = healthPort
            self.concurrency = concurrency
            self.verificationTimeout = verificationTimeout
        }
    }

    private let api: any KubeAPI
    private let configuration: Configuration
    private let models: any ModelProvider
    private let metrics: MetricsRegistry?
    private let logger: Logger

    package init(
        api: any KubeAPI, configuration: Configuration, models: any ModelProvider, metrics: MetricsRegistry? = nil,
        logger: Logger
    ) {
        self.api = metrics.map { InstrumentedAPI(api, metrics: $0) } ?? api
        self.configuration = configuration
        self.models = models
        self.metrics = metrics
        self.logger = logger
    }

    /// Works until the task is cancelled or gracefully shut down.
    ///
    /// - Throws: where the installation's redaction key can be neither read nor made, or the API server doesn't say who we
    ///   are.
    package func run() async throws {
        let clock = SystemClock()
        let key = try await RedactionKey(
            api: api, namespace: configuration.systemNamespace, clock: clock, logger: logger
        ).load()
        let user = try await withRetry("asking who we are", clock: clock, logger: logger) { try await api.userName() }
        var certificate: ServingCertificate?
        if let live = configuration.live {
            certificate = try await live.certificate(
                in: configuration.systemNamespace, api: api, clock: clock, logger: logger)
        }
        try await makeManager(redactionKey: key, user: user, certificate: certificate).run()
    }

    private func makeManager(redactionKey: [UInt8], user: String, certificate: ServingCertificate?) -> Manager {
        let conversations = informer(.conversations, in: configuration.namespace)
        // The default SkyfloAI may lie in another namespace than the conversations.
        let skyfloAIs = informer(.skyfloAIs, in: nil)
        let events = EventRecorder(api: api, component: "skyflo", instance: configuration.identity, logger: logger)
        let manager = Manager(elector: elector, logger: logger)
        if let port = configuration.healthPort {
            manager.add(
                HealthServer(
                    host: configuration.healthHost, port: port,
                    readiness: [.synced(conversations), .synced(skyfloAIs)],
                    metrics: metrics, logger: logger), to: .servers)
        }
        manager.add(conversations, to: .caches)
        manager.add(skyfloAIs, to: .caches)
        manager.add(events, to: .others)
        var dependencies = dependencies(
            conversations, skyfloAIs: skyfloAIs, events: events, redactionKey: redactionKey, user: user)
        let turns = LiveTurns()
        let address = LiveAddress(configuration.live?.address)
        dependencies.live = configuration.live.map { LiveAccess(turns: turns, service: $0.service, address: address) }
        let controller = conversationController(dependencies)
        dependencies.waits.connect { [weak controller] in controller?.enqueue($0) }
        manager.add(dependencies.waits, to: .leaderElected)
        manager.add(dependencies.outputs, to: .leaderElected)
        manager.add(controller, to: .leaderElected)
        manager.add(skyfloAIController(dependencies), to: .leaderElected)
        addComponents(dependencies, to: manager)
        addTranscriptRemoval(to: manager, conversations)
        let webhook = addTriggers(dependencies, to: manager)
        if let live = configuration.live, let certificate {
            let routes: [any EndpointRoute] = [transcriptRoute(conversations), webhook]
            let server = server(live, certificate, routes, turns: turns, conversations: conversations, address: address)
            manager.add(server, to: .servers)
        }
        return manager
    }

    /// All that people and programs reach the operator for.
    private func server(
        _ live: LiveConfiguration, _ certificate: ServingCertificate, _ routes: [any EndpointRoute], turns: LiveTurns,
        conversations: Informer, address: LiveAddress
    ) -> LiveServer {
        var served = LiveServer.Configuration(
            host: live.host, port: live.port, certificate: certificate, limits: live.limits, cluster: live.cluster
        ) { port in
            address.listen(host: live.host, port: port)
            await live.onListening(port)
        }
        served.files = live.files
        served.routes = routes
        return LiveServer(
            served, turns: turns, conversations: conversations, api: api,
            transcripts: SecretTranscriptReader(api: api, namespace: configuration.systemNamespace),
            identity: configuration.identity, logger: logger)
    }

    private func transcriptRoute(_ conversations: Informer) -> TranscriptRoute {
        TranscriptRoute(
            api: api, conversations: conversations,
            pages: SecretTranscriptReader(api: api, namespace: configuration.systemNamespace),
            callers: CallerReview(api: api), logger: logger)
    }

    /// All tools that there are.
    package static func toolRegistry() -> ToolRegistry {
        ToolRegistry(
            KubernetesToolset.all { SystemClock().now } + ArgoToolset.all { SystemClock().now }
                + JenkinsToolset.all { SystemClock().now } + PrometheusToolset.all { SystemClock().now }
                + GitToolset.all { SystemClock().now } + ArgoCDToolset.all() + HelmToolset.all { SystemClock().now },
            onDemand: KubernetesToolset.groups + ArgoToolset.groups + JenkinsToolset.groups + PrometheusToolset.groups
                + GitToolset.groups + ArgoCDToolset.groups + HelmToolset.groups)
    }

    private func informer(_ resource: APIResource, in namespace: String?) -> Informer {
        Informer(api: api, resource: resource, namespace: namespace, logger: logger)
    }

    private var elector: LeaderElector? {
        configuration.lease.map { $0.elector(configuration.identity, api: api, logger: logger) }
    }

    private func dependencies(
        _ conversations: Informer, skyfloAIs: Informer, events: EventRecorder, redactionKey: [UInt8],
        user: String
    ) -> ConversationReconciler.Dependencies {
        .init(
            api: api, conversations: conversations, skyfloAIs: skyfloAIs, mapper: RESTMapper(api: api),
            tools: Self.toolRegistry(),
            models: models, events: events,
            logger: logger,
            options: .init(
                identity: configuration.identity, user: user, defaultSkyfloAI: configuration.defaultSkyfloAI,
                systemNamespace: configuration.systemNamespace, redactionKey: redactionKey,
                verificationTimeout: configuration.verificationTimeout, lease: configuration.lease,
                progressInterval: configuration.progressInterval, proxies: configuration.proxies,
                telemetry: configuration.telemetry))
    }

    private func conversationController(_ dependencies: ConversationReconciler.Dependencies) -> Controller {
        let (conversations, skyfloAIs) = (dependencies.conversations, dependencies.skyfloAIs)
        let governing = Governing(skyfloAIs: skyfloAIs, fallback: configuration.defaultSkyfloAI)
        return Controller(
            name: "conversation", reconciler: ConversationReconciler(dependencies),
            watches: [
                .init(conversations, predicate: .changed(ConversationPredicate.specOrDecisionChanged), priority: .high),
                .init(conversations, predicate: TurnSlots.freesPlace) { [conversations] object in
                    TurnSlots.woken(by: object, among: conversations, governing)
                },
                // A SkyfloAI that appears or changes may be what conversations wait for, and may stop those that run.
                .init(skyfloAIs, predicate: .generationChanged) { [conversations] _ in
                    conversations.list().filter(Self.waitsOrRuns).map(\.key)
                },
            ],
            concurrency: configuration.concurrency, logger: logger)
    }

    private static func waitsOrRuns(_ object: KubeObject) -> Bool {
        let status = Conversation(object).status
        return !status.isTurnEnded || status.queuedSince != nil
            || status.conditions[type: ConversationCondition.accepted.rawValue]?.status == .false
    }

    /// Removes transcripts of conversations that are gone: at once where the deletion is seen, else with the next sweep.
    private func addTranscriptRemoval(to manager: Manager, _ conversations: Informer) {
        let archive = SecretTranscriptArchive(api: api, namespace: configuration.systemNamespace)
        let reconciler = TranscriptReconciler(
            api: api, archive: archive, conversations: conversations, logger: logger)
        let controller = Controller(
            name: "transcript", reconciler: reconciler,
            watches: [
                .init(conversations, predicate: TranscriptReconciler.isGone) {
                    [ObjectKey(namespace: nil, name: $0.uid)]
                }
            ], concurrency: 4, logger: logger)
        let clock = SystemClock()
        let turn = configuration.lease.map {
            SweepTurn(api: api, namespace: $0.namespace, identity: configuration.identity, clock: clock)
        }
        manager.add(controller, to: .leaderElected)
        manager.add(
            TranscriptSweep(
                archive: archive, reconciler: reconciler, enqueue: { controller.enqueue($0, priority: .low) },
                turn: turn,
                clock: clock, logger: logger), to: .leaderElected)
    }

    /// - Returns: where alerts are taken.
    private func addTriggers(
        _ dependencies: ConversationReconciler.Dependencies, to manager: Manager
    ) -> WebhookRoute {
        let journal = TriggerJournal()
        var scheduled = dependencies
        scheduled.clock = configuration.scheduleClock
        let controller = Controller(
            name: "trigger", reconciler: TriggerReconciler(scheduled, journal: journal),
            watches: [
                .init(dependencies.skyfloAIs, predicate: .generationChanged),
                // One that is over may let the next begin.
                .init(dependencies.conversations, predicate: Self.endsOrBegins) { object in
                    Self.triggering(object, among: dependencies.skyfloAIs)
                },
            ],
            clock: configuration.scheduleClock, logger: logger)
        manager.add(controller, to: .leaderElected)
        let handler = WebhookHandler(dependencies, journal: journal) { controller.enqueue($0) }
        let webhook = WebhookRoute(handler, logger: logger)
        manager.add(to: .leaderElected) { try await webhook.run { try await gracefulShutdown() } }
        return webhook
    }

    private static let endsOrBegins = Predicate { event in
        guard event.object.labels[TriggerOrigin.idLabel] != nil else { return false }
        guard case .updated(let old, let new) = event else { return true }
        return old["status", "phase"] != new["status", "phase"]
    }

    /// The SkyfloAIs that have a trigger of the name in the label.
    private static func triggering(_ object: KubeObject, among skyfloAIs: Informer) -> [ObjectKey] {
        guard let name = object.labels[TriggerOrigin.nameLabel] else { return [] }
        return skyfloAIs.list().filter { skyflo in
            skyflo["spec", "triggers"]?.array?.contains { $0["name"]?.string == name } ?? false
        }.map(\.key)
    }

    private func skyfloAIController(_ dependencies: ConversationReconciler.Dependencies) -> Controller {
        Controller(
            name: "skyfloai", reconciler: SkyfloAIReconciler(dependencies),
            watches: [.init(dependencies.skyfloAIs, predicate: .generationChanged)], logger: logger)
    }

    private func addComponents(_ dependencies: ConversationReconciler.Dependencies, to manager: Manager) {
        let own = ComponentReconciler.Dependencies(
            api: api, skyfloAIs: dependencies.skyfloAIs, events: dependencies.events, mapper: dependencies.mapper,
            clock: SystemClock(), configuration: configuration.components,
            systemNamespace: configuration.systemNamespace, defaultSkyfloAI: configuration.defaultSkyfloAI,
            onlyNamespace: configuration.namespace, sharesWork: configuration.lease != nil, logger: logger)
        let controller = Controller(
            name: "component", reconciler: ComponentReconciler(dependencies: own),
            watches: [.init(dependencies.skyfloAIs, predicate: .generationChanged)], concurrency: 4, logger: logger)
        own.caches.connect { [weak controller] in controller?.enqueue($0) }
        manager.add(own.caches.informers, to: .caches)
        manager.add(controller, to: .leaderElected)
    }
}
