public import KubeModel

/// Server-side apply and the bookkeeping of field managers (KEP-555).
public enum ServerSideApply {
    /// The object after `config` was applied, with its managedFields.
    ///
    /// A configuration that changes nothing gives back `live`, at most with other managedFields. The caller leaves out
    /// of `config` what the resource ignores there (`status`, unless it is applied to that subresource), and fills in
    /// defaults afterwards.
    /// - Parameters:
    ///   - config: The fields that the manager wants to own.
    ///   - live: The stored object; nil to create one.
    ///   - manager: The name of the field manager.
    ///   - force: Whether to take over fields that others own.
    ///   - subresource: The subresource through which it is applied, such as `status`; nil for the object itself.
    ///   - time: The time that the manager's entry gets.
    ///   - schema: The schema of the type; nil when nothing is known of it: lists are atomic then and objects granular.
    /// - Returns: The object as it is to be stored, apart from defaults and validation.
    /// - Throws: 409 with a cause for each field that others own (unless `force`), 500 for a configuration that the
    ///   schema has no place for, 400 for one with managedFields.
    public static func apply(
        _ config: JSONValue, to live: JSONValue?, manager: String, force: Bool, subresource: String?, time: KubeTime,
        schema: StructuralSchema?
    ) throws(APIStatus) -> JSONValue {
        if let given = config["metadata", "managedFields"], !given.isNull {
            throw APIStatus(code: 400, reason: "BadRequest", message: "metadata.managedFields must be nil")
        }
        let config = cleaned(config, subresource: subresource)
        try check(config, schema: schema)
        var operation = ApplyOperation(
            config: config, live: live, manager: manager, subresource: subresource ?? "", time: time,
            type: MergeType(node: schema?.root))
        return try operation.run(force: force)
    }

    /// Gives an object the managedFields that it has after a write that is no apply.
    ///
    /// - Parameters:
    ///   - old: The stored object; nil on create. An object without managedFields stays without them until somebody
    ///     applies.
    ///   - new: The object as it is written. `managedFields: [{}]` in it takes them away.
    ///   - manager: The name of the field manager.
    ///   - subresource: The subresource through which it is written; nil for the object itself.
    ///   - time: The time that the manager's entry gets.
    ///   - schema: The schema of the type; nil when nothing is known of it.
    /// - Returns: `new` with its managedFields.
    public static func recordUpdate(
        old: JSONValue?, new: JSONValue, manager: String, subresource: String?, time: KubeTime,
        schema: StructuralSchema?
    ) -> JSONValue {
        var managed = ManagedFields(subresource == nil ? new : old)
        if managed.entries.isEmpty, !ManagedFields.isReset(new) { managed = ManagedFields(old) }
        if old != nil, managed.entries.isEmpty { return managed.written(to: new) }
        managed.recordUpdate(
            from: old ?? skeleton(schema), to: new, manager: manager, subresource: subresource ?? "", time: time,
            type: MergeType(node: schema?.root))
        return managed.written(to: new)
    }

    /// The state of an object before it is created. Those of built-in types have Go's zero values already, so that
    /// nobody owns the mere existence of `spec`.
    private static func skeleton(_ schema: StructuralSchema?) -> JSONValue {
        guard let schema, schema.isBuiltIn else { return .object([:]) }
        return skeleton(schema.root)
    }

    private static func skeleton(_ node: SchemaNode) -> JSONValue {
        var members = JSONObject()
        for (name, child) in node.children.properties {
            if child.defaultValue == .object([:]) {
                members[name] = skeleton(child)
            } else if node.children.required.contains(name) {
                members[name] = .null
            }
        }
        return .object(members)
    }

    private static func cleaned(_ config: JSONValue, subresource: String?) -> JSONValue {
        var result = config
        for name in ["creationTimestamp", "generation", "managedFields", "selfLink"] {
            result["metadata"]?[name] = nil
        }
        guard let subresource, var members = result.object else { return result }
        for name in members.keys where !["apiVersion", "kind", "metadata", subresource].contains(name) {
            members[name] = nil
        }
        // Labels and annotations aren't written through subresources.
        members["metadata"] = .compact([
            "name": config["metadata", "name"], "namespace": config["metadata", "namespace"],
        ])
        return .object(members)
    }

    private static func check(_ config: JSONValue, schema: StructuralSchema?) throws(APIStatus) {
        guard let schema else { return }
        var check = TypedCheck()
        check.check(config, node: schema.root, path: "")
        guard let first = check.faults.first else { return }
        let object = KubeObject(config)
        let faults =
            check.faults.count == 1 ? first : "errors:\n" + check.faults.map { "  \($0)" }.joined(separator: "\n")
        let name = [object.namespace, object.name].compactMap { $0 }.joined(separator: "/")
        let kind = "\(object.apiVersion), Kind=\(object.kind)"
        throw APIStatus(
            code: 500, reason: .unknown,
            message: "failed to create typed patch object (\(name); \(kind)): \(faults)")
    }
}
