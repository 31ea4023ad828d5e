import Helm
import KubeModel
import ToolKit
import Writes

/// Tools for charts and the repositories that they come from. None keeps anything: which repositories there are stands in the
/// SkyfloAI.
enum RepositoryTools {
    static var all: [any Tool] {
        [
            ChartRepositoryListTool(), ChartRepositoryAddTool(), ChartRepositoryRemoveTool(),
            ChartRepositoryUpdateTool(), ChartSearchTool(),
        ]
            + [ChartPartTool.values, .chart, .readme, .crds] + [ChartDependencyTool(), ChartLintTool()]
    }
}

/// A tool that asks repositories of charts.
protocol ChartTool: Tool {}

extension ChartTool {
    var toolset: String { HelmToolset.toolset }
    var onlyReads: Bool { true }
    var isOpenWorld: Bool { true }
    var requests: [ToolRequest]? { [.askHelmRepository] }
}

extension ToolParameter {
    static let chart = ToolParameter.required(
        "chart", kind: .string(.text(maximum: 1024)),
        description: "The chart: REPOSITORY/CHART, or oci://HOST/PATH of a registry that is listed")
    static let chartVersion = ToolParameter.optional(
        "version", kind: .string(.text(maximum: 128)),
        description: "A version, or a constraint such as ^1.2; by default the newest that is no pre-release")
}

/// A chart that was fetched and taken apart.
struct FetchedChart {
    let reference: ChartReference
    let package: ChartPackage
    let files: [ChartFile]
    let chart: Chart

    /// `Chart web 1.2.3 from https://…, sha256:…`
    var title: String {
        "Chart \(chart.name) \(chart.metadata.version) from \(package.origin), \(package.digest)"
            + (chart.metadata.isDeprecated ? "; it is deprecated" : "")
    }

    fileprivate init(_ package: ChartPackage, _ reference: ChartReference) throws(ToolFailure) {
        (self.package, self.reference) = (package, reference)
        do throws(HelmError) {
            files = try ChartArchive.files(of: package.archive)
            chart = try ChartLoader.load(files: files)
        } catch {
            let text = String(error.message.text.prefix(300)).replacing("\n", with: " ")
            throw ToolFailure("the archive of \(package.origin) is no chart that can be read: \(text)")
        }
    }
}

extension ToolContext {
    /// Reads something of the chart that `chart` and `version` name. Taking it apart may take a second, and `body` is called on
    /// the same thread.
    /// - Throws: ``ToolFailure``, `CancellationError`, and what `body` does.
    func readingChart<Result: Sendable>(
        _ arguments: ToolArguments, _ body: @escaping @Sendable (FetchedChart) throws -> Result
    ) async throws -> Result {
        let reference = try ChartReference(arguments)
        let package = try await charts.chart(reference)
        return try await Self.onThread { try body(try FetchedChart(package, reference)) }
    }

    /// The repositories that a tool is about.
    /// - Parameter name: nil for all.
    func repositories(_ name: String?) throws(ToolFailure) -> [ChartRepositoryDescription] {
        let all = charts.repositories
        guard !all.isEmpty else { throw NoCharts.failure }
        guard let name else { return all }
        let found = all.filter { $0.name == name }
        guard !found.isEmpty else {
            throw ToolFailure(
                "there is no Helm repository \"\(ToolParameters.excerpt(name))\"; spec.helm.repositories of the SkyfloAI "
                    + "has " + all.map(\.name).joined(separator: ", "))
        }
        return found
    }
}

struct ChartRepositoryListTool: ChartTool {
    let name = "helm_repo_list"
    let title = "List Helm Repositories"
    let description = "List the chart repositories and registries that may be used."
    let isOpenWorld = false
    let parameters = ToolParameters([])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let all = context.charts.repositories
        guard !all.isEmpty else {
            return .output("No repositories: spec.helm.repositories of the SkyfloAI names those that may be used.")
        }
        let rows = all.map {
            [$0.name, $0.isRegistry ? "OCI" : "HTTP", $0.url, $0.allowedCharts.joined(separator: ",")]
        }
        let hasLists = all.contains { !$0.allowedCharts.isEmpty }
        let table = [["NAME", "KIND", "URL", "ALLOWED CHARTS"]] + rows
        let lines = TextColumns.align(hasLists ? table : table.map { Array($0.dropLast()) })
        return .output(context.redactor.redact(text: lines.joined(separator: "\n")))
    }
}

struct ChartRepositoryUpdateTool: ChartTool {
    let name = "helm_repo_update"
    let title = "Update Helm Repositories"
    let description = "Read the indexes of chart repositories again, so that their newest charts are found."
    let parameters = ToolParameters([.repository])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let repositories = try context.repositories(arguments.string("repository"))
        var lines: [String] = []
        var failures = 0
        for repository in repositories {
            if repository.isRegistry {
                lines.append("\(repository.name): a registry, which is asked each time")
                continue
            }
            do {
                let index = try await context.charts.index(of: repository.name, isNew: true)
                let versions = index.charts.values.reduce(0) { $0 + $1.count }
                lines.append(
                    "\(repository.name): \(index.charts.count.counted(as: "chart")), "
                        + versions.counted(as: "version"))
            } catch let failure as ToolFailure {
                failures += 1
                lines.append("\(repository.name): not updated: \(failure.message)")
            }
        }
        if failures == repositories.count { throw ToolFailure(lines.joined(separator: "\n")) }
        return .output(lines.joined(separator: "\n"))
    }
}

extension ToolParameter {
    static let repository = ToolParameter.optional(
        "repository", kind: .string(.objectName), description: "Only this repository; by default all", obvious: true)
}
