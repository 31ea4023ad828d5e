extension Int {
    /// `1 pod`, `3 pods`: a count in a message.
    ///
    /// - Parameter noun: in the singular; its plural ends with an s.
    package func counted(as noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
