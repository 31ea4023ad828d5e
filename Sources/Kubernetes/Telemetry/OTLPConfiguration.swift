import KubeModel

/// How spans are exported, by the environment variables that OpenTelemetry's specification has for it.
///
/// Without an endpoint nothing is exported: a default of localhost, as SDKs have it, is no address that an operator in a pod could
/// reach.
package struct OTLPConfiguration: Sendable, Hashable {
    /// A variable can't be used.
    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package var description: String

        init(_ description: String) { self.description = description }
    }

    /// Of the signal: with `/v1/traces`.
    package var url: String
    package var headers: [Header] = []
    /// Of a file with certificate authorities in PEM.
    package var certificatePath: String?
    /// Of a client certificate and its key, in PEM.
    package var clientCertificatePath: String?
    package var clientKeyPath: String?
    package var timeout = Duration.seconds(10)
    package var resource: [String: String]
    package var sampledRatio = 1.0
    package var scheduleDelay = Duration.seconds(5)
    package var queueLimit = 2048
    package var batchLimit = 512

    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    /// - Parameters:
    ///   - environment: the process's.
    ///   - resource: attributes that the variables may replace.
    /// - Returns: nil where nothing is to be exported.
    package init?(_ environment: [String: String], resource: [String: String]) throws(Problem) {
        let read = Variables(environment)
        guard read.text("OTEL_SDK_DISABLED")?.lowercased() != "true",
            read.text("OTEL_TRACES_EXPORTER") ?? "otlp" != "none"
        else { return nil }
        guard let url = try Self.url(read) else { return nil }
        self.url = url
        self.resource = resource
        if let exporter = read.text("OTEL_TRACES_EXPORTER"), exporter != "otlp" {
            throw Problem("OTEL_TRACES_EXPORTER is \"\(exporter)\"; there are otlp and none")
        }
        let form = read.signal("PROTOCOL") ?? "http/protobuf"
        guard form == "http/protobuf" else {
            throw Problem("OTEL_EXPORTER_OTLP_PROTOCOL is \"\(form)\"; there is http/protobuf")
        }
        headers = try Self.pairs(read.signal("HEADERS"), of: "OTEL_EXPORTER_OTLP_HEADERS").map {
            Header(name: $0.key.lowercased(), value: $0.value)
        }
        certificatePath = read.signal("CERTIFICATE")
        clientCertificatePath = read.signal("CLIENT_CERTIFICATE")
        clientKeyPath = read.signal("CLIENT_KEY")
        guard (clientCertificatePath == nil) == (clientKeyPath == nil) else {
            throw Problem("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY are given together")
        }
        for (key, value) in try Self.pairs(read.text("OTEL_RESOURCE_ATTRIBUTES"), of: "OTEL_RESOURCE_ATTRIBUTES") {
            self.resource[key] = value
        }
        if let name = read.text("OTEL_SERVICE_NAME") { self.resource["service.name"] = name }
        sampledRatio = try Self.ratio(read)
        timeout = try read.milliseconds(read.signalName("TIMEOUT")) ?? timeout
        scheduleDelay = try read.milliseconds("OTEL_BSP_SCHEDULE_DELAY") ?? scheduleDelay
        queueLimit = try read.number("OTEL_BSP_MAX_QUEUE_SIZE") ?? queueLimit
        batchLimit = min(try read.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") ?? batchLimit, queueLimit)
    }

    private static func url(_ read: Variables) throws(Problem) -> String? {
        let url: String
        if let own = read.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            url = own
        } else if let base = read.text("OTEL_EXPORTER_OTLP_ENDPOINT") {
            url = (base.hasSuffix("/") ? base : base + "/") + "v1/traces"
        } else {
            return nil
        }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw Problem("OTEL_EXPORTER_OTLP_ENDPOINT is no address of http or https")
        }
        return url
    }

    private static func ratio(_ read: Variables) throws(Problem) -> Double {
        let sampler = read.text("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on"
        switch sampler {
        case "always_on", "parentbased_always_on": return 1
        case "always_off", "parentbased_always_off": return 0
        case "traceidratio", "parentbased_traceidratio":
            guard let text = read.text("OTEL_TRACES_SAMPLER_ARG") else { return 1 }
            guard let ratio = Double(text), (0...1).contains(ratio) else {
                throw Problem("OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1")
            }
            return ratio
        default: throw Problem("OTEL_TRACES_SAMPLER is \"\(sampler)\", which isn't known")
        }
    }

    /// `a=b,c=d`, percent-encoded, as W3C's Baggage has it. Values stay out of messages: headers hold credentials.
    private static func pairs(_ text: String?, of variable: String) throws(Problem) -> [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        for part in (text ?? "").split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(halves[0].trimmingBlanks)
            guard halves.count == 2, !key.isEmpty, let value = PercentEncoding.decode(halves[1].trimmingBlanks)
            else {
                throw Problem("\(variable) isn't a list of NAME=VALUE")
            }
            let isPrintable = (key + value).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            guard isPrintable else { throw Problem("\(variable) has control characters") }
            pairs.append((key, value))
        }
        return pairs
    }
}

/// Environment variables; an empty one counts as none, as the specification wants it.
private struct Variables {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    func signalName(_ name: String) -> String {
        let own = "OTEL_EXPORTER_OTLP_TRACES_\(name)"
        return text(own) == nil ? "OTEL_EXPORTER_OTLP_\(name)" : own
    }

    func signal(_ name: String) -> String? { text(signalName(name)) }

    func number(_ name: String) throws(OTLPConfiguration.Problem) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), (1...1_000_000).contains(number) else {
            throw OTLPConfiguration.Problem("\(name) is no number from 1 to 1000000")
        }
        return number
    }

    func milliseconds(_ name: String) throws(OTLPConfiguration.Problem) -> Duration? {
        try number(name).map { .milliseconds($0) }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
