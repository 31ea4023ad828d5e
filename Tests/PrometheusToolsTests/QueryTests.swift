import IntegrationBench
import Integrations
import KubeModel
import TestWeb
import Testing
import ToolKit

@testable import PrometheusTools

@Suite struct PrometheusQueryTests {
    @Test func `a query shows the value of each series, with the tenant that the admin set`() async throws {
        try await Bench.with { bench in
            bench.vector(
                (["__name__": "up", "job": "shop", "instance": "a:1"], "1"), (["job": "web"], "0.33333333333"))
            let text = try await bench.tools.output("prometheus_query", ["query": "up", "time": "10m"])
            #expect(
                text == """
                    2 series at 2026-11-30T20:50:00Z:
                    SERIES                           VALUE
                    up{instance="a:1", job="shop"}   1
                    {job="web"}                      0.333333
                    """, "\(text)")
            let request = try #require(bench.web.requests.first)
            #expect(request.target == "/prometheus/api/v1/query?query=up&time=1796071800")
            #expect(request.headers["x-scope-orgid"] == "team-a")
            #expect(request.headers["authorization"] == "Bearer \(IntegrationBench.token)")
        }
    }

    @Test func `scalars, texts, special numbers and histograms are shown`() async throws {
        try await Bench.with { bench in
            bench.answer("query", ["resultType": "scalar", "result": [1_796_072_400.781, "1e3"]])
            #expect(try await bench.tools.output("prometheus_query", ["query": "1e3"]) == "1000")
            bench.answer("query", ["resultType": "string", "result": [1_796_072_400, "x"]])
            #expect(try await bench.tools.output("prometheus_query", ["query": "\"x\""]) == "x")
            bench.answer(
                "query",
                [
                    "resultType": "vector",
                    "result": [
                        ["metric": ["__name__": "a"], "value": [1, "NaN"]],
                        ["metric": ["__name__": "b"], "value": [1, "+Inf"]],
                        [
                            "metric": ["__name__": "c"],
                            "histogram": [1, ["count": "12", "sum": "3.5", "buckets": []]],
                        ],
                    ],
                ])
            let text = try await bench.tools.output("prometheus_query", ["query": "{job=\"x\"}"])
            #expect(text.contains("a        NaN") && text.contains("b        +Inf"), "\(text)")
            #expect(text.contains("histogram of 12 values, sum 3.5"), "\(text)")
        }
    }

    @Test func `what is only part of the truth says so, before anything else`() async throws {
        try await Bench.with { bench in
            bench.answer(
                "query", ["resultType": "vector", "result": []], warnings: ["store eu-2 did not answer"])
            let text = try await bench.tools.output("prometheus_query", ["query": "1 > 2"])
            #expect(text == "Warning of the server: store eu-2 did not answer\nNo data.", "\(text)")
        }
    }

    @Test func `a metric that is unknown is told with what is near it`() async throws {
        try await Bench.with { bench in
            bench.vector()
            bench.answer("label/__name__/values", ["http_requests_total", "up", "go_goroutines"])
            let text = try await bench.tools.output(
                "prometheus_query", ["query": "sum by (job) (rate(http_request_total{code=\"500\"}[5m]))"])
            #expect(
                text == "No data. There is no metric http_request_total; near names are http_requests_total.", "\(text)"
            )
            let known = try await bench.tools.output("prometheus_query", ["query": "up{job=\"none\"}"])
            #expect(known == "No data. The metric is there: look at the matchers and the time.", "\(known)")
        }
    }

    @Test(
        arguments: [
            ("up", ["up"]), ("sum(rate(a_total[5m])) by (job, pod)", ["a_total"]),
            ("sum by (job) (a) / on (job) group_left (b) c offset 5m", ["a", "c"]),
            ("{__name__=\"x\"}", []), ("label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\") or vector(1)", ["up"]),
            ("node:cpu:rate5m > bool 0.5e3 and up", ["node:cpu:rate5m", "up"]), ("a # b", ["a"]),
            ("count(a) without(b)", ["a"]),
            ("\"un{closed", []), ("a{b=\"}\"} + c", ["a", "c"]), ("up @ end()", ["up"]),
        ] as [(String, [String])])
    func `the metrics of a query are found`(_ query: String, _ metrics: [String]) {
        #expect(QueryNames.metrics(in: query) == metrics)
    }

    @Test func `a range has a sparkline, gaps and figures`() async throws {
        try await Bench.with { bench in
            let values: [JSONValue] = [0, 1, 2, 4].map { [.int(1_796_068_800 + Int64($0) * 900), .string("\($0)")] }
            bench.answer(
                "query_range",
                ["resultType": "matrix", "result": [["metric": ["__name__": "load"], "values": .array(values)]]])
            let text = try await bench.tools.output("prometheus_query_range", ["query": "load", "step": "15m"])
            #expect(
                text == """
                    1 series from 2026-11-30T20:00:00Z to 2026-11-30T21:00:00Z, every 15m:
                    load
                      ▁▃▅ █ last 4, min 0, max 4, avg 1.75, 1 of 5 points missing
                    """, "\(text)")
            #expect(
                bench.web.requests.last?.target
                    == "/prometheus/api/v1/query_range?query=load&start=1796068800&end=1796072400&step=900")
            let data = try await bench.tools.output(
                "prometheus_query_range", ["query": "load", "step": "15m", "data": true])
            let json = try JSONParser.parse(String(data.split(separator: "\n").last ?? ""))
            #expect(json["step"] == 900 && json["data"]?[0]?["points"]?[3] == [1_796_072_400, 4], "\(data)")
        }
    }

    @Test(
        arguments: [
            (["start": "7d"], "step=7200"), (["start": "2026-11-30T20:59:00Z"], "step=15"),
            (["start": "now-30d", "end": "1d ago"], "start=1793480400&end=1795986000&step=21600"),
            (
                ["start": "1796072000", "end": "1796072100500", "step": "1s"],
                "start=1796072000&end=1796072100.500&step=1"
            ),
        ] as [(JSONValue, String)])
    func `times are relative or absolute, and the step fits`(_ arguments: JSONValue, _ sent: String) async throws {
        try await Bench.with { bench in
            bench.answer("query_range", ["resultType": "matrix", "result": []])
            _ = try await bench.tools.output(
                "prometheus_query_range", MergePatch.apply(arguments, to: ["query": "1"]))
            #expect(bench.web.requests.first?.target.hasSuffix(sent) == true, "\(bench.web.requests.map(\.target))")
        }
    }

    @Test(
        arguments: [
            (["start": "yesterday"], "start: \"yesterday\" is no time"),
            (["start": "1h", "end": "2h"], "is not before end"),
            (["start": "30d", "step": "1s"], "step: 1s gives 2592001 points for each series"),
            (["step": "soon"], "is no duration"),
            (["start": "99999999999y"], "is no time"), (["step": "0s"], "is no duration"),
            (["start": "-1e300"], "is no time"),
        ] as [(JSONValue, String)])
    func `what can't be asked is told, and nothing is sent`(_ arguments: JSONValue, _ text: String) async throws {
        try await Bench.with { bench in
            let failure = await bench.tools.failure(
                "prometheus_query_range", MergePatch.apply(arguments, to: ["query": "up"]))
            #expect(failure.contains(text), "\(failure)")
            #expect(bench.web.requests.isEmpty)
        }
    }

    @Test func `long lists are cut, and say how to make them shorter`() async throws {
        try await Bench.with { bench in
            let series = (0..<90).map { at -> JSONValue in
                ["metric": ["pod": .string("p\(at)")], "value": [1_796_072_400, "1"]]
            }
            bench.answer("query", ["resultType": "vector", "result": .array(series)])
            let text = try await bench.tools.output("prometheus_query", ["query": "x", "limit": 2])
            #expect(
                text.hasPrefix("90 series:") && text.hasSuffix("… 88 more series; topk or sum by (…) make it fewer"))
        }
    }

    @Test func `an error of the query is told in the server's words`() async throws {
        try await Bench.with { bench in
            bench.web.answer(
                "GET", "/api/v1/query",
                with: .init(400, json: ["status": "error", "errorType": "bad_data", "error": "1:3: parse error"]))
            #expect(
                await bench.tools.failure("prometheus_query", ["query": "1+"])
                    == "Prometheus main answered HTTP 400 for the query: bad_data: 1:3: parse error")
        }
    }
}

@Suite struct SparklineTests {
    @Test(
        arguments: [
            ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"), ([5, 5], "▄▄"), ([0, 0], "▁▁"), ([nil, 1, nil, 2], " ▁ █"),
            ([.nan, 1], " ▄"), ([-.greatestFiniteMagnitude, .greatestFiniteMagnitude], "▁█"), ([], ""), ([nil], " "),
        ] as [([Double?], String)])
    func `values become blocks`(_ values: [Double?], _ text: String) { #expect(Sparkline.text(values) == text) }

    @Test func `a spike stays to be seen`() {
        var values = [Double?](repeating: 0, count: 1000)
        values[517] = 9
        let text = Sparkline.text(values, width: 10)
        #expect(text == "▁▁▁▁▁█▁▁▁▁")
    }

    @Test(
        arguments: [
            (1, "1"), (0.1 + 0.2, "0.3"), (1234567.891, "1234568"), (0.000012, "1.2e-05"), (-0.5, "-0.5"),
            (1e300, "1e+300"),
        ] as [(Double, String)])
    func `numbers are short`(_ value: Double, _ text: String) { #expect(ShortNumber.text(value) == text) }
}
