import Concurrency
import FoundationEssentials
import Logging

/// The files that have a server's certificate and key, in PEM, such as those of a mounted Secret.
package struct CertificateFiles: Sendable, Hashable {
    package var chain: String
    package var key: String
    /// How often they are looked at.
    var interval = Duration.seconds(30)

    package init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// - Throws: what Foundation says of the files; ``ServingCertificate/Failure``.
    package func read() throws -> ServingCertificate {
        func text(of path: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        }
        return try ServingCertificate(certificatePEM: try text(of: chain), keyPEM: try text(of: key))
    }

    /// Returns when they have another one that can be used.
    func change(from current: ServingCertificate, logger: Logger) async throws -> ServingCertificate {
        while true {
            try await Concurrency.sleep(for: interval)
            do {
                let now = try read()
                guard now != current else { continue }
                logger.info("the certificate has changed")
                return now
            } catch {
                // Halfway through being replaced, or wrong: what was read before goes on.
                logger.warning("the certificate can't be read", metadata: ["path": "\(chain)"])
            }
        }
    }
}
