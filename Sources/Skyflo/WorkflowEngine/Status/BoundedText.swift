extension String {
    /// At most so many bytes as JSON, cut between characters, the cut said at the end.
    ///
    /// Bytes, although `maxLength` counts code points: there are never fewer bytes, and it is bytes that a status must not
    /// have too many of. As they are stored: quotes take two, control characters six, and so do `<`, `>` and `&`, which the API
    /// server escapes.
    package func bounded(to limit: Int) -> String {
        let note = "… (cut)"
        var stored = 0
        // How many bytes fit together with the note.
        var kept = 0
        for byte in utf8 {
            stored += Self.storedBytes(of: byte)
            if stored > limit { return prefix(bytes: kept) + note }
            if stored <= limit - note.utf8.count { kept += 1 }
        }
        return self
    }

    private func prefix(bytes: Int) -> String {
        var end = utf8.index(utf8.startIndex, offsetBy: bytes)
        while end > utf8.startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    private static func storedBytes(of byte: UInt8) -> Int {
        switch byte {
        case 0x0A, 0x0D, 0x09, UInt8(ascii: "\""), UInt8(ascii: "\\"): 2
        case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): 6
        default: 1
        }
    }
}
