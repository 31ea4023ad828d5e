import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

@Suite struct WaitToolTests {
    private func outcome(
        _ api: FakeAPI, _ arguments: JSONValue, _ waited: WaitProgress? = nil, tool: String = "k8s_wait"
    ) async throws -> ToolOutcome {
        var context = context(api)
        context.waited = waited
        return try await tools.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
    }

    private func wait(_ api: FakeAPI, _ arguments: JSONValue) async throws -> ToolWait {
        guard case .waiting(let wait) = try await outcome(api, arguments) else { throw ToolFailure("no wait") }
        return wait
    }

    private func text(_ api: FakeAPI, _ arguments: JSONValue, _ waited: WaitProgress? = nil) async throws -> String {
        guard case .output(let text) = try await outcome(api, arguments, waited) else { throw ToolFailure("no output") }
        return text
    }

    private func pod(_ name: String, ready: Bool, uid: String? = nil) -> KubeObject {
        yaml(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(name), namespace: shop, uid: \(uid ?? name), labels: {app: web}}
            status:
              phase: Running
              conditions: [{type: Ready, status: "\(ready ? "True" : "False")", reason: "\(ready ? "" : "NotReady")"}]
            """)
    }

    private let ready: JSONValue = ["resource_type": "pods", "label_selector": "app=web", "for": "condition=Ready"]

    @Test func `time passes without a look at the cluster`() async throws {
        let api = FakeAPI()
        let tool = "wait_for_x_seconds"
        guard case .waiting(let wait) = try await outcome(api, ["seconds": 7], tool: tool) else {
            return #expect(Bool(false))
        }
        #expect(wait == ToolWait(title: "7 s to pass", seconds: 7, isWatched: false))
        let over = WaitProgress(seconds: 7.2, isOver: true)
        guard case .output("Waited 7 seconds.") = try await outcome(api, ["seconds": 7], over, tool: tool),
            case .output("Waited 0 seconds.") = try await outcome(api, ["seconds": 0], tool: tool)
        else { return #expect(Bool(false)) }
        #expect(api.requests.isEmpty)
        for bad: JSONValue in [["seconds": 301], ["seconds": -1], [:]] {
            await #expect(throws: ToolFailure.self) { try await outcome(api, bad, tool: tool) }
        }
    }

    @Test func `what is so already is said at once`() async throws {
        let api = FakeAPI()
        api.put(pod("web-1", ready: true))
        #expect(
            try await text(api, ready) == """
                Met: condition Ready of pods with label_selector app=web in shop.
                OBJECT      MET   STATE
                pod/web-1   yes   Ready=True
                """)
    }

    @Test func `of several all have to have it, and when the time is up it is said what each lacks`() async throws {
        let api = FakeAPI()
        api.put(pod("web-1", ready: true))
        api.put(pod("web-2", ready: false))
        var arguments = ready
        arguments["timeout"] = "2m"
        let wait = try await wait(api, arguments)
        #expect(wait.title == "condition Ready of pods with label_selector app=web in shop")
        #expect(wait.seconds == 120 && wait.isWatched)
        let later = WaitProgress(seconds: 60, isOver: false, memory: wait.memory)
        guard case .waiting = try await outcome(api, arguments, later) else { return #expect(Bool(false)) }
        let text = try await text(api, arguments, WaitProgress(seconds: 120, isOver: true, memory: wait.memory))
        let lines = text.split(separator: "\n")
        #expect(lines[0].hasPrefix("The time was up after 120 s, and 1 of 2 are as wanted: condition Ready"), "\(text)")
        #expect(
            lines[2].hasPrefix("pod/web-2   no    Ready=False (NotReady)") && lines[3].hasSuffix("yes   Ready=True"))
        api.put(pod("web-2", ready: true))
        let met = try await self.text(api, arguments, later)
        #expect(met.hasPrefix("Met after 60 s"))
    }

    @Test func `a selector waits for its first object, a name that does not exist fails at once`() async throws {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"))
        _ = try await wait(api, ready)
        let over = WaitProgress(seconds: 30, isOver: true)
        #expect(try await text(api, ready, over).hasSuffix("there are no pods with label_selector app=web in shop."))
        let named: JSONValue = ["resource_type": "pod/web-9", "for": "condition=Ready"]
        await #expect(throws: ToolFailure.self) { try await outcome(api, named) }
        // One that was deleted meanwhile is told.
        #expect(
            try await text(api, named, WaitProgress(seconds: 30, isOver: true, memory: ["pod/web-9": "u"]))
                .contains("no    was deleted"))
    }

    @Test func `an object is waited for until it exists`() async throws {
        let api = FakeAPI()
        let arguments: JSONValue = ["resource_type": "cm", "name": "settings", "for": "create"]
        let wait = try await wait(api, arguments)
        #expect(wait.title == "creation of configmap/settings in shop")
        api.put(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}"))
        #expect(try await text(api, arguments, WaitProgress(seconds: 1, isOver: false)).hasPrefix("Met after 1 s"))
    }

    @Test func `those that were there are gone, also where new ones have their names`() async throws {
        let api = FakeAPI()
        var arguments = ready
        arguments["for"] = "delete"
        #expect(try await text(api, arguments).hasPrefix("Nothing to wait for: there are no pods"))
        api.put(pod("web-1", ready: true, uid: "a"))
        let wait = try await wait(api, arguments)
        #expect(wait.memory == ["pod/web-1": "a"])
        api.put(pod("web-1", ready: true, uid: "b"))
        api.put(pod("web-2", ready: true))
        let text = try await text(api, arguments, WaitProgress(seconds: 3, isOver: false, memory: wait.memory))
        #expect(text.hasSuffix("pod/web-1   yes   was deleted; a new one has the same name"), "\(text)")
    }

    @Test func `a value of a Secret is neither shown nor guessed`() async throws {
        let api = FakeAPI()
        api.put(
            yaml(
                "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, data: {password: aHVudGVyMg==}}")
        )
        func arguments(_ goal: String) -> JSONValue {
            ["resource_type": "secret", "name": "db", "for": .string(goal)]
        }
        let exists = try await text(api, arguments("jsonpath={.data.password}"))
        #expect(exists.hasPrefix("Met") && !exists.contains("aHVu"))
        _ = try await wait(api, arguments("jsonpath={.data.password}=aHVudGVyMg=="))
    }

    @Test func `a look that finds no server ends no wait, a refusal does`() async throws {
        let path = "GET /api/v1/namespaces/shop/pods"
        let later = WaitProgress(seconds: 5, isOver: false)
        for error: any Error in [
            KubeClientError(.unreachable, message: "gone"),
            APIStatus(code: 503, reason: .serviceUnavailable, message: "later"),
        ] {
            let api = FakeAPI()
            api.fail(path, error)
            guard case .waiting = try await outcome(api, ready, later) else { return #expect(Bool(false)) }
            // At first, and when the time is up, it is the answer.
            await #expect(throws: ToolFailure.self) { try await outcome(api, ready) }
            await #expect(throws: ToolFailure.self) {
                try await outcome(api, ready, WaitProgress(seconds: 30, isOver: true))
            }
        }
        let api = FakeAPI()
        api.answer(path, APIStatus(code: 403, reason: .forbidden, message: "pods is forbidden"))
        await #expect(throws: ToolFailure.self) { try await outcome(api, ready, later) }
    }

    @Test func `the longest wait is ten minutes, and the result says so`() async throws {
        let api = FakeAPI()
        var arguments = ready
        arguments["timeout"] = "2h"
        #expect(try await wait(api, arguments).seconds == 600)
        #expect(
            try await text(api, arguments, WaitProgress(seconds: 600, isOver: true)).contains(
                "The longest wait is 600 s"))
    }
}
