import Testing

@testable import OfflineModel

struct ToolTextTests {
    @Test(arguments: [
        ("deployment web scaled", ToolText.success("deployment web scaled")),
        ("Error: boom", .failure("Error: boom")), (#"{"error":"boom"}"#, .failure("boom")),
        (#"pods "x" not found"#, .notFound(#"pods "x" not found"#)),
        (#"failed: deployments.apps "x" not found"#, .notFound(#"deployments.apps "x" not found"#)),
        ("failed: widgets can't be scaled", .failure("widgets can't be scaled")),
        ("failed: missing permission: bob may not get pods", .failure("missing permission: bob may not get pods")),
        ("not executed: nobody decided in time", .failure("not executed: nobody decided in time")),
        ("The user denied this call.", .denied(reason: nil)), ("denied by alice", .denied(reason: nil)),
        ("denied by alice: too risky", .denied(reason: "too risky")),
        ("denied by system:serviceaccount:shop:bob: too risky", .denied(reason: "too risky")),
        ("Error: permission denied", .failure("Error: permission denied")),
        (
            "Name: web\nEvents:\n  Warning Failed image not found",
            .success("Name: web\nEvents:\n  Warning Failed image not found")
        ),
    ])
    func `results of tools are told apart`(text: String, expected: ToolText) { #expect(ToolText(text) == expected) }

    @Test func `what a program logs is no error of the tool`() {
        #expect(ToolText("Error: no route\nfailed", isLog: true) == .success("Error: no route\nfailed"))
        #expect(ToolText("denied the request", isLog: false) == .denied(reason: nil))
        let missing = "previous terminated container \"app\" in pod \"x\" not found"
        #expect(ToolText("failed: " + missing, isLog: true) == .notFound(missing))
    }

    @Test(arguments: [
        ("done: Scale deployment shop/web from 2 to 3 replicas", WriteResult.done),
        ("deployment.apps/web scaled", .done),
        ("done: Scale it\nVerified by code:\n- deployment shop/web has 3 ready replicas: Passed (3)", .done),
        ("done: Scale it\nVerified by code:\n- deployment shop/web has 3 ready replicas: TimedOut (2)", .checkFailed),
        ("done: Scale it\nVerified by code:\n- roll-out of deployment shop/web is complete: Failed", .checkFailed),
        (
            "done: Scale it\nVerified by code:\n- shop/web is ready: StillRunning (still running after 60 s)",
            .stillRunning
        ),
        ("Nothing to do: deployment shop/web already has 3 replicas.", .nothingToDo),
        ("no answer of the API server: timed out", .unclear), ("HTTP 503: etcd is not ready", .unclear),
        ("deployment shop/web has changed, and the change isn't the one that was sent", .unclear), ("", .unclear),
        ("deployment web was not scaled", .unclear),
    ])
    func `success is only read where it is said`(text: String, expected: WriteResult) {
        #expect(WriteResult(text) == expected)
    }

    @Test(arguments: [("web", "wbe", 1), ("web", "web", 0), ("cart", "card", 1), ("", "abc", 3), ("api", "db", 3)])
    func `slips of the finger are counted`(a: String, b: String, expected: Int) {
        #expect(EditDistance.between(a, b) == expected)
    }
}
