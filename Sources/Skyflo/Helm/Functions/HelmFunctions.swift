/// Helm's own functions.
enum HelmFunctions {
    static func add(to table: inout FunctionTable) {
        addTemplates(to: &table)
        addYAML(to: &table)
        addTOML(to: &table)
    }

    private static func addTemplates(to table: inout FunctionTable) {
        table.addContextual("include", taking: .string, .any) { execution, arguments in
            .string(ByteString(bytes: try execution.include(arguments.string(0), data: arguments[1])))
        }
        table.addContextual("tpl", taking: .string, .any) { execution, arguments in
            .string(try execution.expand(arguments.string(0), data: arguments[1]))
        }
        table.addContextual("required", taking: .string, .any, returnsInterface: true) { execution, arguments in
            let isMissing = arguments[1].isNull || arguments[1].asString?.isEmpty == true
            guard isMissing else { return arguments[1] }
            if execution.engine.isLinting { return .string(ByteString("")) }
            throw TemplateEngine.wrapped(arguments.string(0))
        }
        table.addContextual("fail", taking: .string) { execution, arguments in
            if execution.engine.isLinting { return .string(ByteString("")) }
            throw TemplateEngine.wrapped(arguments.string(0))
        }
        table.addContextual("lookup", taking: .string, .string, .string, .string) { execution, arguments in
            guard let lookup = execution.engine.environment.lookup else { return .map([:]) }
            return try lookup(arguments.string(0), arguments.string(1), arguments.string(2), arguments.string(3))
        }
    }

    private static func addYAML(to table: inout FunctionTable) {
        table.add("toYaml", taking: .any) { .string(yaml(of: $0[0])) }
        table.add("mustToYaml", taking: .any) { .string(withoutLineEnd(try YAMLEmitter.marshal($0[0]))) }
        table.add("toYamlPretty", taking: .any) { .string(withoutLineEnd((try? YAMLEmitter.pretty($0[0])) ?? "")) }
        table.add("fromYaml", taking: .string) {
            do throws(HelmError) {
                return .map(try YAMLReader.map(of: $0.string(0)))
            } catch {
                return .map(["Error": .string(error.message)])
            }
        }
        table.add("fromYamlArray", taking: .string) {
            do throws(HelmError) {
                return .list(try YAMLReader.list(of: $0.string(0)))
            } catch {
                return .list([.string(error.message)])
            }
        }
    }

    private static func addTOML(to table: inout FunctionTable) {
        table.add("toToml", taking: .any) {
            if $0[0].isNull { throw TOMLWriter.noValue }
            do throws(HelmError) {
                return .string(try TOMLWriter.text(of: $0[0]))
            } catch {
                return .string(error.message)
            }
        }
        table.add("mustToToml", taking: .any) { .string(try TOMLWriter.text(of: $0[0])) }
        table.add("fromToml", taking: .string) {
            do throws(HelmError) {
                return .map(try TOMLReader.map(of: $0.string(0)))
            } catch {
                return .map(["Error": .string(error.message)])
            }
        }
    }

    /// `toYaml`: nothing where it can't be written.
    static func yaml(of value: HelmValue) -> ByteString {
        withoutLineEnd((try? YAMLEmitter.marshal(value)) ?? "")
    }

    private static func withoutLineEnd(_ text: ByteString) -> ByteString {
        text.bytes.last == UInt8(ascii: "\n") ? ByteString(bytes: text.bytes.dropLast()) : text
    }
}

extension TemplateExecution {
    static let maximumIncludes = 1000

    /// `include`: a template's text as a value.
    func include(_ name: ByteString, data: HelmValue) throws -> [UInt8] {
        let depth = includes[name, default: 0]
        if depth > Self.maximumIncludes {
            throw HelmError(
                message: "rendering template has a nested reference name: " + name + ": unable to execute template",
                wrapping: HelmError("unable to execute template"))
        }
        includes[name] = depth + 1
        defer { includes[name] = depth }
        guard let template = set[name] else {
            throw HelmError(
                message: "template: no template " + GoQuote.quoted(name) + " associated with template "
                    + GoQuote.quoted("gotpl"))
        }
        return try execute(template, data: data)
    }

    /// `tpl`: the text of a value as a template, which sees all templates and may define some for itself.
    func expand(_ text: ByteString, data: HelmValue) throws -> ByteString {
        guard GoText.index(of: "{{", in: text) != nil else {
            return GoText.replacing(TemplateEngine.noValue, in: text, with: "")
        }
        let outer = set
        defer { set = outer }
        let parsed: [ByteString: ParsedTemplate]
        do throws(HelmError) {
            parsed = try engine.environment.cache.templates(of: text, name: "gotpl")
        } catch {
            throw HelmError(
                message: "cannot parse template " + GoQuote.quoted(text) + ": " + error.message, wrapping: error)
        }
        set.add(parsed)
        guard let template = parsed["gotpl"] else { return "" }
        do {
            let output = ByteString(bytes: try execute(template, data: data))
            return GoText.replacing(TemplateEngine.noValue, in: output, with: "")
        } catch let error as HelmError {
            throw HelmError(
                message: "error during tpl function execution for " + GoQuote.quoted(text) + ": " + error.message,
                wrapping: error)
        }
    }
}

extension TemplateEngine {
    var now: GoTime {
        let (seconds, nanoseconds) = environment.now()
        return GoTime(seconds: seconds, nanoseconds: nanoseconds, zone: localZone)
    }

    var localZone: TimeZoneRules { zone("Local") ?? .utc }

    /// A zone by its name in the zone database.
    func zone(_ name: String) -> TimeZoneRules? {
        let name = name == "Local" ? environment.localZone : name
        if name.isEmpty || name == "UTC" { return .utc }
        if let known = zones[name] { return known }
        guard !name.contains(".."), !name.hasPrefix("/"), !name.contains("\\"), let file = environment.zoneData(name),
            let zone = TimeZoneRules(name: name, file: file)
        else { return nil }
        zones[name] = zone
        return zone
    }
}
