import Testing

@testable import Writes

@Suite struct UnifiedDiffTests {
    /// Applies a unified diff the way `patch` does, without fuzz.
    private func apply(_ diff: String, to old: String) throws -> String {
        if diff.isEmpty { return old }
        var source = UnifiedDiff.lines(old).map(String.init)[...]
        var result: [String] = []
        var consumed = 0
        for line in diff.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2) {
            if line.hasPrefix("@@") {
                let numbers = line.split(separator: " ")[1].dropFirst().split(separator: ",").compactMap { Int($0) }
                let count = numbers.count > 1 ? numbers[1] : 1
                let start = count == 0 ? numbers[0] : numbers[0] - 1
                while consumed < start {
                    guard let line = source.popFirst() else { throw ToolFailure("the old text ended") }
                    result.append(line)
                    consumed += 1
                }
            } else if line.hasPrefix("\\") {
                if let last = result.popLast() { result.append(last.hasSuffix("\n") ? String(last.dropLast()) : last) }
            } else if line.hasPrefix("+") {
                result.append(line.dropFirst() + "\n")
            } else if line.hasPrefix("-") || line.hasPrefix(" ") {
                guard let taken = source.popFirst() else { throw ToolFailure("the old text ended") }
                #expect(taken.hasPrefix(line.dropFirst()), "a line of the old text")
                consumed += 1
                if line.hasPrefix(" ") { result.append(taken) }
            }
        }
        return (result + source).joined()
    }

    private func diff(_ old: String, _ new: String, context: Int = 3) -> String {
        UnifiedDiff.text(old: old, new: new, oldName: "old", newName: "new", context: context, limit: 1 << 20)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `applying a diff gives the new text`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        func text() -> String {
            let lines = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                "l\(Int.random(in: 0...5, using: &random))\n"
            }
            return lines.joined()
        }
        let (old, new) = (text(), text())
        let context = Int.random(in: 0...4, using: &random)
        let result = diff(old, new, context: context)
        #expect(try apply(result, to: old) == new, "\(result)")
        #expect(result.isEmpty == (old == new))
    }

    @Test func `it reads as people know it`() {
        let old = (1...10).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 5\n", with: "line five\n")
        #expect(
            diff(old, new) == """
                --- old
                +++ new
                @@ -2,7 +2,7 @@
                 line 2
                 line 3
                 line 4
                -line 5
                +line five
                 line 6
                 line 7
                 line 8

                """)
    }

    @Test func `a new text is added as a whole, an old one removed`() {
        #expect(diff("", "a\nb\n") == "--- old\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n")
        #expect(diff("a\n", "") == "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n")
    }

    @Test func `a missing line feed at the end shows`() {
        #expect(diff("a", "a\n") == "--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
    }

    @Test func `it is the shortest`() {
        // The example of Myers' paper: 5 changes.
        let old = "ABCABBA".map { "\($0)\n" }.joined()
        let new = "CBABAC".map { "\($0)\n" }.joined()
        let changes = diff(old, new).split(separator: "\n").dropFirst(2).filter {
            $0.hasPrefix("+") || $0.hasPrefix("-")
        }
        #expect(changes.count == 5)
    }

    @Test func `a long diff is bounded and says so`() {
        let new = (1...5000).map { "line \($0)\n" }.joined()
        let result = UnifiedDiff.text(old: "", new: new, oldName: "old", newName: "new", limit: 2000)
        #expect(result.utf8.count <= 2000)
        #expect(result.contains("… left out: "))
    }

    @Test func `texts that share nothing are replaced, in no long time`() throws {
        let old = (1...4000).map { "old \($0)\n" }.joined()
        let new = (1...4000).map { "new \($0)\n" }.joined()
        #expect(try apply(diff(old, new), to: old) == new)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
