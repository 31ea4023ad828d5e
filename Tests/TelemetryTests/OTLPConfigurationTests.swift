import Telemetry
import Testing

@Suite struct OTLPConfigurationTests {
    private func read(_ environment: [String: String]) throws -> OTLPConfiguration? {
        try OTLPConfiguration(environment, resource: ["service.name": "skyflo", "service.version": "1"])
    }

    @Test(
        arguments: [
            [:], ["OTEL_EXPORTER_OTLP_ENDPOINT": ""],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"],
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"],
        ] as [[String: String]])
    func `without an endpoint, or where it is turned off, nothing is exported`(_ environment: [String: String]) throws {
        #expect(try read(environment) == nil)
    }

    @Test(
        arguments: [
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"], "http://c:4318/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/otlp/"], "http://c:4318/otlp/v1/traces"),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://t/x"],
                "https://t/x"
            ),
        ] as [([String: String], String)])
    func `the address is the endpoint's with the signal's path, or the signal's own`(
        _ environment: [String: String], _ expected: String
    ) throws {
        #expect(try read(environment)?.url == expected)
    }

    @Test func `headers, resource, times and limits are read`() throws {
        let read = try #require(
            try read([
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SERVICE_NAME": "mine",
                "OTEL_EXPORTER_OTLP_HEADERS": "X-Scope-OrgID=a%2Cb, authorization=Basic%20eA==",
                "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=test",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_BSP_MAX_QUEUE_SIZE": "10",
                "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50", "OTEL_TRACES_SAMPLER": "traceidratio",
                "OTEL_TRACES_SAMPLER_ARG": "0.25",
            ]))
        #expect(read.headers.map(\.name) == ["x-scope-orgid", "authorization"])
        #expect(read.headers.map(\.value) == ["a,b", "Basic eA=="])
        #expect(read.resource["service.name"] == "mine" && read.resource["deployment.environment.name"] == "test")
        #expect(read.resource["service.version"] == "1" && read.timeout == .milliseconds(2500))
        #expect(read.queueLimit == 10 && read.batchLimit == 10 && read.sampledRatio == 0.25)
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_HEADERS", "secret-value"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0Ac"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"), ("OTEL_TRACES_SAMPLER", "jaeger"), ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317"), ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key"),
    ])
    func `what can't be used is said, without the value of a header`(_ name: String, _ value: String) {
        #expect {
            try read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", name: value])
        } throws: { error in
            let text = "\(error)"
            return error is OTLPConfiguration.Problem && !text.contains("secret-value") && text.contains("OTEL_")
        }
    }
}
