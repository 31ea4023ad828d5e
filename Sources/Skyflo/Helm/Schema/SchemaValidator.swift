/// Checks one value against one schema.
struct SchemaValidator {
    /// What a schema has looked at: the rest is for `unevaluatedProperties` and `unevaluatedItems`.
    struct Evaluated {
        var properties: Set<ByteString> = []
        var items: Set<Int> = []

        mutating func merge(_ other: Evaluated) {
            properties.formUnion(other.properties)
            items.formUnion(other.items)
        }
    }

    struct Outcome {
        var failure: JSONSchemaFailure?
        var evaluated = Evaluated()
    }

    private static let maximumDepth = 200

    let schema: JSONSchema
    /// How many schemas may still be applied: references multiply, and expressions count by their length and the text's.
    private var budget = 2_000_000
    private var regexes: [ByteString: GoRegex] = [:]

    init(schema: JSONSchema) {
        self.schema = schema
    }

    mutating func validate(_ value: HelmValue, _ rules: HelmValue, at location: [ByteString], depth: Int) -> Outcome {
        budget -= 1
        if depth > Self.maximumDepth || budget < 0 {
            let message: ByteString =
                budget < 0 ? "the schema takes too many steps on these values" : "the schema refers to itself too often"
            return Outcome(failure: JSONSchemaFailure(location: location, message: message))
        }
        if case .bool(let allows) = rules {
            return Outcome(failure: allows ? nil : JSONSchemaFailure(location: location, message: "false schema"))
        }
        guard case .map(let rules) = rules else { return Outcome() }
        var check = Check(value: value, rules: rules, location: location, depth: depth)
        // Until draft 7 nothing counts beside a reference.
        if schema.draft < 2019, case .string(let reference)? = rules["$ref"] {
            follow(reference, &check)
            return check.outcome
        }
        if let message = immediate(value, rules) {
            return Outcome(failure: JSONSchemaFailure(location: location, message: message))
        }
        if case .string(let reference)? = rules["$ref"] {
            follow(reference, &check)
        }
        switch value {
        case .map(let map): checkObject(map, &check)
        case .list(let list): checkArray(list.elements, &check)
        case .string(let text): checkString(text, &check)
        default: Self.number(value).map { checkNumber($0, &check) }
        }
        if schema.draft >= 2019 {
            for key in ["$dynamicRef", "$recursiveRef"] as [ByteString] {
                if case .string(let reference)? = rules[key] { follow(reference, &check) }
            }
        }
        checkConditions(&check)
        if schema.draft >= 2019 { checkUnevaluated(&check) }
        return check.outcome
    }

    /// What ends the check at once: type, const, enum and format.
    private func immediate(_ value: HelmValue, _ rules: HelmMap) -> ByteString? {
        if let wanted = rules["type"].map({ $0.asList ?? [$0] })?.compactMap(\.asString), !wanted.isEmpty {
            let type = SchemaEquality.type(of: value)
            let isWhole = type == "number" && wanted.contains("integer") && Self.number(value)?.isWhole == true
            if !wanted.contains(type), !isWhole {
                let order: [ByteString] = ["null", "boolean", "number", "integer", "string", "array", "object"]
                return "got " + type + ", want " + GoText.joined(order.filter { wanted.contains($0) }, by: " or ")
            }
        }
        if let constant = rules["const"], schema.draft >= 6, !SchemaEquality.areEqual(value, constant) {
            return SchemaEquality.isCompound(constant)
                ? "'const' failed" : "value must be " + SchemaText.value(constant)
        }
        if case .list(let list)? = rules["enum"], !list.elements.contains(where: { SchemaEquality.areEqual(value, $0) })
        {
            if list.elements.contains(where: SchemaEquality.isCompound) { return "'enum' failed" }
            let texts = GoText.joined(list.elements.map(SchemaText.value), by: ", ")
            return list.elements.count == 1 ? "value must be " + texts : "value must be one of " + texts
        }
        if schema.draft < 2019 || schema.assertsFormats, case .string(let format)? = rules["format"],
            case .string(let text) = value,
            let problem = SchemaFormat.problem(of: text, format: format.text)
        {
            return SchemaText.quoted(text) + " is not valid " + format + ": " + ByteString(problem)
        }
        return nil
    }

    private mutating func follow(_ reference: ByteString, _ check: inout Check) {
        let outcome: Outcome
        switch try? schema.target(of: reference) {
        case nil: return
        case .here(let target)?: outcome = validate(check.value, target, at: check.location, depth: check.depth + 1)
        case .metaschema(let draft)?:
            var other = SchemaValidator(schema: Metaschema(draft: draft).schema)
            outcome = other.validate(check.value, other.schema.root, at: check.location, depth: check.depth + 1)
        }
        if let failure = outcome.failure {
            check.failures.append(
                JSONSchemaFailure(
                    location: check.location, message: "validation failed",
                    causes: failure.isGroup ? failure.causes : [failure], isReference: true))
        } else {
            check.evaluated.merge(outcome.evaluated)
        }
    }

    static func number(_ value: HelmValue) -> Double? {
        switch value {
        case .float64(let number): number
        case .int(let number): Double(number)
        case .int64(let number): Double(number)
        default: nil
        }
    }

    mutating func matches(_ pattern: ByteString, _ text: ByteString) -> Bool {
        guard let regex = try? regexes[pattern] ?? GoRegex(pattern) else { return true }
        regexes[pattern] = regex
        var work = 0
        let left = budget
        defer { budget -= work >> 6 }
        return
            (try? regex.matches(text) { added throws(HelmError) in
                work += added
                if work >> 6 > left { throw HelmError("") }
            }) ?? false
    }

    /// The state of a check: what was found, and what was looked at.
    struct Check {
        let value: HelmValue
        let rules: HelmMap
        let location: [ByteString]
        let depth: Int
        var failures: [JSONSchemaFailure] = []
        var evaluated = Evaluated()

        mutating func fail(_ message: ByteString, causes: [JSONSchemaFailure] = []) {
            failures.append(JSONSchemaFailure(location: location, message: message, causes: causes))
        }

        /// Adds a failure of a part; those of a group one by one.
        mutating func add(_ failure: JSONSchemaFailure?) {
            guard let failure else { return }
            failures += failure.isGroup ? failure.causes : [failure]
        }

        func count(_ key: ByteString) -> Int? {
            switch rules[key] {
            case .float64(let number)?: Int(exactly: number)
            case .int(let number)?: number
            default: nil
            }
        }

        var outcome: Outcome {
            switch failures.count {
            case 0: Outcome(evaluated: evaluated)
            case 1: Outcome(failure: failures[0])
            default:
                Outcome(
                    failure: JSONSchemaFailure(
                        location: location, message: "validation failed", causes: failures, isGroup: true))
            }
        }
    }
}

extension Double {
    fileprivate var isWhole: Bool { isFinite && self == rounded(.towardZero) }
}

/// Types and equality as JSON Schema has them: 1 and 1.0 are the same.
enum SchemaEquality {
    static func type(of value: HelmValue) -> ByteString {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .string, .bytes: "string"
        case .list: "array"
        case .map, .object: "object"
        case .int, .int64, .float64: "number"
        }
    }

    static func isCompound(_ value: HelmValue) -> Bool {
        switch value {
        case .list, .map: true
        default: false
        }
    }

    static func areEqual(_ left: HelmValue, _ right: HelmValue) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.string(let left), .string(let right)): return left == right
        case (.list(let left), .list(let right)):
            return left.elements.count == right.elements.count
                && zip(left.elements, right.elements).allSatisfy(areEqual)
        case (.map(let left), .map(let right)):
            return left.count == right.count
                && left.keys.allSatisfy { key in areEqual(left[key] ?? .null, right[key] ?? .bool(false)) }
                && left.keys == right.keys
        default: return number(left).map { $0 == number(right) } ?? false
        }
    }

    private static func number(_ value: HelmValue) -> Double? {
        switch value {
        case .float64(let number): number
        case .int(let number): Double(number)
        case .int64(let number): Double(number)
        default: nil
        }
    }
}
