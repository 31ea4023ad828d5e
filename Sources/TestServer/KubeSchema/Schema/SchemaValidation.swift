import KubeModel

/// Checks a value against a schema, in the order and with the words of the API server's validator.
struct SchemaValidation {
    private(set) var errors: [FieldError] = []

    mutating func add(_ error: FieldError) { errors.append(error) }

    /// Checks the value at `path`. What hasn't changed from `old`, the stored value at the same place, isn't checked
    /// again, so that an object stays writable after its schema became stricter (KEP-4008).
    mutating func validateOpenAPI(_ node: SchemaNode, value: JSONValue, old: JSONValue?, at path: SchemaPath) {
        if let old, old == value { return }
        guard checkNull(node, value: value, at: path) else { return }
        checkType(node, value: value, at: path)
        checkJunctors(node, value: value, at: path)
        switch value {
        case .string(let text): checkString(node, text: text, at: path)
        case .int, .double: checkNumber(node, value: value, at: path)
        case .array(let elements): checkArray(node, elements: elements, old: old?.array, at: path)
        default: break
        }
        checkEnum(node, value: value, at: path)
        if case .object(let members) = value { checkObject(node, members: members, old: old?.object, at: path) }
    }

    /// Whether the other checks apply.
    private mutating func checkNull(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) -> Bool {
        guard value.isNull else { return true }
        if !node.shape.isNullable, !node.shape.typeNames.isEmpty {
            wrongType(path, expected: node.shape.typeNames.joined(separator: ","), found: "null")
        }
        return false
    }

    private mutating func wrongType(_ path: SchemaPath, expected: String, found: String) {
        let detail = "\(path) in body must be of type \(expected): \"\(found)\""
        add(FieldError(.typeInvalid, field: path.description, value: .string(found), detail: detail))
    }

    private mutating func checkType(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) {
        let names = node.shape.typeNames
        guard !names.isEmpty else { return }
        let found = value.typeName
        if names.contains(found) { return }
        if names.contains("number"), found == "integer" { return }
        if names.contains("integer"), case .double(let number) = value, Int64(exactly: number) != nil { return }
        let isNumeric = names.contains("integer") || names.contains("number")
        // A format decides for everything but strings and lists: then it is named instead of the type.
        if !node.shape.format.isEmpty, found != "string", found != "array" {
            return wrongType(path, expected: node.shape.format, found: Self.formatName(value))
        }
        if !node.shape.format.isEmpty, !isNumeric, found == "string" { return }
        wrongType(path, expected: names.joined(separator: ","), found: found)
    }

    /// The word that Go has for the value's format.
    private static func formatName(_ value: JSONValue) -> String {
        switch value {
        case .int: "int64"
        case .double: "float64"
        default: ""
        }
    }

    private mutating func checkEnum(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) {
        let allowed = node.limits.allowed
        if allowed.isEmpty || allowed.contains(where: { Self.equal($0, value) }) { return }
        let supported = allowed.map { $0.string ?? JSONWriter.string($0) }
        add(.notSupported(path.description, value: value, supported: supported))
    }

    private static func equal(_ a: JSONValue, _ b: JSONValue) -> Bool {
        if let left = a.double, let right = b.double { return left == right }
        return a == b
    }

    private mutating func checkString(_ node: SchemaNode, text: String, at path: SchemaPath) {
        let limits = node.limits
        let length = text.unicodeScalars.count
        if let maximum = limits.maxLength, length > maximum { add(.tooLong(path.description, limit: maximum)) }
        if let minimum = limits.minLength, length < minimum {
            invalid(path, value: .string(text), rest: "should be at least \(minimum) chars long")
        }
        if let pattern = limits.pattern, !pattern.matches(text) {
            invalid(path, value: .string(text), rest: "should match '\(pattern.source)'")
        }
        guard node.shape.type == .string, !StringFormat.accepts(text, format: node.shape.format) else { return }
        let detail = "\(path) in body must be of type \(node.shape.format): \(JSONWriter.string(.string(text)))"
        add(FieldError(.typeInvalid, field: path.description, value: .string(text), detail: detail))
    }

    private mutating func invalid(_ path: SchemaPath, value: JSONValue, rest: String) {
        add(.invalid(path.description, value: value, detail: "\(path) in body \(rest)"))
    }

    private mutating func checkNumber(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) {
        guard let number = value.double else { return }
        checkRange(node, value: value, at: path)
        let limits = node.limits
        if let factor = limits.multipleOf, factor != 0 {
            let quotient = number / factor
            if quotient != quotient.rounded() {
                invalid(path, value: value, rest: "should be a multiple of \(Self.text(factor))")
            }
        }
        if let maximum = limits.maximum, limits.isMaximumExclusive ? number >= maximum : number > maximum {
            let words = limits.isMaximumExclusive ? "less than" : "less than or equal to"
            invalid(path, value: value, rest: "should be \(words) \(Self.text(maximum))")
        }
        if let minimum = limits.minimum, limits.isMinimumExclusive ? number <= minimum : number < minimum {
            let words = limits.isMinimumExclusive ? "greater than" : "greater than or equal to"
            invalid(path, value: value, rest: "should be \(words) \(Self.text(minimum))")
        }
    }

    /// The server words this fault without a field.
    private mutating func checkRange(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) {
        guard node.shape.type == .integer, let width = [32, 64].first(where: { node.shape.format == "int\($0)" }) else {
            return
        }
        let whole: Int64? =
            switch value {
            case .int(let number): number
            case .double(let number): Int64(exactly: number)
            default: nil
            }
        if let whole, width == 64 || Int32(exactly: whole) != nil { return }
        let detail = "Checked value must be of type integer with format int\(width) in \(path)"
        add(.invalid(FieldError.noField, value: "", detail: detail))
    }

    static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    private mutating func checkArray(
        _ node: SchemaNode, elements: [JSONValue], old: [JSONValue]?, at path: SchemaPath
    ) {
        let limits = node.limits
        if let items = node.children.items {
            let correlation = ListCorrelation(node, old: old)
            for (position, element) in elements.enumerated() {
                validateOpenAPI(items, value: element, old: correlation.old(element), at: path.index(position))
            }
        }
        if let minimum = limits.minItems, elements.count < minimum {
            invalid(path, value: JSONValue(elements.count), rest: "should have at least \(minimum) items")
        }
        if let maximum = limits.maxItems, elements.count > maximum {
            add(.tooMany(path.description, count: elements.count, limit: maximum))
        }
        if limits.hasUniqueItems, Set(elements).count < elements.count {
            invalid(path, value: .array(elements), rest: "shouldn't contain duplicates")
        }
    }

    private mutating func checkObject(
        _ node: SchemaNode, members: JSONObject, old: JSONObject?, at path: SchemaPath
    ) {
        if let minimum = node.limits.minProperties, members.count < minimum {
            invalid(path, value: JSONValue(members.count), rest: "should have at least \(minimum) properties")
        }
        if let maximum = node.limits.maxProperties, members.count > maximum {
            add(.tooMany(path.description, count: members.count, limit: maximum))
        }
        for name in node.children.required where !members.contains(name) {
            add(.required(path.field(name).description))
        }
        for (name, value) in members {
            guard let child = node.declared(name) ?? node.additionalSchema else { continue }
            validateOpenAPI(child, value: value, old: old?[name], at: path.field(name))
        }
    }
}
