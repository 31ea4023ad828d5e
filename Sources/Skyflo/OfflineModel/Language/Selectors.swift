/// By which labels and by which fields a list is narrowed.
struct Selectors: Sendable, Hashable {
    private(set) var labels: String?
    /// `type=Warning`
    private(set) var fields: String?

    private static let option = "--field-selector"
    private static let paths = ["status.", "spec.", "metadata.", "involvedobject."]

    init(_ clause: Clause, slots: Slots) {
        labels = slots.selector
        if let word = clause.tokens.first(where: { $0.text.hasPrefix(Self.option + "=") }) {
            fields = String(word.text.dropFirst(Self.option.count + 1))
        } else if let selector = slots.selector,
            // Events have no labels of their own, and no label begins like the path of a field.
            slots.kind == "event" || clause.words.contains(Self.option)
                || Self.paths.contains(where: selector.lowercased().hasPrefix)
        {
            (labels, fields) = (nil, selector)
        }
    }
}
