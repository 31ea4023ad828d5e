import Testing

@testable import Helm

/// Recorded expressions with parts changed at random: whatever comes of it, it comes to an end.
@Suite struct MutationTests {
    /// Random numbers that are the same in each run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let fragments = [
        "{{", "}}", "{{-", "-}}", "(", ")", "|", "\"", "`", "$", ".", " ", "\n", ":=", "nil", "1e400", "-1", "end",
        "range",
        "if", "else", "define \"x\"", "template \"x\" .", "include \"x\" .", "99999999999", "\u{e9}", "/*", "*/", "'",
        "until 5", "repeat 3", "printf \"%5.2v\"", "list", "dict \"a\"", "break",
    ].map { Array($0.utf8) }

    @Test func `changed templates give a text or an error`() throws {
        var limits = TemplateLimits()
        limits.steps = 20_000
        limits.outputBytes = 1 << 20
        let engine = TemplateEngine(environment: ProbeChart.environment, limits: limits)
        var generator = Generator()
        var (texts, errors) = (0, 0)
        let slow = ["gen", "bcrypt", "htpasswd", "derivePassword"]
        let templates = try ProbeChart.expressions().map(\.template).filter { text in
            !slow.contains { text.contains($0) }
        }
        for _ in 0..<2000 {
            guard var bytes = templates.randomElement(using: &generator).map({ Array($0.utf8) }) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.change(&bytes, &generator) }
            let values = HelmMap(
                ["Values": .map(HelmMap(["list": .list([.int(1)]), "name": .string("n")], type: .values))],
                type: .values)
            let file = RenderedFile(
                name: "c/templates/x.yaml", text: ByteString(bytes: bytes), values: values, basePath: "c/templates")
            do {
                _ = try engine.render([file])
                texts += 1
            } catch {
                #expect(!error.message.isEmpty)
                errors += 1
            }
        }
        #expect(texts > 50 && errors > 50)
    }

    private static func change(_ bytes: inout [UInt8], _ generator: inout Generator) {
        let start = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 0...8, using: &generator))
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        case 2: bytes.insert(contentsOf: fragments.randomElement(using: &generator) ?? [], at: start)
        default: bytes.replaceSubrange(start..<end, with: [UInt8.random(in: 0...255, using: &generator)])
        }
    }
}
