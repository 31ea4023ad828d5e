/// Cuts texts to a number of bytes without breaking lines or characters, and says what is missing.
package enum OutputLimit {
    /// Keeps the beginning: for what is less worth the further down it stands.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let room = max(0, limit - noteLength)
        let kept = count(of: lines, fitting: room)
        guard kept > 0 else {
            let head = prefix(text, bytes: room)
            return head + "\n" + note(bytes: text.utf8.count - head.utf8.count, lines: lines.count - 1, "more")
        }
        let head = lines.prefix(kept).joined(separator: "\n")
        return head + "\n" + note(bytes: text.utf8.count - head.utf8.count, lines: lines.count - kept, "more")
    }

    /// Keeps the end: for logs, where the newest lines say most.
    package static func cutBeginning(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let room = max(0, limit - noteLength)
        let kept = count(of: lines.reversed(), fitting: room)
        guard kept > 0 else {
            let tail = suffix(text, bytes: room)
            return note(bytes: text.utf8.count - tail.utf8.count, lines: lines.count - 1, "earlier") + "\n" + tail
        }
        let tail = lines.suffix(kept).joined(separator: "\n")
        return note(bytes: text.utf8.count - tail.utf8.count, lines: lines.count - kept, "earlier") + "\n" + tail
    }

    /// Keeps the beginning and the end: for a text of which nothing else is known.
    ///
    /// - Parameter rest: how to get what is left out.
    package static func cutMiddle(_ text: String, to limit: Int, rest: String) -> String {
        guard text.utf8.count > limit else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let room = max(0, limit - noteLength - rest.utf8.count)
        let first = count(of: lines, fitting: room * 2 / 3)
        let last = count(of: lines.dropFirst(first).reversed(), fitting: room / 3)
        guard first > 0, last > 0 else { return shorten(text, to: limit) }
        let (head, tail) = (lines.prefix(first).joined(separator: "\n"), lines.suffix(last).joined(separator: "\n"))
        let missing = text.utf8.count - head.utf8.count - tail.utf8.count
        let mark = note(bytes: missing, lines: lines.count - first - last, "more")
        return "\(head)\n\(mark); \(rest)\n\(tail)"
    }

    /// One text, such as a line or a value, without its middle.
    package static func shorten(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let room = max(0, limit - shortNoteLength)
        let (head, tail) = (prefix(text, bytes: room * 2 / 3), suffix(text, bytes: room / 3))
        return "\(head)…(\(text.utf8.count - head.utf8.count - tail.utf8.count) bytes left out)…\(tail)"
    }

    /// More than the longest note, so that the result stays under the limit with it.
    private static let noteLength = 96
    private static let shortNoteLength = 40

    private static func count(of lines: some Sequence<Substring>, fitting room: Int) -> Int {
        var used = 0
        var count = 0
        for line in lines {
            used += line.utf8.count + 1
            if used > room { break }
            count += 1
        }
        return count
    }

    private static func prefix(_ text: String, bytes: Int) -> String {
        var used = 0
        return String(
            text.prefix { character in
                used += character.utf8.count
                return used <= bytes
            })
    }

    private static func suffix(_ text: String, bytes: Int) -> String {
        var start = text.endIndex
        var used = 0
        while start > text.startIndex {
            let before = text.index(before: start)
            used += text[before].utf8.count
            if used > bytes { break }
            start = before
        }
        return String(text[start...])
    }

    private static func note(bytes: Int, lines: Int, _ which: String) -> String {
        "… left out: \(lines) \(which) line\(lines == 1 ? "" : "s"), \(bytes) bytes"
    }
}
