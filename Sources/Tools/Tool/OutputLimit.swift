/// Cuts texts to a number of bytes without breaking lines or characters, and says what is missing.
enum OutputLimit {
    /// Keeps the beginning: for lists and objects.
    static func cut(_ text: String, to limit: Int) -> String {
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
    static func cutBeginning(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let room = max(0, limit - noteLength)
        let kept = count(of: lines.reversed(), fitting: room)
        guard kept > 0 else {
            let tail = String(prefix(String(text.reversed()), bytes: room).reversed())
            return note(bytes: text.utf8.count - tail.utf8.count, lines: lines.count - 1, "earlier") + "\n" + tail
        }
        let tail = lines.suffix(kept).joined(separator: "\n")
        return note(bytes: text.utf8.count - tail.utf8.count, lines: lines.count - kept, "earlier") + "\n" + tail
    }

    /// More than the longest note, so that the result stays under the limit with it.
    private static let noteLength = 96

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

    private static func note(bytes: Int, lines: Int, _ which: String) -> String {
        "… left out: \(lines) \(which) line\(lines == 1 ? "" : "s"), \(bytes) bytes"
    }
}
