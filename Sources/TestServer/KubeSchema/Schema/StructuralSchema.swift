public import KubeModel

/// A structural schema of a custom resource (KEP-1027) or of a built-in type, by which an object is pruned, filled with
/// defaults and validated.
public struct StructuralSchema: Sendable {
    let root: SchemaNode
    let isBuiltIn: Bool

    init(builtIn root: SchemaNode) {
        self.root = root
        isBuiltIn = true
    }

    /// Compiles a schema. Rules (`x-kubernetes-validations`) and patterns are compiled here, so that nothing that can't
    /// be evaluated is ignored later.
    ///
    /// - Parameters:
    ///   - openAPIV3Schema: The schema as it is in a CustomResourceDefinition.
    ///   - path: The place of the schema in its CustomResourceDefinition; paths of faults begin with it.
    /// - Throws: A ``SchemaFailure`` with every fault of the schema.
    public init(
        _ openAPIV3Schema: JSONValue, path: String = "spec.validation.openAPIV3Schema"
    ) throws(SchemaFailure) {
        var compiler = SchemaCompiler(.customResource, objectMeta: BuiltInSchemas.objectMeta)
        root = compiler.compile(openAPIV3Schema, at: SchemaPath(description: path), place: .root)
        isBuiltIn = false
        if !compiler.errors.isEmpty { throw SchemaFailure(errors: compiler.errors) }
    }

    /// Removes what the schema doesn't know and returns the paths as the API server words them (`spec.parts[0].bar`),
    /// in ascending order. `apiVersion`, `kind` and what belongs into `metadata` stay in any case.
    public func prune(_ value: inout JSONValue) -> [String] {
        var pruning = SchemaPruning()
        pruning.prune(root, value: &value, at: SchemaPath())
        return pruning.removed.sorted()
    }

    /// Fills in defaults, and drops `null` where it is not allowed and has no default.
    public func applyDefaults(_ value: inout JSONValue) {
        SchemaDefaulting(isBuiltIn: isBuiltIn).apply(root, value: &value)
    }

    /// Checks an object by the schema and its rules.
    ///
    /// - Parameters:
    ///   - value: The object, with defaults.
    ///   - old: The stored object in an update; nil on create, where transition rules don't run. What hasn't changed
    ///     isn't checked again (KEP-4008).
    ///   - more: Faults found elsewhere (those of the scale paths), which come before those of lists and rules.
    /// - Returns: Every fault. Rules don't run when a type, a required field, an enum or a size is wrong; a last fault
    ///   without a field says so.
    public func validate(_ value: JSONValue, old: JSONValue?, and more: [FieldError] = []) -> [FieldError] {
        var validation = SchemaValidation()
        validation.validateOpenAPI(root, value: value, old: old, at: SchemaPath())
        more.forEach { validation.add($0) }
        validation.validateLists(root, value: value, at: SchemaPath())
        guard root.hasRules else { return validation.errors }
        if validation.errors.contains(where: { Self.blocking.contains($0.kind) }) {
            let detail =
                "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"
            validation.add(.invalid(FieldError.noField, value: .null, detail: detail))
        } else {
            validation.validateRules(root, value: value, old: old, at: SchemaPath())
        }
        return validation.errors
    }

    private static let blocking: Set<FieldError.Kind> = [.notSupported, .required, .tooLong, .tooMany, .typeInvalid]
}
