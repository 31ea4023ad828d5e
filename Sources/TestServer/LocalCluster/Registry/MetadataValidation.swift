import KubeModel
import KubeSchema

/// The rules for names, labels, annotations, finalizers and owner references that all kinds share
/// (`k8s.io/apimachinery/pkg/api/validation`), in its words.
enum MetadataValidation {
    static func causes(_ object: KubeObject, nameProblem: (String) -> String?) -> [FieldError] {
        var causes: [FieldError] = []
        let metadata = object.metadata
        if let prefix = metadata["generateName"]?.string, !prefix.isEmpty {
            // A trailing dash is fine in a prefix: something follows it.
            let masked = prefix.hasSuffix("-") ? prefix.dropLast() + "a" : prefix[...]
            if let problem = nameProblem(String(masked)) {
                causes.append(.invalid("metadata.generateName", value: .string(prefix), detail: problem))
            }
        }
        if object.name.isEmpty {
            causes.append(.required("metadata.name", detail: "name or generateName is required"))
        } else if let problem = nameProblem(object.name) {
            causes.append(.invalid("metadata.name", value: .string(object.name), detail: problem))
        }
        causes += annotationCauses(metadata["annotations"]?.object ?? [:])
        causes += labelCauses(metadata["labels"]?.object ?? [:])
        causes += ownerCauses(metadata["ownerReferences"]?.array ?? [])
        for finalizer in object.finalizers {
            if let problem = qualifiedNameProblem(finalizer) {
                causes.append(.invalid("metadata.finalizers", value: .string(finalizer), detail: problem))
            }
        }
        return causes
    }

    static func updateCauses(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        guard old.isBeingDeleted else { return [] }
        let new = object.finalizers.filter { !old.finalizers.contains($0) }
        guard !new.isEmpty else { return [] }
        let list = new.map { "\"\($0)\"" }.joined(separator: ", ")
        return [
            .forbidden(
                "metadata.finalizers",
                detail:
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}"
            )
        ]
    }

    static func labelCauses(_ labels: JSONObject, field: String = "metadata.labels") -> [FieldError] {
        var causes: [FieldError] = []
        for (key, value) in labels {
            if let problem = qualifiedNameProblem(key) {
                causes.append(.invalid(field, value: .string(key), detail: problem))
            }
            if let problem = labelValueProblem(value.string ?? "") {
                causes.append(.invalid(field, value: value, detail: problem))
            }
        }
        return causes
    }

    private static func annotationCauses(_ annotations: JSONObject) -> [FieldError] {
        var causes: [FieldError] = []
        var size = 0
        for (key, value) in annotations {
            if let problem = qualifiedNameProblem(key.lowercased()) {
                causes.append(.invalid("metadata.annotations", value: .string(key), detail: problem))
            }
            size += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if size > 262_144 { causes.append(.tooLong("metadata.annotations", limit: 262_144)) }
        return causes
    }

    private static func ownerCauses(_ owners: [JSONValue]) -> [FieldError] {
        var causes: [FieldError] = []
        for owner in owners {
            for member in ["apiVersion", "kind", "name", "uid"] where owner[member]?.string?.isEmpty ?? true {
                let why = member == "apiVersion" ? "version must not be empty" : "must not be empty"
                causes.append(.invalid("metadata.ownerReferences.\(member)", value: "", detail: why))
            }
        }
        let controllers = owners.filter { $0["controller"]?.bool == true }
        if controllers.count > 1 {
            let names = controllers.map { "\($0["kind"]?.string ?? "")/\($0["name"]?.string ?? "")" }
            var error = FieldError.invalid(
                "metadata.ownerReferences", value: .array(owners),
                detail: "Only one reference can have Controller set to "
                    + "true. Found \"true\" in references for \(names[0]) and \(names[1])")
            // In the order of the Go type's members.
            error.badValue = JSONWriter.string(.array(owners.map(inGoOrder)))
            causes.append(error)
        }
        return causes
    }

    private static func inGoOrder(_ owner: JSONValue) -> JSONValue {
        let members = ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"]
        return .object(JSONObject(members.compactMap { name in owner[name].map { (name, $0) } }))
    }

    // MARK: Names

    static func subdomainProblem(_ name: String) -> String? {
        if name.utf8.count > 253 { return "must be no more than 253 characters" }
        let isValid = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
        return isValid
            ? nil
            : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
                + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    }

    static func labelProblem(_ name: String) -> String? {
        if name.utf8.count > 63 { return "must be no more than 63 characters" }
        return isLabel(name[...])
            ? nil
            : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    }

    static func serviceNameProblem(_ name: String) -> String? {
        if name.contains(".") { return "must not contain dots" }
        if name.utf8.count > 63 { return "must be no more than 63 characters" }
        let startsWithLetter = name.utf8.first.map { (0x61...0x7A).contains($0) } ?? false
        return isLabel(name[...]) && startsWithLetter
            ? nil
            : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
                + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    }

    static func pathSegmentProblem(_ name: String) -> String? {
        if name == "." || name == ".." { return "may not be '\(name)'" }
        for forbidden in ["/", "%"] where name.contains(forbidden) { return "may not contain '\(forbidden)'" }
        return nil
    }

    static func qualifiedNameProblem(_ name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, parts.count <= 2 else {
            return "a qualified name " + qualifiedRule + " with an optional DNS subdomain prefix and '/' (e.g. "
                + "'example.com/MyName')"
        }
        if parts.count == 2 {
            if parts[0].isEmpty { return "prefix part must be non-empty" }
            if let problem = subdomainProblem(String(parts[0])) { return "prefix part " + problem }
        }
        if last.isEmpty { return "name part must be non-empty" }
        if last.utf8.count > 63 { return "name part must be no more than 63 bytes" }
        return isQualified(last) ? nil : "name part " + qualifiedRule
    }

    private static let qualifiedRule =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    static func labelValueProblem(_ value: String) -> String? {
        if value.utf8.count > 63 { return "must be no more than 63 characters" }
        return value.isEmpty || isQualified(value[...])
            ? nil
            : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
                + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
                + "used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    }

    private static func isLabel(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && text.utf8.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isQualified(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x5F, 0x2E].contains($0) }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (0x41...0x5A).contains(byte)
    }
}
