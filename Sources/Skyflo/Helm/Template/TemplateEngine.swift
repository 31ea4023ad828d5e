/// The templates that are known to each other, by name.
struct TemplateSet {
    private let base: [ByteString: ParsedTemplate]
    /// What `tpl` adds for what it executes. The others are many, and copied for none of its calls.
    private var added: [ByteString: ParsedTemplate] = [:]

    /// A blank template doesn't replace one of the same name that was parsed before.
    init(_ files: [[ByteString: ParsedTemplate]] = []) {
        var base: [ByteString: ParsedTemplate] = [:]
        for file in files {
            for (name, template) in file where base[name] == nil || !template.isBlank { base[name] = template }
        }
        self.base = base
    }

    subscript(name: ByteString) -> ParsedTemplate? { added.isEmpty ? base[name] : added[name] ?? base[name] }

    mutating func add(_ parsed: [ByteString: ParsedTemplate]) {
        for (name, template) in parsed where self[name] == nil || !template.isBlank { added[name] = template }
    }
}

/// A file of templates, with the values that it is rendered with.
package struct RenderedFile {
    /// The path, as `chart/templates/service.yaml`.
    package let name: ByteString
    package let text: ByteString
    /// What `.` is. All files of a chart share it; `Template` is set in it before each.
    package let values: HelmMap
    /// `Template.BasePath`
    package let basePath: ByteString

    package init(name: ByteString, text: ByteString, values: HelmMap, basePath: ByteString) {
        self.name = name
        self.text = text
        self.values = values
        self.basePath = basePath
    }
}

/// What templates learn of the outside.
package struct TemplateEnvironment {
    /// Seconds and nanoseconds since 1970.
    package var now: () -> (seconds: Int64, nanoseconds: Int)
    /// The zone `Local`.
    package var localZone = "UTC"
    /// The content of a file of the zone database, by the name of the zone.
    package var zoneData: (String) -> [UInt8]?
    /// Objects of the cluster: version, kind, namespace, name. Without one `lookup` finds nothing.
    package var lookup: ((ByteString, ByteString, ByteString, ByteString) throws -> HelmValue)?
    /// Throws where the rendering has taken too long.
    package var checkDeadline: () throws(HelmError) -> Void
    /// Shared with the renderings before and after.
    package var cache: TemplateCache

    package init(
        cache: TemplateCache = TemplateCache(),
        now: @escaping () -> (seconds: Int64, nanoseconds: Int),
        zoneData: @escaping (String) -> [UInt8]? = { _ in nil },
        checkDeadline: @escaping () throws(HelmError) -> Void = {}
    ) {
        self.cache = cache
        self.now = now
        self.zoneData = zoneData
        self.checkDeadline = checkDeadline
    }
}

/// Helm's engine: renders the files of a chart as `helm template` does, with its errors.
package final class TemplateEngine {
    package let environment: TemplateEnvironment
    /// Whether a key that is absent from a map is an error.
    package let isStrict: Bool
    /// Whether `required` and `fail` let pass what they refuse otherwise.
    package let isLinting: Bool
    package let limits: TemplateLimits
    /// Regular expressions and constraints that were compiled, by their text.
    var patterns = CompiledPatterns()
    /// Time zones that were read, by their names.
    var zones: [String: TimeZoneRules] = [:]

    package init(
        environment: TemplateEnvironment, isStrict: Bool = false, isLinting: Bool = false,
        limits: TemplateLimits = TemplateLimits()
    ) {
        self.environment = environment
        self.isStrict = isStrict
        self.isLinting = isLinting
        self.limits = limits
    }

    static let noValue: ByteString = "<no value>"

    /// The text of each file but those that only define templates (`_helpers.tpl`), by their names.
    package func render(_ files: [RenderedFile]) throws(HelmError) -> [ByteString: ByteString] {
        try StackSpace.run { limit throws(HelmError) in try render(files, stackLimit: limit) }
    }

    private func render(_ files: [RenderedFile], stackLimit: UInt) throws(HelmError) -> [ByteString: ByteString] {
        let ordered = files.sorted { Self.isParsedFirst($0.name, $1.name) }
        var parsed: [[ByteString: ParsedTemplate]] = []
        for file in ordered {
            do throws(HelmError) {
                parsed.append(try environment.cache.templates(of: file.text, name: file.name))
            } catch {
                throw Self.parseError(error, file: file.name)
            }
        }
        let execution = TemplateExecution(engine: self, set: TemplateSet(parsed), stackLimit: stackLimit)
        var result: [ByteString: ByteString] = [:]
        for file in ordered where GoPath.base(file.name).bytes.first != UInt8(ascii: "_") {
            file.values["Template"] = .map(
                HelmMap(["Name": .string(file.name), "BasePath": .string(file.basePath)], type: .values))
            do throws(HelmError) {
                result[file.name] = try execution.render(file)
            } catch {
                throw Self.executionError(error, file: file.name)
            }
        }
        return result
    }

    /// Deeper paths first, and later names first: so a template of a parent chart replaces one of its subchart.
    static func isParsedFirst(_ left: ByteString, _ right: ByteString) -> Bool {
        let slash = UInt8(ascii: "/")
        let (deep, deeper) = (left.bytes.count { $0 == slash }, right.bytes.count { $0 == slash })
        return deep == deeper ? right < left : deep > deeper
    }

    func checkDeadline() throws(HelmError) {
        try environment.checkDeadline()
    }
}
