import KubeModel

/// An object, what of it may be shown, and what it holds of credentials: found out once for all who compare.
struct RedactedObject: Sendable {
    /// All of it.
    let shown: KubeObject
    /// What it holds of credentials, but for those too short or too common to be told in a text.
    let known: Set<String>

    init(_ object: KubeObject, redactor: Redactor) {
        shown = redactor.redact(object)
        let all = Redactor.secrets(in: object).union(Redactor.hidden(in: object.json, shown: shown.json))
        known = all.filter { $0.utf8.count >= 6 && !object.name.contains($0) && $0 != object.namespace }
    }

    fileprivate var bytes: [UInt8] { JSONWriter.bytes(shown.withoutServerFields.json) }
}

/// What a request makes of its target, without secrets.
struct RedactedChange: Sendable {
    let redactor: Redactor
    let before: RedactedObject?
    let after: RedactedObject?
    /// What the target held of credentials.
    var known: Set<String> { before?.known ?? [] }

    /// - Parameter after: nil for a deletion.
    init(_ planned: PlannedRequest, after: KubeObject?, redactor: Redactor) {
        self.redactor = redactor
        before = planned.before.map { RedactedObject($0, redactor: redactor) }
        self.after = after.map { RedactedObject($0, redactor: redactor) }
    }
}

/// Values that an object hides, and that a change would bring to where they can be read.
extension Redactor {
    /// Whether a credential of an object, hidden there, can be read in what the object becomes.
    func exposes(_ before: RedactedObject?, in after: RedactedObject?) -> Bool {
        guard let before, let after, !before.known.isEmpty else { return false }
        let (old, new) = (before.bytes, after.bytes)
        return before.known.contains { secret in
            let form = Array(JSONWriter.string(.string(secret)).utf8.dropFirst().dropLast())
            return new.firstRange(of: form) != nil && old.firstRange(of: form) == nil
        }
    }

    /// The value without these secrets in its texts.
    func replace(_ secrets: Set<String>, inTextsOf value: JSONValue) -> JSONValue {
        guard !secrets.isEmpty else { return value }
        return switch value {
        case .object(let members):
            .object(JSONObject(members.map { ($0.key, replace(secrets, inTextsOf: $0.value)) }))
        case .array(let elements): .array(elements.map { replace(secrets, inTextsOf: $0) })
        case .string(let text): .string(replace(secrets, in: text))
        default: value
        }
    }

    /// Refuses to copy or move what is hidden, or what holds it: by its new place alone nobody could tell it.
    package func refuseCopies(by patch: JSONPatch, of object: KubeObject) throws(ToolFailure) {
        var document = object.json
        for operation in patch.operations {
            switch operation {
            case .copy(let from, _), .move(let from, _):
                let value = JSONPatch.value(at: from[...], of: document)
                guard value == JSONPatch.value(at: from[...], of: redact(json: document)) else {
                    throw ToolFailure(
                        "patch: \(JSONPatch.pointer(of: from)) contains a credential, which can't be copied or moved")
                }
            default: break
            }
            // Where it can't be applied the server refuses it as well.
            if let next = try? JSONPatch([operation]).apply(to: document) { document = next }
        }
    }
}
