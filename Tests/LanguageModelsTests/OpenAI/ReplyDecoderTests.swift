import Testing

@testable import LanguageModels

@Suite struct ReplyDecoderTests {
    /// Found by libFuzzer: the blank was dropped only where it came alone.
    @Test(arguments: [1, 3, 1000], [" ", "\r\n \n", "\t"])
    func `blanks before a reply mean nothing, however it is cut`(size: Int, blanks: String) throws {
        let text = #"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"# + "\n\n"
        var decoder = EventReplyDecoder(ReplyAssembler(), limit: 1000)
        var rest = Array((blanks + text).utf8)[...]
        while !rest.isEmpty {
            _ = try decoder.push(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(try decoder.finish().reply.content == "Hi")
    }
}
