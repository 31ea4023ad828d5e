import Helm
import HelmFiles
import KubeModel
import ToolKit
import Writes

/// A part of a chart, as `helm show` has them.
struct ChartPartTool: ChartTool {
    let part: ChartDescription.Part
    let name: String
    let title: String
    let description: String
    let parameters: ToolParameters

    private init(_ part: ChartDescription.Part, title: String, _ description: String, own: [ToolParameter] = []) {
        self.part = part
        name = "helm_show_\(part.rawValue)"
        self.title = title
        self.description = description
        parameters = ToolParameters([.chart, .chartVersion] + own)
    }

    static let values = ChartPartTool(
        .values, title: "Show Helm Chart Default Values", "Show the default values of a chart, or a part of them.",
        own: [
            .optional(
                "path", kind: .string(.text(maximum: 256)),
                description: "Only what is below this key, such as server.ingress")
        ])
    static let chart = ChartPartTool(
        .chart, title: "Show Helm Chart Metadata", "Show the Chart.yaml of a chart: versions, dependencies, sources.")
    static let readme = ChartPartTool(.readme, title: "Show Helm Chart README", "Show the README of a chart.")
    static let crds = ChartPartTool(
        .crds, title: "Show Helm Chart CRDs", "Show the custom resource definitions that a chart brings.")

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let part = part
        let found = try await context.readingChart(arguments) { fetched in
            let text = try Self.text(of: part, at: arguments.string("path") ?? "", in: fetched)
            guard text.contains(where: { !$0.isWhitespace }) else {
                return (text: "\(fetched.title).\nIt has no \(Self.word(part)).", keys: [String]())
            }
            return (text: "# \(fetched.title)\n\(text)", keys: Array(Self.keys(fetched.chart.values).prefix(40)))
        }
        let rest =
            part == .values
            ? "name a path, such as one of " + found.keys.joined(separator: ", ") : "the middle is left out"
        return .output(
            OutputLimit.cutMiddle(context.redactor.redact(text: found.text), to: context.outputLimit, rest: rest))
    }

    /// - Parameter path: of values; empty for all.
    private static func text(
        of part: ChartDescription.Part, at path: String, in fetched: FetchedChart
    ) throws(ToolFailure) -> String {
        if part == .values, !path.isEmpty { return try values(of: fetched.chart, at: path) }
        do throws(HelmError) {
            return try ChartDescription(fetched.chart).text(of: part).text
        } catch {
            throw ToolFailure("\(fetched.reference.name): \(error.message.text)")
        }
    }

    private static func word(_ part: ChartDescription.Part) -> String {
        switch part {
        case .values: "default values"
        case .readme: "README"
        case .crds: "custom resource definitions in crds/"
        case .chart, .all: "content"
        }
    }

    private static func keys(_ values: HelmMap) -> [String] { values.keys.map(\.text).sorted() }

    static func values(of chart: Chart, at path: String) throws(ToolFailure) -> String {
        var value = HelmValue.map(chart.values)
        var walked: [String] = []
        for key in path.split(separator: ".").map(String.init) {
            guard let map = value.asMap, let next = map[ByteString(key)] else {
                let place = walked.isEmpty ? "the values" : walked.joined(separator: ".")
                let keys = value.asMap.map(Self.keys) ?? []
                throw ToolFailure(
                    "path: \(place) has no key \"\(ToolParameters.excerpt(key))\""
                        + (keys.isEmpty ? "" : NearNames.hint(key, among: keys)))
            }
            walked.append(key)
            value = next
        }
        do throws(HelmError) {
            return try YAMLEmitter.marshal(value).text
        } catch {
            throw ToolFailure("path: what is there can't be shown: \(error.message.text)")
        }
    }
}

struct ChartDependencyTool: ChartTool {
    let name = "helm_dependency_list"
    let title = "List Helm Chart Dependencies"
    let description = "List the charts that a chart depends on, and whether its archive has them."
    let parameters = ToolParameters([.chart, .chartVersion])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let lines = try await context.readingChart(arguments) { Self.lines(of: $0) }
        return .output(
            OutputLimit.cutMiddle(
                context.redactor.redact(text: lines.joined(separator: "\n")), to: context.outputLimit, rest: "cut"))
    }

    private static func lines(of fetched: FetchedChart) -> [String] {
        let declared = fetched.chart.metadata.dependencies ?? []
        let undeclared = fetched.chart.dependencies.map(\.name).filter { name in !declared.contains { $0.name == name }
        }
        var lines = ["\(fetched.title)."]
        if declared.isEmpty {
            lines.append("It depends on no other chart.")
        } else {
            let rows = declared.map { dependency in
                [
                    dependency.name + (dependency.alias.isEmpty ? "" : " (as \(dependency.alias))"), dependency.version,
                    dependency.repository, state(of: dependency, in: fetched.chart), dependency.condition,
                ]
            }
            lines += TextColumns.align([["NAME", "VERSION", "REPOSITORY", "STATUS", "CONDITION"]] + rows)
        }
        if !undeclared.isEmpty {
            lines.append("In its archive, and not declared: \(undeclared.sorted().joined(separator: ", "))")
        }
        return lines
    }

    private static func state(of dependency: ChartDependency, in chart: Chart) -> String {
        let present = chart.dependencies.filter { $0.name == dependency.name }
        guard !present.isEmpty else { return "missing" }
        let fits = present.contains { subchart in
            (try? VersionConstraint.check(
                ByteString(dependency.version.isEmpty ? "*" : dependency.version),
                ByteString(subchart.metadata.version))) ?? false
        }
        return fits ? "ok" : "wrong version (\(present.map(\.metadata.version).joined(separator: ", ")))"
    }
}

struct ChartLintTool: ChartTool {
    let name = "helm_lint"
    let title = "Lint Helm Chart"
    let description = "Examine a chart for possible faults, rendered with your values."
    let parameters = ToolParameters([
        .chart, .chartVersion,
        .optional(
            "values", kind: .string(.text(maximum: 65_536)), description: "Values over the default ones, as YAML"),
        .namespace,
        .optional("strict", kind: .boolean, default: false, description: "Warnings count as faults", obvious: true),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let lint = ChartLint(
            values: ByteString(arguments.string("values") ?? ""),
            namespace: arguments.string("namespace") ?? context.namespace, isStrict: arguments.bool("strict"),
            capabilities: try await context.capabilities())
        let text = try await context.readingChart(arguments) { "\($0.title).\n\(try lint.report(on: $0))" }
        return .output(
            OutputLimit.cutMiddle(context.redactor.redact(text: text), to: context.outputLimit, rest: "cut"))
    }
}

/// What a chart is linted with.
private struct ChartLint: Sendable {
    var values: ByteString
    var namespace: String
    var isStrict: Bool
    var capabilities: KubeCapabilities

    /// Takes its time, and a thread with it.
    func report(on fetched: FetchedChart) throws(ToolFailure) -> String {
        var renderer = ChartRenderer(
            release: .init(name: "test-release", namespace: namespace),
            environment: HelmClock.environment(limit: ChartInput.seconds))
        renderer.capabilities = capabilities
        let map: HelmMap
        do throws(HelmError) {
            map = try ValuesReader.read(values)
        } catch {
            throw ToolFailure("values: they are no YAML mapping: \(error.message.text.prefix(200))")
        }
        let messages = ChartLinter.messages(
            files: fetched.files, path: fetched.chart.name, values: map, renderer: renderer)
        let limit: ChartLinter.Severity = isStrict ? .warning : .error
        let faults = messages.count { $0.severity >= limit }
        let lines = messages.map { $0.text.text }
        return
            (lines + ["\(faults.counted(as: "fault")) found; \(faults == 0 ? "the chart passes" : "the chart fails")."])
            .joined(separator: "\n")
    }
}
