import Installation
import KubeModel
import Testing

/// What becomes of the certificate in a Secret that the operator made.
@Suite struct CertificateChoiceTests {
    static let now = KubeTime(seconds: 1_800_000_000)
    static let hosts = ["skyflo-ui.n.svc", "sky.example.com"]

    private func decide(
        names: [String] = Self.hosts, selfSignedAs: String? = "skyflo-ui", begins: Double = -10, renewal: Double = 20,
        ends: Double = 30
    ) -> CertificateChoice {
        let facts = CertificateChoice.Facts(
            begins: Self.now.adding(seconds: begins), ends: Self.now.adding(seconds: ends),
            renewal: Self.now.adding(seconds: renewal), names: Set(names), selfSignedAs: selfSignedAs)
        return CertificateChoice.decide(facts: facts, commonName: "skyflo-ui", hosts: Self.hosts, now: Self.now)
    }

    @Test func `the operator's own is used until it is to be renewed, and lacks no name`() {
        #expect(decide() == .used(until: Self.now.adding(seconds: 20)))
        #expect(decide(renewal: 0) == .replaced)
        #expect(decide(begins: 5) == .replaced)
        #expect(decide(names: ["skyflo-ui.n.svc"]) == .replaced)
        let broken = CertificateChoice.decide(facts: nil, commonName: "skyflo-ui", hosts: [], now: Self.now)
        #expect(broken == .replaced)
    }

    @Test(arguments: [nil, "somebody"])
    func `one that somebody else put there is used as it is, until it ends`(_ signer: String?) {
        let untilItEnds = CertificateChoice.used(until: Self.now.adding(seconds: 30))
        #expect(decide(names: ["sky.example.com"], selfSignedAs: signer, renewal: 0) == untilItEnds)
        #expect(decide(names: [], selfSignedAs: signer, begins: 5) == untilItEnds)
        #expect(decide(selfSignedAs: signer, ends: 0) == .replaced)
    }
}

/// What the API server doesn't take.
@Suite struct RefusalTests {
    private func refusal(_ code: Int, reason: APIStatus.Reason = .unknown, _ message: String = "m") -> ComponentCause? {
        ComponentCause.refusal(APIStatus(code: code, reason: reason, message: message), of: "Deployment/skyflo-ui")
    }

    @Test(arguments: [400, 403, 404, 413, 422, 500])
    func `what another setting would change is told`(_ code: Int) {
        let cause = refusal(code, "failed to create typed patch object: .spec.x: field not declared in schema")
        #expect(cause?.reason == "ApplyRefused")
        #expect(cause?.message.hasPrefix("the API server refuses the Deployment/skyflo-ui: failed") == true)
        #expect(refusal(code, "exceeded quota: q")?.reason == "QuotaExceeded")
    }

    @Test(arguments: [401, 408, 409, 429, 502, 503, 504])
    func `what may be answered otherwise in a moment is tried again`(_ code: Int) {
        #expect(refusal(code) == nil)
    }

    @Test func `an API server without time is no refusal`() {
        #expect(refusal(500, reason: .serverTimeout) == nil)
        #expect(refusal(409, reason: .alreadyExists) == nil)
    }
}
