import Helm
import HelmFiles
import KubeModel
import Writes

/// All that a chart is rendered from, as values, so that it can be done on a thread of its own.
struct ChartInput: Sendable {
    /// A `.tgz`.
    var archive: [UInt8]
    var release: ChartRenderer.Release
    var values = ChartValues()
    var capabilities = KubeCapabilities.standard
    var skipsSchema = false
    /// What `lookup` finds of the cluster, as far as it was asked for.
    var objects: [ObjectLookup: JSONValue] = [:]
    /// What is printed of it; nil for nothing.
    var output: TemplateOutput?
}

/// What `lookup` asks for.
struct ObjectLookup: Sendable, Hashable {
    var apiVersion: String
    var kind: String
    var namespace: String
    /// Empty for all.
    var name: String
}

/// A user's values, and what they are laid over.
struct ChartValues: Sendable {
    /// YAML or JSON.
    var document: String?
    /// `--set`: paths and values.
    var typed: [(path: String, value: String)] = []
    /// `--set-string`
    var strings: [(path: String, value: String)] = []
    /// Those of the revision before, which these are laid over.
    var previous: JSONValue?
    /// In place of the chart's own.
    var defaults: JSONValue?

    /// All texts that the call itself gives.
    var texts: [String] {
        func texts(in value: JSONValue) -> [String] {
            switch value {
            case .string(let text): [text]
            case .array(let elements): elements.flatMap(texts)
            case .object(let members): members.flatMap { texts(in: $0.value) }
            default: []
            }
        }
        return (given.map(texts) ?? document.map { [$0] } ?? []) + (typed + strings).map(\.value)
    }

    /// nil for no document, and for one that is no YAML.
    private var given: JSONValue? { document.flatMap { try? YAML.parse($0) } }

    /// What they hold of credentials, by their names.
    func credentials(by redactor: Redactor) -> Set<String> {
        [previous, defaults, given].compactMap(\.self)
            .reduce(into: Set(strings.map(\.value))) { $0.formUnion(redactor.credentials(in: $1)) }
            .filter { $0.utf8.count >= 4 }
    }

    /// - Throws: what of them can't be read.
    func merged() throws(HelmError) -> HelmMap {
        var values = HelmMap()
        if let document {
            do throws(HelmError) {
                values = try ValuesReader.read(ByteString(document))
            } catch {
                throw HelmError(message: ByteString("values: ") + error.message)
            }
        }
        try Self.set(typed, form: .typed, name: "set", in: values)
        try Self.set(strings, form: .string, name: "set_string", in: values)
        guard let previous, !previous.isNull else { return values }
        return ValuesReader.merged(try Self.map(previous), values)
    }

    private static func set(
        _ entries: [(path: String, value: String)], form: SetParser.Form, name: String, in values: HelmMap
    ) throws(HelmError) {
        for (path, value) in entries {
            guard !path.isEmpty, !path.contains("="), !path.contains(",") else {
                throw HelmError("\(name): \"\(path.prefix(64))\" is no path of a value, as image.tag or ports[0].name")
            }
            // One entry is one value, whatever it holds; a list is written {a,b}.
            let isList = value.hasPrefix("{") && value.hasSuffix("}")
            let text = isList ? value : value.replacing("\\", with: "\\\\").replacing(",", with: "\\,")
            do throws(HelmError) {
                try SetParser.parse(ByteString("\(path)=\(text)"), form: form, into: values)
            } catch {
                throw HelmError(message: ByteString("\(name): \(path): ") + error.message)
            }
        }
    }

    static func map(_ json: JSONValue) throws(HelmError) -> HelmMap {
        try GoJSONReader.map(ByteString(JSONWriter.string(json)))
    }
}

/// What came of rendering a chart.
enum ChartOutcome: Sendable {
    case rendered(ChartOutput)
    /// What `lookup` asked for that isn't known: it found nothing, so all of it has to be done again with it.
    case needs(Set<ObjectLookup>)
}

struct ChartOutput: Sendable {
    /// Not stored, and without status and times.
    var record: ReleaseRecord
    /// What ``ChartInput/output`` asks for.
    var text: String
    /// What Helm warns about.
    var warnings: [String]
}

extension ChartInput {
    /// How long it may take.
    static let seconds = 20.0

    /// Renders the chart. Takes its time, and a thread with it.
    func rendered() -> Result<ChartOutcome, HelmError> {
        let notes = RenderingNotes()
        do throws(HelmError) {
            let output = try render(notes)
            return .success(notes.missing.isEmpty ? .rendered(output) : .needs(notes.missing))
        } catch {
            // What a template says that was given nothing means nothing.
            return notes.missing.isEmpty ? .failure(error) : .success(.needs(notes.missing))
        }
    }

    private func render(_ notes: RenderingNotes) throws(HelmError) -> ChartOutput {
        var environment = HelmClock.environment(limit: Self.seconds)
        environment.lookup = { apiVersion, kind, namespace, name in
            let lookup = ObjectLookup(
                apiVersion: apiVersion.text, kind: kind.text, namespace: namespace.text, name: name.text)
            guard let found = objects[lookup] else {
                notes.missing.insert(lookup)
                return .map(HelmMap())
            }
            return found.isNull ? .map(HelmMap()) : .map(try ChartValues.map(found))
        }
        let warn: (String) -> Void = { notes.add(warning: $0) }
        let chart = try ChartLoader.load(archive: archive, warn: warn)
        if let defaults = values.defaults { chart.values = try ChartValues.map(defaults) }
        let values = try values.merged()
        var renderer = ChartRenderer(release: release, environment: environment, warn: warn)
        renderer.capabilities = capabilities
        renderer.skipsSchema = skipsSchema
        let rendered = try renderer.render(chart, values: values.deepCopy())
        return ChartOutput(
            record: try ReleaseRecord(rendered, values: values, release: release),
            text: try output?.text(of: rendered).text ?? "", warnings: notes.warnings)
    }
}

/// What comes up while a chart is rendered.
private final class RenderingNotes {
    private(set) var warnings: [String] = []
    var missing: Set<ObjectLookup> = []

    /// - Parameter text: a line of a log, as `level=WARN msg="this chart is deprecated"`.
    func add(warning text: String) {
        guard warnings.count < 20, !text.hasPrefix("level=INFO") else { return }
        let message = text.hasPrefix("level=") ? text.split(separator: "msg=", maxSplits: 1).last.map(String.init) : nil
        let warning = "chart: \(message ?? text)"
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}
