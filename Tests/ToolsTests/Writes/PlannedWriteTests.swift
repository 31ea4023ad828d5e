import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Tools

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
        let eviction = DrainTool.eviction(of: pod, grace: nil)
        #expect(PlannedWrite(eviction).guarantee == .pinned)
        var other = eviction
        other.target.uid = "uid-2"
        #expect(PlannedWrite(other).guarantee == nil)
        #expect(PlannedWrite(target.patch(.merge([:]))).guarantee == .pinned)
        #expect(PlannedWrite(.command(command)).guarantee == .onceOnly)
    }

    @Test func `answers to an eviction are told apart`() {
        let eviction = DrainTool.eviction(of: pod, grace: nil)
        func outcome(_ status: APIStatus) -> WriteOutcome {
            KubernetesBackend.classify(
                KubeResponse(status: status.code, body: JSONWriter.bytes(status.json)), of: eviction)
        }
        #expect(
            outcome(APIStatus(code: 404, reason: .notFound, message: ""))
                == .applied("pod shop/web-1 was gone already", uid: "uid-1"))
        #expect(
            outcome(APIStatus(code: 409, reason: .conflict, message: "uid"))
                == .applied("pod shop/web-1 was gone already", uid: "uid-1"))
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
        let display = CallDisplay(arguments: "{}", writes: [PlannedWrite(.command(secret))], redactor: redactor)
        #expect(display.fingerprint != nil)
        #expect(!display.text("output: correct-horse-battery").contains("correct-horse-battery"))
    }
}

@Suite struct CommandWordsTests {
    @Test(arguments: [
        ("ls -l /tmp", ["ls", "-l", "/tmp"]), ("cat '/etc/my file'", ["cat", "/etc/my file"]),
        (#"echo "a \" b" c\ d"#, ["echo", "a \" b", "c d"]),
        ("sh -c 'a | b; c $HOME'", ["sh", "-c", "a | b; c $HOME"]),
        ("-- env", ["env"]), ("printf ''", ["printf", ""]), ("a''b", ["ab"]), (#"echo "a\b""#, ["echo", #"a\b"#]),
        ("  find /  -name *.log ", ["find", "/", "-name", "*.log"]),
    ])
    func `words are those of a shell that expands nothing`(_ text: String, _ words: [String]) throws {
        #expect(try CommandWords.split(text) == words)
    }

    @Test(arguments: [
        "ls | wc", "ls > x", "a; b", "a && b", "echo $HOME", #"echo "$HOME""#, "echo `id`", "(ls)", "a\nb", "echo 'a",
        #"echo "a"#, "a\\", "", "''", "--",
    ])
    func `what needs a shell, doesn't end, or is nothing is refused`(_ text: String) {
        #expect(throws: ToolFailure.self) { try CommandWords.split(text) }
    }

    @Test func `a JSON array is taken as it stands`() throws {
        #expect(try ExecTool.command(#"["sh", "-c", "a | b"]"#) == ["sh", "-c", "a | b"])
        #expect(throws: ToolFailure.self) { try ExecTool.command("[1]") }
        #expect(throws: ToolFailure.self) { try ExecTool.command(#"[""]"#) }
    }
}

@Suite struct DrainPlanTests {
    private func pod(_ name: String, owner: String? = "ReplicaSet", _ change: (inout KubeObject) -> Void = { _ in })
        -> KubeObject
    {
        var pod = KubeObject(.pods, namespace: "shop", name: name)
        if let owner {
            pod["metadata", "ownerReferences"] = [
                ["apiVersion": "apps/v1", "kind": .string(owner), "name": "x", "uid": "u", "controller": true]
            ]
        }
        change(&pod)
        return pod
    }

    private func plan(
        _ pods: [KubeObject], daemonSets: Set<String> = ["shop/x"], force: Bool = false, local: Bool = false,
        ignoring: Bool = true
    ) -> DrainPlan {
        DrainPlan(
            pods: pods, daemonSets: daemonSets,
            .init(ignoresDaemonSets: ignoring, deletesEmptyDirData: local, force: force))
    }

    @Test func `what a controller makes anew is evicted, what a node has for itself stays`() {
        let mirror = pod("static", owner: nil) { $0.annotations["kubernetes.io/config.mirror"] = "1" }
        let plan = plan([pod("web"), pod("agent", owner: "DaemonSet"), mirror])
        #expect(plan.evicted.map(\.name) == ["web"] && plan.obstacles.isEmpty)
        #expect(plan.warnings == ["pods of DaemonSets stay: shop/agent"])
    }

    @Test func `what would be lost has to be allowed`() {
        let local = pod("cache") { $0["spec", "volumes"] = [["name": "v", "emptyDir": [:]]] }
        let bare = pod("bare", owner: nil)
        let refused = plan([local, bare])
        #expect(refused.obstacles.count == 2)
        let allowed = plan([local, bare], force: true, local: true)
        #expect(allowed.obstacles.isEmpty && allowed.warnings.count == 2 && allowed.evicted.count == 2)
        #expect(plan([pod("agent", owner: "DaemonSet")], ignoring: false).obstacles.count == 1)
    }

    @Test func `a pod of a DaemonSet that is gone counts as one without a controller`() {
        #expect(plan([pod("agent", owner: "DaemonSet")], daemonSets: []).obstacles.count == 1)
        #expect(plan([pod("agent", owner: "DaemonSet")], daemonSets: [], force: true).evicted.count == 1)
    }

    @Test func `a pod that is over is evicted, whatever it was`() {
        let over = pod("job", owner: nil) { $0["status", "phase"] = "Succeeded" }
        #expect(plan([over]).evicted.count == 1 && plan([over]).obstacles.isEmpty)
    }
}
