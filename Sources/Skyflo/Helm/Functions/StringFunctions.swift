/// Sprig's functions of strings.
enum StringFunctions {
    static func add(to table: inout FunctionTable) {
        addCase(to: &table)
        addCutting(to: &table)
        addSearching(to: &table)
        addJoining(to: &table)
        addQuoting(to: &table)
    }

    private static func addCase(to table: inout FunctionTable) {
        table.add("upper", taking: .string) { .string(GoText.mapping($0.string(0), GoText.upper)) }
        table.add("lower", taking: .string) { .string(GoText.mapping($0.string(0), GoText.lower)) }
        table.add("title", taking: .string) { .string(Words.titled($0.string(0))) }
        table.add("untitle", taking: .string) { .string(Words.uncapitalized($0.string(0))) }
        table.add("swapcase", taking: .string) { .string(Words.swappedCase($0.string(0))) }
        table.add("snakecase", taking: .string) { .string(WordCase.separated($0.string(0), by: 0x5f)) }
        table.add("kebabcase", taking: .string) { .string(WordCase.separated($0.string(0), by: 0x2d)) }
        table.add("camelcase", taking: .string) { .string(WordCase.pascal($0.string(0))) }
        table.add("initials", taking: .string) { .string(Words.initials($0.string(0))) }
        table.add("hello") { _ in .string("Hello!") }
    }

    private static func addCutting(to table: inout FunctionTable) {
        table.add("trim", taking: .string) { .string(GoText.trimmingSpaces($0.string(0))) }
        table.add("trimAll", taking: .string, .string) { .string(trimming($0.string(0), from: $0.string(1))) }
        table.alias("trimall", of: "trimAll")
        table.add("trimPrefix", taking: .string, .string) {
            .string(GoText.dropping(prefix: $0.string(0), of: $0.string(1)) ?? $0.string(1))
        }
        table.add("trimSuffix", taking: .string, .string) {
            let (suffix, text) = ($0.string(0), $0.string(1))
            guard GoText.hasSuffix(suffix, text) else { return .string(text) }
            return .string(ByteString(bytes: text.bytes.dropLast(suffix.count)))
        }
        table.add("trunc", taking: .int, .string) { .string(truncated($0.string(1), to: $0.int(0))) }
        table.add("substr", taking: .int, .int, .string) {
            .string(try substring(of: $0.string(2), from: $0.int(0), to: $0.int(1)))
        }
        table.add("abbrev", taking: .int, .string) { .string(Words.abbreviated($0.string(1), width: $0.int(0))) }
        table.add("abbrevboth", taking: .int, .int, .string) {
            .string(Words.abbreviated($0.string(2), left: $0.int(0), right: $0.int(1)))
        }
        table.add("nospace", taking: .string) {
            // The library takes bytes for characters here.
            .string(GoText.text($0.string(0).bytes.map { UInt32($0) }.filter { !GoText.isSpace($0) }))
        }
        table.add("wrap", taking: .int, .string) {
            .string(Words.wrapped($0.string(1), width: $0.int(0), separator: "\n", breaksWords: false))
        }
        table.add("wrapWith", taking: .int, .string, .string) {
            .string(Words.wrapped($0.string(2), width: $0.int(0), separator: $0.string(1), breaksWords: true))
        }
    }

    private static func addSearching(to table: inout FunctionTable) {
        table.add("contains", taking: .string, .string) { .bool(GoText.contains($0.string(0), in: $0.string(1))) }
        table.add("hasPrefix", taking: .string, .string) { .bool(GoText.hasPrefix($0.string(0), $0.string(1))) }
        table.add("hasSuffix", taking: .string, .string) { .bool(GoText.hasSuffix($0.string(0), $0.string(1))) }
        table.add("replace", taking: .string, .string, .string) {
            .string(GoText.replacing($0.string(0), in: $0.string(2), with: $0.string(1)))
        }
        table.add("plural", taking: .string, .string, .int) { .string($0.int(2) == 1 ? $0.string(0) : $0.string(1)) }
        table.add("repeat", taking: .int, .string) { .string(try repeated($0.string(1), count: $0.int(0))) }
    }

    private static func addJoining(to table: inout FunctionTable) {
        table.add("join", taking: .string, .any) { .string(GoText.joined(strings(of: $0[1]), by: $0.string(0))) }
        table.add("toStrings", taking: .any) { .strings(strings(of: $0[0])) }
        table.add("splitList", taking: .string, .string) { .strings(GoText.split($0.string(1), by: $0.string(0))) }
        table.add("split", taking: .string, .string) { numbered(GoText.split($0.string(1), by: $0.string(0))) }
        table.add("splitn", taking: .string, .int, .string) {
            numbered(GoText.split($0.string(2), by: $0.string(0), limit: $0.int(1)))
        }
        table.add("indent", taking: .int, .string) { .string(try indented($0.string(1), by: $0.int(0))) }
        table.add("nindent", taking: .int, .string) { .string("\n" + (try indented($0.string(1), by: $0.int(0)))) }
        table.add("cat", variadic: .any) { arguments in
            let parts = arguments.values.filter { !$0.isNull }.map { GoFormat.print([$0]) }
            return .string(GoText.joined(parts, by: " "))
        }
        table.add("toString", taking: .any) { .string(GoFormat.text(of: $0[0])) }
    }

    private static func addQuoting(to table: inout FunctionTable) {
        table.add("quote", variadic: .any) { arguments in
            let parts = arguments.values.filter { !$0.isNull }.map { GoQuote.quoted(GoFormat.text(of: $0)) }
            return .string(GoText.joined(parts, by: " "))
        }
        table.add("squote", variadic: .any) { arguments in
            let parts = arguments.values.filter { !$0.isNull }.map { "'" + GoFormat.print([$0]) + "'" as ByteString }
            return .string(GoText.joined(parts, by: " "))
        }
    }

    // MARK: -

    /// The elements of a list as strings, without nils; anything else is a list of itself.
    static func strings(of value: HelmValue) -> [ByteString] {
        switch value {
        case .null: []
        case .list(let list): list.elements.compactMap { $0.isNull ? nil : GoFormat.text(of: $0) }
        case .bytes(let bytes): bytes.map { ByteString(String($0)) }
        default: [GoFormat.text(of: value)]
        }
    }

    private static func numbered(_ parts: [ByteString]) -> HelmValue {
        let members = parts.enumerated().map { (ByteString("_\($0)"), HelmValue.string($1)) }
        return .map(HelmMap(Dictionary(members) { _, last in last }, type: .strings))
    }

    private static func trimming(_ characters: ByteString, from text: ByteString) -> ByteString {
        let set = Set(GoText.scalars(characters))
        return GoText.trimming(text) { set.contains($0) }
    }

    private static func truncated(_ text: ByteString, to count: Int) -> ByteString {
        if count < 0, text.count + count > 0 { return ByteString(bytes: text.bytes.suffix(-count)) }
        if count >= 0, text.count > count { return ByteString(bytes: text.bytes.prefix(count)) }
        return text
    }

    private static func substring(of text: ByteString, from start: Int, to end: Int) throws -> ByteString {
        let count = text.count
        if start < 0 {
            guard end >= 0, end <= count else { throw GoRuntimeError.sliceEnd(end, length: count) }
            return ByteString(bytes: text.bytes[..<end])
        }
        let end = end < 0 || end > count ? count : end
        guard start <= end else { throw GoRuntimeError.sliceStart(start, length: end) }
        return ByteString(bytes: text.bytes[start..<end])
    }

    static let maximumBytes = HelmValue.maximumBytes

    static func repeated(_ text: ByteString, count: Int) throws -> ByteString {
        guard count >= 0 else { throw HelmError("strings: negative Repeat count") }
        let (total, overflow) = text.count.multipliedReportingOverflow(by: count)
        guard !overflow, total <= maximumBytes else {
            throw HelmError("a text of more than \(maximumBytes) bytes is not made")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total)
        for _ in 0..<(text.isEmpty ? 0 : count) { bytes += text.bytes }
        return ByteString(bytes: bytes)
    }

    private static func indented(_ text: ByteString, by spaces: Int) throws -> ByteString {
        let padding = try repeated(" ", count: spaces).bytes
        let lines = text.bytes.count { $0 == UInt8(ascii: "\n") } + 1
        let (total, overflow) = lines.multipliedReportingOverflow(by: padding.count)
        guard !overflow, total <= maximumBytes else {
            throw HelmError("a text of more than \(maximumBytes) bytes is not made")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + total)
        bytes += padding
        var start = text.bytes.startIndex
        while let newline = text.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            bytes += text.bytes[start...newline]
            bytes += padding
            start = newline + 1
        }
        bytes += text.bytes[start...]
        return ByteString(bytes: bytes)
    }
}
