import Crypto
import KubeModel
import NIOSSL
import SwiftASN1
import X509

extension UserInfo {
    /// Who a client certificate speaks for; nil for one without a common name.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: bytes) else {
            return nil
        }
        var groups: [String] = []
        var name: String?
        for attribute in parsed.subject.flatMap(\.self) {
            if attribute.type == .RDNAttributeType.commonName { name = attribute.value.description }
            if attribute.type == .RDNAttributeType.organizationName { groups.append(attribute.value.description) }
        }
        guard let name else { return nil }
        self.init(name: name, groups: groups + ["system:authenticated"])
        let digest = SHA256.hash(data: bytes).hexadecimal
        extra["authentication.kubernetes.io/credential-id"] = ["X509SHA256=\(digest)"]
    }
}
