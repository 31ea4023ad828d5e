import KubeModel

/// From the bytes of an Amazon event stream to a reply.
struct ConverseDecoder: ReplyStreamDecoder {
    private let limit: Int
    private var received = 0
    private var parser: EventStreamParser
    private var assembler = ConverseAssembler()
    /// An answer that isn't made of messages, as far as it came.
    private var other: [UInt8]?

    /// - Parameter limit: how many bytes the answer may have.
    init(limit: Int) {
        self.limit = limit
        parser = EventStreamParser(limit: limit)
    }

    var sawEnd: Bool { assembler.sawEnd }
    var isComplete: Bool { assembler.isComplete }
    var usage: TokenUsage { assembler.usage }
    var hasCountedReply: Bool { assembler.usage.completion > 0 }

    mutating func push(_ bytes: [UInt8]) throws(LanguageModelError) -> [ModelDelta] {
        if received == 0, let first = bytes.first, first != 0 { other = [] }
        received += bytes.count
        if received > limit {
            throw LanguageModelError(.badReply, message: "the model's reply is larger than \(limit) bytes")
        }
        if other != nil {
            other?.append(contentsOf: bytes)
            return []
        }
        var deltas: [ModelDelta] = []
        for message in try messages(bytes) where !sawEnd { deltas += try take(message) }
        return deltas
    }

    /// A message begins with a byte of zero: its length is below 16 MB. What gateways send instead is a page or JSON.
    private static func otherAnswer(_ bytes: [UInt8]) -> LanguageModelError {
        if let json = try? JSONParser.parse(bytes), json["error"] != nil || json["message"] != nil {
            return ProviderError(json: json).asStreamError
        }
        let text = String(decoding: bytes.prefix(300), as: UTF8.self)
        let isPage = text.drop(while: \.isWhitespace).first == "<"
        return LanguageModelError(
            .badReply,
            message: isPage
                ? "the endpoint answered with a web page; is the base address right?"
                : "the answer is not an event stream of Amazon: \(ProviderError.line(text))")
    }

    private mutating func messages(_ bytes: [UInt8]) throws(LanguageModelError) -> [EventStreamMessage] {
        do {
            return try parser.push(bytes)
        } catch {
            switch error {
            case .tooLarge(let limit):
                throw LanguageModelError(.badReply, message: "an event of the stream is larger than \(limit) bytes")
            case .malformed(let why):
                throw LanguageModelError(.badReply, message: "the answer is not an event stream of Amazon: \(why)")
            }
        }
    }

    private mutating func take(_ message: EventStreamMessage) throws(LanguageModelError) -> [ModelDelta] {
        switch message.messageType {
        case "event":
            guard let event = try? JSONParser.parse(message.payload) else {
                throw LanguageModelError(.badReply, message: "an event of the model's reply is not JSON")
            }
            return try assembler.add(event, type: message.eventType)
        case "exception":
            throw BedrockError(
                type: message.headers[":exception-type"] ?? "", body: message.payload
            ).inStream
        case "error":
            throw BedrockError(
                type: message.headers[":error-code"] ?? "", body: Array((message.headers[":error-message"] ?? "").utf8)
            ).inStream
        default: return []
        }
    }

    mutating func finish() throws(LanguageModelError) -> DecodedReply {
        if let other { throw Self.otherAnswer(other) }
        return try assembler.reply()
    }
}
