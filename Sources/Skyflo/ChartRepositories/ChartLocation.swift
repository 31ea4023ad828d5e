import Helm
import Integrations
import KubeModel
import ToolKit
import Writes

/// Where a chart is, of what is listed.
enum ChartLocation: Sendable, Hashable {
    /// A chart of a repository's index.
    case indexed(ChartRepository, chart: String)
    case registry(ChartRepository, OCIReference)
    /// An archive by its own address.
    case archive(ChartRepository, WebPlace)

    /// - Parameters:
    ///   - name: as ``ToolKit/ChartReference/name``.
    ///   - repositories: that may be used.
    /// - Throws: ``Writes/ToolFailure`` for what isn't in one of them.
    init(_ name: String, in repositories: [ChartRepository]) throws(ToolFailure) {
        guard !repositories.isEmpty else { throw NoCharts.failure }
        if name.hasPrefix("oci://") {
            self = try Self.registry(name, in: repositories)
        } else if name.contains("://") {
            self = try Self.archive(name, in: repositories)
        } else {
            self = try Self.named(name, in: repositories)
        }
    }

    private static func list(_ repositories: [ChartRepository]) -> String {
        repositories.map(\.name).joined(separator: ", ")
    }

    private static func named(
        _ name: String, in repositories: [ChartRepository]
    ) throws(ToolFailure) -> ChartLocation {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw ToolFailure(
                "chart: \"\(name.excerpt)\" is no chart of a repository; write it as REPOSITORY/CHART. The repositories "
                    + "are \(list(repositories))")
        }
        guard let repository = repositories.first(where: { $0.name == parts[0] }) else {
            throw ToolFailure(
                "there is no Helm repository \"\(parts[0].excerpt)\"; spec.helm.repositories of the SkyfloAI has "
                    + list(repositories))
        }
        if repository.isRegistry {
            guard let reference = OCIReference(repository.url + "/" + parts[1]), !reference.name.isEmpty else {
                throw ToolFailure("chart: \"\(name.excerpt)\" can't be the name of a chart in a registry")
            }
            guard let chart = OCIReference(repository.url).map({ Self.name(of: reference, below: $0) }) else {
                throw ToolFailure("\(repository.label): its url can't be used")
            }
            return .registry(try repository.allowing(chart), reference)
        }
        guard !parts[1].contains("/") else {
            throw ToolFailure("chart: \"\(name.excerpt)\" has a slash too many; write it as REPOSITORY/CHART")
        }
        return .indexed(try repository.allowing(parts[1]), chart: parts[1])
    }

    private static func registry(
        _ url: String, in repositories: [ChartRepository]
    ) throws(ToolFailure) -> ChartLocation {
        guard let reference = OCIReference(url), !reference.name.isEmpty else {
            throw ToolFailure("chart: \"\(url.excerpt)\" is no address of a chart in a registry")
        }
        let found = listed(reference, in: repositories)
        guard let found else {
            throw ToolFailure(
                "\(reference.text.excerpt) is in no registry that spec.helm.repositories of the SkyfloAI lists; it has "
                    + list(repositories))
        }
        return .registry(try found.repository.allowing(found.chart), reference)
    }

    /// The registry that something belongs to: the one with the longest path.
    static func listed(
        _ reference: OCIReference, in repositories: [ChartRepository]
    ) -> (repository: ChartRepository, chart: String)? {
        let bases = repositories.compactMap { repository in
            repository.isRegistry ? OCIReference(repository.url).map { (repository, $0) } : nil
        }
        let found = bases.filter { $0.1.contains(reference) }.max { $0.1.name.count < $1.1.name.count }
        return found.map { ($0, Self.name(of: reference, below: $1)) }
    }

    /// The name that a list of allowed charts is about: without tag and digest.
    private static func name(of reference: OCIReference, below base: OCIReference) -> String {
        let below = base.name.isEmpty ? reference.name : String(reference.name.dropFirst(base.name.count + 1))
        // The registry's own address may be that of a chart.
        return below.isEmpty ? String(reference.name.split(separator: "/").last ?? "") : below
    }

    private static func archive(
        _ url: String, in repositories: [ChartRepository]
    ) throws(ToolFailure) -> ChartLocation {
        guard let place = WebPlace(url) else {
            throw ToolFailure("chart: \"\(url.excerpt)\" is no address of a chart that can be used")
        }
        let found = repositories.first { !$0.isRegistry && WebPlace($0.url)?.contains(place) == true }
        guard let found else {
            throw ToolFailure(
                "\(place.text.excerpt) is in no repository that spec.helm.repositories of the SkyfloAI lists; it has "
                    + list(repositories))
        }
        // What a list of charts allows is told by the index; an address may be of anything.
        guard found.allowedCharts.isEmpty else {
            throw ToolFailure(
                "\(found.label) allows some charts only; write the chart as \(found.name)/CHART, not as an address")
        }
        return .archive(found, place)
    }
}

extension ChartRepository {
    /// - Throws: ``Writes/ToolFailure`` for a chart that the repository's list doesn't have.
    fileprivate func allowing(_ chart: String) throws(ToolFailure) -> ChartRepository {
        guard NamePatterns(allowedCharts).allow(chart) else {
            throw ToolFailure(
                "\(label) does not allow the chart \(chart.excerpt); its allowedCharts has "
                    + allowedCharts.joined(separator: ", "))
        }
        return self
    }
}
