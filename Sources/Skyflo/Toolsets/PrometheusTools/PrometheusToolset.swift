import Integrations
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Tools for the Prometheus servers that a SkyfloAI names, and for what has the same HTTP API: Thanos, Mimir, VictoriaMetrics.
package enum PrometheusToolset {
    package static let toolset = "prometheus"

    /// Loaded on demand, and offered where a Prometheus is configured.
    package static let groups = [
        ToolGroup(
            "prometheus", toolset: toolset,
            purpose: "Prometheus: queries at a time and over time, alerts, rules, targets, labels, series, metadata",
            needs: .integration([.prometheus]), tools: all { KubeTime(seconds: 0) }.map(\.name))
    ]

    /// - Parameter now: the clock, for times that are given from now on back, and for ages.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [
            QueryTool(now: now), RangeQueryTool(now: now), AlertListTool(now: now), RuleListTool(),
            TargetListTool(now: now), LabelTool(now: now), SeriesTool(now: now), MetricMetadataTool(),
        ]
    }
}

/// What all tools here have in common: they read, and nothing else.
protocol PrometheusTool: Tool {
    /// Those of the tool itself.
    var own: [ToolParameter] { get }
}

extension PrometheusTool {
    var toolset: String { PrometheusToolset.toolset }
    var onlyReads: Bool { true }
    var isOpenWorld: Bool { true }
    var requests: [ToolRequest]? { [.askIntegration] }
    var parameters: ToolParameters { ToolParameters(own + [.prometheus]) }
}

extension ToolParameter {
    static let prometheus = ToolParameter.optional(
        "integration", kind: .string(.text(maximum: 63)),
        description: "Which Prometheus, by the name of its integration; only needed where there are several")
    static let query = ToolParameter.required("query", kind: .string(.text(maximum: 4096)), description: "PromQL")
    static func most(_ count: Int) -> ToolParameter {
        .optional("limit", kind: .integer(1...500), default: JSONValue(count), description: "Show at most so many")
    }
    static func moment(_ name: String, _ what: String) -> ToolParameter {
        .optional(name, kind: .string(.text(maximum: 64)), description: what)
    }
    static func words(_ name: String, _ what: String) -> ToolParameter {
        .optional(name, kind: .string(.text(maximum: 256)), description: what)
    }
}

extension IntegrationRoute {
    static let metricNames = get("/api/v1/label/*/values")
}

extension ToolContext {
    /// The Prometheus that a call means.
    func prometheus(_ arguments: ToolArguments) async throws -> PrometheusClient {
        let connection = try await integrations.connection(
            to: arguments.string("integration"), of: [.prometheus], api: api)
        return PrometheusClient(connection.client)
    }

    /// Texts of a server without what looks like credentials, with what the server says beside its answer: a model has to hear
    /// that a result isn't whole.
    func shown(_ lines: [String], _ answer: PrometheusClient.Answer? = nil) -> ToolOutcome {
        let warnings = answer?.warnings.map { "Warning of the server: \($0)" } ?? []
        let infos = answer?.infos.map { "Note of the server: \($0)" } ?? []
        let text = redactor.redact(text: (warnings + infos + lines).joined(separator: "\n"))
        return .output(OutputLimit.cut(text, to: outputLimit))
    }
}

extension ToolArguments {
    /// - Throws: ``ToolFailure`` for what is no time.
    func moment(_ name: String, now: KubeTime) throws(ToolFailure) -> Double? {
        guard let text = string(name) else { return nil }
        guard let time = TimeText.moment(text, now: Double(now.microseconds) / 1_000_000) else {
            throw ToolFailure(
                "\(name): \"\(ToolParameters.excerpt(text))\" is no time; give 1h for an hour ago, now, or one such as "
                    + "2026-11-30T21:00:00Z")
        }
        return time
    }

    /// The fields of a request that is about what there was in some time.
    func window(now: KubeTime, default start: Double) throws(ToolFailure) -> [IntegrationRequest.Field] {
        let end = try moment("end", now: now) ?? Double(now.microseconds) / 1_000_000
        let begin = try moment("start", now: now) ?? end - start
        guard begin < end else { throw ToolFailure("start: is not before end") }
        return [.init("start", value: String(Int(begin))), .init("end", value: String(Int(end.rounded(.up))))]
    }
}

/// The part of a list that is shown.
func page<Element>(_ all: [Element], _ arguments: ToolArguments, of what: String) -> (shown: [Element], rest: [String])
{
    let limit = arguments.integer("limit") ?? 50
    guard all.count > limit else { return (all, []) }
    return (Array(all.prefix(limit)), ["… \(all.count - limit) more \(what)"])
}
