import Telemetry
import Testing
import Tracing

@Suite struct OTLPTracerTests {
    private struct Failure: Error {}

    private struct Carrier: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private static let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `spans of a trace know each other`() throws {
        let queue = SpanQueue()
        let tracer = OTLPTracer(queue: queue)
        tracer.withAnySpan("outer", context: .topLevel, ofKind: .internal) { outer in
            tracer.withAnySpan("inner", context: outer.context, ofKind: .client) { $0.attributes["n"] = 1 }
        }
        let spans = queue.take().spans
        #expect(spans.map(\.name) == ["inner", "outer"])
        #expect(spans[0].parent == spans[1].context && spans[0].context.traceID == spans[1].context.traceID)
        #expect(spans[1].parent == nil && spans[0].endedAt >= spans[0].startedAt)
    }

    @Test func `a client's request that belongs to no trace isn't exported`() {
        let queue = SpanQueue()
        OTLPTracer(queue: queue).withAnySpan("GET pods", context: .topLevel, ofKind: .client) { span in
            #expect(!span.isRecording)
        }
        #expect(queue.take().spans.isEmpty)
    }

    @Test func `the header traceparent is read and written`() throws {
        let queue = SpanQueue()
        let tracer = OTLPTracer(queue: queue)
        var context = ServiceContext.topLevel
        tracer.extract(["traceparent": Self.header], into: &context, using: Carrier())
        #expect(context.traceContext?.headerValue == Self.header)
        tracer.withAnySpan("call", context: context, ofKind: .client) { span in
            var carrier: [String: String] = [:]
            tracer.inject(span.context, into: &carrier, using: Carrier())
            #expect(carrier["traceparent"]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") ?? false)
        }
        #expect(queue.take().spans.first?.parent?.headerValue == Self.header)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ])
    func `another header is none`(_ header: String) { #expect(TraceContext(header: header) == nil) }

    @Test func `what isn't sampled isn't exported, and says so to others`() throws {
        let queue = SpanQueue()
        let tracer = OTLPTracer(queue: queue, sampler: TraceSampler(ratio: 0))
        tracer.withAnySpan("turn", context: .topLevel, ofKind: .internal) { span in
            #expect(span.context.traceContext?.isSampled == false)
        }
        #expect(queue.take().spans.isEmpty)
        let half = TraceSampler(ratio: 0.5)
        #expect(half.samples([UInt8](repeating: 0, count: 16)) && !half.samples([UInt8](repeating: 255, count: 16)))
    }

    @Test func `a planned span has the ids that were planned`() throws {
        let queue = SpanQueue()
        let planned = try #require(TraceContext(header: Self.header))
        var context = ServiceContext.topLevel
        context.plannedSpan = planned
        OTLPTracer(queue: queue).withAnySpan("turn", context: context, ofKind: .client) { span in
            #expect(span.context.plannedSpan == nil)
        }
        let span = try #require(queue.take().spans.first)
        #expect(span.context == planned && span.parent == nil)
    }

    @Test func `an error is told by its type`() throws {
        let queue = SpanQueue()
        #expect(throws: Failure.self) {
            try OTLPTracer(queue: queue).withAnySpan("turn", context: .topLevel, ofKind: .internal) { _ in
                throw Failure()
            }
        }
        let span = try #require(queue.take().spans.first)
        #expect(span.status?.code == .error && span.events.first?.name == "exception")
    }

    @Test func `a full queue drops what comes, and counts it`() {
        let queue = SpanQueue(limit: 3, batch: 2)
        let tracer = OTLPTracer(queue: queue)
        for number in 0..<5 { tracer.withAnySpan("\(number)", context: .topLevel, ofKind: .internal) { _ in } }
        let first = queue.take()
        #expect(first.spans.map(\.name) == ["0", "1"] && first.dropped == 2)
        #expect(queue.take().spans.map(\.name) == ["2"])
    }
}
