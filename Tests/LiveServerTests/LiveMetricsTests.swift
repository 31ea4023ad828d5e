import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import LocalCluster
import Logging
import OperatorTestKit
import Testing

@testable import LiveServer

@Suite struct LiveMetricsTests {
    @Test func `streams, events, refusals and commands are counted, each with its help`() async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker { worker in
                try await setting.claim(worker)
                let turn = worker.begin()
                turn.pass([.token("first ", count: 1), .token("second ", count: 2)])
                @Sendable func has(_ line: String) -> Bool { worker.metrics.text.contains(line + "\n") }

                try await SocketClient.run(worker, token: setting.cluster.endpoint.token) { client in
                    try await eventually("it comes") { client.tokens.count == 2 }
                    #expect(has("skyflo_live_streams 1"))
                    _ = try await client.ask(["type": "stop"])
                    _ = try await client.ask(["type": "go"])
                }
                await #expect(throws: SocketClient.Refused.self) {
                    try await SocketClient.run(worker, token: nil) { _ in }
                }

                try await eventually("the stream is over") { has("skyflo_live_streams 0") }
                for line in [
                    "skyflo_live_events_total 2", "skyflo_live_refusals_total{code=\"401\"} 1",
                    "skyflo_live_commands_total{code=\"200\"} 1", "skyflo_live_commands_total{code=\"400\"} 1",
                    "skyflo_live_slow_readers_total 0", "skyflo_live_gaps_total 0",
                ] { #expect(has(line), "\(line) of \(worker.metrics.text)") }
                let types = worker.metrics.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
                #expect(types.count == LiveMetrics.help.count)
                #expect(worker.metrics.text.split(separator: "\n").count { $0.hasPrefix("# HELP") } == types.count)
            }
        }
    }
}
