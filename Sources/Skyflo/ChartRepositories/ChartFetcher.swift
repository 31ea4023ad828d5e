import HTTPTransport
import Helm
import Integrations
import KubeModel
import ToolKit
import Writes

/// Gets charts of the repositories that are listed, and nothing of any other place.
package struct ChartFetcher: Sendable {
    /// What a request to a repository takes of Secrets; asked anew where a credential was refused.
    package typealias AccessReader =
        @Sendable (_ repository: ChartRepository, _ isNew: Bool) async throws -> RepositoryAccess

    /// In the order of the list.
    package let repositories: [ChartRepository]
    private let cache: RepositoryIndexCache
    private let proxies: ProxyEnvironment
    private let uptime: @Sendable () -> Duration
    private let access: AccessReader

    /// - Parameters:
    ///   - repositories: that may be used.
    ///   - cache: of indexes.
    ///   - uptime: the clock.
    ///   - access: throws ``Writes/ToolFailure`` or ``Integrations/IntegrationError`` where it may not be had.
    package init(
        _ repositories: [ChartRepository], cache: RepositoryIndexCache, proxies: ProxyEnvironment = ProxyEnvironment(),
        uptime: @escaping @Sendable () -> Duration, access: @escaping AccessReader
    ) {
        self.repositories = repositories
        self.cache = cache
        self.proxies = proxies
        self.uptime = uptime
        self.access = access
    }

    // MARK: Charts

    /// As ``ToolKit/ChartProvider/chart(_:)``.
    package func chart(_ reference: ChartReference) async throws -> ChartPackage {
        try await said {
            switch try ChartLocation(reference.name, in: repositories) {
            case .indexed(let repository, let chart):
                try await indexed(chart, version: reference.version, in: repository)
            case .registry(let repository, let name):
                try await pulled(name, version: reference.version, from: repository)
            case .archive(let repository, let place):
                try await archive(place, version: reference.version, in: repository)
            }
        }
    }

    private func indexed(
        _ chart: String, version: String?, in repository: ChartRepository
    ) async throws -> ChartPackage {
        let index = try await self.index(of: repository, isNew: false)
        let versions = try Self.versions(of: chart, in: index, of: repository)
        let choice = try Self.choice(version)
        guard let position = choice.first(of: versions.map(\.version)) else {
            throw Self.missing(version, of: "\(repository.name)/\(chart)", among: versions.map(\.version))
        }
        let found = versions[position]
        let addresses = found.urls.filter { $0.hasPrefix("oci://") }
        // An index may lead to a registry: then that has to be listed too.
        if let address = addresses.first, addresses.count == found.urls.count {
            guard case .registry(let registry, let name) = try ChartLocation(address, in: repositories) else {
                throw NoCharts.failure
            }
            return try await pulled(name, version: found.version, from: registry)
        }
        return try await connected(to: repository) { try await HTTPChartRepository($0).archive(of: found) }
    }

    private func archive(
        _ place: WebPlace, version: String?, in repository: ChartRepository
    ) async throws -> ChartPackage {
        guard version == nil else {
            throw ToolFailure("version: an archive's address says which version it is; leave the version out")
        }
        return try await connected(to: repository) {
            try await HTTPChartRepository($0).archive(at: place, what: "the archive")
        }
    }

    private func pulled(
        _ name: OCIReference, version: String?, from repository: ChartRepository
    ) async throws -> ChartPackage {
        if name.tag != nil || name.digest != nil, version != nil, version.map(VersionTag.tag(of:)) != name.tag {
            throw ToolFailure("version: the chart's name has a tag or a digest; leave the version out")
        }
        let choice = try Self.choice(version)
        return try await connected(to: repository) { connection in
            var registry = try OCIRegistry(connection, name)
            if let exact = name.digest ?? name.tag { return try await registry.chart(exact) }
            let exact = version.flatMap { VersionChoice.isExact($0) ? VersionTag.tag(of: $0) : nil }
            if let exact {
                do {
                    return try await registry.chart(exact)
                } catch let error as IntegrationError where error.code == .notFound {}
            }
            let versions = VersionChoice.sorted(try await registry.tags().map(VersionTag.version(of:)))
            guard let position = choice.first(of: versions) else {
                throw Self.missing(version, of: name.text, among: versions)
            }
            return try await registry.chart(VersionTag.tag(of: versions[position]))
        }
    }

    private static func choice(_ version: String?) throws(ToolFailure) -> VersionChoice {
        do throws(HelmError) {
            return try VersionChoice(version)
        } catch {
            throw ToolFailure(
                "version: \"\((version ?? "").excerpt)\" is neither a version nor a constraint such as ^1.2 or >=1.2, <2"
            )
        }
    }

    private static func missing(_ version: String?, of chart: String, among versions: [String]) -> ToolFailure {
        let newest = versions.prefix(5).joined(separator: ", ")
        guard let version else {
            return ToolFailure(
                versions.isEmpty
                    ? "\(chart) has no version" : "\(chart) has pre-releases only: say which version: \(newest)")
        }
        let near = NearNames.of(version, among: versions).prefix(5).joined(separator: ", ")
        let hint =
            versions.isEmpty ? "it has none" : near.isEmpty ? "the newest are \(newest)" : "near ones are \(near)"
        return ToolFailure("\(chart) has no version \"\(version.excerpt)\"; \(hint)")
    }

    // MARK: Indexes

    /// As ``ToolKit/ChartProvider/index(of:isNew:)``.
    package func index(of name: String, isNew: Bool) async throws -> RepositoryIndex {
        try await said {
            guard let repository = repositories.first(where: { $0.name == name }) else {
                _ = try ChartLocation("\(name)/chart", in: repositories)
                throw NoCharts.failure
            }
            guard !repository.isRegistry else {
                throw ToolFailure(
                    "\(repository.label) is a registry, which has no index: name a chart of it as \(name)/CHART")
            }
            return try await index(of: repository, isNew: isNew)
        }
    }

    private func index(of repository: ChartRepository, isNew: Bool) async throws -> RepositoryIndex {
        try await connected(to: repository) { connection in
            let source = try HTTPChartRepository(connection)
            return try await cache.index(
                .init(repository: repository, access: connection.access), isNew: isNew, uptime: uptime
            ) { try await source.index(known: $0, reading: cache.reading) }
        }
    }

    private static func versions(
        of chart: String, in index: RepositoryIndex, of repository: ChartRepository
    ) throws(ToolFailure) -> [ChartVersion] {
        if let versions = index.charts[chart] { return versions }
        let allowed = NamePatterns(repository.allowedCharts)
        throw ToolFailure(
            "\(repository.label) has no chart \"\(chart.excerpt)\""
                + NearNames.hint(chart, among: index.charts.keys.filter(allowed.allow)))
    }

    /// As ``ToolKit/ChartProvider/versions(of:)``.
    package func versions(of name: String) async throws -> [String] {
        try await said {
            switch try ChartLocation(name, in: repositories) {
            case .indexed(let repository, let chart):
                let index = try await index(of: repository, isNew: false)
                return try Self.versions(of: chart, in: index, of: repository).map(\.version)
            case .registry(let repository, let name):
                return try await connected(to: repository) { connection in
                    var registry = try OCIRegistry(connection, name)
                    return VersionChoice.sorted(try await registry.tags().map(VersionTag.version(of:)))
                }
            case .archive: throw ToolFailure("chart: an archive is one version; name a chart as REPOSITORY/CHART")
            }
        }
    }

    // MARK: Images

    /// As ``ToolKit/ChartProvider/labels(ofImage:)``.
    package func labels(ofImage image: String) async throws -> [String: String]? {
        guard let name = OCIReference(image: image), let listed = ChartLocation.listed(name, in: repositories),
            NamePatterns(listed.repository.allowedCharts).allow(listed.chart)
        else { return nil }
        return try await said {
            try await connected(to: listed.repository) { connection in
                var registry = try OCIRegistry(connection, name)
                return try await registry.labels(name.digest ?? name.tag ?? "latest")
            }
        }
    }

    // MARK: Looking

    /// Whether a repository answers, and takes its credential.
    /// - Throws: ``Writes/ToolFailure`` with the reason; `CancellationError`.
    package func look(_ repository: ChartRepository) async throws {
        try await said {
            try await connected(to: repository) { connection in
                guard repository.isRegistry else { return try await HTTPChartRepository(connection).look() }
                guard let name = OCIReference(repository.url) else {
                    throw IntegrationError(.configuration, message: "its url can't be used").said(of: repository)
                }
                var registry = try OCIRegistry(connection, name)
                try await registry.look()
            }
        }
    }

    // MARK: Access

    /// Does something with the credential as it is remembered, and once more where that is refused and has been changed.
    private func connected<Result: Sendable>(
        to repository: ChartRepository, _ body: (RepositoryConnection) async throws -> Result
    ) async throws -> Result {
        func connection(isNew: Bool) async throws -> RepositoryConnection {
            do {
                return RepositoryConnection(
                    repository: repository, access: try await access(repository, isNew), proxies: proxies)
            } catch let error as IntegrationError {
                throw error.said(of: repository)
            }
        }
        let known = try await connection(isNew: false)
        do {
            return try await body(known)
        } catch let error as IntegrationError where error.code == .unauthorized {
            let new = try await connection(isNew: true)
            guard new.access != known.access else { throw error }
            return try await body(new)
        }
    }

    private func said<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as IntegrationError {
            throw ToolFailure(error.message)
        }
    }
}
