import KubeModel

/// What a provider attached to a reply and wants back with it, unchanged: reasoning under the name under which it came,
/// signed blocks. Nobody else reads it.
package struct ProviderData: Sendable, Hashable {
    /// The model that wrote a reply. Signatures of one mean nothing to another, and reasoning is nobody else's business.
    package struct Author: Sendable, Hashable {
        /// The wire format (``ProviderAPI/format``).
        package var format: String
        /// Of the endpoint, with its port.
        package var host: String
        /// As the provider calls it.
        package var model: String

        package init(format: String, host: String, model: String) {
            self.format = format
            self.host = host
            self.model = model
        }
    }

    package var author: Author
    /// In the form of the author's format; null where nothing was attached.
    package var content: JSONValue

    package init(author: Author, content: JSONValue = .null) {
        self.author = author
        self.content = content
    }
}

extension ProviderData {
    /// As the transcript keeps it.
    package var json: JSONValue {
        .compact([
            "format": .string(author.format), "host": .string(author.host), "model": .string(author.model),
            "content": content.isNull ? nil : content,
        ])
    }

    /// - Returns: nil for what was written by no version.
    package init?(json: JSONValue) {
        guard let format = json["format"]?.string, let host = json["host"]?.string, let model = json["model"]?.string
        else { return nil }
        self.init(
            author: Author(format: format, host: host, model: model), content: json["content"] ?? .null)
    }

    /// The same with each text for readers replaced. What is signed stays as it is: a provider refuses it otherwise.
    package func mapTexts(_ transform: (String) -> String) -> ProviderData {
        ProviderData(author: author, content: Self.mapTexts(of: content, transform))
    }

    private static let textMembers: Set<String> = [
        "reasoning_content", "reasoning", "reasoning_text", "thinking", "text", "summary",
    ]

    private static func mapTexts(of value: JSONValue, _ transform: (String) -> String) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { mapTexts(of: $0, transform) })
        case .object(var members):
            let isSigned = members["signature"]?.string.map { !$0.isEmpty } ?? false
            if isSigned { return value }
            for (key, member) in members {
                if let text = member.string {
                    if textMembers.contains(key) { members[key] = .string(transform(text)) }
                } else {
                    members[key] = mapTexts(of: member, transform)
                }
            }
            return .object(members)
        default: return value
        }
    }
}
