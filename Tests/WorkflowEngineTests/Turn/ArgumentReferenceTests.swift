import KubeModel
import SkyfloAPI
import Testing

@testable import WorkflowEngine

/// Calls whose arguments are from the result of an earlier call of the same reply.
@Suite struct ArgumentReferenceTests {
    private static let pods =
        #"{"items":[{"metadata":{"name":"web-1","annotations":{"a.b/c":"x"}},"spec":{"replicas":3,"paused":true}}]}"#

    private func reply(_ play: inout MachineHarness, _ arguments: String...) {
        play.apply(
            .modelReplied(
                ModelTurn(
                    content: "",
                    calls: arguments.enumerated().map {
                        .init(modelID: "m\($0.offset)", tool: "tool\($0.offset + 1)", arguments: $0.element)
                    })))
    }

    private func succeed(_ play: inout MachineHarness, _ id: String, _ result: String) {
        play.apply(.callResolved(id: id, succeeded: true, result: result))
    }

    private func resolve(_ play: inout MachineHarness) {
        guard case .resolveArguments(let id) = play.next, let resolved = play.machine.resolvedArguments(of: id) else {
            Issue.record("nothing is resolved: \(play.next)")
            return
        }
        play.apply(.argumentsResolved(id: id, arguments: resolved.arguments, references: resolved.references))
    }

    @Test func `a call waits for the result that it refers to, then has it in its arguments`() throws {
        var play = MachineHarness()
        reply(&play, "{}", #"{"name":"{{result1.items[0].metadata.name}}","kind":"pod"}"#)
        #expect(play.next == .prepare(["c1"]))
        succeed(&play, "c1", Self.pods)
        resolve(&play)
        let call = try #require(play.machine.call("c2"))
        #expect(call.arguments == #"{"name":"web-1","kind":"pod"}"#)
        #expect(call.references.map(\.text) == ["name = web-1 (from the result of c1, tool1: items[0].metadata.name)"])
        #expect(play.next == .prepare(["c2"]))
        succeed(&play, "c2", "fine")
        guard case .tool(_, let told)? = play.machine.history.last else { return }
        #expect(told == "(name = web-1 (from the result of c1, tool1: items[0].metadata.name))\nfine")
        #expect(play.next == .askModel)
    }

    @Test(arguments: [
        ("{{result1.items[0].spec.replicas}}", "3"), ("{{ result1.items[0].spec.paused }}", "true"),
        (#"{{result1.items[0].metadata.annotations['a.b/c']}}"#, #""x""#),
        (#"{{result1["items"][0].metadata.name}}"#, #""web-1""#),
    ])
    func `a value keeps its type`(_ reference: String, _ value: String) throws {
        var play = MachineHarness()
        reply(&play, "{}", JSONWriter.string(["a": ["b": [.string(reference)]]]))
        succeed(&play, "c1", Self.pods)
        resolve(&play)
        #expect(play.machine.call("c2")?.arguments == #"{"a":{"b":[\#(value)]}}"#)
        #expect(play.machine.call("c2")?.references.first?.argument == "a.b[0]")
    }

    @Test func `YAML has parts too, and a result of one line can be meant as a whole`() {
        var play = MachineHarness()
        reply(&play, "{}", "{}", #"{"a":"{{result1.spec.image}}","b":"{{result2}}"}"#)
        succeed(&play, "c1", "spec:\n  image: nginx:1.27\n")
        #expect(play.next == .prepare(["c2"]))
        succeed(&play, "c2", "deployment.apps/web\n")
        resolve(&play)
        #expect(play.machine.call("c3")?.arguments == #"{"a":"nginx:1.27","b":"deployment.apps/web"}"#)
    }

    @Test(
        arguments: [
            ("{{result1.items[1].metadata.name}}", pods, "has no items[1].metadata.name"),
            ("{{result1.items[0].metadata}}", pods, "isn't a text, a number or a boolean"),
            ("{{result1.items}}", "NAME  READY\nweb   1/1", "neither JSON nor YAML"),
            ("{{result1}}", "two\nlines", "isn't one line"), ("{{result2.a}}", pods, "only a call before this one"),
            ("{{result3.a}}", pods, "only a call before this one"), ("{{result0.a}}", pods, "there is none"),
        ])
    func `what can't be found is an error, and nothing is guessed`(_ reference: String, _ result: String, _ why: String)
    {
        var play = MachineHarness()
        reply(&play, "{}", JSONWriter.string(["name": .string(reference)]))
        if case .prepare = play.next { succeed(&play, "c1", result) }
        guard case .refuse("c2", let told) = play.next else {
            Issue.record("\(play.next)")
            return
        }
        #expect(told.hasPrefix("not executed: name refers to the result of call ") && told.contains(why), "\(told)")
    }

    @Test func `a call whose source failed or was denied isn't carried out`() {
        var play = MachineHarness()
        reply(&play, "{}", #"{"name":"{{result1.a}}"}"#)
        play.apply(.callResolved(id: "c1", succeeded: false, result: "failed: no"))
        guard case .refuse("c2", let why) = play.next else {
            Issue.record("\(play.next)")
            return
        }
        #expect(why.contains("it did not succeed (c1: Failed)"))
        var denied = MachineHarness()
        reply(&denied, "{}", #"{"name":"{{result1.a}}"}"#)
        denied.ask("c1")
        guard case .awaitDecisions = denied.next else {
            Issue.record("\(denied.next)")
            return
        }
        denied.apply(.decided(id: "c1", Decision(approved: false, by: "alice")))
        guard case .refuse("c2", _) = denied.next else {
            Issue.record("\(denied.next)")
            return
        }
    }

    @Test(arguments: [
        #"{"template":"{{ .Values.result1 }}"}"#, #"{"text":"see {{result1.a}} there"}"#, #"{"a":"{{result}}"}"#,
        #"{"a":"{{result1..b}}"}"#, #"{"a":"{{resultx.b}}"}"#, #"{"{{result1.a}}":1}"#, "no JSON {{result1}}",
    ])
    func `other texts are left as they are`(_ arguments: String) {
        var play = MachineHarness()
        reply(&play, "{}", arguments)
        #expect(play.next == .prepare(["c1", "c2"]))
    }

    @Test func `what comes from a result refers to nothing further`() {
        var play = MachineHarness()
        reply(&play, "{}", #"{"name":"{{result1.a}}"}"#)
        succeed(&play, "c1", #"{"a":"{{result1.b}}","b":"secret"}"#)
        resolve(&play)
        #expect(play.machine.call("c2")?.arguments == #"{"name":"{{result1.b}}"}"#)
        #expect(play.next == .prepare(["c2"]))
    }

    @Test func `another preview of the same call keeps what was found`() throws {
        var play = MachineHarness()
        reply(&play, "{}", #"{"name":"{{result1.a}}"}"#, #"{"name":"{{result2}}"}"#)
        succeed(&play, "c1", #"{"a":"web"}"#)
        resolve(&play)
        play.ask("c2")
        play.apply(
            .decided(id: "c2", approved), .writeStarted(id: "c2"), .writeEnded(id: "c2", .stale("it moved")))
        let again = try #require(play.machine.call("c4"))
        #expect(again.references.count == 1 && again.arguments == #"{"name":"web"}"#)
        #expect(play.next == .prepare(["c4"]), "c3 waits for the new one")
        play.ask("c4")
        play.apply(
            .decided(id: "c4", approved), .writeStarted(id: "c4"), .writeEnded(id: "c4", .applied("scaled")))
        resolve(&play)
        #expect(play.machine.call("c3")?.references.first?.call == "c4")
    }
}
