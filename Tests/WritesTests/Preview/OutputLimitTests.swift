import Testing

@testable import Writes

@Suite struct OutputLimitTests {
    let lines = (1...200).map { "line \($0) — ünïcode" }.joined(separator: "\n")

    @Test(arguments: [100, 128, 500, 1000, 3000])
    func `a cut text is within its limit, ends with a whole line, and says what is missing`(_ limit: Int) {
        let cut = OutputLimit.cut(lines, to: limit)
        #expect(cut.utf8.count <= limit)
        let kept = cut.split(separator: "\n").dropLast()
        #expect(lines.hasPrefix(kept.joined(separator: "\n")))
        if limit >= 200 { #expect(kept.allSatisfy { $0.hasSuffix("ünïcode") } && !kept.isEmpty) }
        let missing = lines.utf8.count - kept.joined(separator: "\n").utf8.count
        #expect(cut.hasSuffix("\(missing) bytes"), "\(cut.suffix(60))")
    }

    @Test func `what fits is not touched`() {
        #expect(OutputLimit.cut(lines, to: lines.utf8.count) == lines)
        #expect(OutputLimit.cutBeginning(lines, to: lines.utf8.count) == lines)
    }

    @Test func `logs keep their end`() {
        let cut = OutputLimit.cutBeginning(lines, to: 500)
        #expect(cut.utf8.count <= 500)
        #expect(cut.hasSuffix("line 200 — ünïcode"))
        #expect(cut.hasPrefix("… left out: "))
    }

    @Test func `one long line is cut between characters`() {
        let cut = OutputLimit.cut(String(repeating: "é", count: 1000), to: 301)
        #expect(cut.utf8.count <= 301)
        #expect(cut.split(separator: "\n")[0].allSatisfy { $0 == "é" })
    }
}
