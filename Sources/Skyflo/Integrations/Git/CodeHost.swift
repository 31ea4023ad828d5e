import KubeModel

/// Where repositories are, with their requests to merge and their pipelines. It is only asked.
///
/// All methods throw ``IntegrationError`` for what the host refuses or doesn't know, and for repositories that the integration
/// doesn't allow; `CancellationError`.
package protocol CodeHost: Sendable {
    var client: IntegrationClient { get }
    /// `pull request`, `merge request`
    var mergeRequestTitle: String { get }

    func repositories(matching text: String?, limit: Int) async throws -> [String]
    func commits(of repository: GitRepository, _ query: GitListQuery) async throws -> GitPage<GitCommit>
    func commit(_ ref: GitReference, of repository: GitRepository) async throws -> GitCommit
    func files(ofCommit id: String, of repository: GitRepository) async throws -> [GitFileChange]
    func checks(ofCommit id: String, of repository: GitRepository) async throws -> [GitCheck]
    func mergeRequests(withCommit id: String, of repository: GitRepository) async throws -> [GitMergeRequest]
    func compare(_ base: GitReference, with head: GitReference, of repository: GitRepository) async throws
        -> GitComparison
    func mergeRequests(of repository: GitRepository, _ query: GitListQuery) async throws -> GitPage<GitMergeRequest>
    func mergeRequest(_ number: Int, of repository: GitRepository) async throws -> GitMergeRequest
    func files(ofMergeRequest number: Int, of repository: GitRepository) async throws -> GitPage<GitFileChange>
    func reviews(ofMergeRequest number: Int, of repository: GitRepository) async throws -> [GitReview]
    /// - Parameter commit: only of this one.
    func pipelines(
        of repository: GitRepository, commit: String?, _ query: GitListQuery
    ) async throws -> GitPage<GitPipeline>
    func pipeline(_ id: Int, of repository: GitRepository) async throws -> GitPipeline
    func jobs(ofPipeline id: Int, of repository: GitRepository) async throws -> [GitJob]
    /// - Parameter limit: of bytes that are read from the beginning.
    func log(ofJob id: Int, of repository: GitRepository, limit: Int) async throws -> GitLog
}

extension CodeHost {
    package func check(_ repository: GitRepository) throws(IntegrationError) {
        try client.check(repository.path, as: "repository")
    }

    /// All of a list that comes in pages, of which not more than some are read.
    func all(
        pages: Int, of what: String, _ request: (Int) throws(IntegrationError) -> IntegrationRequest,
        items: (JSONValue) -> [JSONValue]
    ) async throws -> (items: [JSONValue], hasMore: Bool) {
        var found: [JSONValue] = []
        for page in 1...pages {
            let response = try await client.get(what, try request(page))
            found += items(try client.json(of: response, what))
            guard response.hasNextPage else { return (found, false) }
        }
        return (found, true)
    }
}

extension IntegrationResponse {
    /// Whether a list goes on behind its page: GitHub and GitLab say it in a link (RFC 8288), which is not followed. The same
    /// request with the next page's number is as good, and can't lead elsewhere.
    var hasNextPage: Bool {
        if let next = header("x-next-page") { return !next.isEmpty }
        return header("link")?.contains("rel=\"next\"") ?? false
    }
}
