import KubeModel
import Testing

@testable import OfflineModel

struct DiagnosisTests {
    private static let deployment = """
        Name:                   cart
        Namespace:              shop
        Selector:               app=cart
        Replicas:               2 desired | 2 updated | 2 total | 1 available | 1 unavailable
        Pod Template:
          Labels:  app=cart
          Containers:
           app:
            Image:      acme/cart:2
        Conditions:
          Type           Status  Reason
          ----           ------  ------
          Available      False   MinimumReplicasUnavailable
        Events:          <none>
        """
    private static let pods = """
        NAME                    READY   STATUS             RESTARTS      AGE
        cart-5d4f8c7b9-aaaaa    1/1     Running            0             5d
        cart-5d4f8c7b9-bbbbb    0/1     ImagePullBackOff   3 (2m ago)    5d
        """

    private static func pod(_ state: String, events: String) -> String {
        """
        Name:             cart-5d4f8c7b9-bbbbb
        Status:           Running
        Containers:
          app:
            Image:          acme/cart:2
        \(state)
            Ready:          False
            Restart Count:  3
        Conditions:
          Type              Status
          Ready             False
        Events:
          Type     Reason     Age                From               Message
          ----     ------     ----               ----               -------
        \(events)
        """
    }

    private static let imagePull = pod(
        "    State:          Waiting\n      Reason:       ImagePullBackOff\n      Message:      Back-off pulling image \"acme/cart:2\"",
        events: "  Normal   Pulling    2m (x4 over 3m)    kubelet            Pulling image \"acme/cart:2\"\n"
            + "  Warning  Failed     2m (x4 over 3m)    kubelet            Failed to pull image \"acme/cart:2\": not found"
    )
    private static let crash = pod(
        "    State:          Waiting\n      Reason:       CrashLoopBackOff\n    Last State:     Terminated\n      Reason:       Error\n      Exit Code:    1",
        events: "  Warning  BackOff    2m (x4 over 3m)    kubelet            Back-off restarting failed container")

    private func talk(pod: String, pods: String = pods, logs: @escaping Talk.Tool = { _ in "" }) async throws -> Talk {
        try await Talk(
            ["why is cart failing in shop?"],
            [
                "k8s_get": { $0["resource_type"] == "pods" ? pods : "NAME  READY\ncart  1/2" },
                "k8s_describe": { $0["resource_type"] == "pod" ? pod : Self.deployment }, "k8s_logs": logs,
            ])
    }

    @Test func `it goes from the workload to the bad pod`() async throws {
        let talk = try await talk(pod: Self.imagePull)
        #expect(
            talk.calls == [
                #"k8s_get {"resource_type":"deployment","name":"cart","namespace":"shop"}"#,
                #"k8s_describe {"name":"cart","resource_type":"deployment","namespace":"shop"}"#,
                #"k8s_get {"resource_type":"pods","namespace":"shop","label_selector":"app=cart"}"#,
                #"k8s_describe {"name":"cart-5d4f8c7b9-bbbbb","resource_type":"pod","namespace":"shop"}"#,
            ])
    }

    @Test func `an image that can't be pulled is named, with the message`() async throws {
        let answer = try await talk(pod: Self.imagePull).answer
        #expect(answer.contains("1 of its 2 pods is not ready"))
        #expect(answer.contains("the image `acme/cart:2` of container **app** can't be pulled (ImagePullBackOff)"))
        #expect(answer.contains("> Back-off pulling image \"acme/cart:2\""))
        #expect(answer.contains("> Failed: Failed to pull image \"acme/cart:2\": not found"))
    }

    @Test func `a crash is told with the last lines of its log`() async throws {
        let talk = try await talk(pod: Self.crash) { arguments in
            arguments["previous"] == true ? "starting\npanic: no database" : "starting"
        }
        #expect(
            talk.answer.contains("crashes: container **app** starts and ends again (CrashLoopBackOff, exit code 1)"))
        #expect(talk.answer.contains("panic: no database"))
        #expect(
            talk.calls.last
                == #"k8s_logs {"pod_name":"cart-5d4f8c7b9-bbbbb","namespace":"shop","num_lines":20,"previous":true}"#)
    }

    @Test func `without a log of the run before, that of the run now is read`() async throws {
        let talk = try await talk(pod: Self.crash) { arguments in
            arguments["previous"] == true
                ? "Error from server (BadRequest): previous terminated container \"app\" not found"
                : "error: cannot open /data"
        }
        #expect(talk.answer.contains("error: cannot open /data"))
    }

    @Test func `memory is named where it ran out`() async throws {
        let killed = Self.crash.replacing("Reason:       Error", with: "Reason:       OOMKilled")
        #expect(try await talk(pod: killed).answer.contains("OOMKilled"))
    }

    @Test func `a pod that no node takes is told so`() async throws {
        let pending = """
            Name:    cart-1
            Status:  Pending
            Containers:
              app:
                Image:  acme/cart:2
            Events:
              Type     Reason            Age  From               Message
              ----     ------            ---- ----               -------
              Warning  FailedScheduling  10s  default-scheduler  0/3 nodes are available: 3 Insufficient cpu.
            """
        let answer = try await talk(pod: pending).answer
        #expect(answer.contains("is pending: no node can take it"))
        #expect(answer.contains("3 Insufficient cpu"))
    }

    @Test func `a healthy workload is called healthy`() async throws {
        let healthy = Self.pods.replacing("0/1     ImagePullBackOff", with: "1/1     Running         ")
        let well = Self.deployment.replacing(
            "False   MinimumReplicasUnavailable", with: "True    MinimumReplicasAvailable")
        let talk = try await Talk(
            ["is cart healthy?"],
            [
                "k8s_get": { $0["resource_type"] == "pods" ? healthy : "NAME  READY\ncart  2/2" },
                "k8s_describe": { _ in well },
            ])
        #expect(talk.answer.contains("is healthy: all 2 pods are ready"))
    }

    @Test func `a workload without pods shows why`() async throws {
        let failing = Self.deployment.replacing(
            "Available      False   MinimumReplicasUnavailable", with: "ReplicaFailure True    FailedCreate")
        let talk = try await Talk(
            ["why is deployment cart down?"],
            ["k8s_get": { _ in "No resources found in shop namespace." }, "k8s_describe": { _ in failing }])
        #expect(talk.answer.contains("has no pods"))
        #expect(talk.answer.contains("ReplicaFailure=True FailedCreate"))
    }

    @Test func `a namespace is searched for pods with trouble`() async throws {
        let talk = try await Talk(
            ["what's wrong in shop?"], ["k8s_get": { _ in Self.pods }, "k8s_describe": { _ in Self.imagePull }])
        #expect(talk.answer.contains("1 of 2 pods in namespace **shop** have trouble"))
        #expect(talk.answer.contains("can't be pulled"))
        let fine = try await Talk(["any problems?"], ["k8s_get": { _ in "NAME  READY  STATUS\nweb-0  1/1  Running" }])
        #expect(fine.answer.contains("I see nothing wrong"))
    }

    @Test func `a list shows only the rows that were asked for`() async throws {
        let tools: [String: Talk.Tool] = ["k8s_get": { _ in Self.pods }]
        let failing = try await Talk(["which pods are failing?"], tools)
        #expect(failing.answer.contains("bbbbb") && !failing.answer.contains("aaaaa"))
        let running = try await Talk(["which pods are running?"], tools)
        #expect(!running.answer.contains("bbbbb") && running.answer.contains("aaaaa"))
        let count = try await Talk(["how many pods are there?"], tools)
        #expect(count.answer == "There are 2 pods.")
    }

    @Test func `logs of a workload are those of its pod with trouble`() async throws {
        let talk = try await Talk(
            ["show the last 5 lines of the logs of cart"],
            ["k8s_get": { _ in Self.pods }, "k8s_logs": { _ in "Error: boom" }])
        #expect(talk.calls.last == #"k8s_logs {"pod_name":"cart-5d4f8c7b9-bbbbb","num_lines":5}"#)
        #expect(talk.answer.contains("Error: boom"))
        #expect(talk.answer.contains("`cart-5d4f8c7b9-aaaaa`"))
    }

    @Test(arguments: [
        ("web-5d4f8c7b9-x2x4z", true), ("web-0", true), ("web-x2x4z", true), ("web-admin-5d4f8c7b9-x2x4z", false),
        ("web", false), ("webby-0", false),
    ])
    func `pods are told by their names`(pod: String, belongs: Bool) {
        let row = ObjectRow.rows("NAME  READY\n\(pod)  1/1").first
        #expect(row?.belongs(to: "web") == belongs)
    }

    // MARK: The shorter forms

    @Test func `a description in short form is read as well`() async throws {
        let pod = """
            Name: cart-5d4f8c7b9-bbbbb
            Kind: Pod (v1)
            Status: CrashLoopBackOff
            Containers:
              cart:
                Image: acme/cart:2
                State: Waiting: CrashLoopBackOff, back-off 5m0s restarting failed container
                Last state: Terminated: OOMKilled, exit code 137, finished 2026-11-21T03:00:00Z
                Ready: false
                Restarts: 7
            Conditions:
              Ready=False (ContainersNotReady): containers with unready status: [cart]
            Events:
              2026-11-21T03:00:00Z Normal Pulled (kubelet): Container image is there
              2026-11-21T03:00:01Z Warning BackOff (x12, kubelet): Back-off restarting failed container
            """
        let description = Description(pod)
        #expect(
            description.containers == [
                Description.Container(
                    name: "cart", image: "acme/cart:2", state: "Waiting", reason: "CrashLoopBackOff",
                    message: "back-off 5m0s restarting failed container", lastReason: "OOMKilled", exitCode: "137",
                    restarts: 7)
            ])
        #expect(
            description.conditions == [
                Description.Condition(type: "Ready", status: "False", reason: "ContainersNotReady")
            ])
        #expect(
            description.warnings == [
                Description.Event(
                    isWarning: true, reason: "BackOff", message: "Back-off restarting failed container")
            ])
        let talk = try await talk(pod: pod) { arguments in
            arguments["previous"] == true
                ? "The log of container cart in pod shop/x is empty for this selection." : "boom"
        }
        #expect(talk.answer.contains("(OOMKilled). It has been restarted 7 times."))
        #expect(talk.answer.contains("boom") && !talk.answer.contains("is empty"))
    }

    @Test(arguments: [
        ("Pods: none", "no ready pod matches"), ("Endpoints: 10.0.0.1:80", "has endpoints"),
        ("Pods:\n  web-0   1/1   Running   0 restarts   node-1", "is served by 1 of 1 pods"),
        ("Pods:\n  web-0   0/1   ImagePullBackOff   0 restarts   node-1", "`web-0`: ImagePullBackOff"),
    ])
    func `a service is as well as its pods`(part: String, expected: String) async throws {
        let talk = try await Talk(
            ["is service web ok?"], ["k8s_describe": { _ in "Name: web\nSelector: app=web\n\(part)\nEvents: none\n" }])
        #expect(talk.answer.contains(expected))
    }

    @Test func `a list that was cut isn't counted as a whole`() async throws {
        let cut = Self.pods + "\n… left out: 3 more lines, 200 bytes"
        let talk = try await Talk(["how many pods are there?"], ["k8s_get": { _ in cut }])
        #expect(talk.answer == "There are at least 2 pods.")
    }
}
