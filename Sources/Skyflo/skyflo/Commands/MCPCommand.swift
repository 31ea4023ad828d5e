import ArgumentParser
import Concurrency
import Controllers
import FoundationEssentials
import KubeClient
import KubeModel
import LiveServer
import Logging
import MCP
import NIOPosix
import SkyfloCLI
import SkyfloMCP
import ToolKit
import Writes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The Model Context Protocol for a person's own program, with that person's rights; or for callers with tokens of the
/// cluster.
struct MCPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serve the cluster and its conversations to an MCP client.",
        discussion: """
            Without --listen it speaks over standard input and output, as clients start it, with the rights of the kubeconfig. \
            Tools read; whatever changes the cluster goes through a Conversation, which a person approves.

            With --listen it serves Streamable HTTP at /mcp. On a loopback address everybody who can connect has the rights \
            of the kubeconfig; with --tokens each request needs a bearer token of the cluster, and has that token's rights. \
            Any other address needs --tokens.

            Examples:
              skyflo mcp -n shop
              skyflo mcp --listen 127.0.0.1:8093
              skyflo mcp --listen 0.0.0.0:8093 --tokens --host mcp.example.com
              skyflo mcp --listen 0.0.0.0:8093 --tokens --host mcp.example.com --tls-cert tls.crt --tls-key tls.key
            """)

    @Option(help: "Serve over HTTP at this address, as 127.0.0.1:8093; port 0 chooses one.") var listen: ListenAddress?
    @Flag(help: "Each request needs a bearer token of the cluster, and has its rights.") var tokens = false
    @Option(help: "The file with its certificate chain, PEM. Without it, it speaks plain HTTP.", completion: .file())
    var tlsCert: String?
    @Option(help: "The file with the certificate's key, PEM.", completion: .file()) var tlsKey: String?
    @Option(help: "A host name under which it is reached, besides the address itself; may be given several times.")
    var host: [String] = []
    @Option(help: "A web page's origin that may call it, as https://desk.example.com; may be given several times.")
    var origin: [String] = []
    @Option(help: "Only the tools of this toolset, such as kubernetes; may be given several times.") var toolset:
        [String] = []
    @Flag(help: "Conversations only read, too.") var readOnly = false
    @Flag(help: "A user who asked through MCP may also approve through MCP what came of it.") var allowOwnApprovals =
        false
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        let known = Operator.toolRegistry().toolsets.filter { !$0.isEmpty }
        if let unknown = toolset.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "there is no toolset \(unknown); the toolsets are \(known.sorted().joined(separator: ", "))")
        }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key are given together")
        }
        guard let listen else {
            guard !tokens, host.isEmpty, origin.isEmpty, tlsCert == nil else {
                throw ValidationError("--tokens, --host, --origin and --tls-cert need --listen")
            }
            return
        }
        guard tokens || listen.isLoopback else {
            throw ValidationError(
                "\(listen.host) is no loopback address: add --tokens, or everybody would have your rights")
        }
    }

    @concurrent
    func run() async throws {
        let logger = logging.makeLogger()
        let configuration = try cluster.configuration(ProcessInfo.processInfo.environment)
        var options = KubeClient.Options()
        options.userAgent = KubeClient.Options.userAgent(version: Version.current)
        options.timeout = cluster.requestTimeout.limit ?? .seconds(3600)
        let redactor = Redactor(key: (0..<32).map { _ in UInt8.random(in: .min ... .max) })
        try await withKubeClient(configuration, logger: logger, options: options) { client in
            let makeServer: @Sendable (any KubeAPI, String) -> MCPServer = { api, user in
                server(api: api, user: user, namespace: configuration.namespace, redactor: redactor)
            }
            guard let listen else {
                return await serveStandardInput(makeServer(client, try await client.userName()))
            }
            try await serve(
                at: listen, client: client, configuration: configuration, makeServer: makeServer, logger: logger)
        }
    }

    private func server(api: any KubeAPI, user: String, namespace: String, redactor: Redactor) -> MCPServer {
        let features = ClusterFeatures(
            api: api, user: user, namespace: namespace, registry: Operator.toolRegistry(), redactor: redactor,
            options: ClusterFeatures.Options(
                isReadOnly: readOnly, toolsets: toolset.isEmpty ? nil : Set(toolset),
                allowsOwnApprovals: allowOwnApprovals)
        ) { KubeTime(seconds: Date().timeIntervalSince1970) }
        return MCPServer(
            .init(
                name: "skyflo", title: "Skyflo", version: Version.current,
                instructions: """
                    Tools whose names begin with k8s_ and the like read the cluster, with the rights of the user. Nothing is \
                    changed by them. To change something, describe it to conversation_ask: it answers with a pending approval \
                    that shows the exact requests and their diff. Show that to the user, who decides.
                    """), features: features)
    }

    private func serveStandardInput(_ server: MCPServer) async {
        let service = MCPStdioService(server: server) { FileDescriptorText.write($0, to: STDOUT_FILENO) }
        await service.run(lines: StandardInput.lines(limit: MCPStdioService.lineLimit))
    }

    private func serve(
        at address: ListenAddress, client: KubeClient, configuration: ClusterConfiguration,
        makeServer: @escaping @Sendable (any KubeAPI, String) -> MCPServer, logger: Logger
    ) async throws {
        var hosts = Set(host).union([address.host])
        if address.isLoopback { hosts.formUnion(["127.0.0.1", "localhost", "::1"]) }
        var settings = MCPHTTPService.Configuration(
            host: address.host, port: address.port, rules: EndpointRules(hosts: hosts, origins: Set(origin)))
        if let tlsCert, let tlsKey {
            do {
                settings.certificate = try CertificateFiles(chain: tlsCert, key: tlsKey).read()
            } catch {
                throw CommandError(.error, message: "can't read \(tlsCert) and \(tlsKey): \(error)")
            }
        }
        let scheme = tlsCert == nil ? "http" : "https"
        let onListening: @Sendable (Int) -> Void = { port in
            Terminal.standard().say("serving MCP at \(scheme)://\(address.authority(port: port))/mcp")
        }
        guard tokens else {
            let user = try await client.userName()
            let callers = SingleCaller(MCPCaller(name: user, server: makeServer(client, user)), api: client)
            return try await untilTold(
                MCPHTTPService(settings, callers: callers, logger: logger, onListening: onListening))
        }
        let callers = TokenCallers(configuration, api: client, logger: logger, makeServer: makeServer)
        do {
            try await untilTold(MCPHTTPService(settings, callers: callers, logger: logger, onListening: onListening))
        } catch {
            await callers.shutdown()
            throw error
        }
        await callers.shutdown()
    }

    private func untilTold(_ service: MCPHTTPService) async throws {
        _ = try await result(of: { try await service.run() }, before: { await Interruption.signal() })
    }
}

/// `127.0.0.1:8093`, `[::1]:0`, `0.0.0.0:8093`.
struct ListenAddress: ExpressibleByArgument {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.host = host
        self.port = port
    }

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    var defaultValueDescription: String { authority(port: port) }

    func authority(port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Lines of the process's standard input, as bytes, read off the threads that tasks run on.
enum StandardInput {
    private static let chunk = 65_536

    /// - Parameter limit: bytes of a line; of a longer one nil is given in its place.
    static func lines(limit: Int) -> AsyncStream<[UInt8]?> {
        let (lines, source) = AsyncStream.makeStream(of: [UInt8]?.self)
        NIOThreadPool.singleton.submit { _ in
            var line: [UInt8] = []
            var isTooLong = false
            var buffer = [UInt8](repeating: 0, count: chunk)
            while true {
                let count = read(STDIN_FILENO, &buffer, chunk)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for byte in buffer[..<count] {
                    guard byte != 0x0A else {
                        source.yield(isTooLong ? nil : line)
                        line.removeAll(keepingCapacity: true)
                        isTooLong = false
                        continue
                    }
                    if line.count < limit { line.append(byte) } else { isTooLong = true }
                }
            }
            if !line.isEmpty { source.yield(isTooLong ? nil : line) }
            source.finish()
        }
        return lines
    }
}
