import Integrations
import KubeModel
import ToolKit
import Writes

struct LabelTool: PrometheusTool {
    let now: @Sendable () -> KubeTime
    let name = "prometheus_get_labels"
    let title = "Prometheus: Get Labels"
    let description = "List the names of labels, or the values of one. The label __name__ has the metrics."
    let routes: [IntegrationRoute] = [.get("/api/v1/labels"), .metricNames]
    let own: [ToolParameter] = [
        .words("label", "List the values of this label"),
        .words("match", "Only of series that match, such as up{job=\"shop\"}"),
        .words("pattern", "Only these; * is any characters"),
        .moment("start", "From when; by default 6h, six hours ago"),
        .moment("end", "Until when; by default now"), .most(100),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let label = arguments.string("label")
        if let label, !Self.isName(label) {
            throw ToolFailure("label: \"\(ToolParameters.excerpt(label))\" is no name of a label")
        }
        let fields =
            try arguments.window(now: now(), default: 6 * 3600)
            + (arguments.string("match").map { [.init("match[]", value: $0)] } ?? [])
        let client = try await context.prometheus(arguments)
        let answer: PrometheusClient.Answer
        if let label {
            answer = try await client.values(ofLabel: label, query: fields).answer
        } else {
            answer = try await client.ask("its labels", at: ["labels"], query: fields)
        }
        let all = (answer.data.array ?? []).compactMap(\.string)
        let found =
            arguments.string("pattern").map { pattern in
                all.filter { NamePatterns.matches($0, pattern: pattern) }
            } ?? all
        guard !found.isEmpty else {
            return context.shown([try await Self.nothing(of: label, among: all, asking: client)], answer)
        }
        let (page, rest) = page(found, arguments, of: label == nil ? "labels" : "values")
        return context.shown(page + rest, answer)
    }

    private static func nothing(of label: String?, among all: [String], asking client: PrometheusClient) async throws
        -> String
    {
        guard let label else { return all.isEmpty ? "No labels." : "None of \(all.count) labels matches." }
        guard all.isEmpty else { return "None of the \(all.count) values of label \(label) matches." }
        let labels = (try await client.ask("its labels", at: ["labels"]).data.array ?? []).compactMap(\.string)
        if labels.contains(label) { return "Label \(label) has no values there and then." }
        return "There is no label \(label)" + NearNames.hint(label, among: labels) + "."
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { Names.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
    }
}

struct SeriesTool: PrometheusTool {
    let now: @Sendable () -> KubeTime
    let name = "prometheus_get_series"
    let title = "Prometheus: Get Series"
    let description = "List the series that match a selector, with all their labels."
    let routes: [IntegrationRoute] = [.get("/api/v1/series"), .metricNames]
    let own: [ToolParameter] = [
        .required(
            "match", kind: .string(.text(maximum: 1024)), description: "Selector, such as up{job=\"shop\"}"),
        .moment("start", "From when; by default 1h, an hour ago"), .moment("end", "Until when; by default now"),
        .most(50),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let match = try arguments.requiredString("match")
        let fields = try arguments.window(now: now(), default: 3600) + [.init("match[]", value: match)]
        let client = try await context.prometheus(arguments)
        let answer = try await client.ask("its series", at: ["series"], query: fields)
        let all = (answer.data.array ?? []).compactMap { PrometheusSeries(["metric": $0])?.title }.sorted()
        guard !all.isEmpty else {
            return context.shown(["No series match." + (try await client.missing(in: match))], answer)
        }
        let (page, rest) = page(all, arguments, of: "series")
        return context.shown(["\(all.count) series:"] + page + rest, answer)
    }
}

struct MetricMetadataTool: PrometheusTool {
    let name = "prometheus_get_metadata"
    let title = "Prometheus: Get Metadata"
    let description = "What metrics there are: type, unit and help of one, or of those whose names match a pattern."
    let routes: [IntegrationRoute] = [.get("/api/v1/metadata"), .metricNames]
    let own: [ToolParameter] = [
        .required(
            "metric", kind: .string(.text(maximum: 256)),
            description: "Name of a metric, or a pattern such as *http*; * is any characters"),
        .most(50),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let wanted = try arguments.requiredString("metric")
        let client = try await context.prometheus(arguments)
        let names = try await client.values(ofLabel: "__name__")
        let found = names.values.filter { NamePatterns.matches($0, pattern: wanted) }
        // A scrape that is over leaves metadata for a while, and a histogram's own name is the name of no series.
        let parts = names.values.filter { Self.base($0) == wanted }
        guard !found.isEmpty || !parts.isEmpty else {
            return context.shown(
                [
                    "There is no metric \(wanted.excerpt)"
                        + NearNames.hint(wanted, among: names.values + names.values.map(Self.base)) + "."
                ],
                names.answer)
        }
        let metadata = try await Self.metadata(of: wanted, client)
        let (page, rest) = page(found.isEmpty ? parts : found, arguments, of: "metrics")
        let lines = page.map { name in
            let known = (metadata[name] ?? metadata[Self.base(name)])?.array?.first
            let type = [known?["type"]?.string, known?["unit"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
            let help = known?["help"]?.string.map { ": " + OutputLimit.shorten($0, to: 300) } ?? ""
            return name + (type.isEmpty ? "" : " (\(type.joined(separator: ", ")))") + help
        }
        return context.shown(lines + rest, names.answer)
    }

    /// Empty where the server has none: VictoriaMetrics, and what is written from elsewhere.
    private static func metadata(of wanted: String, _ client: PrometheusClient) async throws -> JSONObject {
        let isOne = !wanted.contains("*")
        let fields = isOne ? [IntegrationRequest.Field("metric", value: base(wanted))] : []
        do {
            let answer = try await client.ask("its metadata", at: ["metadata"], query: fields)
            if isOne, answer.data.object?.isEmpty ?? true, base(wanted) != wanted {
                return try await client.ask(
                    "its metadata", at: ["metadata"], query: [.init("metric", value: wanted)]
                ).data.object ?? [:]
            }
            return answer.data.object ?? [:]
        } catch let error as IntegrationError where [.notFound, .tooLarge, .status(400)].contains(error.code) {
            return [:]
        }
    }

    /// The metric that a series of a histogram or a summary belongs to.
    private static func base(_ name: String) -> String {
        for suffix in ["_bucket", "_count", "_sum"] where name.hasSuffix(suffix) {
            return String(name.dropLast(suffix.count))
        }
        return name
    }
}
