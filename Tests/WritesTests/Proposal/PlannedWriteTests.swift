import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Writes

@Suite struct PlannedWriteTests {
    private var target: LiveTarget { LiveTarget(resource: .deployments, namespace: "shop", object: web) }
    private var pod: LiveTarget {
        LiveTarget(
            resource: .pods, namespace: "shop",
            object: KubeObject(["metadata": ["name": "web-1", "namespace": "shop", "uid": "uid-1"]]))
    }
    private var command: PlannedCommand {
        PlannedCommand(target: pod.target, container: "c", command: ["cat", "/etc/hosts"], timeoutSeconds: 30)
    }

    @Test func `what is stored is read back, each by its backend`() throws {
        let step = WriteStep(
            title: "evict", stage: 2, deadlineSeconds: 60, isRetried: true,
            awaits: PostCondition.gone(pod.subject, uid: "uid-1").json)
        var request = target.patch(.merge(["spec": ["replicas": 3]]))
        request.before = nil
        for write in [
            PlannedWrite(request), PlannedWrite(.command(command)), PlannedWrite(request, step: step),
        ] {
            #expect(PlannedWrite(json: write.json) == write, "\(write.json)")
        }
        #expect(PlannedWrite(.command(command)).json["backend"] == "Exec")
    }

    @Test func `a request of a version that knew one backend only is still one`() throws {
        let planned = target.patch(.merge(["spec": ["replicas": 3]]))
        let read = try #require(PlannedWrite(json: planned.json))
        #expect(read.request?.request == planned.request && read.step == nil)
    }

    /// As the first versions wrote them: what waits for a person is read, and its digest is over the same bytes.
    @Test(arguments: [
        #"{"backend":"Kubernetes","method":"PATCH","path":"/apis/apps/v1/namespaces/shop/deployments/web","query":"#
            + #"[{"name":"fieldManager","value":"skyflo"},{"name":"force","value":""}],"#
            + #""contentType":"application/merge-patch+json","accept":"application/yaml","body":"{\"spec\":{}}","#
            + #""target":{"group":"apps","version":"v1","resource":"deployments","kind":"Deployment","#
            + #""namespace":"shop","name":"web","uid":"u","resourceVersion":"5"},"#
            + #""previewed":{"before":"hmac-sha256:0","after":"hmac-sha256:1"}}"#,
        #"{"backend":"Kubernetes","method":"DELETE","path":"/api/v1/nodes/n1","target":{"group":"","version":"v1","#
            + #""resource":"nodes","kind":"Node","name":"n1","uid":"","resourceVersion":""},"step":"#
            + #"{"title":"evict","stage":2,"deadlineSeconds":60,"retried":true,"awaits":{"type":"Gone"}}}"#,
        #"{"backend":"Exec","command":["sh","-c","a | b"],"container":"c","timeoutSeconds":30,"target":"#
            + #"{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"web-1","#
            + #""uid":"u","resourceVersion":"5"},"step":{"title":"run","stage":1,"deadlineSeconds":9}}"#,
    ])
    func `what was stored by earlier versions is written again byte for byte`(_ text: String) throws {
        let write = try #require(PlannedWrite(json: try JSONParser.parse(text)))
        #expect(JSONWriter.string(write.json) == text)
    }

    @Test(arguments: [
        #"{"backend": "Fax", "method": "GET", "path": "/"}"#, #"{"backend": 3}"#, #"{"backend": "Exec"}"#,
        #"{"backend": "Exec", "command": [], "container": "c", "timeoutSeconds": 1}"#, #"{}"#,
    ])
    func `what no version wrote isn't carried out`(_ text: String) throws {
        #expect(PlannedWrite(json: try JSONParser.parse(text)) == nil)
    }

    @Test func `a step that can't be read makes its write unreadable, not one without a step`() throws {
        var json = PlannedWrite(target.patch(.merge([:]))).json
        json["step"] = ["title": "evict"]
        #expect(PlannedWrite(json: json) == nil)
    }

    @Test func `what keeps each kind from being done twice`() {
        let eviction = PlannedRequest.eviction(of: pod, grace: nil)
        #expect(PlannedWrite(eviction).guarantee == .pinned)
        var other = eviction
        other.target.uid = "uid-2"
        #expect(PlannedWrite(other).guarantee == nil)
        #expect(PlannedWrite(target.patch(.merge([:]))).guarantee == .pinned)
        #expect(PlannedWrite(.command(command)).guarantee == .onceOnly)
    }

    @Test func `answers to an eviction are told apart`() {
        let eviction = PlannedRequest.eviction(of: pod, grace: nil)
        func outcome(_ status: APIStatus) -> WriteOutcome {
            KubernetesBackend.classify(
                KubeResponse(status: status.code, body: JSONWriter.bytes(status.json)), of: eviction)
        }
        #expect(
            outcome(APIStatus(code: 404, reason: .notFound, message: ""))
                == .applied("pod shop/web-1 was already deleted", uid: "uid-1"))
        #expect(
            outcome(APIStatus(code: 409, reason: .conflict, message: "uid"))
                == .applied("pod shop/web-1 was already deleted", uid: "uid-1"))
        guard case .postponed = outcome(APIStatus(code: 429, reason: .tooManyRequests, message: "budget")),
            case .rejected = outcome(
                APIStatus(code: 500, reason: "InternalError", message: "This pod has more than one PodDisruptionBudget")
            ),
            case .rejected = outcome(APIStatus(code: 403, reason: .forbidden, message: "")),
            case .unknown = outcome(APIStatus(code: 503, reason: "ServiceUnavailable", message: ""))
        else {
            Issue.record("an answer is taken for another")
            return
        }
    }

    @Test func `credentials of a command are hidden, and what is run isn't`() {
        var secret = command
        secret.command = ["mysql", "--password=correct-horse-battery", "-e", "select 1"]
        let shown = JSONWriter.string(PlannedWrite(.command(secret)).redacted(by: redactor))
        #expect(!shown.contains("correct-horse-battery") && shown.contains("select 1"), "\(shown)")
        let display = RedactedCall(arguments: "{}", writes: [PlannedWrite(.command(secret))], redactor: redactor)
        #expect(display.fingerprint != nil)
        #expect(!display.text("output: correct-horse-battery").contains("correct-horse-battery"))
    }
}
