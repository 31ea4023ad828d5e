import Synchronization
import Tracing

/// Hands finished spans to an ``OTLPExporter``.
///
/// A span without a parent begins a trace only where it is planned (``ServiceContextModule/ServiceContext/plannedSpan``) or isn't
/// a client's: requests that nothing of a trace asked for, as those of watches and Leases, would be most of what is exported.
package struct OTLPTracer: Tracer {
    package typealias Span = OTLPSpan

    private let queue: SpanQueue
    private let sampler: TraceSampler

    package init(queue: SpanQueue, sampler: TraceSampler = TraceSampler(ratio: 1)) {
        self.queue = queue
        self.sampler = sampler
    }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> OTLPSpan {
        var context = context()
        let parent = context.traceContext
        let own: TraceContext
        if let planned = context.plannedSpan {
            own = planned
        } else if let parent {
            own = parent.child()
        } else {
            let isWanted = kind != .client
            var random = TraceContext.random(isSampled: false)
            random.isSampled = isWanted && sampler.samples(random.traceID)
            own = random
        }
        context.plannedSpan = nil
        context.traceContext = own
        return OTLPSpan(
            name: operationName, context: context, own: own, parent: parent, kind: kind,
            startedAt: instant().nanosecondsSinceEpoch, queue: own.isSampled ? queue : nil)
    }

    package func forceFlush() { queue.wake() }

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let header = extractor.extract(key: TraceContext.header, from: carrier) else { return }
        context.traceContext = TraceContext(header: header)
    }

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let own = context.traceContext else { return }
        injector.inject(own.headerValue, forKey: TraceContext.header, into: &carrier)
    }
}

/// Which new traces are exported, by their ids: any process decides the same (`traceidratio`).
package struct TraceSampler: Sendable, Hashable {
    private let bound: UInt64

    /// - Parameter ratio: from 0 to 1.
    package init(ratio: Double) {
        let share = min(max(ratio, 0), 1)
        bound = share >= 1 ? .max : UInt64(share * Double(UInt64.max))
    }

    package func samples(_ traceID: [UInt8]) -> Bool {
        let number = traceID.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return bound == .max || number < bound
    }
}

/// A span, until it is ended.
package final class OTLPSpan: Span {
    private let finished: Mutex<FinishedSpan>
    /// nil for one that isn't exported.
    private let queue: SpanQueue?
    private let isOpen: Mutex<Bool>
    package let context: ServiceContext

    init(
        name: String, context: ServiceContext, own: TraceContext, parent: TraceContext?, kind: SpanKind,
        startedAt: UInt64, queue: SpanQueue?
    ) {
        self.context = context
        self.queue = queue
        isOpen = Mutex(queue != nil)
        finished = Mutex(FinishedSpan(context: own, parent: parent, name: name, kind: kind, startedAt: startedAt))
    }

    package var isRecording: Bool { isOpen.withLock(\.self) }

    private func change(_ body: (inout FinishedSpan) -> Void) {
        guard isRecording else { return }
        finished.withLock { body(&$0) }
    }

    package var operationName: String {
        get { finished.withLock(\.name) }
        set { change { $0.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { finished.withLock(\.attributes) }
        set { change { $0.attributes = newValue } }
    }

    package func setStatus(_ status: SpanStatus) { change { $0.status = status } }

    package func addEvent(_ event: SpanEvent) {
        change {
            if $0.events.count < FinishedSpan.eventLimit { $0.events.append(event) } else { $0.droppedEvents += 1 }
        }
    }

    package func addLink(_ link: SpanLink) {
        change { if $0.links.count < FinishedSpan.eventLimit { $0.links.append(link) } }
    }

    /// By the error's type alone: descriptions of library errors may hold header values.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        var attributes = attributes
        attributes["exception.type"] = "\(type(of: error))"
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
        change { if $0.status == nil { $0.status = SpanStatus(code: .error) } }
    }

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen, let queue else { return }
        let end = instant().nanosecondsSinceEpoch
        queue.add(
            finished.withLock { span in
                span.endedAt = max(end, span.startedAt)
                return span
            })
    }
}

/// What is exported of a span.
package struct FinishedSpan: Sendable {
    static let eventLimit = 128

    package var context: TraceContext
    package var parent: TraceContext?
    package var name: String
    package var kind: SpanKind
    /// In nanoseconds since 1970, as the end.
    package var startedAt: UInt64
    package var endedAt: UInt64 = 0
    package var attributes: SpanAttributes = [:]
    package var events: [SpanEvent] = []
    package var droppedEvents = 0
    package var links: [SpanLink] = []
    package var status: SpanStatus?
}

/// Spans that wait to be exported. Where there are too many, new ones are dropped and counted: nothing waits for an exporter.
package final class SpanQueue: Sendable {
    private struct State {
        var spans: [FinishedSpan] = []
        var dropped = 0
    }

    private let limit: Int
    private let batch: Int
    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    private let signals: AsyncStream<Void>

    package init(limit: Int = 2048, batch: Int = 512) {
        self.limit = limit
        self.batch = batch
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ span: FinishedSpan) {
        let isFull = state.withLock { state in
            if state.spans.count < limit { state.spans.append(span) } else { state.dropped += 1 }
            return state.spans.count >= batch
        }
        if isFull { wake() }
    }

    func wake() { signal.yield() }

    /// Returns when a whole batch waits.
    func waitForBatch() async {
        for await _ in signals { return }
    }

    /// At most a batch, and how many were dropped since the last time.
    package func take() -> (spans: [FinishedSpan], dropped: Int) {
        state.withLock { state in
            let taken = Array(state.spans.prefix(batch))
            state.spans.removeFirst(taken.count)
            defer { state.dropped = 0 }
            return (taken, state.dropped)
        }
    }
}
