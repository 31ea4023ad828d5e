import Telemetry
import Testing
import Tracing

@Suite struct OTLPTraceRequestTests {
    private static func span(_ attributes: SpanAttributes = [:]) throws -> FinishedSpan {
        let queue = SpanQueue()
        var context = ServiceContext.topLevel
        context.plannedSpan = TraceContext(header: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let span = OTLPTracer(queue: queue).startSpan(
            "a", context: context, ofKind: .client,
            at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1), function: "", file: "", line: 0)
        span.attributes = attributes
        span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 2))
        return try #require(queue.take().spans.first)
    }

    /// Written by hand after the field numbers of the .proto files; hack/peers/otlp has the real parser.
    @Test func `a span is written by the numbers of its fields`() throws {
        let request = OTLPTraceRequest(
            resource: ["k": "v"], scope: (name: "s", version: ""), spans: [try Self.span(["n": .int64(0)])])
        let pair: [UInt8] = [0x0A, 8, 0x0A, 1, 0x6B, 0x12, 3, 0x0A, 1, 0x76]
        let attribute: [UInt8] = [0x4A, 7, 0x0A, 1, 0x6E, 0x12, 2, 0x18, 0]
        let ids: [UInt8] =
            [0x0A, 16, 0x0A, 0xF7, 0x65, 0x19, 0x16, 0xCD, 0x43, 0xDD, 0x84, 0x48, 0xEB, 0x21, 0x1C, 0x80, 0x31, 0x9C]
            + [0x12, 8, 0xB7, 0xAD, 0x6B, 0x71, 0x69, 0x20, 0x33, 0x31]
        let times: [UInt8] = [0x39, 1, 0, 0, 0, 0, 0, 0, 0, 0x41, 2, 0, 0, 0, 0, 0, 0, 0]
        let span = ids + [0x2A, 1, 0x61, 0x30, 3] + times + attribute
        let scope: [UInt8] = [0x0A, 3, 0x0A, 1, 0x73]
        let scoped = scope + [0x12, UInt8(span.count)] + span
        let resource = [0x0A, UInt8(pair.count)] + pair
        let whole = resource + [0x12, UInt8(scoped.count)] + scoped
        #expect(request.bytes == [0x0A, UInt8(whole.count)] + whole)
    }

    @Test func `a long text is cut between characters`() throws {
        let text = String(repeating: "é", count: 40_000)
        let request = OTLPTraceRequest(resource: [:], scope: ("s", ""), spans: [try Self.span(["t": .string(text)])])
        let bytes = request.bytes
        #expect(bytes.count < 66_000 && bytes.count > 65_000)
        #expect(bytes.suffix(2).elementsEqual("é".utf8))
    }
}
