/// Templates that were parsed, for the next rendering of the same texts, and the functions that they may call.
///
/// Charts are rendered again and again, with other values or for another revision: without it, more than half of the time goes
/// into parsing and into freeing what was parsed. It serves one rendering at a time.
package final class TemplateCache {
    private struct Key: Hashable {
        var name: ByteString
        var length: Int
    }

    private struct Entry {
        var text: ByteString
        var templates: [ByteString: ParsedTemplate]
    }

    let functions = TemplateFunctions.all()
    private let limit: Int
    private var entries: [Key: [Entry]] = [:]
    private var bytes = 0

    /// - Parameter limit: bytes of texts. What is parsed of them takes about ten times as many. Beyond it all are forgotten.
    package init(limit: Int = 4 << 20) {
        self.limit = limit
    }

    /// The templates of a text, by name.
    func templates(of text: ByteString, name: ByteString) throws(HelmError) -> [ByteString: ParsedTemplate] {
        let key = Key(name: name, length: text.count)
        if let known = entries[key]?.first(where: { $0.text == text }) { return known.templates }
        let templates = try TemplateParser.parse(name: name, text: text, functions: functions)
        if bytes > limit { (entries, bytes) = ([:], 0) }
        entries[key, default: []].append(Entry(text: text, templates: templates))
        // Small ones count for what they take besides.
        bytes += text.count + 100
        return templates
    }
}
