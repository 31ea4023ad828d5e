/// The string functions. Positions count Unicode code points.
enum CELStrings {
    static func call(_ name: String, text: String, arguments: [CELValue]) throws(CELFailure) -> CELValue {
        switch (name, arguments.count) {
        case ("startsWith", 1): return .bool(scalars(text).starts(with: scalars(try string(arguments[0]))))
        case ("endsWith", 1):
            return .bool(scalars(text).reversed().starts(with: scalars(try string(arguments[0])).reversed()))
        case ("contains", 1):
            return .bool(find(scalars(try string(arguments[0])), in: scalars(text), from: 0) != nil)
        case ("matches", 1): return .bool(try pattern(arguments[0]).matches(text))
        case ("lowerAscii", 0): return .string(mapASCII(text, range: "A"..."Z") { $0 + 32 })
        case ("upperAscii", 0): return .string(mapASCII(text, range: "a"..."z") { $0 - 32 })
        case ("trim", 0): return .string(trim(text))
        case ("reverse", 0): return .string(make(scalars(text).reversed()))
        case ("charAt", 1): return try charAt(scalars(text), position: try int(arguments[0]))
        case ("substring", 1...2): return try substring(scalars(text), arguments: arguments)
        case ("indexOf", 1...2), ("lastIndexOf", 1...2):
            return try position(scalars(text), arguments: arguments, isLast: name == "lastIndexOf")
        case ("replace", 2...3): return try replace(text, arguments: arguments)
        case ("split", 1...2): return try split(text, arguments: arguments)
        case ("find", 1): return .string(try pattern(arguments[0]).all(in: text, limit: 1).first ?? "")
        case ("findAll", 1...2):
            let limit = arguments.count == 2 ? Int(clamping: try int(arguments[1])) : -1
            return .list(try pattern(arguments[0]).all(in: text, limit: limit).map(CELValue.string))
        case ("format", 1): return .string(try CELFormat.format(text, arguments: arguments[0]))
        default: throw CELEvaluator.noOverload
        }
    }

    private static func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    private static func make(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func string(_ value: CELValue) throws(CELFailure) -> String {
        guard case .string(let text) = value else { throw CELEvaluator.noOverload }
        return text
    }

    private static func int(_ value: CELValue) throws(CELFailure) -> Int64 {
        guard case .int(let number) = value else { throw CELEvaluator.noOverload }
        return number
    }

    private static func pattern(_ value: CELValue) throws(CELFailure) -> SchemaPattern {
        let source = try string(value)
        guard let pattern = SchemaPattern(source) else {
            throw CELEvaluator.error("error parsing regexp: `\(source)`")
        }
        return pattern
    }

    private static func mapASCII(
        _ text: String, range: ClosedRange<Unicode.Scalar>, change: (UInt8) -> UInt8
    ) -> String {
        make(text.unicodeScalars.map { range.contains($0) ? Unicode.Scalar(change(UInt8($0.value))) : $0 })
    }

    private static func trim(_ text: String) -> String {
        let start = text.unicodeScalars.drop { $0.properties.isWhitespace }
        return make(Array(start.reversed().drop { $0.properties.isWhitespace }.reversed()))
    }

    private static func charAt(_ text: [Unicode.Scalar], position: Int64) throws(CELFailure) -> CELValue {
        guard (0...Int64(text.count)).contains(position) else {
            throw CELEvaluator.error("index out of range: \(position)")
        }
        return .string(position == text.count ? "" : make([text[Int(position)]]))
    }

    private static func substring(_ text: [Unicode.Scalar], arguments: [CELValue]) throws(CELFailure) -> CELValue {
        let start = try int(arguments[0])
        let end = arguments.count == 2 ? try int(arguments[1]) : Int64(text.count)
        guard start >= 0, start <= text.count else { throw CELEvaluator.error("index out of range: \(start)") }
        guard end >= 0, end <= text.count else { throw CELEvaluator.error("index out of range: \(end)") }
        guard start <= end else { throw CELEvaluator.error("invalid substring range. start: \(start), end: \(end)") }
        return .string(make(text[Int(start)..<Int(end)]))
    }

    private static func find(_ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int) -> Int? {
        guard start + part.count <= text.count else { return nil }
        return (start...text.count - part.count).first { text[$0...].starts(with: part) }
    }

    private static func position(
        _ text: [Unicode.Scalar], arguments: [CELValue], isLast: Bool
    ) throws(CELFailure) -> CELValue {
        let part = scalars(try string(arguments[0]))
        let from = arguments.count == 2 ? try int(arguments[1]) : (isLast ? Int64(text.count) : 0)
        guard from >= 0, from <= text.count else { throw CELEvaluator.error("index out of range: \(from)") }
        if !isLast { return .int(Int64(find(part, in: text, from: Int(from)) ?? -1)) }
        guard part.count <= text.count else { return .int(-1) }
        let last = (0...min(Int(from), text.count - part.count)).last { text[$0...].starts(with: part) }
        return .int(Int64(last ?? -1))
    }

    /// Replaces as Go's `strings.Replace`; a negative limit means all.
    private static func replace(_ text: String, arguments: [CELValue]) throws(CELFailure) -> CELValue {
        let (old, new) = (scalars(try string(arguments[0])), scalars(try string(arguments[1])))
        var limit = arguments.count == 3 ? try int(arguments[2]) : -1
        let source = scalars(text)
        var result: [Unicode.Scalar] = []
        var at = 0
        while at <= source.count, limit != 0 {
            guard let next = find(old, in: source, from: at) else { break }
            result += source[at..<next] + new
            at = next + old.count
            if old.isEmpty {
                if next < source.count { result.append(source[next]) }
                at = next + 1
            }
            limit -= 1
        }
        if at < source.count { result += source[at...] }
        return .string(make(result))
    }

    /// Splits as Go's `strings.SplitN`.
    private static func split(_ text: String, arguments: [CELValue]) throws(CELFailure) -> CELValue {
        let separator = scalars(try string(arguments[0]))
        let limit = arguments.count == 2 ? try int(arguments[1]) : -1
        if limit == 0 { return .list([]) }
        let source = scalars(text)
        if separator.isEmpty {
            let cut = limit < 0 ? source.count : min(source.count, Int(clamping: limit) - 1)
            let rest = cut < source.count ? [CELValue.string(make(source[cut...]))] : []
            return .list(source[..<cut].map { .string(make([$0])) } + rest)
        }
        var parts: [CELValue] = []
        var at = 0
        while limit < 0 || parts.count < limit - 1, let next = find(separator, in: source, from: at) {
            parts.append(.string(make(source[at..<next])))
            at = next + separator.count
        }
        return .list(parts + [.string(make(source[at...]))])
    }
}
