extension String {
    /// At most so many bytes of UTF-8, cut between characters, the cut said at the end.
    ///
    /// Bytes, although `maxLength` counts code points: there are never fewer bytes, and it is bytes that a status must not
    /// have too many of.
    public func bounded(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let note = "… (cut)"
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit - note.utf8.count))
        while end > utf8.startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + note
    }
}
