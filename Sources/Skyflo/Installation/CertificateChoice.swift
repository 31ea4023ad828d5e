import KubeModel

/// What is done about the certificate in a Secret that the operator made.
package enum CertificateChoice: Sendable, Hashable {
    /// - Parameter until: when it is to be looked at again.
    case used(until: KubeTime)
    /// Another one is made in its place.
    case replaced

    /// What a certificate says; it fits to its key.
    package struct Facts: Sendable, Hashable {
        package var begins: KubeTime
        package var ends: KubeTime
        /// When one that the operator made is to be renewed.
        package var renewal: KubeTime
        package var names: Set<String>
        /// The common name of one that is signed by its own key; nil for one that an authority has signed.
        package var selfSignedAs: String?

        package init(
            begins: KubeTime, ends: KubeTime, renewal: KubeTime, names: Set<String>, selfSignedAs: String?
        ) {
            self.begins = begins
            self.ends = ends
            self.renewal = renewal
            self.names = names
            self.selfSignedAs = selfSignedAs
        }
    }

    /// One that cert-manager or a person has put into the operator's Secret is used as it is, whatever its names: whoever put
    /// it there would put it there again, and so on.
    ///
    /// - Parameters:
    ///   - facts: nil for a Secret without a certificate and key that can be read and fit.
    ///   - commonName: that of certificates that the operator makes for the component.
    ///   - hosts: what a certificate of the operator has to be for.
    package static func decide(
        facts: Facts?, commonName: String, hosts: [String], now: KubeTime
    ) -> CertificateChoice {
        guard let facts else { return .replaced }
        guard facts.selfSignedAs == commonName else {
            return now < facts.ends ? .used(until: facts.ends) : .replaced
        }
        let isValid = facts.begins <= now && now < facts.renewal && facts.names.isSuperset(of: hosts)
        return isValid ? .used(until: facts.renewal) : .replaced
    }
}
