import FakeKubeAPI
import KubeClient
import KubeModel
import Synchronization
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// A log is cut at its beginning, whatever the server cuts.
@Suite struct ContainerLogTests {
    /// Serves one pod's log as a kubelet does: from the beginning of the tail on, so many bytes.
    private final class LogServer: KubeAPI {
        let log: [String]
        let pod: JSONValue
        private let tailsAsked = Mutex<[Int]>([])

        init(_ log: [String], state: JSONValue = ["running": ["startedAt": "2026-11-21T03:00:00Z"]], restarts: Int = 0)
        {
            self.log = log
            let status: JSONValue = ["name": "app", "restartCount": JSONValue(restarts), "state": state]
            pod = [
                "kind": "Pod", "metadata": ["name": "p", "namespace": "shop"],
                "spec": ["containers": [["name": "app"]]], "status": ["containerStatuses": [status]],
            ]
        }

        var tails: [Int] { tailsAsked.withLock { $0 } }

        func send(_ request: KubeRequest, as _: Impersonation?) async throws -> KubeResponse {
            guard request.path.hasSuffix("/log") else { return FakeAPI.respond(pod) }
            let tail = Int(request[query: "tailLines"] ?? "") ?? log.count
            tailsAsked.withLock { $0.append(tail) }
            guard request[query: "previous"] == nil else {
                let message = "previous terminated container \"app\" in pod \"p\" not found"
                return FakeAPI.respond(APIStatus(code: 400, reason: .badRequest, message: message).json, status: 400)
            }
            let text = log.suffix(tail).map { $0 + "\n" }.joined()
            let limit = Int(request[query: "limitBytes"] ?? "") ?? .max
            return KubeResponse(status: 200, body: Array(text.utf8.prefix(limit)))
        }

        func stream<Result: Sendable>(
            _: KubeRequest, as _: Impersonation?, body: (inout KubeByteStream) async throws -> Result
        ) async throws -> Result { throw KubeClientError(.unsupported, message: "no streams here") }
    }

    private func logs(_ server: LogServer, _ arguments: JSONValue, limit: Int = 16_384) async throws -> String {
        var arguments = arguments
        arguments["pod_name"] = "p"
        let context = ToolContext(
            api: ReadOnlyAPI(server.impersonating(worker)), mapper: RESTMapper(api: server), namespace: "shop",
            redactor: redactor,
            outputLimit: limit)
        guard
            case .output(let text) = try await tools.call(
                name: "k8s_logs", arguments: JSONWriter.string(arguments), in: context)
        else { return "" }
        return text
    }

    private func line(_ number: Int, _ length: Int, _ filler: String = "x") -> String {
        "{\"line\": \(number), \"text\": \"\(String(repeating: filler, count: length))\"}"
    }

    @Test(arguments: [1, 500, 699, 2000], ["x", "ü", "😀"])
    func `the newest line is the last one, however much is asked for`(_ count: Int, _ filler: String) async throws {
        let log = (1...2000).map { line($0, $0 == 2000 ? 10 : 1500, filler) }
        let text = try await logs(LogServer(log), ["num_lines": JSONValue(count)])
        #expect(text.hasSuffix(log[1999] + "\n") && text.utf8.count <= 16_384)
        if count > 1 { #expect(text.hasPrefix("… left out: ")) }
        #expect(!text.contains("\u{FFFD}"))
    }

    @Test func `the note says how to read what is left out`() async throws {
        let log = (1...300).map { line($0, 1000) }
        let server = LogServer(log)
        let first = try await logs(server, ["num_lines": 40])
        let shown = first.split(separator: "\n").count - 1
        #expect(
            first.hasPrefix("… left out: \(40 - shown) earlier lines; to read them, skip_lines: \(shown)\n"), "\(first)"
        )
        let before = try await logs(server, ["num_lines": 10, "skip_lines": JSONValue(shown)])
        #expect(before.hasSuffix(log[300 - shown - 1] + "\n"))
        let none = try await logs(server, ["num_lines": 10, "skip_lines": 300])
        #expect(none.contains("is empty for this selection (before the newest 300 lines)"), "\(none)")
    }

    @Test func `lines far back in a log of long lines can be read`() async throws {
        let log = (1...2000).map { line($0, 1500) }
        let text = try await logs(LogServer(log), ["num_lines": 5, "skip_lines": 1500])
        #expect(text.hasSuffix(log[499] + "\n") && text.contains("\"line\": 496"))
    }

    @Test func `fewer lines are asked for until their end comes`() async throws {
        let server = LogServer((1...2000).map { line($0, 1500) })
        let text = try await logs(server, ["num_lines": 2000])
        #expect(server.tails == [2000, 1000, 500])
        #expect(
            text.hasPrefix("… left out: all lines before the newest 10; to read them, skip_lines: 10\n"),
            "\(text.prefix(99))")
    }

    @Test func `a long line loses its middle, and doesn't take the place of the others`() async throws {
        let log = ["first", line(2, 30_000), "cause"]
        let text = try await logs(LogServer(log), [:])
        #expect(text.contains("first\n") && text.contains("bytes left out)…") && text.hasSuffix("cause\n"))
        let only = try await logs(LogServer(["begin" + String(repeating: "x", count: 40_000) + "end"]), [:])
        #expect(only.contains("begin") && only.hasSuffix("end\n") && (15_000...16_384).contains(only.utf8.count))
    }

    @Test func `of a line longer than what is read the end is said to be missing`() async throws {
        let text = try await logs(LogServer(["a", String(repeating: "x", count: 3 << 20)]), ["num_lines": 2])
        #expect(text.hasSuffix("the end of this line is missing: only its first 1048576 bytes were read\n"))
        #expect(text.utf8.count <= 16_384)
    }

    @Test func `with since it is said that there may be more than the lines asked for`() async throws {
        let log = (1...80).map { "line \($0)" }
        let text = try await logs(LogServer(log), ["since": "1h"])
        #expect(
            text.hasPrefix(
                "… left out: lines before these 50, if there are any; to read them, skip_lines: 50\nline 31\n"))
        #expect(try await logs(LogServer(log), [:]).hasPrefix("line 31\n"))
    }

    @Test func `an empty log says whether the container has begun`() async throws {
        let waiting = try await logs(LogServer([], state: ["waiting": ["reason": "PodInitializing"]]), [:])
        #expect(waiting.contains("is empty for this selection.") && waiting.hasSuffix("Waiting: PodInitializing."))
        let running = try await logs(LogServer([]), ["since": "5m"])
        #expect(running.contains("(since 5m). The container's state: Running: started 2026-11-21T03:00:00Z."))
    }

    @Test(arguments: [(0, "has not been restarted"), (3, "is no longer stored")])
    func `a run before that isn't there is told apart from one whose log is lost`(_ restarts: Int, _ why: String) async
    {
        await #expect {
            try await logs(LogServer([], restarts: restarts), ["previous": true])
        } throws: { "\($0)".contains("not found") && "\($0)".contains(why) }
    }
}
