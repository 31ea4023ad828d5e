import KubeModel
import LanguageModels
import Synchronization
import Testing

@testable import OfflineModel

struct OfflineLanguageModelTests {
    @Test func `a request becomes a call, and its result an answer`() async throws {
        let talk = try await Talk(
            ["scale the deployment web to 3 replicas"], ["k8s_scale": { _ in "deployment web scaled" }])
        #expect(talk.calls == [#"k8s_scale {"name":"web","resource_type":"deployment","replicas":3}"#])
        #expect(talk.answer.contains("Scaled deployment **web** to 3 replicas"))
        #expect(talk.answer.contains("deployment web scaled"))
    }

    @Test func `ids are unique in the conversation and count up`() async throws {
        let talk = try await Talk(
            ["restart deployment web and restart deployment cart", "restart deployment api"],
            ["k8s_rollout_restart": { _ in "restarted" }])
        #expect(talk.ids == ["c1", "c2", "c3"])
    }

    @Test func `the same request gives the same reply`() async throws {
        let request = ModelRequest(messages: [.user("why is cart failing?")], tools: Talk.tools(Talk.names))
        let model = OfflineLanguageModel()
        #expect(try await model.reply(to: request) == model.reply(to: request))
        #expect(try await model.reply(to: request).usage == TokenUsage())
    }

    @Test func `what is streamed is what is returned`() async throws {
        let request = ModelRequest(messages: [.user("list pods")], tools: Talk.tools(Talk.names))
        let deltas = Mutex<[ModelDelta]>([])
        let reply = try await OfflineLanguageModel().reply(to: request) { delta in deltas.withLock { $0.append(delta) }
        }
        #expect(deltas.withLock { $0 } == [.content(reply.content), .toolCall(name: "k8s_get")])
        #expect(reply.finish == .toolCalls)
    }

    @Test func `an object without a kind is looked up first`() async throws {
        let talk = try await Talk(
            ["restart db"],
            [
                "k8s_get": {
                    $0["resource_type"] == "statefulset"
                        ? "NAME  READY  AGE\ndb    1/1    5d" : "Error: \"db\" not found"
                },
                "k8s_rollout_restart": { _ in "statefulset db restarted" },
            ])
        #expect(
            talk.calls == [
                #"k8s_get {"resource_type":"deployment","name":"db"}"#,
                #"k8s_get {"resource_type":"statefulset","name":"db"}"#,
                #"k8s_get {"resource_type":"daemonset","name":"db"}"#,
                #"k8s_rollout_restart {"name":"db","resource_type":"statefulset"}"#,
            ])
        #expect(talk.answer.contains("Restarted statefulset **db**"))
    }

    @Test func `what isn't there is said, with names that come close`() async throws {
        let talk = try await Talk(
            ["scale wbe to 3"],
            [
                "k8s_get": {
                    $0["all_namespaces"] == true
                        ? "NAMESPACE  NAME  READY\nshop       web   2/2\nshop       cart  1/1"
                        : "deployments \"wbe\" not found"
                }
            ])
        #expect(!talk.calls.contains { $0.hasPrefix("k8s_scale") })
        #expect(talk.answer.contains("Did you mean **web**?"))
    }

    @Test(arguments: ["restart web, staging", "restart web; staging", "scale web to 5 in shop and staging"])
    func `a word that may be the namespace of a change isn't passed over`(message: String) async throws {
        let talk = try await Talk(
            [message],
            [
                "k8s_get": { call in
                    if call["resource_type"] == "namespaces" { return "NAME  STATUS\nshop  Active\nstaging  Active" }
                    return call["name"] == "web" ? "NAME  READY\nweb   2/2" : "Error: not found"
                }
            ])
        #expect(!talk.calls.contains { $0.hasPrefix("k8s_scale") || $0.hasPrefix("k8s_rollout") })
        #expect(talk.answer.contains("**staging** may be the namespace that is meant, I have done nothing"))
    }

    @Test func `a relative count starts from what is there`() async throws {
        let talk = try await Talk(
            ["scale web up by two"],
            [
                "k8s_get": { _ in
                    "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    1/2     2            1           5d"
                }, "k8s_scale": { _ in "scaled" },
            ])
        #expect(talk.calls.last == #"k8s_scale {"name":"web","resource_type":"deployment","replicas":4}"#)
    }

    @Test func `a denial is told with its reason, and not tried again`() async throws {
        let talk = try await Talk(
            ["delete pod web-0"],
            ["k8s_delete": { _ in "The user denied this call. Reason: not during business hours" }])
        #expect(talk.calls.count == 1)
        #expect(talk.answer.contains("denied: not during business hours"))
    }

    @Test func `a failure is told as it is`() async throws {
        let talk = try await Talk(
            ["restart deployment web"],
            ["k8s_rollout_restart": { _ in "Error: deployments.apps \"web\" is forbidden: cannot patch" }])
        #expect(talk.answer.contains("I couldn't restart deployment **web**"))
        #expect(talk.answer.contains("is forbidden: cannot patch"))
    }

    @Test func `a tool that isn't offered isn't called`() async throws {
        let talk = try await Talk(["scale web to 3"], [:], tools: ["k8s_get"])
        #expect(talk.calls.isEmpty)
        #expect(talk.answer.contains("`k8s_scale` isn't offered"))
        let back = try await Talk(["roll back web"], [:])
        #expect(back.calls.isEmpty)
        #expect(back.answer.contains("can't roll back **web**"))
        let none = try await Talk(["list pods"], [:], tools: [])
        #expect(none.answer.contains("`k8s_get` isn't offered"))
    }

    @Test func `a parameter that matters is never dropped`() async throws {
        let schema = ToolSchema(
            name: "k8s_delete", description: "", parameters: ["properties": ["name": [:], "resource_type": [:]]])
        let request = ModelRequest(messages: [.user("delete pod web-0 in shop")], tools: [schema])
        let reply = try await OfflineLanguageModel().reply(to: request)
        #expect(reply.toolCalls.isEmpty)
        #expect(reply.content.contains("takes no `namespace`"))
    }

    @Test func `delete asks which object when several bear the name`() async throws {
        let talk = try await Talk(
            ["delete web"],
            [
                "k8s_get": {
                    ["deployment", "service"].contains($0["resource_type"]) ? "NAME  AGE\nweb   5d" : "not found"
                }
            ])
        #expect(!talk.calls.contains { $0.hasPrefix("k8s_delete") })
        #expect(talk.answer.contains("deployment **web** and service **web**"))
    }

    @Test func `a look waits for the change before it`() async throws {
        let talk = try await Talk(
            ["restart deployment web and describe deployment web"],
            ["k8s_rollout_restart": { _ in "restarted" }, "k8s_describe": { _ in "Name: web" }])
        #expect(talk.rounds == [["k8s_rollout_restart"], ["k8s_describe"]])
    }

    @Test func `two changes of different objects are asked for together`() async throws {
        let talk = try await Talk(
            ["scale deployment web to 3 and restart deployment cart"],
            ["k8s_scale": { _ in "scaled" }, "k8s_rollout_restart": { _ in "restarted" }])
        #expect(talk.rounds == [["k8s_scale", "k8s_rollout_restart"]])
        #expect(talk.answer.contains("Scaled") && talk.answer.contains("Restarted"))
    }

    @Test func `two changes of one object come one after the other`() async throws {
        let talk = try await Talk(
            ["scale deployment web to 3 and restart it"],
            ["k8s_scale": { _ in "scaled" }, "k8s_rollout_restart": { _ in "restarted" }])
        #expect(talk.rounds == [["k8s_scale"], ["k8s_rollout_restart"]])
    }

    @Test func `the only container gets the image, and a version keeps its repository`() async throws {
        let yaml =
            "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: reg.io:5000/web:1.0\n"
        let tools: [String: Talk.Tool] = ["k8s_get": { _ in yaml }, "k8s_set_image": { _ in "image updated" }]
        let whole = try await Talk(["set the image of deployment web to nginx:1.28"], tools)
        #expect(whole.calls.last?.contains(#""container_images":"app=nginx:1.28""#) == true)
        let version = try await Talk(["upgrade web to 1.1"], tools)
        #expect(version.calls.last?.contains(#""container_images":"app=reg.io:5000/web:1.1""#) == true)
    }

    @Test func `with several containers the one of the same repository is meant, or it asks`() async throws {
        let described =
            "Name:   web\nPod Template:\n  Containers:\n   app:\n    Image:  nginx:1.27\n   side:\n    Image:  envoy:1\n"
        let tools: [String: Talk.Tool] = [
            "k8s_get": { _ in "not yaml: [" }, "k8s_describe": { _ in described },
            "k8s_set_image": { _ in "image updated" },
        ]
        let same = try await Talk(["upgrade deployment web to nginx:1.28"], tools)
        #expect(same.calls.last?.contains(#""container_images":"app=nginx:1.28""#) == true)
        let other = try await Talk(["set the image of deployment web to httpd:2"], tools)
        #expect(other.calls.last?.hasPrefix("k8s_describe") == true)
        #expect(other.answer.contains("Which container"))
    }

    @Test func `a follow-up uses the kind that was found out`() async throws {
        let talk = try await Talk(
            ["scale web in shop to 3", "scale it to 5"],
            ["k8s_get": { _ in "NAME  READY\nweb   2/2" }, "k8s_scale": { _ in "scaled" }])
        #expect(
            talk.calls.last == #"k8s_scale {"name":"web","resource_type":"deployment","replicas":5,"namespace":"shop"}"#
        )
        #expect(talk.calls.filter { $0.hasPrefix("k8s_get") }.count == 1)
    }

    @Test(arguments: [
        "don't delete web", "should I delete web?", "how do I delete a pod?", "delete all pods", "tell me a joke",
    ])
    func `what is no order makes no call`(message: String) async throws {
        let talk = try await Talk([message], [:])
        #expect(talk.calls.isEmpty)
        #expect(!talk.answer.isEmpty)
    }

    @Test func `a call without a result doesn't make it ask for ever`() async throws {
        let call = ModelToolCall(
            id: "c1", name: "k8s_scale", arguments: #"{"name":"web","resource_type":"deployment","replicas":3}"#)
        let request = ModelRequest(
            messages: [.user("scale deployment web to 3"), .assistant("", toolCalls: [call])],
            tools: Talk.tools(Talk.names))
        let reply = try await OfflineLanguageModel().reply(to: request)
        #expect(reply.toolCalls.isEmpty)
        #expect(reply.content.contains("no result"))
    }

    @Test func `it rolls back where a tool for it is offered`() async throws {
        let undo = ToolSchema(
            name: "k8s_rollout_undo", description: "",
            parameters: ["properties": ["name": [:], "namespace": [:], "to_revision": [:]]])
        let request = ModelRequest(messages: [.user("roll back deployment web in shop to revision 3")], tools: [undo])
        let reply = try await OfflineLanguageModel().reply(to: request)
        #expect(reply.toolCalls.map(\.arguments) == [#"{"name":"web","namespace":"shop","to_revision":3}"#])
        let other = ModelRequest(messages: [.user("roll back daemonset web")], tools: [undo])
        #expect(try await OfflineLanguageModel().reply(to: other).content.contains("deployments only"))
    }

    @Test(arguments: [
        (
            "done: Scale it\nVerified by code:\n- it has 3 ready replicas: TimedOut (2 ready)",
            "a check afterwards didn't pass"
        ),
        ("no answer of the API server: reset", "I can't tell whether it worked"),
        ("Nothing to do: deployment shop/web already has 3 replicas.", "There was nothing to do"),
    ])
    func `no success is claimed that the tool didn't report`(result: String, expected: String) async throws {
        let talk = try await Talk(["scale deployment web to 3"], ["k8s_scale": { _ in result }])
        #expect(talk.answer.contains(expected))
        #expect(talk.calls.count == 1)
    }

    @Test func `quoted text can't leave its block`() {
        #expect(Answers.block("a\n````\nb").hasPrefix("`````\n"))
    }
}
