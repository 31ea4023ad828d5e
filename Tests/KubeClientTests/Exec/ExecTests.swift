import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import Testing

@testable import KubeClient

/// Commands in containers, against an API server that runs scripted ones.
@Suite struct ExecTests {
    private static let pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: default}
        spec:
          containers:
            - {name: main, image: nginx, env: [{name: ANIMAL, value: cat}]}
            - {name: side, image: nginx, env: [{name: ANIMAL, value: dog}]}
        """

    private func withPod(_ body: (TestCluster) async throws -> Void) async throws {
        try await TestCluster.run(.init(simulatesWorkloads: true)) { cluster in
            try await cluster.apply(Self.pod)
            try await eventually("the pod runs") {
                try await cluster.api.get(.pods, namespace: "default", name: "web")["status", "phase"] == "Running"
            }
            try await body(cluster)
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `an API server that isn't there is unreachable`(_ host: String) async throws {
        // Port 1: nothing listens there.
        let cluster = ClusterConfiguration(server: "http://\(host):1")
        let error = await #expect(throws: KubeClientError.self) {
            try await withKubeClient(cluster, logger: Logger(label: "test")) {
                _ = try await $0.exec(["true"], pod: "web", namespace: "default")
            }
        }
        #expect(error?.code == .unreachable)
    }

    @Test func `input is refused, and nothing of it sent, where its end can't be told`() async throws {
        try await OldExecServer.withRunning { port, received in
            let cluster = ClusterConfiguration(server: "http://127.0.0.1:\(port)")
            let error = await #expect(throws: KubeClientError.self) {
                try await withKubeClient(cluster, logger: Logger(label: "test")) {
                    _ = try await $0.exec(["cat"], pod: "web", namespace: "default", input: [65])
                }
            }
            #expect(error?.code == .unsupported)
            // 0x82: a binary message.
            #expect(!received.all.joined().contains(0x82))
        }
    }

    @Test func `a command's output, errors and exit code come back`() async throws {
        try await withPod { cluster in
            func run(_ command: [String], _ input: String? = nil, in container: String? = nil) async throws
                -> ExecResult
            {
                try await cluster.api.exec(
                    command, pod: "web", namespace: "default", input: input.map { Array($0.utf8) },
                    options: ExecOptions(container: container))
            }
            let result = try await run(["sh", "-c", "echo a b; cat /missing; exit 7"])
            #expect(result.outputText == "a b\n" && result.exitCode == 7)
            #expect(result.errorText.contains("/missing"))
            // Their answer, output, status and end may come in one segment.
            for _ in 0..<50 { #expect(try await run(["true"]) == ExecResult()) }
            #expect(try await run(["printenv", "ANIMAL"]).outputText == "cat\n")
            #expect(try await run(["printenv", "ANIMAL"], in: "side").outputText == "dog\n")
            let long = String(repeating: "0123456789abcdef", count: 20_000)
            #expect(try await run(["cat"], long).outputText == long)
            #expect(try await run(["true"], long).exitCode == 0, "input that nobody reads")
        }
    }

    @Test func `what can't be run is told with its reason`() async throws {
        try await withPod { cluster in
            let missing = await #expect(throws: APIStatus.self) {
                try await cluster.api.exec(["no-such-program"], pod: "web", namespace: "default")
            }
            #expect(missing?.message.contains("executable file not found") == true)
            let other = await #expect(throws: APIStatus.self) {
                try await cluster.api.exec(["true"], pod: "other", namespace: "default")
            }
            #expect(other?.code == 404 && other?.name == "other")
            try await cluster.withUser("nobody") { api in
                let forbidden = await #expect(throws: APIStatus.self) {
                    try await api.exec(["true"], pod: "web", namespace: "default")
                }
                #expect(forbidden?.code == 403)
            }
        }
    }

    @Test func `time and output are bounded`() async throws {
        try await withPod { cluster in
            let late = await #expect(throws: KubeClientError.self) {
                // Waits for input that does not come.
                try await cluster.api.withExec(
                    ["cat"], pod: "web", namespace: "default", hasInput: true,
                    options: ExecOptions(timeout: .milliseconds(200))
                ) { events, _ in try await events.next() }
            }
            #expect(late?.code == .timeout)
            let large = await #expect(throws: KubeClientError.self) {
                try await cluster.api.exec(
                    ["echo", "0123456789"], pod: "web", namespace: "default", options: ExecOptions(outputLimit: 10))
            }
            #expect(large?.code == .tooLarge)
        }
    }

    @Test func `a conversation with a command goes both ways`() async throws {
        try await withPod { cluster in
            let heard = try await cluster.api.withExec(["sh"], pod: "web", namespace: "default", hasInput: true) {
                (events, input) in
                var heard: [ExecEvent?] = []
                for line in ["echo one\n", "echo two\n"] {
                    try await input.write(Array(line.utf8))
                    heard.append(try await events.next())
                }
                try await input.write(Array("exit 3\n".utf8))
                heard.append(try await events.next())
                #expect(events.exitCode == 3)
                return heard
            }
            #expect(heard == [.output(Array("one\n".utf8)), .output(Array("two\n".utf8)), nil])
        }
    }

    @Test func `a cancelled task leaves the command`() async throws {
        try await withPod { cluster in
            let runs = Counter()
            let result = try await cancelling(when: "the command runs", { runs.value == 1 }) {
                try await cluster.api.withExec(["cat"], pod: "web", namespace: "default", hasInput: true) {
                    (events, _) in
                    runs.increment()
                    _ = try await events.next()
                }
            }
            #expect(result?.error is CancellationError)
        }
    }
}

@Suite struct RemoteCommandTests {
    @Test(
        arguments: [
            ([1, 65], RemoteCommandProtocol.Message.output([65])), ([2, 66, 67], .error([66, 67])), ([1], nil),
            ([], nil),
            ([9, 1], nil), ([255, 1], nil),
            ([3] + Array(#"{"status":"Success"}"#.utf8), .ended(exitCode: 0)),
            (
                [3]
                    + Array(
                        #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"9"}]}}"#
                            .utf8), .ended(exitCode: 9)
            ),
        ] as [([UInt8], RemoteCommandProtocol.Message?)])
    func `messages are read by their first byte`(bytes: [UInt8], message: RemoteCommandProtocol.Message?) throws {
        #expect(try RemoteCommandProtocol.message(bytes) == message)
    }

    @Test func `a command that could not be run is a failure, also in garbage`() {
        #expect(throws: APIStatus.self) {
            try RemoteCommandProtocol.message([3] + Array(#"{"status":"Failure","reason":"InternalError"}"#.utf8))
        }
        #expect(throws: KubeClientError.self) { try RemoteCommandProtocol.message([3, 65]) }
    }
}
