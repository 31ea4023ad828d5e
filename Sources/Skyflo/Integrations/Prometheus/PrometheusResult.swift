import KubeModel

/// What a query gave.
package enum PrometheusResult: Sendable, Hashable {
    /// One value for each series.
    case vector([PrometheusSeries])
    /// Values over time for each series.
    case matrix([PrometheusSeries])
    case scalar(PrometheusSample)
    case string(String)

    /// - Parameter data: `{"resultType": …, "result": …}`. Samples that can't be read are left out.
    package init?(_ data: JSONValue) {
        guard let type = data["resultType"]?.string, let result = data["result"]?.array else { return nil }
        switch type {
        case "vector": self = .vector(result.compactMap(PrometheusSeries.init))
        case "matrix": self = .matrix(result.compactMap(PrometheusSeries.init))
        case "scalar":
            guard let sample = PrometheusSample(.array(result)) else { return nil }
            self = .scalar(sample)
        case "string":
            guard let text = result.last?.string else { return nil }
            self = .string(text)
        default: return nil
        }
    }
}

package struct PrometheusSample: Sendable, Hashable {
    /// In seconds since 1970.
    package var time: Double
    package var value: Double

    package init(time: Double, value: Double) {
        self.time = time
        self.value = value
    }

    /// `[1435781451.781, "1"]`
    init?(_ json: JSONValue) {
        guard let pair = json.array, pair.count == 2, let time = pair[0].double, TimeText.range.contains(time),
            let value = pair[1].string.flatMap(Self.number) ?? pair[1].double
        else { return nil }
        self.init(time: time, value: value)
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "+Inf", "Inf": .infinity
        case "-Inf": -.infinity
        default: Double(text)
        }
    }
}

package struct PrometheusSeries: Sendable, Hashable {
    package struct Label: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    /// The metric; empty for what was calculated.
    package var metric: String
    /// The others, by name.
    package var labels: [Label]
    /// In the order of time.
    package var samples: [PrometheusSample]
    /// Of a native histogram, in place of samples: its last count and sum.
    package var histogram: (count: String, sum: String)? {
        get { histogramCount.map { ($0, histogramSum ?? "") } }
        set { (histogramCount, histogramSum) = (newValue?.count, newValue?.sum) }
    }
    private var histogramCount: String?
    private var histogramSum: String?

    /// - Parameter json: as a result, or `{"metric": …}` alone, has it.
    package init?(_ json: JSONValue) {
        guard let members = json["metric"]?.object else { return nil }
        metric = members["__name__"]?.string ?? ""
        labels = members.compactMap { key, value in
            key == "__name__" ? nil : value.string.map { Label(name: key, value: $0) }
        }.sorted { $0.name < $1.name }
        samples =
            json["value"].flatMap(PrometheusSample.init).map { [$0] }
            ?? (json["values"]?.array ?? []).compactMap(PrometheusSample.init)
        let last = json["histogram"]?.array?.last ?? json["histograms"]?.array?.last?.array?.last
        if let last, let count = last["count"]?.string { histogram = (count, last["sum"]?.string ?? "") }
    }

    /// `http_requests_total{code="500", job="shop"}`
    package var title: String {
        let inner = labels.map { "\($0.name)=\(JSONWriter.string(.string($0.value)))" }.joined(separator: ", ")
        return inner.isEmpty && !metric.isEmpty ? metric : "\(metric){\(inner)}"
    }
}
