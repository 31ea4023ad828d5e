import ArgumentParser
import ControllerRuntime
import Controllers
import FoundationEssentials
import HTTPTransport
import KubeClient
import KubeModel
import LiveServer
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Run the operator, in the cluster or outside of it.",
        discussion: """
            The cluster is found as kubectl finds it: --kubeconfig, else $KUBECONFIG, else the ServiceAccount of the pod that \
            this runs in, else ~/.kube/config. The CRDs of crds/ have to be installed. The API \
            server, the models and the integrations are reached through HTTPS_PROXY, HTTP_PROXY and NO_PROXY, with kubectl's rules.
            """)

    @Option(help: "The kubeconfig file.") var kubeconfig: String?
    @Option(help: "The kubeconfig's context.") var context: String?
    @Option(help: "Work on conversations of this namespace only. Default: all.") var namespace: String?
    @Option(
        help:
            "The SkyfloAI, as NAMESPACE/NAME, for conversations in namespaces that have none. Default: skyflo in --lease-namespace."
    )
    var defaultSkyfloai: String?
    @Flag(help: "Work beside other replicas: hold a Lease, and take over from those whose Lease has run out.")
    var lease = false
    @Option(
        help:
            "The operator's own namespace: Leases, transcripts, skyflo-redaction-key. Default: $POD_NAMESPACE, else skyflo-system."
    )
    var leaseNamespace: String?
    @Option(help: "After how many seconds without a renewal of its Lease a worker counts as gone.")
    var leaseDuration: Int = 15
    @Option(help: "Where /healthz, /readyz and /metrics listen.") var healthHost: String = "127.0.0.1"
    @Option(help: "Their port; 0 for none.") var healthPort: Int = 8081
    @OptionGroup(title: "Events, transcripts and alerts") var listener: ListenerOptions
    @Option(help: "How many conversations are worked on at the same time.") var concurrency: Int = 64
    @Option(
        help:
            "Namespaces, separated by commas, whose SkyfloAIs may use the operator's own identity at AWS, Azure and Google Cloud; * for all. Default: none."
    )
    var cloudIdentityNamespaces: String = ""
    @OptionGroup(title: "Components of SkyfloAIs") var components: ComponentOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard defaultSkyfloai.map({ Self.key($0) != nil }) ?? true else {
            throw ValidationError("--default-skyfloai takes NAMESPACE/NAME")
        }
        guard (0...65_535).contains(healthPort) else { throw ValidationError("--health-port takes 0 to 65535") }
        guard (1...3600).contains(leaseDuration) else { throw ValidationError("--lease-duration takes 1 to 3600") }
        guard (1...10_000).contains(concurrency) else { throw ValidationError("--concurrency takes 1 to 10000") }
    }

    @concurrent
    func run() async throws {
        let logger = logging.makeLogger()
        let metrics = MetricsRegistry(
            buckets: ConversationMetrics.buckets,
            help: ConversationMetrics.help.merging(TriggerMetrics.help) { $1 }.merging(LiveMetrics.help) { $1 })
        MetricsSystem.bootstrap(metrics)
        let environment = ProcessInfo.processInfo.environment
        let cluster = try ClusterConfiguration.load(
            kubeconfigPath: kubeconfig, context: context, environment: environment)
        var options = KubeClient.Options()
        options.userAgent = KubeClient.Options.userAgent(version: Version.current)
        let telemetry = try TelemetrySetup(environment, logger: logger)
        if let telemetry { options.tracer = telemetry.tracer }
        var configuration = try configuration(environment, telemetry)
        configuration.live?.cluster = cluster
        try await withKubeClient(cluster, logger: logger, options: options) { [configuration] client in
            let program = Operator(
                api: client, configuration: configuration,
                models: BuiltInModelProvider(
                    logger: logger, environment: environment,
                    identityNamespaces: Set(cloudIdentityNamespaces.split(separator: ",").map(String.init))),
                metrics: metrics, logger: logger)
            logger.info("operator starts", metadata: ["version": "\(Version.current)"])
            let group = ServiceGroup(
                // Stopped in the reverse order: what the operator leaves is still exported.
                services: telemetry.map { [$0.exporter, OperatorService(program: program)] }
                    ?? [OperatorService(program: program)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger)
            try await group.run()
        }
    }

    private func configuration(
        _ environment: [String: String], _ telemetry: TelemetrySetup?
    ) throws -> Operator.Configuration {
        let lease = WorkerLease(
            namespace: leaseNamespace ?? environment["POD_NAMESPACE"] ?? "skyflo-system", pod: Self.pod(environment),
            duration: .seconds(leaseDuration))
        return Operator.Configuration(
            namespace: namespace, identity: Self.identity(environment),
            defaultSkyfloAI: defaultSkyfloai.flatMap(Self.key) ?? ObjectKey(namespace: lease.namespace, name: "skyflo"),
            lease: self.lease ? lease : nil, healthHost: healthHost,
            healthPort: healthPort == 0 ? nil : healthPort, concurrency: concurrency,
            systemNamespace: lease.namespace, proxies: ProxyEnvironment(environment),
            live: try listener.live(in: lease.namespace, environment), telemetry: telemetry?.turns,
            components: components.configuration(environment))
    }

    private static func pod(_ environment: [String: String]) -> OwnerReference? {
        guard let name = environment["POD_NAME"], let uid = environment["POD_UID"] else { return nil }
        return OwnerReference(
            apiVersion: "v1", kind: "Pod", name: name, uid: uid, controller: false, blockOwnerDeletion: false)
    }

    /// The pod's name, else the host's with something random: two processes on one host are two candidates.
    private static func identity(_ environment: [String: String]) -> String {
        environment["POD_NAME"]
            ?? "\(ProcessInfo.processInfo.hostName)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
    }

    private static func key(_ text: String) -> ObjectKey? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        return ObjectKey(namespace: String(parts[0]), name: String(parts[1]))
    }
}

/// The operator as a service of the process.
struct OperatorService: Service {
    let program: Operator
    func run() async throws { try await program.run() }
}
