import KubeModel
import Testing

@testable import OfflineModel

/// "There are none" is said only where the tool says so; what can't be read is shown.
struct ListAnswerTests {
    private static let events = """
        LAST SEEN   TYPE      REASON      OBJECT            MESSAGE
        5m          Normal    Scheduled   pod/web-0         Successfully assigned shop/web-0 to node-1
        4m          Warning   BackOff     pod/web-0         Back-off restarting failed container
        3m          Normal    Pulled      pod/cart-0        Container image "a:1" already present on machine
        """

    private func answer(_ message: String, _ text: String, namespaces: String = "forbidden") async throws -> String {
        try await Talk([message], ["k8s_get": { $0["resource_type"] == "namespaces" ? namespaces : text }]).answer
    }

    @Test(arguments: [
        "List the events in namespace shop", "Show the events", "List all events",
        "Are there any events in namespace shop?",
    ])
    func `events are shown, warnings first`(message: String) async throws {
        let answer = try await answer(message, Self.events)
        #expect(answer.hasPrefix("There are 3 events"))
        #expect(answer.contains("1 of them a warning"))
        let lines = answer.split(separator: "\n")
        let header = try #require(lines.firstIndex { $0.hasPrefix("LAST SEEN") })
        #expect(lines[header + 1].contains("BackOff") && lines.count == header + 5)
    }

    @Test func `events are counted, and chosen by type and object`() async throws {
        #expect(
            try await answer("how many events are there in shop?", Self.events)
                == "There are 3 events in namespace **shop**, 1 of them a warning.")
        let warnings = try await answer("show warnings in shop", Self.events)
        #expect(warnings.contains("BackOff") && !warnings.contains("Pulled"))
        let own = try await answer("show events for pod web-0 in shop", Self.events)
        #expect(own.hasPrefix("There are 2 events of **web-0**") && !own.contains("cart-0"))
    }

    @Test(arguments: [
        "NAME    CPU(cores)   MEMORY(bytes)\nweb-0   1m           20Mi",
        "NAME    CLASS   READY   SECRET\nweb-0   le      True    web-tls",
        "[{\"metadata\":{\"name\":\"web-0\"}}]", "web-0 is running\ncart-0 isn't", "pod/web-0\npod/cart-0",
        "NAMESPACE   NAME    READY   STATUS\nshop        web-0   1/1     Running\nblog        web-0   0/1     Error",
        "NAME    READY   STATUS\nweb-0   1/1     Running\n\nNAME   TYPE\nweb-0   ClusterIP",
        "items:\n- metadata:\n    name: web-0",
    ])
    func `whatever a tool returns is shown`(text: String) async throws {
        for message in ["list pods", "list pods in shop", "list certificates", "which pods are running?"] {
            let answer = try await answer(message, text)
            #expect(!answer.contains("There are no") && !answer.contains("here is no"), "\(message): \(answer)")
            #expect(answer.contains("web-0"), "\(message): \(answer)")
        }
    }

    @Test(arguments: [
        (
            "are there any jobs in shop?", "No resources found in shop namespace: no jobs.batch.",
            "There are no jobs.batch in namespace **shop**."
        ),
        (
            "are there any jobs in shop?", "No resources found in shop namespace: there are no jobs.batch.",
            "There are no jobs.batch in namespace **shop**."
        ),
        (
            "list ingresses", "No resources found in shop namespace: no ingresses.networking.k8s.io.",
            "There are no ingresses.networking.k8s.io in namespace **shop**."
        ),
        (
            "list jobs everywhere", "No resources found: no jobs.batch in any namespace.",
            "There are no jobs.batch in any namespace."
        ),
    ])
    func `that there are none is said with group and namespace`(
        message: String, text: String, expected: String
    ) async throws {
        #expect(try await answer(message, text) == expected)
    }

    @Test func `pods that have restarted are chosen by their restarts`() async throws {
        let text = try await answer(
            "which pods have restarted?",
            "NAME    READY   STATUS    RESTARTS      AGE\nweb-0   1/1     Running   0             5m\nweb-1   1/1     Running   3 (1m ago)    5m"
        )
        #expect(text.contains("web-1") && !text.contains("web-0"), "\(text)")
    }

    @Test func `events that weren't seen are no missing warnings`() async throws {
        let talk = try await Talk(
            ["what is wrong with configmap settings?"],
            [
                "k8s_describe": { _ in
                    "Name: settings\nKind: ConfigMap (v1)\nEvents: can't be listed: missing permission to list events"
                }
            ])
        #expect(!talk.answer.contains("no warnings"), "\(talk.answer)")
        #expect(talk.answer.contains("missing permission to list events"), "\(talk.answer)")
    }

    @Test func `rows of one name in two namespaces stay apart`() async throws {
        let table =
            "NAMESPACE   NAME    READY   STATUS\nshop        web-0   1/1     Running\nblog        web-0   0/1     Error"
        let answer = try await answer("which pods are failing in all namespaces?", table)
        #expect(answer.contains("blog  ") && !answer.contains("shop  "))
    }

    @Test func `a filter that no column answers hides nothing`() async throws {
        let answer = try await answer("which services are running in shop?", "NAME   TYPE\nweb    ClusterIP")
        #expect(answer.contains("web    ClusterIP") && answer.contains("doesn't say which of them are running"))
    }

    @Test func `that there is nothing holds for the labels that were asked for`() async throws {
        let answer = try await answer("list pods -l app=x in shop", "No resources found in shop namespace.")
        #expect(answer == "There are no pods with the labels `app=x` in namespace **shop**.")
    }

    @Test func `hints of the tool are shown`() async throws {
        let cut =
            "NAME    READY   STATUS\nweb-0   1/1     Running\n… there are 7 more than the 1 listed: narrow the list"
        let answer = try await answer("list pods", cut)
        #expect(answer.hasPrefix("There are at least 1 pods") && answer.contains("… there are 7 more"))
    }

    @Test(arguments: [
        ("No resources found in shop namespace.", "There are no pods in namespace **shop**."),
        ("No resources found.", "There are no pods in namespace **shop**."),
    ])
    func `nothing is said where the tool says so`(text: String, expected: String) async throws {
        #expect(try await answer("list the pods in shop", text) == expected)
    }

    @Test(arguments: [
        "No resources found in prodd namespace: namespace prodd doesn't exist",
        "No resources found in prodd namespace.\nnamespace prodd doesn't exist",
        "No resources found.\nHint: namespace prodd doesn't exist; did you mean prod?",
    ])
    func `what the tool adds to it is passed on`(text: String) async throws {
        let answer = try await answer("list the pods in namespace prodd", text)
        #expect(answer.contains("namespace prodd doesn't exist") && !answer.contains("There are no"))
    }

    @Test(arguments: [
        "list the pods in namespace prodd", "what's wrong in namespace prodd", "logs of web in prodd",
        "restart web in prodd", "scale deployment web in prodd to 3", "describe web in prodd",
    ])
    func `a namespace that doesn't exist is told, with those that come close`(message: String) async throws {
        let talk = try await Talk(
            [message],
            [
                "k8s_get": {
                    if $0["resource_type"] == "namespaces" { return "NAME   STATUS\nprod   Active\nshop   Active" }
                    return $0["name"] == nil ? "No resources found in prodd namespace." : "failed: x \"web\" not found"
                }, "k8s_scale": { _ in "failed: deployments.apps \"web\" not found" },
            ])
        #expect(talk.answer.contains("Namespace **prodd** doesn't exist. Did you mean **prod**?"), "\(talk.answer)")
    }

    @Test(arguments: [
        ("failed: missing permission: bob may not list pods", "missing permission"),
        ("failed: the server could not find the requested resource", "could not find the requested resource"),
        ("failed: HTTP 503: the API service is down", "503"),
        ("failed: the server doesn't have a resource type \"pods\" (NotFound)", "resource type"),
    ])
    func `an error is told as one`(text: String, expected: String) async throws {
        for message in ["list pods", "what's wrong in shop?", "logs of web"] {
            let answer = try await answer(message, text)
            #expect(answer.contains(expected) && !answer.contains("no pod"), "\(message): \(answer)")
        }
    }

    @Test func `nothing is called healthy that wasn't seen`() async throws {
        let cut = "NAME    READY   STATUS\nweb-0   1/1     Running\n… left out: 3 more lines, 200 bytes"
        for message in ["what's wrong in shop?", "logs of cart"] {
            let answer = try await answer(message, cut)
            #expect(answer.contains("The list was cut"), "\(message): \(answer)")
        }
    }

    @Test func `pods that can't be read are no missing pods`() async throws {
        for message in ["what's wrong in shop?", "logs of web"] {
            let answer = try await answer(message, "web-0 is up")
            #expect(answer.contains("web-0 is up") && !answer.contains("no pod"), "\(message): \(answer)")
        }
    }

    @Test func `a word that names nothing is told as what it was taken for`() async throws {
        let answer = try await answer("list pods with tolerations", "NAME    READY   STATUS\nweb-0   1/1     Running")
        #expect(answer.contains("belongs to anything named **tolerations**") && answer.contains("web-0"))
    }

    @Test func `a namespace that is called by its name alone is examined`() async throws {
        let talk = try await Talk(
            ["what's wrong with shop"],
            [
                "k8s_get": {
                    if $0["resource_type"] == "namespaces" { return "NAME   STATUS\nshop   Active" }
                    if $0["resource_type"] == "pods" { return "NAME    READY   STATUS\nweb-0   1/1     Running" }
                    return "failed: x \"shop\" not found"
                }
            ])
        #expect(talk.answer == "The only pod in namespace **shop** is ready; I see nothing wrong.")
    }

    @Test func `the log of the failing pod is that of the only one that fails`() async throws {
        let pods = "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   0/1     Error"
        let talk = try await Talk(
            ["show logs of the failing pod"], ["k8s_get": { _ in pods }, "k8s_logs": { _ in "boom" }])
        #expect(talk.calls.last?.contains("web-1") == true && talk.answer.contains("boom"))
        let two = try await answer("show logs of the failing pod", pods + "\nweb-2   0/1     Error")
        #expect(two.contains("`web-1` (Error), `web-2` (Error)"))
    }

    @Test func `rows with most restarts come first`() async throws {
        let pods =
            "NAME   READY   STATUS    RESTARTS     AGE\na      1/1     Running   0            1d\nb      1/1     Running   12 (1m ago)   1d"
        let lines = try await answer("pods by restarts", pods).split(separator: "\n")
        let header = try #require(lines.firstIndex { $0.hasPrefix("NAME") })
        #expect(lines[header + 1].hasPrefix("b "))
    }

    @Test(arguments: [
        "NAME          READY\nnot-found-1   1/1", "Name: notfound\nKind: Pod", "Name: declined\nStatus: Running",
        "apiVersion: v1\nkind: Pod", "NAME            STATUS\nerror-denied   Running",
    ])
    func `names in a result are no errors`(text: String) { #expect(ToolText(text) == .success(text)) }
}
