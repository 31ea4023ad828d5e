public import KubeModel

/// What server-side apply needs (KEP-555): an object with nothing in it but what its sender wants to own.
extension KubeObject {
    /// Only the fields that `manager` has applied, with the object's name and kind: what to change and apply again
    /// without claiming the fields of others, and without giving up own ones.
    ///
    /// - Parameters:
    ///   - manager: The field manager that applied them.
    ///   - subresource: The subresource through which they were applied; nil for the object itself.
    /// - Returns: The object with those fields; nil where the manager has applied nothing.
    public func applied(by manager: String, subresource: String? = nil) -> KubeObject? {
        let entry = self["metadata", "managedFields"]?.array?.first {
            $0["manager"]?.string == manager && $0["operation"]?.string == "Apply"
                && ($0["subresource"]?.string ?? "") == (subresource ?? "")
        }
        guard let fields = entry?["fieldsV1"], let owned = AppliedFields.extract(fields, from: json) else { return nil }
        var result = KubeObject(owned)
        result["apiVersion"] = self["apiVersion"]
        result["kind"] = self["kind"]
        result["metadata", "name"] = .string(name)
        if let namespace { result["metadata", "namespace"] = .string(namespace) }
        return result
    }

    /// The object without the metadata that only the server sets. It refuses to apply `managedFields`, and takes a
    /// `resourceVersion` as a condition.
    public func withoutServerFields() -> KubeObject {
        var result = self
        for field in ["managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"] {
            result["metadata", field] = nil
        }
        return result
    }
}

extension KubeAPI {
    /// Applies an object on the server's side (KEP-555): makes the object's fields what `object` says, for `manager`,
    /// and removes those that the manager applied before and are not in `object` any more.
    ///
    /// - Parameters:
    ///   - object: The fields that the manager wants to own, with name and namespace. Metadata that only the server
    ///     sets is left out.
    ///   - resource: The resource of the object.
    ///   - subresource: The subresource through which to apply; nil for the object itself.
    ///   - manager: A name that stays the same for as long as the program exists.
    ///   - force: Whether to take over fields that other managers own, as controllers should; without it that is a
    ///     conflict.
    ///   - dryRun: Whether the server only validates and admits it, and stores nothing.
    /// - Returns: The whole object as the server stored it.
    /// - Throws: `APIStatus` 409 with the conflicting fields in its causes; else the errors of every write.
    public func apply(
        _ object: KubeObject, in resource: APIResource, subresource: String? = nil, manager: String, force: Bool,
        dryRun: Bool = false
    ) async throws -> KubeObject {
        try await apply(
            object.withoutServerFields(), in: resource, subresource: subresource,
            options: WriteOptions(fieldManager: manager, force: force, dryRun: dryRun))
    }
}

/// `FieldsV1` of `managedFields`: a tree of `f:NAME` (member), `k:{…}` (element with these members), `v:…` (element of a
/// set), `i:N` (element at N) and `.` (the thing itself).
enum AppliedFields {
    /// The part of `value` that the fields name; nil where nothing of them exists any more.
    static func extract(_ fields: JSONValue, from value: JSONValue) -> JSONValue? {
        guard let paths = fields.object, !paths.isEmpty else { return value }
        switch value {
        case .object: return members(paths, value: value)
        case .array(let elements):
            return .array(elements.enumerated().compactMap { element(paths, element: $1, at: $0) })
        default: return value
        }
    }

    private static func members(_ paths: JSONObject, value: JSONValue) -> JSONValue? {
        var result = JSONObject()
        for (path, fields) in paths where path.hasPrefix("f:") {
            let name = String(path.dropFirst(2))
            if let member = value[name], let owned = extract(fields, from: member) { result[name] = owned }
        }
        return result.isEmpty && paths["."] == nil ? nil : .object(result)
    }

    private static func element(_ paths: JSONObject, element: JSONValue, at position: Int) -> JSONValue? {
        for (path, fields) in paths {
            if path == "i:\(position)" { return extract(fields, from: element) }
            guard let text = key(path), let key = try? JSONParser.parse(text) else { continue }
            if path.hasPrefix("v:"), key == element { return element }
            guard path.hasPrefix("k:"), let members = key.object, members.allSatisfy({ element[$0] == $1 }) else {
                continue
            }
            var owned = extract(fields, from: element) ?? [:]
            // An element is found by its key: without it the server would take it for another one.
            for (name, value) in members { owned[name] = value }
            return owned
        }
        return nil
    }

    private static func key(_ path: String) -> [UInt8]? {
        path.hasPrefix("k:") || path.hasPrefix("v:") ? Array(path.dropFirst(2).utf8) : nil
    }
}
