import Controllers
import HTTPTransport
import Logging
import Telemetry

/// The export of spans, as the environment wants it.
struct TelemetrySetup {
    let exporter: OTLPExporter
    let tracer: OTLPTracer
    let turns: TurnTelemetry

    /// - Returns: nil where nothing is to be exported.
    /// - Throws: where a variable, a certificate or a proxy can't be used.
    init?(_ environment: [String: String], logger: Logger) throws {
        var resource = ["service.name": "skyflo", "service.version": Version.current]
        if let pod = environment["POD_NAME"] { resource["k8s.pod.name"] = pod }
        if let namespace = environment["POD_NAMESPACE"] { resource["k8s.namespace.name"] = namespace }
        if let instance = environment["POD_UID"] { resource["service.instance.id"] = instance }
        guard let configuration = try OTLPConfiguration(environment, resource: resource) else { return nil }
        exporter = try OTLPExporter(
            configuration, scope: (name: "skyflo", version: Version.current), proxies: ProxyEnvironment(environment),
            logger: logger)
        let sampler = TraceSampler(ratio: configuration.sampledRatio)
        tracer = OTLPTracer(queue: exporter.queue, sampler: sampler)
        let content = environment["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"]?.lowercased()
        turns = TurnTelemetry(tracer: tracer, sampler: sampler, capturesContent: content == "true")
        logger.info("spans are exported", metadata: ["content": "\(content == "true")"])
    }
}
