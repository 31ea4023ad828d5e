/// The reasons why a schema is refused: every fault, with paths as
/// `spec.validation.openAPIV3Schema.properties[spec].type`.
public struct SchemaFailure: Error, Sendable, CustomStringConvertible {
    /// The faults, in the order in which they were found.
    public var errors: [FieldError]

    /// Makes a failure of its faults.
    public init(errors: [FieldError]) { self.errors = errors }

    /// The texts of all faults, separated by commas.
    public var description: String { errors.map(\.description).joined(separator: ", ") }
}
