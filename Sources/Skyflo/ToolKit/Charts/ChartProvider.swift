import Helm
import Integrations
import KubeModel
import Writes

/// Charts of the repositories and registries that the SkyfloAI of a conversation names, as it names them at the moment.
package protocol ChartProvider: Sendable {
    /// Fetches a chart. Nothing of another host than the named ones is asked.
    ///
    /// - Throws: ``Writes/ToolFailure`` with one clear sentence for whatever keeps the chart from being had: a repository that
    ///   isn't named, an unknown chart or version with the nearest ones, a broken answer, a limit, a time-out;
    ///   `CancellationError`.
    func chart(_ reference: ChartReference) async throws -> ChartPackage

    /// Those that are enabled, in the order of the spec.
    var repositories: [ChartRepositoryDescription] { get }

    /// The SkyfloAI that names them; nil where there is none.
    var skyfloAI: ObjectKey? { get }

    /// The charts of a repository with an index.
    ///
    /// - Parameter isNew: the repository is asked, whatever is remembered.
    /// - Throws: as ``chart(_:)``; also for a registry, which has no list of its charts.
    func index(of repository: String, isNew: Bool) async throws -> RepositoryIndex

    /// The versions that there are of a chart, newest first.
    ///
    /// - Parameter name: as ``ChartReference/name``, but no address of an archive.
    /// - Throws: as ``chart(_:)``.
    func versions(of name: String) async throws -> [String]

    /// What a container image says of itself, by its labels and annotations.
    ///
    /// - Parameter image: as a pod names it.
    /// - Returns: nil where its registry isn't one of the repositories: nothing is asked then.
    /// - Throws: as ``chart(_:)``.
    func labels(ofImage image: String) async throws -> [String: String]?
}

extension ChartProvider {
    package var repositories: [ChartRepositoryDescription] { [] }
    package var skyfloAI: ObjectKey? { nil }

    package func index(of repository: String, isNew: Bool) async throws -> RepositoryIndex { throw NoCharts.failure }

    package func versions(of name: String) async throws -> [String] { throw NoCharts.failure }

    package func labels(ofImage image: String) async throws -> [String: String]? { nil }
}

/// What may be said of a repository: its credential is no part of it.
package struct ChartRepositoryDescription: Sendable, Hashable {
    package var name: String
    package var url: String
    package var allowedCharts: [String]

    package init(name: String, url: String, allowedCharts: [String] = []) {
        self.name = name
        self.url = url
        self.allowedCharts = allowedCharts
    }

    /// Whether it is an OCI registry, which tells nobody which charts it has.
    package var isRegistry: Bool { url.hasPrefix("oci://") }

    /// Whether the list of charts has one.
    package func allows(_ chart: String) -> Bool { NamePatterns(allowedCharts).allow(chart) }
}

/// A chart as people name it.
package struct ChartReference: Sendable, Hashable {
    /// `repository/chart`; `oci://registry.example/folder/chart`; `https://charts.example/chart-1.2.3.tgz`.
    package var name: String
    /// A version, or a constraint as `^1.2`; nil for the newest that is no pre-release.
    package var version: String?

    package init(_ name: String, version: String? = nil) {
        self.name = name
        self.version = version
    }
}

/// A chart's archive, as it was fetched.
package struct ChartPackage: Sendable, Hashable {
    /// A `.tgz` that nobody has looked into yet.
    package var archive: [UInt8]
    /// `sha256:` and 64 hexadecimal digits: of the archive.
    package var digest: String
    /// Where it is from, for people and without credentials: `https://charts.example/web-1.2.3.tgz`.
    package var origin: String

    package init(archive: [UInt8], digest: String, origin: String) {
        self.archive = archive
        self.digest = digest
        self.origin = origin
    }
}

/// Where the SkyfloAI names no repository.
package struct NoCharts: ChartProvider {
    package init() {}

    package static let failure = ToolFailure(
        "no chart repository is configured: spec.helm.repositories of the SkyfloAI names those that may be used")

    package func chart(_ reference: ChartReference) async throws -> ChartPackage { throw Self.failure }
}
