/// Regular expressions and versions that were compiled, by their text.
struct CompiledPatterns {
    private var expressions: [ByteString: GoRegex] = [:]

    static let maximumCount = 1000

    mutating func expression(_ text: ByteString) throws(HelmError) -> GoRegex {
        if let known = expressions[text] { return known }
        let expression = try GoRegex(text)
        if expressions.count < Self.maximumCount { expressions[text] = expression }
        return expression
    }
}

/// Sprig's functions of regular expressions and semantic versions.
enum PatternFunctions {
    static func add(to table: inout FunctionTable) {
        addMatching(to: &table)
        addReplacing(to: &table)
        table.add("semver", taking: .string) { .object(VersionObject(try SemanticVersion($0.string(0)))) }
        table.add("semverCompare", taking: .string, .string) {
            .bool(try VersionConstraint.check($0.string(0), $0.string(1)))
        }
    }

    private static func addMatching(to table: inout FunctionTable) {
        table.addContextual("regexMatch", taking: .string, .string) {
            // What is no expression matches nothing.
            .bool(
                try (try? $0.engine.patterns.expression($1.string(0)))?.matches($1.string(1), charge: $0.charge)
                    ?? false)
        }
        table.addContextual("mustRegexMatch", taking: .string, .string) {
            .bool(try $0.engine.patterns.expression($1.string(0)).matches($1.string(1), charge: $0.charge))
        }
        addBoth("regexFind", taking: [.string, .string], to: &table) {
            .string(try $0.find(in: $1.string(1), charge: $2))
        }
        addBoth("regexFindAll", taking: [.string, .string, .int], to: &table) {
            let found = try $0.findAll(in: $1.string(1), limit: $1.int(2), charge: $2)
            return .list(HelmList(found.map { .string($0) }, type: .string, isNil: found.isEmpty))
        }
    }

    private static func addReplacing(to table: inout FunctionTable) {
        addBoth("regexReplaceAll", taking: [.string, .string, .string], to: &table) {
            .string(try $0.replacing(in: $1.string(1), with: $1.string(2), charge: $2))
        }
        addBoth("regexReplaceAllLiteral", taking: [.string, .string, .string], to: &table) {
            .string(try $0.replacing(in: $1.string(1), withLiteral: $1.string(2), charge: $2))
        }
        addBoth("regexSplit", taking: [.string, .string, .int], to: &table) {
            let parts = try $0.split($1.string(1), limit: $1.int(2), charge: $2)
            return .list(HelmList(parts.map { .string($0) }, type: .string, isNil: $1.int(2) == 0))
        }
        table.add("regexQuoteMeta", taking: .string) { .string(GoRegex.quote($0.string(0))) }
    }

    /// A function and its form that begins with `must`: they differ in the text of the error for what is no expression.
    private static func addBoth(
        _ name: String, taking parameters: [GoType], to table: inout FunctionTable,
        body: @escaping (GoRegex, FunctionArguments, GoRegex.Charge) throws -> HelmValue
    ) {
        table.add(
            ByteString(name),
            function: TemplateFunction(
                parameters,
                body: .plain { execution, arguments in
                    let pattern = arguments.string(0)
                    let expression: GoRegex
                    do throws(HelmError) {
                        expression = try execution.engine.patterns.expression(pattern)
                    } catch {
                        throw HelmError(
                            message: "regexp: Compile(" + GoQuote.backquoted(pattern) + "): " + error.message)
                    }
                    return try body(expression, arguments, execution.charge)
                }))
        table.add(
            ByteString("mustR" + name.dropFirst()),
            function: TemplateFunction(
                parameters,
                body: .plain { execution, arguments in
                    try body(
                        try execution.engine.patterns.expression(arguments.string(0)), arguments, execution.charge)
                }))
    }
}

/// A `*semver.Version`.
package final class VersionObject: HelmObject {
    let version: SemanticVersion

    init(_ version: SemanticVersion) {
        self.version = version
    }

    override package var typeName: String { "*semver.Version" }
    override package var kind: HelmKind { .pointer }
    override package var hasText: Bool { true }
    override package var printed: ByteString { ByteString(version.description) }
    override package var plain: HelmValue { .string(version.description) }

    override package func isEqual(to other: HelmObject) -> Bool {
        self === other
    }

    override func method(_ name: ByteString) -> TemplateFunction? {
        let value: HelmValue
        switch name {
        case "Major": value = Self.number(version.major)
        case "Minor": value = Self.number(version.minor)
        case "Patch": value = Self.number(version.patch)
        case "Prerelease": value = .string(version.prerelease)
        case "Metadata": value = .string(version.metadata)
        case "Original": value = .string(version.original)
        case "String": value = .string(version.description)
        default: return comparison(name) ?? increment(name)
        }
        return TemplateFunction([], body: .plain { _, _ in value })
    }

    private static func number(_ value: UInt64) -> HelmValue {
        .object(IntegerObject(Int64(clamping: value), type: "uint64", kind: .uint64))
    }

    private func comparison(_ name: ByteString) -> TemplateFunction? {
        let result: (Int) -> HelmValue
        switch name {
        case "Compare": result = { .int($0) }
        case "LessThan": result = { .bool($0 < 0) }
        case "LessThanEqual": result = { .bool($0 <= 0) }
        case "GreaterThan": result = { .bool($0 > 0) }
        case "GreaterThanEqual": result = { .bool($0 >= 0) }
        case "Equal": result = { .bool($0 == 0) }
        default: return nil
        }
        let version = version
        return TemplateFunction(
            [.version],
            body: .plain { _, arguments in
                guard case .object(let object) = arguments[0], let other = object as? VersionObject else {
                    throw GoRuntimeError.nilPointer
                }
                return result(version.compare(to: other.version))
            })
    }

    /// `IncMajor` and the like, which return a `semver.Version`.
    private func increment(_ name: ByteString) -> TemplateFunction? {
        var next = version
        switch name {
        case "IncMajor":
            next.major += 1
            (next.minor, next.patch) = (0, 0)
        case "IncMinor":
            next.minor += 1
            next.patch = 0
        case "IncPatch": next.patch += version.prerelease.isEmpty ? 1 : 0
        default: return nil
        }
        (next.prerelease, next.metadata) = ("", "")
        let text = next.description
        next.original = version.original.hasPrefix("v") ? "v" + text : text
        let value = HelmValue.object(VersionObject(next))
        return TemplateFunction([], body: .plain { _, _ in value })
    }
}
