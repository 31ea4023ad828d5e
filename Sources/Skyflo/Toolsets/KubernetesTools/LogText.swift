import KubeModel
import Writes

/// Lines of a log within a limit of bytes: the newest are kept, and the text says how to read those before.
struct LogText: Sendable {
    private let redacted: String
    private let wanted: Int
    private let asked: Int
    private let skipped: Int
    private let isSince: Bool

    /// - Parameters:
    ///   - wanted: how many lines the call is about.
    ///   - asked: how many the server was asked for at last.
    init(_ redacted: String, wanted: Int, asked: Int, skipped: Int, isSince: Bool) {
        self.redacted = redacted
        self.wanted = wanted
        self.asked = asked
        self.skipped = skipped
        self.isSince = isSince
    }

    func text(limit: Int) -> String {
        let count = redacted.utf8.count { $0 == UInt8(ascii: "\n") }
        if redacted.utf8.count <= limit {
            if asked == wanted, !(isSince && count == wanted) { return redacted }
            return kept(
                redacted.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init),
                limit: limit)
        }
        // A line longer than a quarter of the room would take the place of all others.
        let whole = redacted.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        let longest = max(80, whole.count == 1 ? limit - 2 * Self.noteRoom : limit / 4)
        return kept(whole.map { OutputLimit.shorten($0, to: longest) }, limit: limit)
    }

    private func kept(_ lines: [String], limit: Int) -> String {
        var used = Self.noteRoom
        let kept = lines.reversed().prefix { line in
            used += line.utf8.count + 1
            return used <= limit
        }
        let missing = lines.count - kept.count
        let earlier =
            asked < wanted
            ? "all lines before the newest \(skipped + kept.count)"
            : missing == 0 ? "lines before these \(kept.count), if there are any" : "\(missing) earlier lines"
        let note = "… left out: \(earlier); to read them, skip_lines: \(skipped + kept.count)"
        return ([note] + kept.reversed()).map { $0 + "\n" }.joined()
    }

    private static let noteRoom = 120
}
