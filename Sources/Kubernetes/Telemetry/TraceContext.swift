import KubeModel
import Tracing

/// Which trace and span something belongs to, as W3C's Trace Context has it.
package struct TraceContext: Sendable, Hashable {
    /// 16 bytes, not all zero.
    package var traceID: [UInt8]
    /// 8 bytes, not all zero.
    package var spanID: [UInt8]
    /// Whether spans of the trace are exported.
    package var isSampled: Bool

    /// nil for ids that can't be such.
    package init?(traceID: [UInt8], spanID: [UInt8], isSampled: Bool = true) {
        guard traceID.count == 16, spanID.count == 8, traceID.contains(where: { $0 != 0 }),
            spanID.contains(where: { $0 != 0 })
        else { return nil }
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    fileprivate init(unchecked traceID: [UInt8], spanID: [UInt8], isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace.
    static func random(isSampled: Bool) -> TraceContext {
        TraceContext(unchecked: bytes(16), spanID: bytes(8), isSampled: isSampled)
    }

    /// Another span of the same trace.
    func child() -> TraceContext { TraceContext(unchecked: traceID, spanID: Self.bytes(8), isSampled: isSampled) }

    private static func bytes(_ count: Int) -> [UInt8] {
        var bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
        // The chance of all zero is small, and isn't to be excluded.
        if bytes.allSatisfy({ $0 == 0 }) { bytes[0] = 1 }
        return bytes
    }

    // MARK: The header traceparent

    package static let header = "traceparent"

    /// Reads `00-TRACE-SPAN-FLAGS`; nil for anything else.
    package init?(header: String) {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            let trace = Self.bytes(parts[1]), let span = Self.bytes(parts[2]), let flags = Self.bytes(parts[3]),
            flags.count == 1
        else { return nil }
        self.init(traceID: trace, spanID: span, isSampled: flags[0] & 1 == 1)
    }

    package var headerValue: String {
        "00-\(traceID.hexadecimal)-\(spanID.hexadecimal)-\(isSampled ? "01" : "00")"
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2),
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }

    private static func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
}

extension ServiceContext {
    private enum ContextKey: ServiceContextKey { typealias Value = TraceContext }
    private enum PlannedKey: ServiceContextKey { typealias Value = TraceContext }

    /// The span that is under way.
    package var traceContext: TraceContext? {
        get { self[ContextKey.self] }
        set { self[ContextKey.self] = newValue }
    }

    /// What the next span that is started under this context is to be, where that was known before: children of it may have been
    /// exported by another process.
    package var plannedSpan: TraceContext? {
        get { self[PlannedKey.self] }
        set { self[PlannedKey.self] = newValue }
    }
}
