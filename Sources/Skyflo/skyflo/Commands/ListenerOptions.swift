import ArgumentParser
import Controllers
import LiveServer
import Transcripts

/// The one port of the operator that isn't for health.
struct ListenerOptions: ParsableArguments {
    @Option(
        name: [.customLong("https-host"), .customLong("live-host")],
        help: "Where events, transcripts and the triggers' webhook are served.")
    var host: String = "127.0.0.1"
    @Option(
        name: [.customLong("https-port"), .customLong("live-port")],
        help: "Their port, such as 8443; 0 for none.")
    var port: Int = 0
    @Option(
        name: [.customLong("https-service"), .customLong("live-service")],
        help:
            "The Service that leads there, as NAMESPACE/SCHEME:NAME:PORT, for the API server's proxy. Default: https:skyflo-operator:https in the namespace of the Leases."
    )
    var service: String?
    @Option(
        name: [.customLong("https-address"), .customLong("live-address")],
        help: "Where other replicas reach it, as HOST:PORT. Default: $POD_IP with the port.")
    var address: String?
    @Option(
        name: [.customLong("tls-cert"), .customLong("live-tls-cert")],
        help:
            "The file with its certificate chain, in PEM, read again when it changes. Default: a self-made one, kept in the Secret skyflo-live-tls.",
        completion: .file())
    var certificate: String?
    @Option(
        name: [.customLong("tls-key"), .customLong("live-tls-key")],
        help: "The file with the certificate's key, in PEM.", completion: .file())
    var key: String?

    // Of earlier versions, which listened at three ports.
    @Option(help: .hidden) var apiHost: String?
    @Option(help: .hidden) var apiPort: String?
    @Option(help: .hidden) var webhookHost: String?
    @Option(help: .hidden) var webhookPort: String?
    @Option(help: .hidden) var webhookTlsCert: String?
    @Option(help: .hidden) var webhookTlsKey: String?

    func validate() throws {
        let gone = [
            ("--api-host", apiHost, "--https-host"), ("--api-port", apiPort, "--https-port"),
            ("--webhook-host", webhookHost, "--https-host"), ("--webhook-port", webhookPort, "--https-port"),
            ("--webhook-tls-cert", webhookTlsCert, "--tls-cert"), ("--webhook-tls-key", webhookTlsKey, "--tls-key"),
        ]
        if let (name, _, other) = gone.first(where: { $0.1 != nil }) {
            throw ValidationError(
                "there is no \(name) any more: events, transcripts and the webhook are at one port, by HTTPS (\(other))"
            )
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--https-port takes 0 to 65535") }
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together")
        }
    }

    /// nil where the operator isn't reached at all.
    func live(in namespace: String, _ environment: [String: String]) throws -> LiveConfiguration? {
        guard port > 0 else { return nil }
        var live = LiveConfiguration(
            host: host, port: port, service: service ?? "\(namespace)/\(RemoteTranscriptReader.service)")
        live.address =
            address ?? environment["POD_IP"].map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" }
        if let certificate, let key {
            let files = CertificateFiles(chain: certificate, key: key)
            do {
                live.certificate = try files.read()
            } catch {
                throw ValidationError("can't read \(certificate) and \(key): \(error)")
            }
            live.files = files
        }
        return live
    }
}
