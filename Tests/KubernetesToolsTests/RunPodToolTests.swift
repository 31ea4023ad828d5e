import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct RunPodToolTests {
    private func arguments(_ more: JSONValue) -> JSONValue {
        MergePatch.apply(more, to: ["name": "probe", "image": "busybox:1.37", "command": "true"])
    }

    @Test func `a pod is created, awaited, read and deleted in three steps`() async throws {
        let proposal = try await proposal(
            FakeAPI(), "k8s_run_pod", arguments(["command": "nc -z 'web svc' 80", "timeout_seconds": 30]))
        #expect(
            golden(proposal) == #"""
                Run nc -z web svc 80 in a new pod shop/probe of image busybox:1.37, and delete it [High]
                ! what the command does can't be tried out or taken back
                step 1: run pod shop/probe within 150 s
                POST /api/v1/namespaces/shop/pods?fieldManager=skyflo&fieldValidation=Strict application/json
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"probe","namespace":"shop","labels":{"run":"probe"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":30,"automountServiceAccountToken":false,"containers":[{"name":"probe","image":"busybox:1.37","command":["nc","-z","web svc","80"]}]}}
                step 2: read the log of pod shop/probe within 270 s
                {"backend":"PodStep","container":"probe","podStep":"Log","target":{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"probe","uid":"","resourceVersion":""},"step":{"title":"read the log of pod shop/probe","stage":2,"deadlineSeconds":270}}
                step 3: delete pod shop/probe within 270 s
                {"backend":"PodStep","container":"probe","podStep":"Delete","target":{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"probe","uid":"","resourceVersion":""},"step":{"title":"delete pod shop/probe","stage":3,"deadlineSeconds":270}}
                """#)
    }

    @Test func `the steps after the first are aimed at what that has created, and at nothing without it`() async throws
    {
        let writes = try await proposal(FakeAPI(), "k8s_run_pod", arguments([:])).writes
        #expect(writes.map { PlannedWrite(json: $0.json) } == writes)
        #expect(writes[2].creator(among: writes[..<2]) == 0 && writes[0].creator(among: []) == nil)
        let aimed = writes[2].aimed(atUID: "u1")
        #expect(aimed.target.uid == "u1" && aimed.step == writes[2].step)
        let api = FakeAPI()
        let refused = await writes[2].execute(
            api: api.impersonating(worker), redactor: redactor, at: KubeTime(seconds: 0))
        #expect(refused == .rejected("not sent: it isn't known which pod shop/probe was created"))
        #expect(api.requests.isEmpty)
        _ = await aimed.execute(api: api.impersonating(worker), redactor: redactor, at: KubeTime(seconds: 0))
        let sent = try #require(api.requests.first)
        #expect(sent.method == .delete && sent.path == "/api/v1/namespaces/shop/pods/probe")
        #expect(try JSONParser.parse(sent.body ?? "")["preconditions"] == ["uid": "u1"])
    }

    @Test(arguments: [["command": .null], ["keep": true]] as [JSONValue])
    func `without a command, or where it says so, the pod stays`(_ more: JSONValue) async throws {
        let kept = try await proposal(FakeAPI(), "k8s_run_pod", arguments(more))
        let request = try #require(kept.requests.first)
        let spec = try body(request)["spec"]
        #expect(kept.summary.hasSuffix("of image busybox:1.37, which stays"))
        #expect(kept.writes.count == 1 && spec?["restartPolicy"] == "Always")
        #expect(spec?["activeDeadlineSeconds"] == nil && spec?["automountServiceAccountToken"] == false)
        #expect(kept.postConditions.first?.title == "pod shop/probe is ready")
        let once = try await proposal(FakeAPI(), "k8s_run_pod", arguments(["command": .null, "keep": false]))
        #expect(once.isSequence)
    }

    @Test(arguments: [
        ("{phase: Succeeded, containerStatuses: [{name: probe, state: {terminated: {exitCode: 0}}}]}", "exit code 0"),
        (
            "{phase: Failed, containerStatuses: [{name: probe, state: {terminated: {exitCode: 3, reason: Error}}}]}",
            "exit code 3 (Error)"
        ),
        (
            "{phase: Failed, reason: DeadlineExceeded, message: too long}",
            "the pod has no exit code, its phase is Failed: DeadlineExceeded: too long"
        ),
    ])
    func `the result says how the pod ended, and what it wrote`(_ status: String, _ expected: String) async throws {
        let api = FakeAPI()
        api.put(
            yaml("{apiVersion: v1, kind: Pod, metadata: {name: probe, namespace: shop, uid: u1}, status: \(status)}"))
        api.answer("GET /api/v1/namespaces/shop/pods/probe/log", KubeResponse(status: 200, body: Array("hello\n".utf8)))
        let writes = try await proposal(FakeAPI(), "k8s_run_pod", arguments([:])).writes
        let log = writes[1].aimed(atUID: "u1")
        let outcome = await log.execute(api: api.impersonating(worker), redactor: redactor, at: KubeTime(seconds: 0))
        #expect(outcome == .applied(expected + "\noutput:\nhello\n", uid: "u1"))
        #expect(PlannedPodStep.isSuccess(expected) == (expected == "exit code 0"))
        let other = await writes[1].aimed(atUID: "u2").execute(
            api: api.impersonating(worker), redactor: redactor, at: KubeTime(seconds: 0))
        #expect(other == .rejected("pod shop/probe is gone, and its log with it"))
    }

    @Test(
        arguments: [
            (["name": "a b"], "not a DNS-1123 label"), (["image": "--x"], "no image reference"),
            (["command": "echo a | wc"], "no shell runs the command"),
            (["command": "[1]"], "not a JSON array of strings"),
            (["timeout_seconds": 1], "not between 5 and 3600"),
            (["name": "taken"], "name: pod shop/taken exists already"),
        ] as [(JSONValue, String)])
    func `what can't be run is refused`(_ more: JSONValue, _ expected: String) async {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: taken, namespace: shop}}"))
        let text = await failure(api, "k8s_run_pod", arguments(more))
        #expect(text.contains(expected), "\(text)")
    }
}
