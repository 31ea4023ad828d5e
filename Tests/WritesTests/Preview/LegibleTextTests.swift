import KubeModel
import Testing

@testable import Writes

/// Changes in texts of several lines, as who approves sees them.
@Suite struct LegibleTextTests {
    private func diff(_ old: String?, _ new: String?) -> String {
        let yaml = LegibleYAML(
            old: old.map { ["data": ["a": .string($0)]] }, new: new.map { ["data": ["a": .string($0)]] })
        return UnifiedDiff.text(old: yaml.old, new: yaml.new, oldName: "a", newName: "b", context: 0)
    }

    /// The lines that change, with their marks.
    private func changes(_ old: String?, _ new: String?) -> [String] {
        diff(old, new).split(separator: "\n").map(String.init).filter {
            ($0.hasPrefix("+") || $0.hasPrefix("-")) && !$0.hasPrefix("+++") && !$0.hasPrefix("---")
        }
    }

    private static let lines = (1...40).map { "line \($0)" }
    private static func text(_ lines: [String], _ end: String = "\n") -> String { lines.map { $0 + end }.joined() }
    private let lf = text(lines)
    private let crlf = text(lines, "\r\n")

    @Test func `a change in a text with CRLF is one line`() {
        let new = crlf.replacing("line 20\r\n", with: "line twenty\r\n")
        #expect(changes(crlf, new) == ["-    line 20", "+    line twenty"])
    }

    @Test func `other line ends are told in one line`() {
        #expect(changes(crlf, lf) == ["-  a: |  # lines end in CRLF", "+  a: |  # lines end in LF"])
        #expect(changes(lf, crlf) == ["-  a: |  # lines end in LF", "+  a: |  # lines end in CRLF"])
    }

    @Test func `a change with other line ends is its line and theirs`() {
        let new = lf.replacing("line 20\n", with: "line twenty\n")
        #expect(
            changes(crlf, new)
                == ["-  a: |  # lines end in CRLF", "+  a: |  # lines end in LF", "-    line 20", "+    line twenty"])
    }

    @Test func `line ends that differ from the others are marked`() {
        let one = crlf.replacing("line 20\r\n", with: "line 20\n")
        #expect(
            changes(crlf, one)
                == [
                    "-  a: |  # lines end in CRLF", "+  a: |  # lines end in CRLF, those with ␊ in LF", "-    line 20",
                    "+    line 20␊",
                ])
        let other = lf.replacing("line 20\n", with: "line 20\r\n")
        #expect(changes(lf, other).last == "+    line 20␍")
        #expect(changes(lf, other)[1].contains("lines end in LF, those with ␍ in CRLF"))
    }

    @Test func `blanks at the ends of all lines that come or go are told in one line`() {
        let blanks = Self.text(Self.lines, "  \n")
        #expect(changes(blanks, lf) == ["-  a: |  # 40 lines end in blanks", "+  a: |  # no line ends in blanks"])
        #expect(changes(lf, blanks) == ["-  a: |  # no line ends in blanks", "+  a: |  # 40 lines end in blanks"])
        let new = lf.replacing("line 20\n", with: "line twenty\n")
        #expect(changes(blanks, new).suffix(2) == ["-    line 20", "+    line twenty"])
    }

    @Test func `blanks at the end of a line are seen`() {
        let new = lf.replacing("line 20\n", with: "line 20 \n")
        #expect(
            changes(lf, new) == [
                "-  a: |", "+  a: |  # ␠ is a blank at the end of a line", "-    line 20", "+    line 20␠",
            ])
        let other = new.replacing("line 30\n", with: "line thirty\n")
        #expect(changes(new, other) == ["-    line 30", "+    line thirty"])
        #expect(changes("a\n \nb\n", "a\n\nb\n").contains("-    ␠"))
        #expect(changes("a\t\nb\n", "a\nb\n").contains("-    a␉"))
    }

    @Test func `tabs in the place of blanks are seen, others stay`() {
        #expect(changes("a:\n\tb\n", "a:\n    b\n").contains("-    ␉b"))
        #expect(changes("a:\n\tb\n\tc\n", "a:\n\tb\n\td\n") == ["-    \tc", "+    \td"])
    }

    @Test func `a line feed that is missing at the end is told`() {
        #expect(changes("a\nb\n", "a\nb") == ["-  a: |", "+  a: |-  # no line feed at the end"])
        #expect(changes("a\nb\n", "a\nb\n\n").first == "-  a: |")
        #expect(changes("a\r\nb\r\n", "a\r\nb").last?.contains("no line feed at the end") == true)
    }

    @Test(arguments: [
        ("a\nb\u{202E}c\n", "a\nbc\n"), ("a\nb\u{200B}\n", "a\nb\n"), ("a\nb\u{0}\n", "a\nb\n"),
        ("a\nb\r\r\n", "a\nb\r\n"),
        ("a\u{200B}b", "ab"), ("a\n\u{FEFF}b\n", "a\nb\n"), ("a\n\u{1B}[8mb\n", "a\nb\n"), ("a\n\u{A0}b\n", "a\n b\n"),
        ("a\rb\n", "ab\n"), ("\u{E0041}a\n", "a\n"), ("a\ne\u{301}\n", "a\né\n"), ("a␠\nb\n", "a \nb\n"),
        ("a\nb␊\r\n", "a\nb\n"),
        ("a␍\n", "a\r\n"), ("|  # lines end in CRLF\na\n", "a\r\n"), ("a\n‹U+202E›b\n", "a\n\u{202E}b\n"),
        ("\ta\n", "a\n"),
        (" a\nb\n", "a\nb\n"), ("\n\na\n", "\na\n"), ("a\n\n\n", "a\n\n"), ("a\n", "a\r"), ("\r\n", "\n"), ("\n", ""),
    ])
    func `no change is hidden by what can't be seen`(_ old: String, _ new: String) {
        let text = diff(old, new)
        #expect(!text.isEmpty)
        let isInvisible: (Unicode.Scalar) -> Bool = {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0 == "\u{202E}" || $0 == "\u{200B}" || $0 == "\u{FEFF}"
        }
        #expect(!text.unicodeScalars.contains(where: isInvisible), "\(text)")
        let shown = changes(old, new)
        #expect(Set(shown.map { Array($0.utf8.dropFirst()) }).count == shown.count, "\(text)")
        #expect(Set(shown.map { $0.dropFirst() }).count == shown.count, "\(text)")
    }

    @Test func `a text that is made or removed is shown line by line`() {
        #expect(changes(nil, "a\r\nb\r\n") == ["+data:", "+  a: |  # lines end in CRLF", "+    a", "+    b"])
        #expect(changes("a \nb\n", nil).count == 4)
    }

    @Test func `texts in lists and under long names are shown where they stand`() {
        let yaml = LegibleYAML(old: ["args": ["sh", "a\r\nb\r\n"], "list": [["x": "a \nb"]]], new: nil)
        #expect(
            yaml.old == """
                args:
                - sh
                - |  # lines end in CRLF
                  a
                  b
                list:
                - x: |-  # ␠ is a blank at the end of a line
                    a␠
                    b

                """)
        let text = LegibleYAML(old: ["a": "text-of-several-lines-0-", "b": "x\ty\nz"], new: nil).old
        #expect(text.contains("a: text-of-several-lines-0-\n") && text.contains("b: |-\n  x\ty\n  z"), "\(text)")
    }

    /// With the text that is shown the one that was compared can be written again.
    @Test func `ordinary texts stay as YAML has them`() {
        for value in ["a\nb\n", "a", "", "a: b\nc: d\n", "é\nü\n"] {
            let json: JSONValue = ["data": ["a": .string(value)]]
            #expect(LegibleYAML(old: json, new: json).old == YAML.format(json, sorted: true))
        }
    }
}
