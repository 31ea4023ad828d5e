/// A JSON Schema of draft 4 to 2020-12 for values other than a chart's. References go within the document: nothing is fetched.
package struct ArgumentSchema: Sendable {
    private let text: String

    /// - Throws: ``HelmError`` where the text isn't a schema, or a reference leads nowhere or elsewhere.
    package init(_ text: String) throws(HelmError) {
        _ = try JSONSchema(ByteString(text))
        self.text = text
    }

    /// A line for each place that isn't as the schema wants it; none where the value is allowed.
    ///
    /// - Parameter json: the value, as JSON.
    /// - Throws: ``HelmError`` where that isn't JSON.
    package func problems(with json: String) throws(HelmError) -> [String] {
        let value = try GoJSONReader.value(ByteString(json))
        return try JSONSchema(ByteString(text)).failures(of: value).map { $0.text(indent: 1).text }
    }
}
