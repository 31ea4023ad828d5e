import SkyfloAPI
import Testing

@testable import LiveEvents

@Suite struct StreamCommandTests {
    @Test(arguments: [
        (#"{"type":"stop"}"#, StreamCommand(.stop)),
        (#"{"id":7,"type":"stop","more":[]}"#, StreamCommand(id: "7", .stop)),
        (
            #"{"id":"a","type":"decide","call_id":"c1","decision":"Denied","digest":"sha256:1","reason":"no"}"#,
            StreamCommand(id: "a", .decide(call: "c1", decision: .denied, digest: "sha256:1", reason: "no"))
        ),
        (
            #"{"type":"decide","call_id":"c1","decision":"Approved","digest":"d","reason":null}"#,
            StreamCommand(.decide(call: "c1", decision: .approved, digest: "d", reason: nil))
        ),
    ])
    func `a command is what its text says`(text: String, command: StreamCommand) throws {
        #expect(try StreamCommand(parsing: text) == command)
    }

    @Test(arguments: [
        "", "stop", "[]", "null", "{}", #"{"type":"Stop"}"#, #"{"type":"decide"}"#,
        #"{"type":"decide","call_id":"c1","decision":"approved","digest":"d"}"#,
        #"{"type":"decide","call_id":"c1","decision":"Approved"}"#,
        #"{"type":"decide","call_id":"c1","decision":"Approved","digest":""}"#,
        #"{"type":"decide","call_id":"","decision":"Approved","digest":"d"}"#,
        #"{"type":"decide","call_id":"c1","decision":"Approved","digest":"d","reason":1}"#,
        #"{"type":"stop","id":"\#(String(repeating: "x", count: 65))"}"#,
        #"{"type":"stop","x":"\#(String(repeating: "x", count: StreamCommand.limit))"}"#,
    ])
    func `what is no command says why, under the id that it has`(text: String) {
        let malformed = #expect(throws: StreamCommand.Malformed.self) { _ = try StreamCommand(parsing: text) }
        #expect(malformed?.description.isEmpty == false)
    }

    @Test func `an answer to what can't be carried out has the id`() {
        let malformed = #expect(throws: StreamCommand.Malformed.self) {
            _ = try StreamCommand(parsing: #"{"id":"a","type":"go"}"#)
        }
        #expect(malformed?.id == "a")
    }
}
