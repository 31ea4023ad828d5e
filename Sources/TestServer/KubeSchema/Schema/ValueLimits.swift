import KubeModel

/// What a schema says about a single value, apart from its type.
struct ValueLimits: Sendable {
    var allowed: [JSONValue] = []
    var pattern: SchemaPattern?
    var minimum: Double?
    var maximum: Double?
    var isMinimumExclusive = false
    var isMaximumExclusive = false
    var multipleOf: Double?
    var minLength: Int?
    var maxLength: Int?
    var minItems: Int?
    var maxItems: Int?
    var minProperties: Int?
    var maxProperties: Int?
    var hasUniqueItems = false
}
