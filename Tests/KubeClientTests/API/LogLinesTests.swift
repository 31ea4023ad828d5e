import KubeModel
import Logging
import Testing

@testable import KubeClient

@Suite struct LogLinesTests {
    private func lines(_ chunks: [String], _ options: LogOptions = LogOptions()) async throws -> [String] {
        let api = FakeAPI(chunks: chunks.map { Array($0.utf8) })
        let lines = try await api.followLogs(pod: "p", namespace: "n", options: options) { (log) in
            var lines: [String] = []
            while let line = try await log.next() { lines.append(line) }
            return lines
        }
        #expect(api.requests.map { $0[query: "follow"] } == ["true"])
        return lines
    }

    @Test func `lines come whole, however they were cut on the way`() async throws {
        #expect(try await lines(["on", "e\ntw", "o\n\nthr", "ee"]) == ["one", "two", "", "three"])
        #expect(try await lines([]) == [])
    }

    @Test func `no more bytes are taken than allowed`() async throws {
        #expect(try await lines(["abc\nde", "f\nghi\n"], LogOptions(limitBytes: 8)) == ["abc", "def"])
        #expect(try await lines(["abc\nde", "f\nghi\n"], LogOptions(limitBytes: 5)) == ["abc", "d"])
    }

    @Test func `a line without an end does not fill the memory`() async {
        let error = await #expect(throws: KubeClientError.self) {
            try await lines(Array(repeating: String(repeating: "x", count: 1 << 18), count: 8))
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func `a log that goes on is left in time`() async throws {
        try await withServer { request in
            .chunks(["one\n"], to: request, ends: false)
        } _: { port in
            let configuration = ClusterConfiguration(server: "http://127.0.0.1:\(port)")
            try await withKubeClient(configuration, logger: .init(label: "test")) { client in
                let error = await #expect(throws: KubeClientError.self) {
                    try await client.followLogs(pod: "p", namespace: "n", timeout: .milliseconds(100)) { log in
                        while try await log.next() != nil {}
                    }
                }
                #expect(error?.code == .timeout)
            }
        }
    }
}
