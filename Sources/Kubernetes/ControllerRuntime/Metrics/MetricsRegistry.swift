public import Metrics
import Synchronization

/// A backend for swift-metrics that Prometheus can read.
///
/// Counters, meters and gauges are what they are called; timers (in seconds) and recorders are histograms. The same
/// name and labels give the same time series, whoever asks. A name that is taken by another type is not exported a
/// second time.
public final class MetricsRegistry: MetricsFactory {
    private enum Kind: String { case counter, gauge, histogram }

    private struct Family {
        var kind: Kind
        var series: [[Label]: any Instrument] = [:]
    }

    /// Sets values before a reading; returns whether it is to be called again.
    typealias Collector = @Sendable () -> Bool

    private let collectors = Mutex<[Collector]>([])
    private let families = Mutex<[String: Family]>([:])
    private let buckets: [String: [Double]]
    private let defaultBuckets: [Double]
    private let help: [String: String]

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - buckets: The upper bounds of histograms by name, ascending; they win over those of ``standardBuckets``.
    ///   - defaultBuckets: The upper bounds of all other histograms.
    ///   - help: The help texts by name; they win over those of ``standardHelp``.
    public init(
        buckets: [String: [Double]] = [:], defaultBuckets: [Double] = MetricsRegistry.commonBuckets,
        help: [String: String] = [:]
    ) {
        self.buckets = Self.standardBuckets.merging(buckets) { $1 }
        self.defaultBuckets = defaultBuckets
        self.help = Self.standardHelp.merging(help) { $1 }
    }

    /// All metrics in the Prometheus text format 0.0.4, by name and labels in ascending order.
    public var text: String {
        collect()
        let families = families.withLock(\.self)
        var writer = PrometheusWriter()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            writer.header(name, type: family.kind.rawValue, help: help[name])
            for (labels, instrument) in family.series.sorted(by: { Self.precedes($0.key, $1.key) }) {
                instrument.write(&writer, name: name, labels: labels)
            }
        }
        return writer.text
    }

    /// Calls `collector` before each reading: for values that change with time alone.
    func onCollect(_ collector: @escaping Collector) { collectors.withLock { $0.append(collector) } }

    private func collect() {
        let current = collectors.withLock { collectors in
            defer { collectors = [] }
            return collectors
        }
        let kept = current.filter { $0() }
        collectors.withLock { $0 += kept }
    }

    /// The value of `Content-Type` for ``text``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private static func precedes(_ a: [Label], _ b: [Label]) -> Bool {
        a.lexicographicallyPrecedes(b) { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    private func instrument<Found: Instrument>(
        _ name: String, dimensions: [(String, String)], kind: Kind, make: () -> Found
    ) -> Found {
        let name = PrometheusWriter.name(name)
        let labels = dimensions.map { Label(name: PrometheusWriter.name($0.0), value: $0.1) }
        return families.withLock { families in
            let family = families[name]
            if let found = family?.series[labels] as? Found { return found }
            let made = make()
            // Of another type: it works for its owner, but two types under one name can't be exported.
            if let family, family.kind != kind { return made }
            families[name, default: Family(kind: kind)].series[labels] = made
            return made
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                for (labels, instrument) in family.series where instrument === handler {
                    families[name]?.series[labels] = nil
                }
                if families[name]?.series.isEmpty == true { families[name] = nil }
            }
        }
    }
}

// MARK: - MetricsFactory

extension MetricsRegistry {
    /// The counter of that name and those labels, made where it doesn't exist.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions: dimensions, kind: .counter) { CounterInstrument() }
    }

    /// The counter of that name and those labels, made where it doesn't exist.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(label, dimensions: dimensions, kind: .counter) { CounterInstrument() }
    }

    /// The gauge of that name and those labels, made where it doesn't exist.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions: dimensions, kind: .gauge) { GaugeInstrument() }
    }

    /// The histogram of that name and those labels, or the gauge where `aggregate` is false; made where it doesn't
    /// exist.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions: dimensions) }
        return instrument(label, dimensions: dimensions, kind: .gauge) { GaugeInstrument() }
    }

    /// The histogram of that name and those labels, in seconds; made where it doesn't exist.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions: dimensions)
    }

    private func histogram(_ label: String, dimensions: [(String, String)]) -> HistogramInstrument {
        let bounds = buckets[PrometheusWriter.name(label)] ?? defaultBuckets
        return instrument(label, dimensions: dimensions, kind: .histogram) { HistogramInstrument(bounds: bounds) }
    }

    /// Forgets the counter: it is exported no more.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// Forgets the counter: it is exported no more.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// Forgets the gauge: it is exported no more.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// Forgets the histogram or gauge: it is exported no more.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// Forgets the histogram: it is exported no more.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
