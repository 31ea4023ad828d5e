import KubeModel

/// A call as people may see it: what it holds of credentials, which only the model can have written there, is replaced by
/// tokens. The call itself stays as it is.
package struct RedactedCall: Sendable {
    /// As the model wrote them, but for credentials.
    package let arguments: String
    /// As ``PlannedWrite/json``, but for credentials.
    package let requests: [JSONValue]
    /// Of the true arguments and requests, so that an approval of what is shown is bound to them. Keyed, because anybody
    /// could try passwords against a plain hash. nil where nothing is hidden.
    package let fingerprint: String?

    private let redactor: Redactor
    private let secrets: Set<String>

    package init(arguments: String, writes: [PlannedWrite], redactor: Redactor) {
        let secrets = writes.reduce(into: Set<String>()) { $0.formUnion($1.secrets(redactor)) }
        let own = writes.reduce(into: Set<String>()) { $0.formUnion($1.argumentSecrets) }
        let shown = redactor.redact(arguments: redactor.hide(own, inArguments: arguments))
        self.init(
            redactor, whole: (arguments, writes.map(\.json)),
            shown: (shown, writes.map { $0.redacted(by: redactor) }), secrets: secrets)
    }

    /// Of a call whose display was made before.
    package init(
        arguments: String, requests: [JSONValue], shownArguments: String, shownRequests: [JSONValue], redactor: Redactor
    ) {
        self.init(redactor, whole: (arguments, requests), shown: (shownArguments, shownRequests), secrets: [])
    }

    private init(
        _ redactor: Redactor, whole: (arguments: String, requests: [JSONValue]),
        shown: (arguments: String, requests: [JSONValue]), secrets: Set<String>
    ) {
        self.redactor = redactor
        arguments = shown.arguments
        requests = shown.requests
        let isWhole = whole.arguments == shown.arguments && whole.requests == shown.requests
        fingerprint = isWhole ? nil : redactor.fingerprint(arguments: whole.arguments, requests: whole.requests)
        var found = isWhole ? [] : redactor.credentials(inArguments: whole.arguments)
        for (request, display) in zip(whole.requests, shown.requests) {
            found.formUnion(Self.hidden(request["body"]?.string ?? "", shown: display["body"]?.string ?? ""))
            found.formUnion(Redactor.hidden(inWords: request["command"], shown: display["command"]))
        }
        let names = whole.requests.map { "\($0["path"]?.string ?? "") \($0["target", "name"]?.string ?? "")" }
        // Short ones, and those that are a name as well, would hide what the approver has to see.
        self.secrets = secrets.union(found).filter { secret in
            secret.utf8.count >= 6 && !names.contains { $0.contains(secret) }
        }
    }

    private static func hidden(_ text: String, shown: String) -> Set<String> {
        guard text != shown, let value = try? JSONParser.parse(text), let other = try? JSONParser.parse(shown) else {
            return []
        }
        return Redactor.hidden(in: value, shown: other)
    }

    /// A text about the call: its summary, a server's answer to it. Servers repeat values in their messages.
    ///
    /// - Parameter limit: of bytes; what is cut is said.
    package func text(_ text: String, limit: Int = 4096) -> String {
        OutputLimit.cut(redactor.redact(text: text, knowing: secrets), to: limit)
    }

    /// A line of what the call writes, without the secrets of the call and nothing else hidden: what follows may have to be
    /// looked at together with it, by a ``RedactedStream``. Of a secret with several lines each is hidden.
    package func hidingSecrets(inLine line: String) -> String {
        let lines = secrets.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
        // Short lines would turn up by chance.
        let known = secrets.union(lines.filter { $0.utf8.count >= 6 })
        // A secret that ends with a line feed doesn't take the line's.
        guard line.last == "\n" else { return redactor.replace(known, in: line) }
        return redactor.replace(known, in: String(line.dropLast())) + "\n"
    }
}

extension Redactor {
    /// `hmac-sha256:` and the keyed hash of a call as it is.
    package func fingerprint(arguments: String, requests: [JSONValue]) -> String {
        let canonical: JSONValue = ["arguments": .string(arguments), "requests": .array(requests)]
        return "hmac-sha256:" + hash(JSONWriter.bytes(canonical, options: .canonical))
    }
}
