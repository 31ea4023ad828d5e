import Concurrency
import Crypto
import HTTPTransport
import Helm
import Integrations
import KubeModel
import ToolKit

/// An index with what a repository is asked by whether it is the newest.
struct FetchedIndex: Sendable {
    var index: RepositoryIndex
    var etag: String?
    var lastModified: String?
}

/// A repository with an `index.yaml`.
struct HTTPChartRepository: Sendable {
    /// A larger index is refused: the largest public ones have about 20 MB.
    static let indexLimit = 32 << 20
    /// Helm keeps charts below a megabyte, the size of a Secret; this is what one with many files may have.
    static let archiveLimit = 20 << 20

    private let connection: RepositoryConnection
    private let place: WebPlace

    /// - Throws: ``Integrations/IntegrationError`` for a URL that can't be used.
    init(_ connection: RepositoryConnection) throws(IntegrationError) {
        self.connection = connection
        _ = try IntegrationOrigin(connection.repository.url)
        guard let place = WebPlace(connection.repository.url) else {
            throw IntegrationError(.configuration, message: "its url can't be used").said(of: connection.repository)
        }
        self.place = place
    }

    private var repository: ChartRepository { connection.repository }

    private func get(
        _ place: WebPlace, what: String, headers: [IntegrationRequest.Field] = [], limit: Int, isVerbatim: Bool
    ) async throws -> IntegrationResponse {
        var request = IntegrationRequest(.get, target: place.target)
        request.extraHeaders = [.init("Accept", value: "*/*")] + headers
        request.limit = limit
        request.isVerbatim = isVerbatim
        return try await connection.send(
            request, to: place.origin, own: self.place.origin, what: what, credential: connection.access.credential)
    }

    // MARK: Index

    private static let indexTitle = "index.yaml"

    /// - Parameters:
    ///   - known: is returned where the repository says that nothing has changed.
    ///   - reading: those that read an index pass it.
    /// - Throws: ``Integrations/IntegrationError``; `CancellationError`.
    func index(known: FetchedIndex?, reading: AsyncSemaphore) async throws -> FetchedIndex {
        guard let address = place.resolving("index.yaml") else {
            throw IntegrationError(.configuration, message: "its url can't be used").said(of: repository)
        }
        var headers: [IntegrationRequest.Field] = []
        if let etag = known?.etag {
            headers.append(.init("If-None-Match", value: etag))
        } else if let time = known?.lastModified {
            headers.append(.init("If-Modified-Since", value: time))
        }
        let response = try await get(
            address, what: Self.indexTitle, headers: headers, limit: Self.indexLimit, isVerbatim: true)
        if response.status == 304, let known { return known }
        try response.requireSuccess(of: repository.label, what: Self.indexTitle)
        let index = try await reading.withPermit { try await Self.read(response, of: repository) }
        func validator(_ name: String) -> String? {
            response.header(name).flatMap { $0.utf8.count <= 512 && CredentialText.fitsHeader($0) ? $0 : nil }
        }
        return FetchedIndex(
            index: index, etag: validator("etag"), lastModified: validator("last-modified"))
    }

    /// Away from the caller's executor: 20 MB take a second.
    @concurrent private static func read(
        _ response: IntegrationResponse, of repository: ChartRepository
    ) async throws -> RepositoryIndex {
        do throws(HelmError) {
            return try RepositoryIndex.read(response.body)
        } catch {
            try Task.checkCancellation()
            throw IntegrationError(.malformed, message: "\(indexTitle) \(Self.sentence(error))").said(of: repository)
        }
    }

    private static func sentence(_ error: HelmError) -> String {
        let text = error.message.text
        if text.hasPrefix("yaml: ") { return "is no valid YAML (\(text.dropFirst(6)))" }
        return text
    }

    /// Whether it answers: the head of the index alone.
    /// - Throws: ``Integrations/IntegrationError``; `CancellationError`.
    func look() async throws {
        guard let address = place.resolving("index.yaml") else { return }
        let response = try await get(address, what: Self.indexTitle, limit: 0, isVerbatim: false)
        try response.requireSuccess(of: repository.label, what: Self.indexTitle)
    }

    // MARK: Archives

    /// - Throws: ``Integrations/IntegrationError``, also where the archive isn't the one that the index has the digest of;
    ///   `CancellationError`.
    func archive(of version: ChartVersion) async throws -> ChartPackage {
        let title = "\(version.name) \(version.version)"
        guard let url = version.urls.first(where: { !$0.hasPrefix("oci://") }), let address = place.resolving(url)
        else {
            throw IntegrationError(
                .malformed, message: "its index has no address for \(title) that can be used"
            ).said(of: repository)
        }
        return try await archive(
            at: address, what: "the index entry of \(title)", digest: version.digest.isEmpty ? nil : version.digest)
    }

    /// - Parameters:
    ///   - what: leads there, for messages.
    ///   - digest: that it has to have, in hexadecimal.
    func archive(at address: WebPlace, what: String, digest: String? = nil) async throws -> ChartPackage {
        let response = try await get(address, what: what, limit: Self.archiveLimit, isVerbatim: true)
        let name = String(address.target.prefix { $0 != "?" }.split(separator: "/").last ?? "")
        try response.requireSuccess(of: repository.label, what: "the archive \(name.excerpt)")
        let found = "sha256:" + SHA256.hash(data: response.body).hexadecimal
        if let digest, found != Self.canonical(digest) {
            throw IntegrationError(
                .malformed,
                message:
                    "the archive \(name.excerpt) is not the one of its index: its digest is \(found), and should be "
                    + Self.canonical(digest).excerpt
            ).said(of: repository)
        }
        return ChartPackage(archive: response.body, digest: found, origin: address.text)
    }

    private static func canonical(_ digest: String) -> String {
        let text = digest.lowercased()
        return text.hasPrefix("sha256:") ? text : "sha256:" + text
    }
}
