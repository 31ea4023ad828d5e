/// The charts of a repository: what is needed of its `index.yaml` to find a chart, within limits.
package struct RepositoryIndex: Sendable {
    /// More than the largest public repositories have.
    package struct Limits: Sendable {
        package var charts = 20_000
        package var versions = 400_000
        /// Of each text that is kept; longer descriptions are cut, other longer texts dropped.
        package var text = 2048

        package init() {}
    }

    /// The versions of each chart, newest first. Those whose version can't be read are left out, as Helm does.
    package let charts: [String: [ChartVersion]]
    /// How many entries were left out.
    package let dropped: Int

    /// Reads the text as it comes and keeps no tree of it, so that 20 MB take little more than what is kept.
    ///
    /// - Throws: a sentence on what is no index, or is larger than the limits; whoever is cancelled asks for that.
    package static func read(_ text: [UInt8], limits: Limits = .init()) throws(HelmError) -> RepositoryIndex {
        let bytes = text.isEmpty ? [UInt8(ascii: "\n")] : text
        let result: Result<RepositoryIndex, HelmError> = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(HelmError) -> RepositoryIndex in
                var reader = try RepositoryIndexReader(buffer, limits: limits)
                return try reader.index()
            }
        }
        return try result.get()
    }

    /// The memory that it takes, in bytes, about.
    package let cost: Int

    init(charts: [String: [ChartVersion]], dropped: Int) {
        self.charts = charts
        self.dropped = dropped
        cost = charts.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.cost } }
    }
}

/// Takes the events of an index apart.
private struct RepositoryIndexReader: ~Copyable {
    private var source: YAMLSource
    private let limits: RepositoryIndex.Limits
    private var events = 0
    private var total = 0
    private var dropped = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: RepositoryIndex.Limits) throws(HelmError) {
        source = try YAMLSource(bytes)
        self.limits = limits
    }

    private static let foreign = HelmError("is no index of a chart repository: it has no apiVersion or no entries")

    mutating func index() throws(HelmError) -> RepositoryIndex {
        _ = try next()
        guard case .documentStart = try next(), case .mappingStart = try next() else { throw Self.foreign }
        var charts: [String: [ChartVersion]]?
        var hasVersion = false
        while let key = try key() {
            switch key {
            case "apiVersion": hasVersion = try !(text(of: try next()) ?? "").isEmpty
            case "entries": charts = try entries()
            default: try skip(try next())
            }
        }
        guard hasVersion, let charts else { throw Self.foreign }
        return RepositoryIndex(charts: charts, dropped: dropped)
    }

    private mutating func next() throws(HelmError) -> YAMLSource.Event {
        events += 1
        if events % 4096 == 0, Task.isCancelled { throw HelmError("was not read to its end") }
        return try source.next()
    }

    /// The next key of a mapping; nil at its end.
    private mutating func key() throws(HelmError) -> String? {
        switch try next() {
        case .mappingEnd: return nil
        case .scalar(let scalar, _): return String(decoding: scalar.text, as: UTF8.self)
        default: throw HelmError("has a key that is no text, near line \(source.line)")
        }
    }

    private mutating func skip(_ event: YAMLSource.Event) throws(HelmError) {
        var (event, depth) = (event, 0)
        while true {
            switch event {
            case .mappingStart, .sequenceStart: depth += 1
            case .mappingEnd, .sequenceEnd: depth -= 1
            case .scalar, .alias: break
            default: throw HelmError("ends too early, near line \(source.line)")
            }
            if depth == 0 { return }
            event = try next()
        }
    }

    /// Nil for what is no text, which is skipped, and for a text that is too long.
    private mutating func text(of event: YAMLSource.Event) throws(HelmError) -> String? {
        guard case .scalar(let scalar, _) = event else {
            try skip(event)
            return nil
        }
        if scalar.isImplicit, ["", "~", "null", "Null", "NULL"].contains(String(decoding: scalar.text, as: UTF8.self)) {
            return nil
        }
        guard scalar.text.count <= limits.text else { return nil }
        return String(decoding: scalar.text, as: UTF8.self)
    }

    private mutating func texts(of event: YAMLSource.Event, atMost limit: Int) throws(HelmError) -> [String] {
        guard case .sequenceStart = event else {
            try skip(event)
            return []
        }
        var found: [String] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event { return found }
            if let text = try text(of: event), found.count < limit { found.append(text) }
        }
    }

    private mutating func entries() throws(HelmError) -> [String: [ChartVersion]] {
        var charts: [String: [ChartVersion]] = [:]
        let event = try next()
        guard case .mappingStart = event else {
            // As `entries: null`, or `{}` of an empty repository.
            try skip(event)
            return charts
        }
        while let name = try key() {
            guard charts.count < limits.charts else { throw HelmError("has more than \(limits.charts) charts") }
            let versions = try versions(of: name)
            if Self.isUsable(name), !versions.isEmpty { charts[name] = versions }
        }
        return charts
    }

    private static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 250 && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
    }

    private mutating func versions(of name: String) throws(HelmError) -> [ChartVersion] {
        let event = try next()
        guard case .sequenceStart = event else {
            try skip(event)
            return []
        }
        var found: [(ChartVersion, SemanticVersion)] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event { break }
            total += 1
            guard total <= limits.versions else { throw HelmError("has more than \(limits.versions) versions") }
            guard case .mappingStart = event else {
                try skip(event)
                dropped += 1
                continue
            }
            let version = try version(of: name, after: found.last?.0)
            guard let number = try? SemanticVersion(ByteString(version.version)) else {
                dropped += 1
                continue
            }
            found.append((version, number))
        }
        return found.sorted { $0.1.compare(to: $1.1) > 0 }.map(\.0)
    }

    /// - Parameter other: another version, which has most texts in common: they are kept once.
    private mutating func version(of name: String, after other: ChartVersion?) throws(HelmError) -> ChartVersion {
        var version = ChartVersion(name: name, version: "")
        while let key = try key() {
            let event = try next()
            switch key {
            case "version": version.version = try text(of: event) ?? ""
            case "appVersion": version.appVersion = try text(of: event) ?? ""
            case "description": version.description = try summary(of: event)
            case "digest": version.digest = try text(of: event) ?? ""
            case "created": version.created = try text(of: event) ?? ""
            case "deprecated": version.isDeprecated = try text(of: event)?.lowercased() == "true"
            case "urls": version.urls = try texts(of: event, atMost: 4)
            case "keywords": version.keywords = try texts(of: event, atMost: 32)
            default: try skip(event)
            }
        }
        if let other {
            if version.description == other.description { version.description = other.description }
            if version.keywords == other.keywords { version.keywords = other.keywords }
            if version.appVersion == other.appVersion { version.appVersion = other.appVersion }
        }
        return version
    }

    private mutating func summary(of event: YAMLSource.Event) throws(HelmError) -> String {
        guard case .scalar(let scalar, _) = event, scalar.text.count > limits.text else {
            return try text(of: event) ?? ""
        }
        return String(decoding: scalar.text.prefix(limits.text), as: UTF8.self)
    }
}
