import Tracing

/// Spans in the form of OTLP 1.x: `ExportTraceServiceRequest`, binary.
///
/// Source: `opentelemetry/proto/collector/trace/v1/trace_service.proto` and what it imports, by the numbers of their fields.
package struct OTLPTraceRequest: Sendable {
    /// What the spans are of: `service.name` and others.
    package var resource: [String: String]
    /// Who made them.
    package var scope: (name: String, version: String)
    package var spans: [FinishedSpan]

    /// Bytes of one text in an attribute.
    static let textLimit = 64 << 10
    static let attributeLimit = 128

    package init(resource: [String: String], scope: (name: String, version: String), spans: [FinishedSpan]) {
        self.resource = resource
        self.scope = scope
        self.spans = spans
    }

    package var bytes: [UInt8] {
        var request = ProtobufWriter()
        request.write(field: 1) { resourceSpans in
            resourceSpans.write(field: 1) { writer in
                for (key, value) in resource.sorted(by: { $0.key < $1.key }) {
                    Self.write(key, value: .string(value), to: &writer)
                }
            }
            resourceSpans.write(field: 2) { scopeSpans in
                scopeSpans.write(field: 1) { writer in
                    writer.write(scope.name, field: 1)
                    writer.write(scope.version, field: 2)
                }
                for span in spans { scopeSpans.write(field: 2) { Self.write(span, to: &$0) } }
            }
        }
        return request.bytes
    }

    private static func write(_ span: FinishedSpan, to writer: inout ProtobufWriter) {
        writer.write(span.context.traceID, field: 1)
        writer.write(span.context.spanID, field: 2)
        if let parent = span.parent { writer.write(parent.spanID, field: 4) }
        writer.write(span.name, field: 5)
        writer.write(number(of: span.kind), field: 6)
        writer.write(fixed: span.startedAt, field: 7)
        writer.write(fixed: span.endedAt, field: 8)
        write(span.attributes, field: 9, dropped: 10, to: &writer)
        for event in span.events {
            writer.write(field: 11) { inner in
                inner.write(fixed: event.nanosecondsSinceEpoch, field: 1)
                inner.write(event.name, field: 2)
                write(event.attributes, field: 3, dropped: 4, to: &inner)
            }
        }
        writer.write(span.droppedEvents, field: 12)
        for link in span.links {
            guard let target = link.context.traceContext else { continue }
            writer.write(field: 13) { inner in
                inner.write(target.traceID, field: 1)
                inner.write(target.spanID, field: 2)
                write(link.attributes, field: 4, dropped: 5, to: &inner)
            }
        }
        guard let status = span.status else { return }
        writer.write(field: 15) { inner in
            inner.write(status.message ?? "", field: 2)
            inner.write(status.code == .ok ? 1 : 2, field: 3)
        }
    }

    private static func number(of kind: SpanKind) -> Int {
        switch kind {
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        default: 1
        }
    }

    // MARK: Attributes

    private static func write(
        _ attributes: SpanAttributes, field: Int, dropped: Int, to writer: inout ProtobufWriter
    ) {
        var all: [(key: String, value: SpanAttribute)] = []
        attributes.forEach { all.append(($0, $1)) }
        all.sort { $0.key < $1.key }
        for (key, value) in all.prefix(attributeLimit) { write(key, value: value, field: field, to: &writer) }
        writer.write(max(0, all.count - attributeLimit), field: dropped)
    }

    private static func write(
        _ key: String, value: SpanAttribute, field: Int = 1, to writer: inout ProtobufWriter
    ) {
        writer.write(field: field) { pair in
            pair.write(key, field: 1)
            pair.write(field: 2) { write(value, to: &$0) }
        }
    }

    /// An `AnyValue`.
    private static func write(_ value: SpanAttribute, to writer: inout ProtobufWriter) {
        switch value {
        case .string(let text): writer.writeAlways(cut(text), field: 1)
        case .bool(let flag): writer.writeAlways(flag ? 1 : 0, field: 2)
        case .int32(let number): writer.writeAlways(Int64(number), field: 3)
        case .int64(let number): writer.writeAlways(number, field: 3)
        case .double(let number): writer.write(fixed: number.bitPattern, field: 4)
        case .stringArray(let texts): write(texts.map { .string($0) }, to: &writer)
        case .boolArray(let flags): write(flags.map { .bool($0) }, to: &writer)
        case .int32Array(let numbers): write(numbers.map { .int32($0) }, to: &writer)
        case .int64Array(let numbers): write(numbers.map { .int64($0) }, to: &writer)
        case .doubleArray(let numbers): write(numbers.map { .double($0) }, to: &writer)
        case .stringConvertible(let value): writer.writeAlways(cut("\(value)"), field: 1)
        case .stringConvertibleArray(let values): write(values.map { .string("\($0)") }, to: &writer)
        default: return
        }
    }

    private static func write(_ values: [SpanAttribute], to writer: inout ProtobufWriter) {
        writer.write(field: 5) { list in
            for value in values { list.write(field: 1) { write(value, to: &$0) } }
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: textLimit)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}
