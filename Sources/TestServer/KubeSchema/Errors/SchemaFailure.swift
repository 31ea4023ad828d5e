/// Why a schema is refused: every fault, with paths as `spec.validation.openAPIV3Schema.properties[spec].type`.
public struct SchemaFailure: Error, Sendable, CustomStringConvertible {
    public var errors: [FieldError]

    public init(errors: [FieldError]) { self.errors = errors }

    public var description: String { errors.map(\.description).joined(separator: ", ") }
}
