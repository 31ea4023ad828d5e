import Foundation
import IntegrationBench
import KubeModel
import SkyfloAPI
import Testing
import Writes

@testable import PrometheusTools

/// Its address.
private let peer = ProcessInfo.processInfo.environment["SKYFLO_TEST_PROMETHEUS"]

/// A real server, which `hack/peers/prometheus` starts: it scrapes itself each second and a target that isn't there, and has
/// a rule that records and one that alerts.
@Suite(.enabled(if: peer != nil)) struct PrometheusPeerTests {
    private func bench() throws -> IntegrationBench {
        let transport = try IntegrationBench.transport(to: try #require(peer))
        return IntegrationBench(
            PrometheusToolset.all(now: { KubeTime(seconds: Date().timeIntervalSince1970) }),
            FixedIntegrations([.init(.prometheus, .init(name: "main"), transport: transport)]))
    }

    @Test func `each tool is answered`() async throws {
        let bench = try bench()
        let up = try await bench.output("prometheus_query", ["query": "sum by (job) (up)"])
        #expect(up.contains("{job=\"gone\"}") && up.contains("{job=\"prometheus\"}"), "\(up)")
        let range = try await bench.output(
            "prometheus_query_range", ["query": "up{job=\"prometheus\"}", "start": "10m", "step": "1s", "data": true])
        #expect(range.contains("last 1, min 1, max 1, avg 1"), "\(range)")
        let alerts = try await bench.output("prometheus_get_alerts", ["state": "firing"])
        #expect(
            alerts.contains("TargetDown firing for") && alerts.contains("summary: 127.0.0.1:1 is down"), "\(alerts)")
        let rules = try await bench.output("prometheus_get_rules")
        #expect(rules.contains("record shop:up:count of group shop") && rules.contains("Query: up == 0"), "\(rules)")
        let targets = try await bench.output("prometheus_get_targets", ["health": "down"])
        #expect(targets.contains("2 targets, 1 of them down") && targets.contains("connection refused"), "\(targets)")
        let labels = try await bench.output("prometheus_get_labels", ["label": "job"])
        #expect(labels == "gone\nprometheus", "\(labels)")
        let series = try await bench.output("prometheus_get_series", ["match": "up{job=\"gone\"}"])
        #expect(series == "1 series:\nup{instance=\"127.0.0.1:1\", job=\"gone\"}", "\(series)")
        let metadata = try await bench.output(
            "prometheus_get_metadata", ["metric": "prometheus_http_request_duration_seconds"])
        #expect(metadata.contains("_bucket (histogram): Histogram of latencies"), "\(metadata)")
    }

    @Test func `errors are told in its words, and near names found`() async throws {
        let bench = try bench()
        let wrong = await bench.failure("prometheus_query", ["query": "sum("])
        #expect(wrong.contains("HTTP 400 for the query: bad_data: ") && wrong.contains("parse error"), "\(wrong)")
        let missing = try await bench.output("prometheus_query", ["query": "go_goroutine"])
        #expect(missing.contains("There is no metric go_goroutine; near names are go_goroutines"), "\(missing)")
        let label = try await bench.output("prometheus_get_labels", ["label": "jobb"])
        #expect(label == "There is no label jobb; near names are job.", "\(label)")
    }
}
