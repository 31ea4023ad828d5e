import KubeModel

/// What a tool answered, as far as a text tells.
enum ToolText: Sendable, Hashable {
    case success(String)
    case notFound(String)
    /// A person said no; the reason where they gave one.
    case denied(reason: String?)
    case failure(String)

    private static let denials = [
        "denied by", "was denied", "has been denied", "denied this", "denied the", "denied call", "user denied",
        "declined", "not approved", "rejected by the user", "rejected by a person", "approval expired",
    ]
    private static let failures = [
        "error", "failed", "failure", "forbidden", "invalid", "unable to", "cannot ", "can't ", "could not ",
        "unknown tool",
        "timed out", "stale", "not executed", "refused", "the server ", "permission denied",
    ]

    /// - Parameter isLog: the text is what some program printed: the word "error" in it is no error of the tool.
    init(_ text: String, isLog: Bool = false) {
        let message = Self.message(text)
        let isMarked = message.lowercased().hasPrefix("failed: ")
        let said = isMarked ? String(message.dropFirst("failed: ".count)) : message
        let lower = said.lowercased()
        let firstLine = String(lower.prefix { $0 != "\n" })
        let isShort = said.count < 800
        let isMissing = firstLine.contains("not found") || firstLine.contains("notfound")
        if !isMarked, !isLog, said == text, Self.isResult(text) {
            self = .success(text)
        } else if isLog {
            let prefixes = ["error from server", "error: pods ", "error: pod ", "pods \"", "error: container "]
            let isError =
                isMarked || prefixes.contains(where: lower.hasPrefix)
                || (isShort && firstLine.contains(" is forbidden"))
            self =
                isError
                ? (isMissing ? .notFound(said) : .failure(said))
                : Self.denial(said, firstLine: firstLine) ?? .success(text)
        } else if let denial = Self.denial(said, firstLine: firstLine) {
            self = denial
        } else if isShort, isMissing {
            self = .notFound(said)
        } else if isMarked || Self.failures.contains(where: firstLine.hasPrefix)
            || (isShort && firstLine.contains("forbidden"))
        {
            self = .failure(said)
        } else {
            self = said == text ? .success(text) : .failure(said)
        }
    }

    /// A table, a description or a manifest: the names in it may be any words.
    private static func isResult(_ text: String) -> Bool {
        let first = String(text.prefix { $0 != "\n" })
        return TextTable(header: first) != nil || first.hasPrefix("No resources found")
            || ["Name:", "apiVersion:", "kind:"].contains(where: first.hasPrefix) && text.contains("\n")
    }

    private static func denial(_ text: String, firstLine: String) -> ToolText? {
        guard !firstLine.contains("permission denied"), !firstLine.contains("access denied"),
            let mark = denials.first(where: firstLine.contains)
        else { return nil }
        let reason = text.rest(of: "reason") ?? text.rest(of: mark)
        return .denied(reason: reason.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Errors may come as `{"error": "…"}`.
    private static func message(_ text: String) -> String {
        guard text.first == "{", text.utf8.count < 4096, let json = try? JSONParser.parse(text),
            let error = json["error"]
        else { return text }
        return error.string ?? error["message"]?.string ?? JSONWriter.string(error)
    }

    var text: String {
        switch self {
        case .success(let text), .notFound(let text), .failure(let text): text
        case .denied(let reason): reason ?? ""
        }
    }
}

extension String {
    /// What follows the first ": " behind the first `word`, to the end of the line. A colon alone belongs to a name,
    /// such as `system:serviceaccount:shop:bob`.
    fileprivate func rest(of word: String) -> String? {
        let lower = lowercased()
        guard let start = lower.firstRange(of: word)?.upperBound else { return nil }
        let tail = dropFirst(lower.distance(from: lower.startIndex, to: start)).prefix { $0 != "\n" }
        return tail.firstRange(of: ": ").map { String(tail[$0.upperBound...]) }
    }
}
