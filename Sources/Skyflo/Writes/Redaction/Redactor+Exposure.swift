import KubeModel

/// Values that an object hides, and that a change would bring to where they can be read.
extension Redactor {
    /// What an object holds of credentials, but for those too short or too common to be told in a text.
    func known(_ object: KubeObject?) -> Set<String> {
        guard let object else { return [] }
        let all = Self.secrets(in: object).union(credentials(in: object.json))
        return all.filter { $0.utf8.count >= 6 && !object.name.contains($0) && $0 != object.namespace }
    }

    /// Whether a credential of an object, hidden there, can be read in what the object becomes.
    func exposes(_ before: KubeObject?, in after: KubeObject?) -> Bool {
        guard let before, let after else { return false }
        let (old, new) = (shown(before), shown(after))
        return known(before).contains { secret in
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

    private func shown(_ object: KubeObject) -> [UInt8] { JSONWriter.bytes(redact(object.withoutNoise).json) }

    /// Refuses to copy or move what is hidden, or what holds it: by its new place alone nobody could tell it.
    package func refuseCopies(by patch: JSONPatch, of object: KubeObject) throws(ToolFailure) {
        var document = object.json
        for operation in patch.operations {
            switch operation {
            case .copy(let from, _), .move(let from, _):
                let value = JSONPatch.value(at: from[...], of: document)
                guard value == JSONPatch.value(at: from[...], of: redact(json: document)) else {
                    throw ToolFailure(
                        "patch: \(JSONPatch.pointer(of: from)) holds a credential, which can't be copied or moved")
                }
            default: break
            }
            // Where it can't be applied the server refuses it as well.
            if let next = try? JSONPatch([operation]).apply(to: document) { document = next }
        }
    }
}
