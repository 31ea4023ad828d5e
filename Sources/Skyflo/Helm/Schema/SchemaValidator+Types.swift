extension SchemaValidator {
    mutating func checkObject(_ map: HelmMap, _ check: inout Check) {
        if let least = check.count("minProperties"), map.count < least {
            check.fail("minProperties: got " + SchemaText.count(map.count) + ", want " + SchemaText.count(least))
        }
        if let most = check.count("maxProperties"), map.count > most {
            check.fail("maxProperties: got " + SchemaText.count(map.count) + ", want " + SchemaText.count(most))
        }
        let missing = Self.missing(check.rules["required"], in: map)
        if !missing.isEmpty {
            check.fail((missing.count == 1 ? "missing property " : "missing properties ") + SchemaText.quoted(missing))
        }
        checkDependencies("dependencies", map, &check)
        checkProperties(map, &check)
        if schema.draft >= 6, let names = check.rules["propertyNames"] { checkNames(of: map, names, &check) }
        if schema.draft >= 2019 {
            checkDependencies("dependentSchemas", map, &check)
            checkDependencies("dependentRequired", map, &check)
        }
    }

    private static func missing(_ names: HelmValue?, in map: HelmMap) -> [ByteString] {
        (names?.asList ?? []).compactMap(\.asString).filter { map[$0] == nil }
    }

    private mutating func checkDependencies(_ keyword: ByteString, _ map: HelmMap, _ check: inout Check) {
        guard case .map(let dependencies)? = check.rules[keyword] else { return }
        for key in dependencies.keys where map[key] != nil {
            if case .list? = dependencies[key] {
                let missing = Self.missing(dependencies[key], in: map)
                if missing.isEmpty { continue }
                check.fail(
                    "properties " + SchemaText.quoted(missing) + " required, if " + SchemaText.quoted(key) + " exists")
            } else {
                apply(dependencies[key] ?? .null, &check)
            }
        }
    }

    private mutating func checkProperties(_ map: HelmMap, _ check: inout Check) {
        let properties = check.rules["properties"]?.asMap
        let patterns = check.rules["patternProperties"]?.asMap
        let additional = check.rules["additionalProperties"]
        var unexpected: [ByteString] = []
        for key in map.keys {
            let value = map[key] ?? .null
            var isEvaluated = false
            if let rules = properties?[key] {
                isEvaluated = true
                check.add(validate(value, rules, at: check.location + [key], depth: check.depth + 1).failure)
            }
            for pattern in patterns?.keys ?? [] where matches(pattern, key) {
                isEvaluated = true
                let rules = patterns?[pattern] ?? .null
                check.add(validate(value, rules, at: check.location + [key], depth: check.depth + 1).failure)
            }
            if !isEvaluated, let additional {
                isEvaluated = true
                if case .bool(let allows) = additional {
                    if !allows { unexpected.append(key) }
                } else {
                    check.add(validate(value, additional, at: check.location + [key], depth: check.depth + 1).failure)
                }
            }
            if isEvaluated { check.evaluated.properties.insert(key) }
        }
        if !unexpected.isEmpty { check.fail("additional properties " + SchemaText.quoted(unexpected) + " not allowed") }
    }

    private mutating func checkNames(of map: HelmMap, _ rules: HelmValue, _ check: inout Check) {
        for key in map.keys {
            guard let failure = validate(.string(key), rules, at: [], depth: check.depth + 1).failure else { continue }
            check.failures.append(
                JSONSchemaFailure(
                    location: [], message: "invalid propertyName " + SchemaText.quoted(key),
                    causes: failure.isGroup ? failure.causes : [failure]))
        }
    }

    mutating func checkArray(_ elements: [HelmValue], _ check: inout Check) {
        if let least = check.count("minItems"), elements.count < least {
            check.fail("minItems: got " + SchemaText.count(elements.count) + ", want " + SchemaText.count(least))
        }
        if let most = check.count("maxItems"), elements.count > most {
            check.fail("maxItems: got " + SchemaText.count(elements.count) + ", want " + SchemaText.count(most))
        }
        if check.rules["uniqueItems"]?.asBool == true, let (first, second) = Self.duplicates(elements) {
            check.fail("items at " + SchemaText.count(first) + " and " + SchemaText.count(second) + " are equal")
        }
        checkItems(elements, &check)
        if schema.draft >= 6, let rules = check.rules["contains"] { checkContains(elements, rules, &check) }
    }

    private static func duplicates(_ elements: [HelmValue]) -> (Int, Int)? {
        for second in elements.indices.dropFirst().prefix(2000) {
            for first in 0..<second where SchemaEquality.areEqual(elements[first], elements[second]) {
                return (first, second)
            }
        }
        return nil
    }

    private mutating func checkItems(_ elements: [HelmValue], _ check: inout Check) {
        let prefix = check.rules[schema.draft >= 2020 ? "prefixItems" : "items"]?.asList ?? []
        let hasPrefix = schema.draft >= 2020 || check.rules["items"]?.asList != nil
        for (index, rules) in prefix.enumerated() where index < elements.count {
            add(elements[index], index, rules, &check)
        }
        let rest = check.rules[schema.draft < 2020 && hasPrefix ? "additionalItems" : "items"]
        guard let rest, prefix.count < elements.count else { return }
        if schema.draft < 2020, hasPrefix, case .bool(false) = rest {
            let count = SchemaText.count(elements.count - prefix.count)
            return check.fail("last " + count + " additionalItem(s) not allowed")
        }
        // The position among the rest is what Helm says, not that in the whole.
        for (index, element) in elements.enumerated().dropFirst(prefix.count) {
            check.evaluated.items.insert(index)
            let place = ByteString(String(index - prefix.count))
            check.add(validate(element, rest, at: check.location + [place], depth: check.depth + 1).failure)
        }
    }

    private mutating func add(_ element: HelmValue, _ index: Int, _ rules: HelmValue, _ check: inout Check) {
        check.evaluated.items.insert(index)
        let place = ByteString(String(index))
        check.add(validate(element, rules, at: check.location + [place], depth: check.depth + 1).failure)
    }

    private mutating func checkContains(_ elements: [HelmValue], _ rules: HelmValue, _ check: inout Check) {
        var causes: [JSONSchemaFailure] = []
        var matched: [Int] = []
        for (index, element) in elements.enumerated() {
            let place = ByteString(String(index))
            if let failure = validate(element, rules, at: check.location + [place], depth: check.depth + 1).failure {
                causes.append(failure)
            } else {
                matched.append(index)
                if schema.draft >= 2020 { check.evaluated.items.insert(index) }
            }
        }
        let places = ByteString(matched.map(String.init).joined(separator: " "))
        if schema.draft >= 2019, let least = check.count("minContains") {
            if matched.count < least {
                let found =
                    matched.isEmpty
                    ? "none matched" : "matched " + SchemaText.count(matched.count) + " items at " + places
                check.fail(
                    "min " + SchemaText.count(least) + " items required to match contains schema, but " + found,
                    causes: causes)
            }
        } else if matched.isEmpty {
            check.fail("no items match contains schema", causes: causes)
        }
        if schema.draft >= 2019, let most = check.count("maxContains"), matched.count > most {
            check.fail(
                "max " + SchemaText.count(most) + " items required to match contains schema, but matched "
                    + SchemaText.count(matched.count) + " items at " + places)
        }
    }

    mutating func checkString(_ text: ByteString, _ check: inout Check) {
        let length = GoText.characterCount(text)
        if let least = check.count("minLength"), length < least {
            check.fail("minLength: got " + SchemaText.count(length) + ", want " + SchemaText.count(least))
        }
        if let most = check.count("maxLength"), length > most {
            check.fail("maxLength: got " + SchemaText.count(length) + ", want " + SchemaText.count(most))
        }
        if case .string(let pattern)? = check.rules["pattern"], !matches(pattern, text) {
            check.fail(SchemaText.quoted(text) + " does not match pattern " + SchemaText.quoted(pattern))
        }
    }

    mutating func checkNumber(_ number: Double, _ check: inout Check) {
        var limits: [(name: ByteString, limit: Double?, isMet: (Double) -> Bool)] = []
        let rule = { (key: ByteString, rules: HelmMap) in rules[key].flatMap { Self.number($0) } }
        let (least, most) = (rule("minimum", check.rules), rule("maximum", check.rules))
        if schema.draft == 4 {
            let excludesLeast = check.rules["exclusiveMinimum"]?.asBool == true
            let excludesMost = check.rules["exclusiveMaximum"]?.asBool == true
            limits = [
                ("minimum", excludesLeast ? nil : least, { number >= $0 }),
                ("maximum", excludesMost ? nil : most, { number <= $0 }),
                ("exclusiveMinimum", excludesLeast ? least : nil, { number > $0 }),
                ("exclusiveMaximum", excludesMost ? most : nil, { number < $0 }),
            ]
        } else {
            limits = [
                ("minimum", least, { number >= $0 }), ("maximum", most, { number <= $0 }),
                ("exclusiveMinimum", rule("exclusiveMinimum", check.rules), { number > $0 }),
                ("exclusiveMaximum", rule("exclusiveMaximum", check.rules), { number < $0 }),
            ]
        }
        limits.append(("multipleOf", rule("multipleOf", check.rules), { DecimalMultiple.isOne(number, of: $0) }))
        for (name, limit, isMet) in limits {
            guard let limit, !isMet(limit) else { continue }
            check.fail(name + ": got " + SchemaText.number(number) + ", want " + SchemaText.number(limit))
        }
    }

    /// Applies a schema to the same value.
    private mutating func apply(_ rules: HelmValue, _ check: inout Check) {
        let outcome = validate(check.value, rules, at: check.location, depth: check.depth + 1)
        check.add(outcome.failure)
        if outcome.failure == nil { check.evaluated.merge(outcome.evaluated) }
    }

    mutating func checkConditions(_ check: inout Check) {
        if let rules = check.rules["not"] {
            if validate(check.value, rules, at: check.location, depth: check.depth + 1).failure == nil {
                check.fail("'not' failed")
            }
        }
        checkAlternatives(&check)
        guard schema.draft >= 7, let condition = check.rules["if"] else { return }
        let outcome = validate(check.value, condition, at: check.location, depth: check.depth + 1)
        if outcome.failure == nil { check.evaluated.merge(outcome.evaluated) }
        if let rules = check.rules[outcome.failure == nil ? "then" : "else"] { apply(rules, &check) }
    }

    private mutating func checkAlternatives(_ check: inout Check) {
        for (keyword, message) in [("allOf", "'allOf' failed"), ("anyOf", "'anyOf' failed"), ("oneOf", "")] {
            guard let schemas = check.rules[ByteString(keyword)]?.asList, !schemas.isEmpty else { continue }
            var causes: [JSONSchemaFailure] = []
            var matched: [Int] = []
            for (index, rules) in schemas.enumerated() {
                let outcome = validate(check.value, rules, at: check.location, depth: check.depth + 1)
                if let failure = outcome.failure {
                    causes.append(failure)
                } else {
                    matched.append(index)
                    check.evaluated.merge(outcome.evaluated)
                }
            }
            switch keyword {
            case "allOf" where !causes.isEmpty: check.fail(ByteString(message), causes: causes)
            case "anyOf" where matched.isEmpty: check.fail(ByteString(message), causes: causes)
            case "oneOf" where matched.isEmpty: check.fail("'oneOf' failed, none matched", causes: causes)
            case "oneOf" where matched.count > 1:
                let places = SchemaText.count(matched[0]) + ", " + SchemaText.count(matched[1])
                check.fail("'oneOf' failed, subschemas " + places + " matched")
            default: break
            }
        }
    }

    mutating func checkUnevaluated(_ check: inout Check) {
        if let rules = check.rules["unevaluatedProperties"], case .map(let map) = check.value {
            for key in map.keys where !check.evaluated.properties.contains(key) {
                let place = check.location + [key]
                check.add(validate(map[key] ?? .null, rules, at: place, depth: check.depth + 1).failure)
                check.evaluated.properties.insert(key)
            }
        }
        if let rules = check.rules["unevaluatedItems"], case .list(let list) = check.value {
            for (index, element) in list.elements.enumerated() where !check.evaluated.items.contains(index) {
                add(element, index, rules, &check)
            }
        }
    }
}

/// Whether a number is a multiple of another, by their decimal digits: 0.3 is one of 0.1.
enum DecimalMultiple {
    static func isOne(_ number: Double, of factor: Double) -> Bool {
        guard factor != 0, number.isFinite, factor.isFinite else { return false }
        let (left, right) = (ShortestDecimal(number), ShortestDecimal(factor))
        let scale = max(left.digits.count - left.exponent, right.digits.count - right.exponent, 0)
        guard let dividend = scaled(left, by: scale), let divisor = scaled(right, by: scale), divisor != 0 else {
            return number.truncatingRemainder(dividingBy: factor) == 0
        }
        return dividend % divisor == 0
    }

    private static func scaled(_ decimal: ShortestDecimal, by scale: Int) -> Int128? {
        let zeros = scale - (decimal.digits.count - decimal.exponent)
        guard zeros >= 0, zeros + decimal.digits.count <= 36 else { return nil }
        return Int128(String(decoding: decimal.digits, as: UTF8.self) + String(repeating: "0", count: zeros))
    }
}
