import KubeModel

/// Puts a reply together from the JSON objects of a stream of server-sent events, or from the one value of a server that
/// doesn't stream.
protocol ReplyEventAssembler: Sendable {
    /// Whether nothing more is to come.
    var sawEnd: Bool { get }
    /// Whether everything but perhaps the usage was seen: what comes after can't change the reply.
    var isComplete: Bool { get }
    /// What the provider has counted so far.
    var usage: TokenUsage { get }
    /// Whether that has in it what came of the reply so far.
    var hasCountedReply: Bool { get }

    mutating func add(_ event: JSONValue) throws(LanguageModelError) -> [ModelDelta]

    /// `[DONE]` was read.
    mutating func end()

    /// The reply, once nothing more comes.
    ///
    /// - Throws: `incomplete` when the end was not seen, `badReply` when there is nothing in it.
    func reply() throws(LanguageModelError) -> DecodedReply
}

extension ReplyEventAssembler {
    var sawEnd: Bool { false }
    var hasCountedReply: Bool { usage.completion > 0 }
    mutating func end() {}
}

/// From the bytes of an answer with status 200 to a reply: a stream of events, or one JSON value.
///
/// Which of them is decided by the first byte and not by the content type, which is wrong on too many servers.
struct EventReplyDecoder<Assembler: ReplyEventAssembler>: ReplyStreamDecoder {
    private enum Form {
        /// Only a part of a byte order mark, and blanks.
        case undecided([UInt8])
        case events(ServerSentEventParser)
        case whole([UInt8])
    }

    private static var byteOrderMark: [UInt8] { [0xEF, 0xBB, 0xBF] }

    private let limit: Int
    private var received = 0
    private var form = Form.undecided([])
    private var assembler: Assembler
    private var isDone = false
    /// How the answer begins, for a message about what is no stream.
    private var beginning: [UInt8] = []
    private var sawEvent = false

    /// - Parameter limit: how many bytes the answer may have.
    init(_ assembler: Assembler, limit: Int) {
        self.assembler = assembler
        self.limit = limit
    }

    var sawEnd: Bool { isDone || assembler.sawEnd }
    var isComplete: Bool { assembler.isComplete }
    var usage: TokenUsage { assembler.usage }
    var hasCountedReply: Bool { assembler.hasCountedReply }

    mutating func push(_ bytes: [UInt8]) throws(LanguageModelError) -> [ModelDelta] {
        received += bytes.count
        if received > limit {
            throw LanguageModelError(.badReply, message: "the model's reply is larger than \(limit) bytes")
        }
        switch form {
        case .undecided(let held): return try decide(held + bytes)
        case .whole(var buffer):
            form = .undecided([])
            buffer.append(contentsOf: bytes)
            form = .whole(buffer)
            return []
        case .events(var parser):
            form = .undecided([])
            defer { form = .events(parser) }
            return try read(bytes, parser: &parser)
        }
    }

    private mutating func decide(_ bytes: [UInt8]) throws(LanguageModelError) -> [ModelDelta] {
        let mark = Self.byteOrderMark
        // Both are dropped in any case: they may have come alone.
        var text = bytes[...]
        if text.starts(with: mark) { text = text.dropFirst(mark.count) }
        text = text.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let first = text.first else {
            form = .undecided([])
            return []
        }
        if text.count < mark.count, mark.starts(with: text) {
            form = .undecided(Array(text))
            return []
        }
        if text.starts(with: mark) { return try decide(Array(text)) }
        if first == UInt8(ascii: "<") {
            throw LanguageModelError(
                .badReply, message: "the endpoint answered with a web page; is the base address right?")
        }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        form = isJSON ? .whole([]) : .events(ServerSentEventParser(limit: limit))
        received -= text.count
        return try push(Array(text))
    }

    private mutating func read(
        _ bytes: some Collection<UInt8>, parser: inout ServerSentEventParser
    ) throws(LanguageModelError) -> [ModelDelta] {
        let events: [ServerSentEvent]
        do {
            events = try parser.push(bytes)
        } catch {
            throw LanguageModelError(.badReply, message: "an event of the stream is larger than \(error.limit) bytes")
        }
        var deltas: [ModelDelta] = []
        if !sawEvent, beginning.count < 300 { beginning += bytes.prefix(300 - beginning.count) }
        for event in events where !sawEnd { deltas += try take(event) }
        return deltas
    }

    private mutating func take(_ event: ServerSentEvent) throws(LanguageModelError) -> [ModelDelta] {
        sawEvent = true
        let lines = event.data.split(separator: "\n")
        guard lines.count > 1, event.isValid, (try? JSONParser.parse(event.data)) == nil else {
            return try takeOne(event)
        }
        // Some servers forget the empty line between two events.
        var deltas: [ModelDelta] = []
        for line in lines where !sawEnd {
            deltas += try takeOne(ServerSentEvent(type: event.type, data: String(line), isValid: true))
        }
        return deltas
    }

    private mutating func takeOne(_ event: ServerSentEvent) throws(LanguageModelError) -> [ModelDelta] {
        let data = event.data.utf8.drop { $0 == 0x20 }
        if data.isEmpty { return [] }
        if event.data.utf8.count < 16, event.data.uppercased().contains("[DONE]") {
            assembler.end()
            isDone = true
            return []
        }
        guard event.isValid else {
            throw LanguageModelError(.badReply, message: "the model's reply is not valid UTF-8")
        }
        if event.type == "error" { throw Self.error(event.data) }
        return try assembler.add(Self.parse(event.data))
    }

    /// Of an event that says that it is one: some have the text alone, some nothing around the members.
    private static func error(_ text: String) -> LanguageModelError {
        ProviderError(json: (try? JSONParser.parse(text)) ?? .string(text)).asStreamError
    }

    private static func parse(_ text: String) throws(LanguageModelError) -> JSONValue {
        do {
            return try JSONParser.parse(text)
        } catch {
            throw LanguageModelError(.badReply, message: "the model's reply is not JSON (byte \(error.offset))")
        }
    }

    mutating func finish() throws(LanguageModelError) -> DecodedReply {
        var deltas: [ModelDelta] = []
        switch form {
        case .undecided: throw LanguageModelError(.incomplete, message: "the model's reply is empty")
        case .whole(let bytes): for value in try Self.whole(bytes) where !sawEnd { deltas += try assembler.add(value) }
        case .events(var parser):
            // What is left may be cut; it counts only where it happens to be whole.
            if let event = parser.finish(), !sawEnd { deltas = try take(last: event) }
            if !sawEvent, let text = Self.prose(beginning) {
                throw LanguageModelError(
                    .badReply, message: "the endpoint answered with something that is no model's reply: \(text)")
            }
        }
        var decoded = try assembler.reply()
        decoded.deltas = deltas
        return decoded
    }

    private mutating func take(last event: ServerSentEvent) throws(LanguageModelError) -> [ModelDelta] {
        do {
            return try take(event)
        } catch {
            let isWhole = event.type == "error" || (try? JSONParser.parse(event.data)) != nil
            if event.isValid, isWhole { throw error }
            return []
        }
    }

    /// A text whose first line is none of an event stream.
    private static func prose(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        let line = text.prefix { !$0.isNewline }
        let field = line.prefix { $0 != ":" }
        return ["", "data", "event", "id", "retry"].contains(field) ? nil : ProviderError.line(text)
    }

    /// One value, or a line for each where a server leaves out what makes them events.
    private static func whole(_ bytes: [UInt8]) throws(LanguageModelError) -> [JSONValue] {
        do {
            return [try JSONParser.parse(bytes)]
        } catch {
            if let lines = lines(bytes) { return lines }
            let isCut = error.offset >= bytes.count
            throw isCut
                ? LanguageModelError(.incomplete, message: "the model's reply broke off in the middle")
                : LanguageModelError(.badReply, message: "the model's reply is not JSON (byte \(error.offset))")
        }
    }

    /// Each line an object; the last one may be cut.
    private static func lines(_ bytes: [UInt8]) -> [JSONValue]? {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy { $0 == 0x20 || $0 == 0x0D } }
        let values = lines.map { try? JSONParser.parse($0) }
        let whole = values.last.flatMap(\.self) == nil ? values.dropLast() : values[...]
        guard lines.count > 1, whole.allSatisfy({ $0?.object != nil }) else { return nil }
        return whole.compactMap(\.self)
    }
}
