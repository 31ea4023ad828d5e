import Integrations
import KubeModel
import ToolKit
import Writes

struct QueryTool: PrometheusTool {
    let now: @Sendable () -> KubeTime
    let name = "prometheus_query"
    let title = "Prometheus: Query"
    let description = "Evaluate a PromQL query at one time: the value of each series now, or then."
    let routes: [IntegrationRoute] = [.get("/api/v1/query"), .metricNames]
    let own: [ToolParameter] = [
        .query, .moment("time", "When; by default now. 1h is an hour ago, or a time such as 2026-11-30T21:00:00Z"),
        .most(30),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let query = try arguments.requiredString("query")
        let time = try arguments.moment("time", now: now())
        let client = try await context.prometheus(arguments)
        let (result, answer) = try await client.query(query, at: time)
        let at = time.map { " at \(TimeText.shown($0))" } ?? ""
        switch result {
        case .scalar(let sample): return context.shown([ShortNumber.text(sample.value)], answer)
        case .string(let text): return context.shown([text], answer)
        case .vector(let series):
            guard !series.isEmpty else {
                return context.shown(["No data\(at)." + (try await client.missing(in: query))], answer)
            }
            let (page, rest) = page(series, arguments, of: "series; topk or sum by (…) make it fewer")
            let rows = page.map { [$0.title, $0.lastText] }
            let table = TextColumns.align([["SERIES", "VALUE"]] + rows)
            return context.shown(["\(series.count) series\(at):"] + table + rest, answer)
        case .matrix(let series):
            // Of a range vector such as up[5m].
            let (page, rest) = page(series, arguments, of: "series")
            return context.shown(page.map { SeriesSummary($0, step: nil).line } + rest, answer)
        }
    }
}

struct RangeQueryTool: PrometheusTool {
    let now: @Sendable () -> KubeTime
    let name = "prometheus_query_range"
    let title = "Prometheus: Query Range"
    let description =
        "Evaluate a PromQL query over time: for each series a sparkline with its lowest, highest, average and last value; "
        + "with data: true the points for a plot, as JSON."
    let routes: [IntegrationRoute] = [.get("/api/v1/query_range"), .metricNames]
    let own: [ToolParameter] = [
        .query, .moment("start", "From when; by default 1h, an hour ago. Or a time such as 2026-11-30T21:00:00Z"),
        .moment("end", "Until when; by default now"),
        .optional(
            "step", kind: .string(.text(maximum: 16)), description: "Distance of the points, such as 30s or 5m"),
        .optional("data", kind: .boolean, default: false, description: "Give the points as well"), .most(20),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let query = try arguments.requiredString("query")
        let window = try window(arguments)
        let client = try await context.prometheus(arguments)
        let (result, answer) = try await client.query(query, over: window)
        guard case .matrix(let series) = result else { throw ToolFailure("query: its result is no series over time") }
        let time =
            "from \(TimeText.shown(window.start)) to \(TimeText.shown(window.end)), every "
            + HumanDuration.text(seconds: window.step)
        guard !series.isEmpty else {
            return context.shown(["No data \(time)." + (try await client.missing(in: query))], answer)
        }
        let (page, rest) = page(series, arguments, of: "series; topk or sum by (…) make it fewer")
        let lines = page.map { SeriesSummary($0, window: window).line }
        let data = arguments.bool("data") ? [Self.data(page, window, to: context.outputLimit / 2)] : []
        return context.shown(["\(series.count) series \(time):"] + lines + rest + data, answer)
    }

    private func window(_ arguments: ToolArguments) throws -> PrometheusWindow {
        let now = now()
        let end = try arguments.moment("end", now: now) ?? Double(now.microseconds) / 1_000_000
        let start = try arguments.moment("start", now: now) ?? end - 3600
        var step: Int?
        if let text = arguments.string("step") {
            guard
                let milliseconds = TimeText.milliseconds(text)
                    ?? Int(text).flatMap({ $0 > 0 && $0 < 1 << 40 ? $0 * 1000 : nil })
            else {
                throw ToolFailure("step: \"\(ToolParameters.excerpt(text))\" is no duration such as 30s, 5m or 1h")
            }
            step = max(1, milliseconds / 1000)
        }
        return try PrometheusWindow(start: start, end: end, step: step)
    }

    /// Points as JSON, of as many series as there is room for.
    private static func data(_ series: [PrometheusSeries], _ window: PrometheusWindow, to limit: Int) -> String {
        var list: [JSONValue] = []
        var size = 0
        for one in series {
            let points = one.samples.map { sample -> JSONValue in
                let value = sample.value
                let whole = Int64(exactly: value).map { JSONValue.int($0) }
                return [
                    .int(Int64(sample.time.rounded())),
                    whole ?? (value.isFinite ? .double(value) : .string(ShortNumber.text(value))),
                ]
            }
            let json: JSONValue = ["series": .string(one.title), "points": .array(points)]
            size += JSONWriter.string(json).utf8.count
            if size > limit { break }
            list.append(json)
        }
        let left = series.count - list.count
        return JSONWriter.string(["step": JSONValue(window.step), "data": .array(list)])
            + (left > 0
                ? "\n… the points of \(left) more series don't fit; a longer step or a lower limit makes room" : "")
    }
}

extension PrometheusSeries {
    /// Its newest value.
    var lastText: String {
        if let histogram { return "histogram of \(histogram.count) values, sum \(histogram.sum)" }
        return samples.last.map { ShortNumber.text($0.value) } ?? ""
    }
}

/// A series over time in one line.
struct SeriesSummary {
    private let series: PrometheusSeries
    private let values: [Double?]

    /// - Parameter step: in seconds; nil where the points have no fixed distance.
    init(_ series: PrometheusSeries, step: Int?) {
        self.series = series
        values = series.samples.map(\.value)
    }

    /// With gaps where the series has none.
    init(_ series: PrometheusSeries, window: PrometheusWindow) {
        self.series = series
        var places = [Double?](repeating: nil, count: window.points)
        for sample in series.samples {
            let place = Int(((sample.time - window.start) / Double(window.step)).rounded())
            if places.indices.contains(place) { places[place] = sample.value }
        }
        values = places
    }

    var line: String {
        let numbers = series.samples.map(\.value).filter(\.isFinite)
        guard let low = numbers.min(), let high = numbers.max() else { return "\(series.title): \(series.lastText)" }
        let average = numbers.reduce(0) { $0 + $1 / Double(numbers.count) }
        let gaps = values.filter { $0 == nil }.count
        return "\(series.title)\n  \(Sparkline.text(values)) last \(series.lastText), min \(ShortNumber.text(low)), "
            + "max \(ShortNumber.text(high)), avg \(ShortNumber.text(average))"
            + (gaps > 0 ? ", \(gaps) of \(values.count) points missing" : "")
    }
}
