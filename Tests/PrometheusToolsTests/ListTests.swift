import IntegrationBench
import Integrations
import KubeModel
import TestWeb
import Testing
import ToolKit

@testable import PrometheusTools

@Suite struct PrometheusListTests {
    private static let alerts: JSONValue = [
        "alerts": [
            [
                "labels": ["alertname": "Slow", "severity": "warning"], "annotations": [:], "state": "pending",
                "activeAt": "2026-11-30T20:59:00Z", "value": "0.5",
            ],
            [
                "labels": ["alertname": "TargetDown", "severity": "critical", "job": "shop"],
                "annotations": ["summary": "shop is down"], "state": "firing", "activeAt": "2026-11-30T20:50:00Z",
                "value": "0e+00",
            ],
        ]
    ]

    @Test func `alerts that fire come first, with why`() async throws {
        try await Bench.with { bench in
            bench.answer("alerts", Self.alerts)
            let text = try await bench.tools.output("prometheus_get_alerts")
            #expect(
                text == """
                    2 alerts:
                    TargetDown firing for 10m, value 0:
                      Labels: severity=critical, job=shop
                      summary: shop is down
                    Slow pending for 60s, value 0.5:
                      Labels: severity=warning
                    """, "\(text)")
            let some = try await bench.tools.output("prometheus_get_alerts", ["state": "firing", "filter": "SHOP"])
            #expect(some.hasPrefix("1 alert:\nTargetDown"), "\(some)")
            #expect(
                try await bench.tools.output("prometheus_get_alerts", ["state": "pending", "filter": "shop"])
                    == "No alerts are pending.")
        }
    }

    @Test func `rules have their queries and errors`() async throws {
        try await Bench.with { bench in
            bench.answer(
                "rules",
                [
                    "groups": [
                        [
                            "name": "shop",
                            "rules": [
                                ["name": "shop:up:count", "query": "count(up)", "health": "ok", "type": "recording"],
                                [
                                    "name": "TargetDown", "query": "up == 0", "duration": 300, "state": "inactive",
                                    "labels": ["severity": "critical"], "health": "err", "lastError": "many-to-many",
                                    "type": "alerting",
                                ],
                            ],
                        ]
                    ]
                ])
            let text = try await bench.tools.output("prometheus_get_rules", ["broken": true])
            #expect(
                text == """
                    1 rule:
                    alert TargetDown of group shop, inactive:
                      Query: up == 0
                      For: 5m
                      Labels: severity=critical
                      Error: many-to-many
                    """, "\(text)")
            _ = try await bench.tools.output("prometheus_get_rules", ["type": "record", "filter": "count"])
            #expect(bench.web.requests.last?.target.hasSuffix("/rules?type=record") == true)
        }
    }

    @Test func `targets that are down have their error`() async throws {
        try await Bench.with { bench in
            func target(_ health: String, _ url: String, _ error: String, _ scraped: String) -> JSONValue {
                [
                    "labels": ["job": "shop"], "scrapePool": "shop", "scrapeUrl": .string(url),
                    "lastError": .string(error), "lastScrape": .string(scraped), "health": .string(health),
                ]
            }
            bench.answer(
                "targets",
                [
                    "activeTargets": [
                        target("up", "http://a:1/metrics?token=geheim-0815", "", "2026-11-30T20:59:50Z"),
                        target("down", "http://b:1/metrics", "connection refused", "0001-01-01T00:00:00Z"),
                    ]
                ])
            let text = try await bench.tools.output("prometheus_get_targets")
            #expect(
                text == """
                    2 targets, 1 of them down:
                    POOL   HEALTH   TARGET               SCRAPED   ERROR
                    shop   up       http://a:1/metrics   10s ago
                    shop   down     http://b:1/metrics   never     connection refused
                    """, "\(text)")
            #expect(
                try await bench.tools.output("prometheus_get_targets", ["health": "unknown"])
                    == "2 targets, 1 of them down; none matches.")
        }
    }

    @Test func `labels, their values, series and metadata`() async throws {
        try await Bench.with { bench in
            bench.answer("labels", ["job", "instance"])
            bench.answer("label/job/values", ["shop", "web"])
            bench.answer("label/jobs/values", [])
            bench.answer("label/__name__/values", ["http_seconds_bucket", "http_seconds_count", "up"])
            bench.answer("series", [["__name__": "up", "job": "shop"], ["__name__": "up", "job": "a"]])
            bench.answer(
                "metadata", ["http_seconds": [["type": "histogram", "unit": "", "help": "Time of requests."]]])
            let all: [(String, JSONValue, String)] = [
                ("prometheus_get_labels", [:], "job\ninstance"),
                ("prometheus_get_labels", ["label": "job", "pattern": "sh*"], "shop"),
                ("prometheus_get_labels", ["label": "jobs"], "There is no label jobs; near names are job."),
                ("prometheus_get_series", ["match": "up"], "2 series:\nup{job=\"a\"}\nup{job=\"shop\"}"),
                (
                    "prometheus_get_metadata", ["metric": "http_seconds"],
                    "http_seconds_bucket (histogram): Time of requests.\n"
                        + "http_seconds_count (histogram): Time of requests."
                ),
                (
                    "prometheus_get_metadata", ["metric": "htp_seconds"],
                    "There is no metric htp_seconds; near names are http_seconds."
                ),
                ("prometheus_get_metadata", ["metric": "u*"], "up"),
            ]
            for (tool, arguments, text) in all {
                let found = try await bench.tools.output(tool, arguments)
                #expect(found == text)
            }
        }
    }
}

/// A server that isn't what it should be, and a model that wants to go elsewhere.
@Suite struct PrometheusAttackTests {
    @Test func `what is no answer is told in a sentence, and nothing is followed`() async throws {
        for (answer, says) in HostileAnswers.all {
            try await Bench.with { bench in
                bench.web.answer("GET", "/api/v1/", with: answer)
                for (tool, arguments) in Self.calls {
                    let failure = await bench.tools.failure(tool, arguments)
                    #expect(failure.contains(says), "\(tool): \(failure)")
                    #expect(failure.hasPrefix("Prometheus main") && !failure.contains("\n"), "\(failure)")
                    #expect(!failure.contains("evil") && !failure.contains(IntegrationBench.token), "\(failure)")
                }
            }
        }
    }

    private static let calls: [(String, JSONValue)] = [
        ("prometheus_query", ["query": "up"]), ("prometheus_query_range", ["query": "up"]),
        ("prometheus_get_alerts", [:]), ("prometheus_get_rules", [:]), ("prometheus_get_targets", [:]),
        ("prometheus_get_labels", ["label": "job"]), ("prometheus_get_series", ["match": "up"]),
        ("prometheus_get_metadata", ["metric": "up"]),
    ]

    @Test(
        arguments: [
            ["status": "error", "error": "x"], ["data": [:]], [],
            ["status": "success", "data": ["resultType": "vector"]],
            ["status": "success", "data": ["resultType": "tensor", "result": []]], ["status": "success"],
            ["status": "success", "data": ["resultType": "scalar", "result": [1e300, "1"]]],
        ] as [JSONValue])
    func `an answer that is JSON of something else is refused`(_ answer: JSONValue) async throws {
        try await Bench.with { bench in
            bench.web.answer("GET", "/api/v1/query", with: .init(200, json: answer))
            let failure = await bench.tools.failure("prometheus_query", ["query": "up"])
            #expect(failure.hasPrefix("Prometheus main gave"), "\(failure)")
        }
    }

    @Test func `slow bytes end with the time`() async throws {
        var slow = TestAnswer(200, "{\"status\":")
        slow.stalls = true
        try await Bench.with(timeout: .milliseconds(300)) { bench in
            bench.web.answer("GET", "/api/v1/query", with: slow)
            #expect(await bench.tools.failure("prometheus_query", ["query": "up"]).contains("no complete answer"))
        }
    }

    @Test(arguments: ["../../admin/tsdb/delete_series", "a/b", "a?b=c", "a#b", "a\u{0}b", "a\nb", "%2e%2e", "", "job "])
    func `a label that would be another path is not sent`(_ label: String) async throws {
        try await Bench.with { bench in
            bench.answer("labels", [])
            bench.answer("label/", [])
            _ = try? await bench.tools.output("prometheus_get_labels", ["label": .string(label)])
            for request in bench.web.requests {
                #expect(["/prometheus/api/v1/labels"].contains(request.path), "\(request.target)")
            }
        }
    }

    @Test(arguments: [
        "up&time=1", "up#x", "up?x=y", "http://evil.example/api/v1/query?query=up", "up\u{0}", "\u{202E}up", "../up",
    ])
    func `a query stays a query`(_ query: String) async throws {
        try await Bench.with { bench in
            bench.vector((["__name__": "up"], "1"))
            _ = try? await bench.tools.output("prometheus_query", ["query": .string(query)])
            for request in bench.web.requests {
                #expect(request.path == "/prometheus/api/v1/query" && request.query.map(\.name) == ["query"])
                #expect(request.parameter("query") == query)
            }
        }
    }

    @Test func `an integration that is unknown is told with those there are`() async throws {
        try await Bench.with { bench in
            #expect(
                await bench.tools.failure("prometheus_query", ["query": "up", "integration": "http://evil.example"])
                    == "integration: there is no Prometheus \"http://evil.example\"; there is main")
            var none = bench.tools
            none.provider.entries = []
            #expect(
                await none.failure("prometheus_query", ["query": "up"])
                    == "no Prometheus is configured: spec.integrations.prometheus of the SkyfloAI has none that is enabled"
            )
            let denied = IntegrationBench(
                PrometheusToolset.all(now: { clock }), bench.tools.provider, isAllowed: false)
            let failure = await denied.failure("prometheus_query", ["query": "up"])
            #expect(failure.contains("may not get integrations (group skyflo.ai)"), "\(failure)")
            #expect(bench.web.requests.isEmpty)
        }
    }
}
