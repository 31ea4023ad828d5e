import Testing

@testable import KubeClient

@Suite struct LineSplitterTests {
    /// All lines, with what stands behind the last one as a line too.
    private func lines(_ chunks: [[UInt8]]) throws -> [String] {
        var splitter = LineSplitter(maximumLineBytes: 1000)
        var result: [String] = []
        for chunk in chunks {
            splitter.append(chunk)
            while let line = try splitter.next() { result.append(String(decoding: line, as: UTF8.self)) }
        }
        let rest = splitter.rest()
        return rest.isEmpty ? result : result + [String(decoding: rest, as: UTF8.self)]
    }

    private func chunked(_ bytes: [UInt8], using generator: inout some RandomNumberGenerator) -> [[UInt8]] {
        var rest = bytes[...]
        var chunks: [[UInt8]] = []
        while !rest.isEmpty {
            let length = Int.random(in: 0...7, using: &generator)
            chunks.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return chunks
    }

    @Test(arguments: 0..<100)
    func `any chunks give the same lines`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let texts = (0..<20).map { _ in
            String(
                (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    "abc€".randomElement(using: &generator) ?? "a"
                })
        }
        let bytes = [UInt8]((texts.joined(separator: "\n") + "\n").utf8)
        #expect(try lines(chunked(bytes, using: &generator)) == texts)
        #expect(try lines([bytes]) == texts)
        #expect(try lines(bytes.map { [$0] }) == texts)
    }

    @Test func `what stands behind the last line feed is kept for the end`() throws {
        #expect(try lines([[UInt8]("a\nb".utf8)]) == ["a", "b"])
    }

    @Test func `a line that is too long is an error, complete or not`() throws {
        for text in ["12345", "12345\n", "1\n12345"] {
            var splitter = LineSplitter(maximumLineBytes: 4)
            splitter.append([UInt8](text.utf8))
            let error = #expect(throws: KubeClientError.self) {
                while try splitter.next() != nil { continue }
            }
            #expect(error?.code == .tooLarge)
        }
        var splitter = LineSplitter(maximumLineBytes: 4)
        splitter.append([UInt8]("1234\n1234".utf8))
        #expect(try splitter.next()?.count == 4)
        #expect(try splitter.next() == nil)
    }
}

/// splitmix64: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
