import KubeModel
import MCP
import OperatorTestKit
import SkyfloMCP
import Synchronization
import Testing

@Suite struct StdioTests {
    /// What the service wrote, line by line.
    private final class Output: Sendable {
        private let text = Mutex("")
        func add(_ more: String) { text.withLock { $0 += more } }
        var lines: [JSONValue] {
            text.withLock(\.self).split(separator: "\n").compactMap { try? JSONParser.parse(String($0)) }
        }
        func answer(to id: JSONValue) -> JSONValue? { lines.first { $0["id"] == id } }
    }

    /// Runs the service on lines that `body` sends, until it has sent all.
    private func serve(
        _ features: FixedFeatures = FixedFeatures(),
        _ body: @escaping @Sendable (_ send: @escaping @Sendable (String) -> Void, Output) async throws -> Void
    ) async throws -> Output {
        let output = Output()
        let (lines, source) = AsyncStream.makeStream(of: [UInt8]?.self)
        let service = MCPStdioService(server: features.server) { output.add($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run(lines: lines) }
            try await body({ source.yield(Array($0.utf8)) }, output)
            source.finish()
            try await group.waitForAll()
        }
        return output
    }

    @Test func `an older client shakes hands, and is known by name from then on`() async throws {
        let output = try await serve { send, output in
            send(
                #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"desk","version":"3"}}}"#
            )
            send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"# + "\r")
            send("")
            send(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}"#)
            try await eventually { output.answer(to: 1) != nil }
        }
        #expect(output.answer(to: 0)?["result", "protocolVersion"] == "2025-06-18")
        #expect(output.answer(to: 1)?["result", "content"]?.array?.first?["text"] == "hi desk 3")
        #expect(output.lines.count == 2)
    }

    @Test func `a newer client needs no handshake, and hears how far a call is`() async throws {
        let output = try await serve { send, output in
            send(JSONWriter.string(Modern.call("count", progressToken: "p")))
            try await eventually { output.answer(to: 1) != nil }
        }
        let progress = output.lines.filter { $0["method"] == "notifications/progress" }
        #expect(progress.map { $0["params", "progress"] } == [1, 2, 3])
        #expect(progress.allSatisfy { $0["params", "progressToken"] == "p" })
        #expect(output.lines.last?["id"] == 1)
    }

    @Test func `a cancelled request ends and isn't answered; others go on`() async throws {
        let features = FixedFeatures()
        let output = try await serve(features) { send, output in
            send(JSONWriter.string(Modern.call("hang", id: "h")))
            try await eventually { features.hanging.began.withLock(\.self) }
            send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"other"}}"#)
            send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"h"}}"#)
            try await eventually { features.hanging.wasCancelled.withLock(\.self) }
            send(JSONWriter.string(Modern.call("echo", ["text": "after"], id: 2)))
            try await eventually { output.answer(to: 2) != nil }
        }
        #expect(output.answer(to: "h") == nil)
    }

    @Test func `the end of the input ends everything`() async throws {
        let features = FixedFeatures()
        let output = try await serve(features) { send, _ in
            send(JSONWriter.string(Modern.call("hang")))
            try await eventually { features.hanging.began.withLock(\.self) }
        }
        #expect(features.hanging.wasCancelled.withLock(\.self) && output.lines.isEmpty)
    }

    @Test func `what is no message is told, and the next one is answered`() async throws {
        let output = try await serve { send, output in
            send("{")
            send("[]")
            send(#"{"jsonrpc":"2.0","id":5,"method":"nothing","params":{}}"#)
            send(#"{"jsonrpc":"2.0","id":6,"method":"ping"}"#)
            try await eventually { output.answer(to: 6) != nil && output.answer(to: 5) != nil }
        }
        #expect(
            output.lines.filter { $0["id"]?.isNull == true }.compactMap { $0["error", "code"]?.int } == [
                -32700, -32600,
            ])
        #expect(output.answer(to: 5)?["error", "code"] == -32601)
    }

    @Test func `an id that is under way can't be used again`() async throws {
        let features = FixedFeatures()
        let output = try await serve(features) { send, output in
            send(JSONWriter.string(Modern.call("hang")))
            send(JSONWriter.string(Modern.call("echo")))
            try await eventually { output.answer(to: 1) != nil }
        }
        #expect(output.answer(to: 1)?["error", "code"] == -32600)
    }
}
