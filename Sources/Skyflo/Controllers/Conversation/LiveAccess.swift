import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import LiveServer
import Logging
import Synchronization
import Transcripts

/// Where the operator is reached, for events, transcripts and alerts: what ``Operator/Configuration`` says of it.
package struct LiveConfiguration: Sendable {
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Of the Service that leads to the workers, as the API server's proxy wants it: `NAMESPACE/SCHEME:NAME:PORT`.
    package var service: String
    /// Where other workers reach this one, `HOST:PORT`; nil for where it listens.
    package var address: String?
    /// PEM; nil for the one of the Secret, which is made where there is none.
    package var certificate: ServingCertificate?
    /// Where ``certificate`` is read again when it changes; nil where it doesn't.
    package var files: CertificateFiles?
    package var limits: LiveServerLimits
    /// Where stops and decisions go that come over WebSockets; nil takes none.
    package var cluster: ClusterConfiguration?
    /// Is told the port once the server listens.
    package var onListening: @Sendable (Int) async -> Void

    package init(
        host: String = "127.0.0.1", port: Int = 0, service: String = "skyflo-system/\(RemoteTranscriptReader.service)",
        address: String? = nil, certificate: ServingCertificate? = nil, files: CertificateFiles? = nil,
        limits: LiveServerLimits = LiveServerLimits(), cluster: ClusterConfiguration? = nil,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.service = service
        self.address = address
        self.certificate = certificate
        self.files = files
        self.limits = limits
        self.cluster = cluster
        self.onListening = onListening
    }

    /// Of the Service, without its namespace, scheme and port.
    private var serviceName: String {
        let name = service.split(separator: "/").last ?? ""
        let parts = name.split(separator: ":")
        return parts.count > 1 ? String(parts[1]) : String(name)
    }

    func certificate(
        in namespace: String, api: any KubeAPI, clock: any RuntimeClock, logger: Logger
    ) async throws -> ServingCertificate {
        if let certificate { return certificate }
        return try await withRetry("reading the live server's certificate", clock: clock, logger: logger) {
            try await ServingCertificate.load(namespace: namespace, service: serviceName, api: api)
        }
    }
}

/// Where this worker's turns can be followed.
package struct LiveAccess: Sendable {
    package var turns: LiveTurns
    /// As ``LiveConfiguration/service``.
    package var service: String
    private let known: LiveAddress

    package init(turns: LiveTurns, service: String, address: LiveAddress) {
        self.turns = turns
        self.service = service
        known = address
    }

    /// Of this worker, `HOST:PORT`; nil while it doesn't listen.
    var address: String? { known.text }
}

/// Where a worker listens, which isn't known before it does.
package final class LiveAddress: Sendable {
    private let configured: String?
    private let found = Mutex<String?>(nil)

    package init(_ configured: String?) { self.configured = configured }

    package func listen(host: String, port: Int) {
        let host = host.contains(":") ? "[\(host)]" : host
        found.withLock { $0 = "\(host):\(port)" }
    }

    var text: String? { configured ?? found.withLock(\.self) }
}

enum StreamKey {
    /// 192 random bits, as a word of a URL.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return Base64.encodeURL(bytes)
    }
}
