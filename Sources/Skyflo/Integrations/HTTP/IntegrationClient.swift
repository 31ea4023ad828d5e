import KubeModel

/// Asks one system that answers in JSON, and says in one sentence what went wrong. It can change nothing.
package struct IntegrationClient: Sendable {
    /// The kind of the system, as people know it: `Prometheus`.
    package let system: String
    /// The integration's name: how people and messages call this one.
    package let name: String
    /// What it allows of what the system has.
    package let allowed: NamePatterns
    private let transport: ReadingTransport

    package init(
        _ transport: ReadingTransport, system: String, name: String, allowed: NamePatterns = NamePatterns([])
    ) {
        self.transport = transport
        self.system = system
        self.name = name
        self.allowed = allowed
    }

    /// `Prometheus main`
    package var label: String { "\(system) \(name)" }

    /// - Parameter what: what is asked for, as messages name it.
    /// - Throws: ``IntegrationError`` for every answer that is no success; `CancellationError`.
    package func get(_ what: String, _ request: IntegrationRequest) async throws -> IntegrationResponse {
        let response: IntegrationResponse
        do {
            response = try await transport.send(request)
        } catch let error as IntegrationError {
            throw IntegrationError(error.code, message: "\(label): \(error.message)")
        }
        try response.requireSuccess(of: label, what: what)
        return response
    }

    // Inlined into its callers, it crashes the optimiser of Swift 6.3 ("While splitting coroutine").
    @inline(never)
    package func json(_ what: String, _ request: IntegrationRequest) async throws -> JSONValue {
        try json(of: try await get(what, request), what)
    }

    package func json(of response: IntegrationResponse, _ what: String) throws(IntegrationError) -> JSONValue {
        do {
            return try response.json()
        } catch {
            throw IntegrationError(error.code, message: "\(label), asked for \(what): \(error.message)")
        }
    }

    /// - Throws: ``IntegrationError`` where the integration doesn't allow something of that name.
    package func check(_ name: String, as what: String) throws(IntegrationError) {
        guard allowed.allow(name) else {
            throw IntegrationError(
                .refused,
                message: "the integration \(self.name) does not allow \(what) \(name.excerpt); it allows "
                    + allowed.patterns.joined(separator: ", "))
        }
    }
}

extension IntegrationResponse {
    /// - Parameters:
    ///   - label: of the system: `Prometheus main`.
    ///   - what: was asked for.
    /// - Throws: ``IntegrationError`` for every answer that is no success.
    package func requireSuccess(of label: String, what: String) throws(IntegrationError) {
        if isSuccess { return }
        if let limit = RateLimit(self) {
            throw IntegrationError(.status(429), message: "\(label) \(limit.sentence)")
        }
        let reason = reason.map { ": \($0)" } ?? ""
        switch status {
        case 401:
            throw IntegrationError(
                .unauthorized, message: "\(label) does not accept the integration's credential (HTTP 401)\(reason)")
        case 403:
            throw IntegrationError(
                .forbidden, message: "\(label) does not let the integration read \(what) (HTTP 403)\(reason)")
        case 404:
            throw IntegrationError(
                .notFound, message: "\(what) does not exist in \(label), or the integration may not see it")
        default:
            throw IntegrationError(
                .status(status), message: "\(label) answered HTTP \(status) for \(what)\(reason)")
        }
    }
}

/// What a system says of requests that were too many.
struct RateLimit: Sendable, Hashable {
    /// In seconds, from now on; nil where it isn't told.
    var wait: Int?
    /// As an RFC 3339 time; nil where it isn't told.
    var reset: KubeTime?
    var limit: String?

    /// nil where the answer is about something else. GitHub answers 403 as well as 429, and tells by headers which it is.
    init?(_ response: IntegrationResponse) {
        func number(_ names: String...) -> Int? {
            names.lazy.compactMap { response.header($0).flatMap { Int($0) } }.first
        }
        let remaining = number("x-ratelimit-remaining", "ratelimit-remaining")
        let after = number("retry-after")
        guard response.status == 429 || (response.status == 403 && (remaining == 0 || after != nil)) else { return nil }
        wait = after.flatMap { (0...86_400).contains($0) ? $0 : nil }
        reset = number("x-ratelimit-reset", "ratelimit-reset").flatMap {
            (1_000_000_000...10_000_000_000).contains($0) ? KubeTime(seconds: Double($0)) : nil
        }
        limit = number("x-ratelimit-limit", "ratelimit-limit").map(String.init)
    }

    var sentence: String {
        let budget = limit.map { " (\($0) in its period)" } ?? ""
        let until =
            wait.map { ": ask again in \($0) s" } ?? reset.map { ": ask again after \($0)" } ?? ": ask again later"
        return "has had too many requests of the integration\(budget)\(until)"
    }
}

extension IntegrationResponse {
    /// What the body says went wrong, in the members that such systems use for it; nil for a body that is none of theirs.
    var reason: String? {
        guard !looksLikeHTML, body.count <= 64 * 1024, let json = try? JSONParser.parse(body) else { return nil }
        let words = ["error_description", "error", "message"].lazy.compactMap { json[$0].flatMap(Self.words) }
        guard let text = words.first(where: { !$0.isEmpty }) else { return nil }
        let type = json["errorType"]?.string.map { "\($0.excerpt): " } ?? ""
        return type + ConsoleText.plain(text.prefix(500).utf8).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// GitLab also gives a list, or an object of lists.
    private static func words(_ json: JSONValue) -> String? {
        switch json {
        case .string(let text): text
        case .array(let list): list.compactMap(words).joined(separator: ", ")
        case .object(let members):
            members.compactMap { key, value in words(value).map { "\(key) \($0)" } }.joined(separator: ", ")
        default: nil
        }
    }
}

extension String {
    /// What a server or a model made up may be of any length and have control characters.
    package var excerpt: String {
        let text = count > 80 ? "\(prefix(80))…" : self
        return String(text.unicodeScalars.filter { $0.properties.generalCategory != .control }.map(Character.init))
    }
}
