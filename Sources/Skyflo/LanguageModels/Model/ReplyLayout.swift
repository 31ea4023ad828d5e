import KubeModel

/// The parts of a reply in the order in which the model wrote them, and what hangs on each.
///
/// Providers sign what their models thought, and want it back unchanged in its place. Text and arguments of the reply aren't
/// repeated here, only where they belong.
struct ReplyLayout: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        /// What only the provider understands, sent back as it is.
        case opaque(JSONValue)
        /// The next so many bytes (UTF-8) of the reply's text, with what hangs on them.
        case text(bytes: Int, extra: JSONValue?)
        /// The next call of the reply.
        case call
    }

    var parts: [Part] = []

    /// Whether text and calls alone, one after the other, say the same.
    var isTrivial: Bool {
        var sawCall = false
        return parts.allSatisfy { part in
            switch part {
            case .opaque: return false
            case .text(_, let extra): return extra == nil && !sawCall
            case .call:
                sawCall = true
                return true
            }
        }
    }
}

extension ReplyLayout {
    /// The layout of what is left of the text, where its beginning was taken away.
    func keeping(_ rest: String, of content: String) -> ReplyLayout {
        guard rest != content else { return self }
        var gone = content.utf8.count - rest.utf8.count
        let kept = parts.compactMap { part -> Part? in
            guard case .text(let bytes, let extra) = part, gone > 0 else { return part }
            let taken = min(gone, bytes)
            gone -= taken
            return bytes > taken ? .text(bytes: bytes - taken, extra: extra) : nil
        }
        return ReplyLayout(parts: kept)
    }
}

// MARK: - The stored form

extension ReplyLayout {
    var json: JSONValue { .array(parts.map(\.json)) }

    /// What a reply had attached; empty where that is nothing, or was written by nobody here.
    init(attached data: ProviderData?) { self = data.flatMap { ReplyLayout(json: $0.content) } ?? ReplyLayout() }

    /// Nil where it is none that ``json`` wrote.
    init?(json: JSONValue) {
        guard let array = json.array else { return nil }
        let parts = array.compactMap(Part.init)
        guard parts.count == array.count else { return nil }
        self.init(parts: parts)
    }
}

extension ReplyLayout.Part {
    fileprivate var json: JSONValue {
        switch self {
        case .opaque(let value): ["opaque": value]
        case .text(let bytes, let extra): .compact(["text": JSONValue(bytes), "extra": extra])
        case .call: "call"
        }
    }

    fileprivate init?(json: JSONValue) {
        if let value = json["opaque"] {
            self = .opaque(value)
        } else if let bytes = json["text"]?.int, bytes >= 0 {
            self = .text(bytes: bytes, extra: json["extra"])
        } else if json == "call" {
            self = .call
        } else {
            return nil
        }
    }
}

// MARK: - With the reply

extension ReplyLayout {
    /// A part of a reply with its content.
    enum Filled: Sendable, Hashable {
        case opaque(JSONValue)
        case text(String, extra: JSONValue?)
        case call(ModelToolCall)
    }

    /// The parts with text and calls filled in. Where they are no longer those of the layout, because somebody shortened
    /// them, what is opaque comes first, as providers have it, then the text, then the calls.
    func filled(content: String, calls: [ModelToolCall]) -> [Filled] {
        inOrder(content: content, calls: calls) ?? apart(content: content, calls: calls)
    }

    private func inOrder(content: String, calls: [ModelToolCall]) -> [Filled]? {
        var text = Substring(content)
        var calls = calls[...]
        var filled: [Filled] = []
        for part in parts {
            switch part {
            case .opaque(let value): filled.append(.opaque(value))
            case .text(let bytes, let extra):
                guard let end = text.utf8.index(text.startIndex, offsetBy: bytes, limitedBy: text.endIndex),
                    let boundary = end.samePosition(in: content.unicodeScalars)
                else { return nil }
                filled.append(.text(String(text[..<boundary]), extra: extra))
                text = text[boundary...]
            case .call:
                guard let call = calls.popFirst() else { return nil }
                filled.append(.call(call))
            }
        }
        return text.isEmpty && calls.isEmpty ? filled : nil
    }

    private func apart(content: String, calls: [ModelToolCall]) -> [Filled] {
        let opaque = parts.compactMap { part -> Filled? in
            if case .opaque(let value) = part { .opaque(value) } else { nil }
        }
        return opaque + (content.isEmpty ? [] : [.text(content, extra: nil)]) + calls.map { .call($0) }
    }
}
