import FoundationEssentials
import KubeModel
import SwiftASN1
import X509

extension ServingCertificate {
    /// From when until when a certificate is valid, and for which names.
    package struct Validity: Sendable, Hashable {
        package var begins: KubeTime
        package var ends: KubeTime
        package var names: Set<String>
        /// The common name of one that is signed by its own key; nil for one without a common name, or of an authority.
        package var selfSignedAs: String?

        /// When it is to be replaced: after two thirds of its time, as cert-manager does.
        package var renewal: KubeTime { begins.adding(seconds: ends.seconds(since: begins) * 2 / 3) }
    }

    /// Of the first certificate of the chain.
    ///
    /// - Throws: ``Failure`` where it can't be read, or the key isn't the certificate's.
    package func validity() throws -> Validity {
        do {
            guard let document = try PEMDocument.parseMultiple(pemString: certificatePEM).first else {
                throw Failure(description: "there is no certificate")
            }
            let certificate = try Certificate(pemDocument: document)
            guard try Certificate.PrivateKey(pemEncoded: keyPEM).publicKey == certificate.publicKey else {
                throw Failure(description: "the key isn't that of the certificate")
            }
            let names = try certificate.extensions.subjectAlternativeNames?.compactMap { name in
                if case .dnsName(let text) = name { text } else { nil as String? }
            }
            return Validity(
                begins: KubeTime(seconds: certificate.notValidBefore.timeIntervalSince1970),
                ends: KubeTime(seconds: certificate.notValidAfter.timeIntervalSince1970), names: Set(names ?? []),
                selfSignedAs: certificate.issuer == certificate.subject ? Self.commonName(of: certificate) : nil)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "the certificate or its key can't be read")
        }
    }

    private static func commonName(of certificate: Certificate) -> String? {
        certificate.subject.lazy.flatMap { $0 }.first { $0.type == .RDNAttributeType.commonName }
            .flatMap { String($0.value) }
    }
}
