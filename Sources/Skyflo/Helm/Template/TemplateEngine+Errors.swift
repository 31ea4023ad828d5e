// Helm's own form of the errors of parsing and executing templates.
extension TemplateEngine {
    /// `parse error at (file:line): what`
    static func parseError(_ error: HelmError, file: ByteString) -> HelmError {
        let parts = GoText.split(error.message, by: ": ")
        guard parts.count > 1, let last = parts.last else {
            return HelmError(message: "parse error in (" + file + "): " + error.message)
        }
        return HelmError(message: "parse error at (" + parts[1] + "): " + last)
    }

    static let messageStart: ByteString = "HELM_ERR_START"
    static let messageEnd: ByteString = "HELM_ERR_END"

    /// The message of `fail` and `required`, which `executionError` then takes out of what is around it.
    static func wrapped(_ message: ByteString) -> HelmError {
        HelmError(message: messageStart + message + messageEnd)
    }

    /// The places that led to the error, each on lines of its own; or just the message of `fail` and `required`.
    static func executionError(_ error: HelmError, file: ByteString) -> HelmError {
        guard error.isExecution else { return error }
        let parts = GoText.split(error.message, by: ": ", limit: 3)
        guard parts.count == 3 else {
            return HelmError(message: "execution error in (" + file + "): " + error.message)
        }
        if let start = GoText.index(of: messageStart, in: parts[2]),
            let end = GoText.lastIndex(of: messageEnd, in: parts[2]), end >= start + messageStart.count
        {
            let message = parts[2].bytes[(start + messageStart.count)..<end]
            return HelmError(message: "execution error at (" + parts[1] + "): " + ByteString(bytes: message))
        }
        var places: [ErrorPlace] = []
        for message in [error.message] + error.causes {
            guard let place = ErrorPlace(message) else { return error }
            if places.last != place { places.append(place) }
        }
        let text = GoText.joined(places.map(\.text), by: "")
        return HelmError(message: GoText.trimmingSpaces(text))
    }
}

/// Where an error came up, and why.
private struct ErrorPlace: Equatable {
    var location: ByteString = ""
    var executing: ByteString = ""
    var message: ByteString

    /// Nil where it is no error of templates.
    init?(_ text: ByteString) {
        guard let rest = GoText.dropping(prefix: "template: ", of: text) else { return nil }
        if GoText.dropping(prefix: "no template ", of: rest) != nil {
            message = text
        } else if let place = Self.executing(rest) {
            self = place
        } else {
            guard let split = GoText.lastIndex(of: ": ", in: rest) else { return nil }
            location = ByteString(bytes: rest.bytes[..<split])
            message = Self.withoutCause(ByteString(bytes: rest.bytes[(split + 2)...]))
        }
    }

    private init(location: ByteString, executing: ByteString, message: ByteString) {
        (self.location, self.executing, self.message) = (location, executing, message)
    }

    private static func executing(_ text: ByteString) -> ErrorPlace? {
        guard let (name, after) = GoText.cut(text, at: ": executing "),
            after.bytes.first == UInt8(ascii: "\""),
            let quote = after.bytes.dropFirst().firstIndex(of: UInt8(ascii: "\"")),
            let node = GoText.dropping(prefix: " at <", of: ByteString(bytes: after.bytes[(quote + 1)...])),
            let (place, message) = GoText.cut(node, at: ">: ")
        else { return nil }
        let function = ByteString(bytes: after.bytes[...quote])
        return ErrorPlace(
            location: name, executing: "executing " + function + " at <" + place + ">:", message: withoutCause(message))
    }

    private static func withoutCause(_ message: ByteString) -> ByteString {
        guard let cut = GoText.index(of: " template:", in: message) else { return message }
        return ByteString(bytes: message.bytes[..<cut])
    }

    var text: ByteString {
        var text: ByteString = ""
        if !location.isEmpty { text += location + "\n  " }
        if !executing.isEmpty { text += executing + "\n    " }
        if !message.isEmpty { text += message + "\n" }
        return text
    }
}
