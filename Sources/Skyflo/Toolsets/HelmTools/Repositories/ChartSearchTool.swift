import Helm
import KubeModel
import ToolKit
import Writes

struct ChartSearchTool: ChartTool {
    private static let mostRows = 100

    let name = "helm_search_repo"
    let title = "Search Helm Repositories"
    let description =
        "Find charts by a word in their name, description or keywords. Registries have no list to search in."
    let parameters = ToolParameters([
        .optional(
            "keyword", kind: .string(.text(maximum: 128)),
            description: "A word or REPOSITORY/CHART; without one, all charts"),
        .chartVersion,
        .optional(
            "max_col_width", kind: .integer(20...500), default: 50, description: "Width of a column", obvious: true),
        .optional("versions", kind: .boolean, default: false, description: "List all versions, not only the newest"),
        .repository,
    ])

    /// A chart and the versions of it that are shown.
    struct Match: Sendable {
        var repository: String
        var rank: Int
        var versions: [ChartVersion]
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let repositories = try context.repositories(arguments.string("repository"))
        let choice: VersionChoice
        do throws(HelmError) {
            choice = try VersionChoice(arguments.string("version"))
        } catch {
            throw ToolFailure("version: it is neither a version nor a constraint such as ^1.2 or >=1.2, <2")
        }
        var (matches, notes): ([Match], [String]) = ([], [])
        for repository in repositories where !repository.isRegistry {
            do {
                let index = try await context.charts.index(of: repository.name, isNew: false)
                matches += Self.matches(
                    in: index, of: repository, keyword: arguments.string("keyword") ?? "", choice: choice,
                    showsAll: arguments.bool("versions"))
            } catch let failure as ToolFailure {
                notes.append("Not searched: \(failure.message)")
            }
        }
        let registries = repositories.filter(\.isRegistry).map(\.name)
        if !registries.isEmpty {
            notes.append(
                "Not searched, since registries have no list of charts: \(registries.joined(separator: ", ")). A chart that "
                    + "is known is named as REPOSITORY/CHART.")
        }
        let text = Self.table(of: matches, width: arguments.integer("max_col_width") ?? 50)
        return .output(
            OutputLimit.cutMiddle(
                context.redactor.redact(text: ([text] + notes).joined(separator: "\n")), to: context.outputLimit,
                rest: "narrow it with keyword or repository"))
    }

    static func matches(
        in index: RepositoryIndex, of repository: ChartRepositoryDescription, keyword: String, choice: VersionChoice,
        showsAll: Bool
    ) -> [Match] {
        index.charts.values.compactMap { versions in
            guard let newest = versions.first, repository.allows(newest.name),
                let rank = rank(of: newest, in: repository.name, keyword: keyword.lowercased())
            else { return nil }
            let shown = showsAll ? versions.filter { choice.allows($0.version) } : choice.newest(of: versions)
            return shown.isEmpty ? nil : Match(repository: repository.name, rank: rank, versions: shown)
        }
    }

    /// Lower is nearer; nil for what has the word nowhere.
    private static func rank(of chart: ChartVersion, in repository: String, keyword: String) -> Int? {
        let name = "\(repository)/\(chart.name)".lowercased()
        if keyword.isEmpty { return 3 }
        if name == keyword || chart.name.lowercased() == keyword { return 0 }
        if name.contains(keyword) { return 1 }
        if chart.keywords.contains(where: { $0.lowercased().contains(keyword) }) { return 2 }
        return chart.description.lowercased().contains(keyword) ? 3 : nil
    }

    private static func table(of matches: [Match], width: Int) -> String {
        guard !matches.isEmpty else { return "No charts found." }
        let sorted = matches.sorted {
            ($0.rank, $0.repository, $0.versions[0].name) < ($1.rank, $1.repository, $1.versions[0].name)
        }
        let found = sorted.flatMap { match in match.versions.map { (match.repository, $0) } }
        var rows = [["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"]]
        for (repository, version) in found.prefix(mostRows) {
            let summary = version.description.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            rows.append(
                [
                    "\(repository)/\(version.name)", version.version, version.appVersion,
                    (version.isDeprecated ? "DEPRECATED: " : "") + summary,
                ].map { OutputLimit.shorten($0, to: width) })
        }
        var lines = TextColumns.align(rows)
        if found.count > mostRows {
            lines.append("… \(found.count - mostRows) more: narrow it with keyword or repository")
        }
        return lines.joined(separator: "\n")
    }
}

extension VersionChoice {
    fileprivate func allows(_ version: String) -> Bool { first(of: [version]) != nil }

    fileprivate func newest(of versions: [ChartVersion]) -> [ChartVersion] {
        first(of: versions.map(\.version)).map { [versions[$0]] } ?? []
    }
}
