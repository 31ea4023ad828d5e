#if Playground
    import ArgumentParser
    import Controllers
    import FoundationEssentials
    import KubeClient
    import KubeModel
    import LocalCluster
    import Logging
    import ServiceLifecycle
    import UnixSignals

    struct PlaygroundCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "playground",
            abstract: "Run a small Kubernetes-compatible API server and the operator in one process, on loopback only.",
            discussion: """
                For trying the co-pilot, with real kubectl and without a cluster. Nothing is stored. Pods only appear to \
                run. The image decides what a container does:

                  HOST.invalid/NAME, NAME:missing..., bad...   can't be pulled
                  crash...     exits with 1 at once, and is restarted later and later
                  slow...      gets ready after 5 seconds
                  unready...   runs, and never gets ready
                  long...      in a Job: runs until it is deleted

                Any other runs; in a Job it completes at once.
                """)

        @Option(help: "The port on 127.0.0.1; 0 lets the system choose.") var port: Int = 0
        @Option(help: "Where to write the kubeconfig. The file is removed at the end.")
        var kubeconfig: String = "skyflo-playground.kubeconfig"
        @Flag(help: "Run the API server only, with the CRDs and roles installed.") var withoutOperator = false
        @Option(help: "The port on 127.0.0.1 where triggers take alerts, by HTTPS; 0 lets the system choose.")
        var httpsPort: Int = 0
        @Flag(help: "Serve the Command Center, too: pages in a browser, as skyflo web does.") var web = false
        @Option(help: "Its port on 127.0.0.1; 0 lets the system choose.") var webPort: Int = 8094
        @OptionGroup var logging: LoggingOptions

        func validate() throws {
            guard (0...65_535).contains(webPort) else { throw ValidationError("--web-port takes 0 to 65535") }
            guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
            guard (0...65_535).contains(httpsPort) else { throw ValidationError("--https-port takes 0 to 65535") }
        }

        @concurrent
        func run() async throws {
            var logger = logging.makeLogger()
            if logger.logLevel == .info { logger.logLevel = .warning }
            var configuration = LocalCluster.Configuration()
            configuration.port = port
            let cluster = LocalCluster(configuration)
            let playground = Playground(
                cluster: cluster, kubeconfigPath: kubeconfig, runsOperator: !withoutOperator,
                httpsPort: httpsPort, webPort: web ? webPort : nil, logger: logger)
            // Stopped in the reverse order: the operator ends while the API server still answers.
            var group = ServiceGroupConfiguration(
                services: [.init(service: cluster), .init(service: playground)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            group.maximumGracefulShutdownDuration = .seconds(10)
            try await ServiceGroup(configuration: group).run()
        }
    }
#endif
