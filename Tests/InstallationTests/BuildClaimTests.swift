import Installation
import KubeModel
import SkyfloAPI
import Testing

/// Which of two operators decides.
@Suite struct BuildClaimTests {
    static let live = KubeTime(seconds: 1_800_000_000)
    static let own = OperatorPodName(name: "own", uid: "u-own")
    static let other = OperatorPodName(name: "other", uid: "u-other")

    private func build(
        image: String = "other", version: String = "2.0.0", since: Double, pod: OperatorPodName? = nil
    ) -> OperatorBuild {
        OperatorBuild(
            image: image, version: version, since: Self.live.adding(seconds: since), pod: pod, namespace: "n")
    }

    /// As an operator in that Pod applied it.
    private func applied(by pod: OperatorPodName?) -> KubeObject {
        var object = deployment(["ui": [:]])
        object.annotations["skyflo.ai/operator-pod"] = pod.map { "\($0.name)/\($0.uid)" }
        return object
    }

    private func decide(_ build: OperatorBuild, over pod: OperatorPodName? = nil, exists: Bool = false) -> BuildClaim {
        BuildClaim.decide(live: applied(by: pod), build: build, rivalExists: exists)
    }

    @Test func `in an upgrade the younger operator decides, and nobody writes because of a restart`() {
        let image = "registry.example.com/skyflo:1"
        let written = OperatorClaim(since: Self.live)
        #expect(BuildClaim.decide(live: nil, build: build(since: 0), rivalExists: false) == .applies(written))
        #expect(decide(build(image: image, version: "1.0.0", since: 60)) == .applies(written))
        #expect(decide(build(image: image, version: "1.0.0", since: -60)) == .applies(written))
        #expect(decide(build(since: 60)) == .applies(OperatorClaim(since: Self.live.adding(seconds: 60))))
        #expect(decide(build(version: "0.9.0", since: -60)) == .yields(version: "1.0.0"))
        #expect(decide(build(image: image, version: "0.9.0", since: -60)) == .yields(version: "1.0.0"))
    }

    @Test func `a younger operator decides as long as its Pod exists`() {
        let older = build(since: -60, pod: Self.own)
        #expect(BuildClaim.rival(live: applied(by: Self.other), build: older) == Self.other)
        #expect(decide(older, over: Self.other, exists: true) == .yields(version: "1.0.0"))
        #expect(decide(older, over: Self.other, exists: false) == .applies(older.claim))
        #expect(older.claim == OperatorClaim(since: Self.live.adding(seconds: -60), pod: Self.own))
    }

    @Test func `a claim of nobody who could exist counts for nothing in a cluster`() {
        let older = build(since: -60, pod: Self.own)
        #expect(decide(older, exists: true) == .applies(older.claim))
        #expect(BuildClaim.rival(live: applied(by: nil), build: older) == nil)
        #expect(decide(older, over: Self.own, exists: true) == .applies(older.claim))
        for text in ["x", "x/", "/x", "a/b/c"] {
            var object = applied(by: nil)
            object.annotations["skyflo.ai/operator-pod"] = text
            #expect(BuildClaim.decide(live: object, build: older, rivalExists: true) == .applies(older.claim))
        }
        // One outside of the cluster leaves it to the cluster's, however old that is.
        #expect(decide(build(since: 60), over: Self.other, exists: true) == .yields(version: "1.0.0"))
        #expect(decide(build(since: -60), over: Self.other) == .applies(build(since: -60).claim))
    }

    @Test func `of two operators that began in the same second one gives way`() {
        let (a, b) = (build(since: 0, pod: Self.own), build(since: 0, pod: Self.other))
        let first = decide(a, over: Self.other, exists: true) == .yields(version: "1.0.0")
        let second = decide(b, over: Self.own, exists: true) == .yields(version: "1.0.0")
        #expect(first != second)
    }

    @Test func `what an operator applies names its Pod`() {
        let build = build(since: 0, pod: Self.own)
        let skyfloAI = skyfloAI(["ui": [:]])
        let made = ComponentObjects(
            of: skyfloAI, kind: .ui, settings: ComponentSettings(), build: build, claim: build.claim,
            certificateDigest: ""
        ).all().first { $0.resource == .deployments }?.object
        #expect(made?.annotations["skyflo.ai/operator-pod"] == "own/u-own")
        #expect(made.map { BuildClaim.decide(live: $0, build: build, rivalExists: true) } == .applies(build.claim))
    }

    @Test func `an operator works in a Pod that is there, runs or will, and isn't on its way out`() {
        func pod(_ phase: String, uid: String = "u-other", metadata: JSONValue = [:]) -> KubeObject {
            var pod = KubeObject(.pods, namespace: "n", name: "other", members: ["status": ["phase": .string(phase)]])
            pod["metadata", "uid"] = .string(uid)
            for (key, value) in metadata.object ?? [:] { pod["metadata", key] = value }
            return pod
        }
        #expect(Self.other.isWorking(as: pod("Running")) && Self.other.isWorking(as: pod("Pending")))
        #expect(!Self.other.isWorking(as: nil) && !Self.other.isWorking(as: pod("Running", uid: "u-again")))
        #expect(!Self.other.isWorking(as: pod("Failed")) && !Self.other.isWorking(as: pod("Succeeded")))
        let deleted: JSONValue = ["deletionTimestamp": "2027-01-01T00:00:00Z"]
        #expect(!Self.other.isWorking(as: pod("Running", metadata: deleted)))
        let made: JSONValue = ["labels": ["app.kubernetes.io/managed-by": "skyflo-operator"]]
        #expect(!Self.other.isWorking(as: pod("Running", metadata: made)))
    }

    @Test func `the operator finds its own container beside others`() throws {
        func read(_ containers: [JSONValue], annotations: [String: String] = [:]) throws -> String {
            var pod = KubeObject(
                .pods, namespace: "n", name: "p", members: ["spec": ["containers": .array(containers)]])
            pod.annotations = annotations
            return try OperatorBuild.read(pod, version: "1").image
        }
        let proxy: JSONValue = ["name": "proxy", "image": "p"]
        #expect(try read([["name": "x", "image": "i"]]) == "i")
        #expect(try read([proxy, ["name": "operator", "image": "i"]]) == "i")
        let annotations = ["kubectl.kubernetes.io/default-container": "x"]
        #expect(try read([proxy, ["name": "x", "image": "i"]], annotations: annotations) == "i")
        #expect(throws: BuildUnknown.self) { try read([proxy, ["name": "x", "image": "i"]]) }
        #expect(throws: BuildUnknown.self) { try read([]) }
    }
}
