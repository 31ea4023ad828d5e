extension String {
    /// At most so many characters (what `maxLength` counts), the cut said at the end.
    public func bounded(to limit: Int) -> String {
        // The UTF-8 length bounds the number of code points from above and costs nothing to ask for.
        guard utf8.count > limit, unicodeScalars.count > limit else { return self }
        let note = "… (cut)"
        return String(String.UnicodeScalarView(unicodeScalars.prefix(limit - note.unicodeScalars.count))) + note
    }
}
