import KubeModel
import LiveServer
import Testing

/// What the operator knows of a certificate that it made.
@Suite struct CertificateValidityTests {
    @Test func `a certificate says for whom and until when it is valid`() throws {
        let made = try ServingCertificate.selfMade(names: ["a", "a.n.svc"], commonName: "a", days: 90)
        let validity = try made.validity()
        #expect(validity.names == ["a", "a.n.svc"] && validity.selfSignedAs == "a")
        let days = validity.ends.seconds(since: validity.begins) / 86_400
        #expect(days > 89.9 && days < 90.1)
        let renewal = validity.renewal.seconds(since: validity.begins) / 86_400
        #expect(renewal > 59.9 && renewal < 60.1)
    }

    @Test func `another certificate's key is noticed`() throws {
        let (a, b) = (try ServingCertificate.selfMade(names: ["a"]), try ServingCertificate.selfMade(names: ["a"]))
        let mixed = try ServingCertificate(certificatePEM: a.certificatePEM, keyPEM: b.keyPEM)
        #expect(throws: ServingCertificate.Failure.self) { try mixed.validity() }
        let chain = try ServingCertificate(certificatePEM: a.certificatePEM + "\n" + b.certificatePEM, keyPEM: a.keyPEM)
        #expect(try chain.validity() == a.validity())
    }
}
