import IntegrationBench
import Integrations
import KubeModel
import SkyfloAPI
import TestWeb
import Testing
import Writes

@testable import PrometheusTools

/// 2026-11-30T21:00:00Z
let clock = KubeTime(seconds: 1_796_072_400)

struct Bench: Sendable {
    let web: TestWebServer
    var tools: IntegrationBench

    /// - Parameter prefix: as Mimir and VictoriaMetrics have one.
    static func with(
        prefix: String = "/prometheus", timeout: Duration = .seconds(20),
        _ body: (Bench) async throws -> Void
    ) async throws {
        let web = TestWebServer(prefix: prefix)
        try await web.serve {
            let transport = try IntegrationBench.transport(
                to: web.url, headers: [.init("X-Scope-OrgID", value: "team-a")], timeout: timeout)
            let provider = FixedIntegrations([.init(.prometheus, .init(name: "main"), transport: transport)])
            try await body(
                Bench(web: web, tools: IntegrationBench(PrometheusToolset.all(now: { clock }), provider)))
        }
    }

    func answer(_ path: String, _ data: JSONValue, warnings: [String] = []) {
        var json: JSONValue = ["status": "success", "data": data]
        if !warnings.isEmpty { json["warnings"] = JSONValue(warnings) }
        web.answer("GET", "/api/v1/" + path, with: TestAnswer(200, json: json))
    }

    func vector(_ series: (metric: JSONValue, value: String)...) {
        answer(
            "query",
            [
                "resultType": "vector",
                "result": .array(series.map { ["metric": $0.metric, "value": [1_796_072_400, .string($0.value)]] }),
            ])
    }
}
