import KubeModel

/// Asks GitLab by its REST API, version 4.
package struct GitLabClient: CodeHost {
    package let client: IntegrationClient

    package init(_ client: IntegrationClient) { self.client = client }

    package let mergeRequestTitle = "merge request"

    private func request(
        _ repository: GitRepository, _ path: [String], query: [IntegrationRequest.Field] = [],
        limit: Int = IntegrationRequest.usualLimit
    ) throws(IntegrationError) -> IntegrationRequest {
        try check(repository)
        return try IntegrationRequest(
            .get, segments: ["api", "v4", "projects", repository.path] + path, encodesSlashes: true, query: query,
            limit: limit)
    }

    private func list(
        _ what: String, of repository: GitRepository, at path: [String], query: [IntegrationRequest.Field],
        page: GitListQuery
    ) async throws -> GitPage<JSONValue> {
        let paging = [
            IntegrationRequest.Field("per_page", value: String(page.limit)), .init("page", value: String(page.page)),
        ]
        let response = try await client.get(what, try request(repository, path, query: query + paging))
        return GitPage(try client.json(of: response, what).array ?? [], hasMore: response.hasNextPage)
    }

    private func pages(
        _ what: String, of repository: GitRepository, at path: [String], query: [IntegrationRequest.Field] = []
    ) async throws -> GitPage<JSONValue> {
        let found = try await all(pages: 3, of: what) { page throws(IntegrationError) in
            try request(
                repository, path,
                query: query + [.init("per_page", value: "100"), .init("page", value: String(page))])
        } items: {
            $0.array ?? []
        }
        return GitPage(found.items, hasMore: found.hasMore)
    }

    // MARK: Commits

    package func repositories(matching text: String?, limit: Int) async throws -> [String] {
        let search = text.map { [IntegrationRequest.Field("search", value: $0)] } ?? []
        let found = try await all(pages: 5, of: "its projects") { page throws(IntegrationError) in
            try IntegrationRequest(
                .get, segments: ["api", "v4", "projects"],
                query: [
                    .init("membership", value: "true"), .init("simple", value: "true"),
                    .init("order_by", value: "last_activity_at"), .init("per_page", value: "100"),
                    .init("page", value: String(page)),
                ] + search)
        } items: {
            $0.array ?? []
        }
        return Array(
            found.items.compactMap { $0["path_with_namespace"]?.string }.filter(client.allowed.allow).prefix(limit))
    }

    package func commits(of repository: GitRepository, _ query: GitListQuery) async throws -> GitPage<GitCommit> {
        let fields: [IntegrationRequest.Field?] = [
            query.ref.map { .init("ref_name", value: $0.description) }, query.path.map { .init("path", value: $0) },
            query.author.map { .init("author", value: $0) }, query.since.map { .init("since", value: $0.description) },
        ]
        let page = try await list(
            "the commits of repository \(repository)", of: repository, at: ["repository", "commits"],
            query: fields.compactMap { $0 }, page: query)
        return GitPage(page.items.compactMap(Self.commit), hasMore: page.hasMore)
    }

    package func commit(_ ref: GitReference, of repository: GitRepository) async throws -> GitCommit {
        let what = "commit \(ref) of repository \(repository)"
        let json = try await client.json(what, try request(repository, ["repository", "commits", ref.description]))
        guard let commit = Self.commit(json) else { throw malformed(what) }
        return commit
    }

    package func files(ofCommit id: String, of repository: GitRepository) async throws -> [GitFileChange] {
        try await pages("the files of commit \(id)", of: repository, at: ["repository", "commits", id, "diff"])
            .items.compactMap(Self.file)
    }

    package func checks(ofCommit id: String, of repository: GitRepository) async throws -> [GitCheck] {
        try await pages(
            "the statuses of commit \(id.prefix(12)) of repository \(repository)", of: repository,
            at: ["repository", "commits", id, "statuses"]
        ).items.compactMap { status in
            status["name"]?.string.map {
                GitCheck(name: $0, state: status["status"]?.string ?? "", detail: status["description"]?.string)
            }
        }
    }

    package func mergeRequests(
        withCommit id: String, of repository: GitRepository
    ) async throws -> [GitMergeRequest] {
        let json = try await client.json(
            "the merge requests of commit \(id.prefix(12)) of repository \(repository)",
            try request(repository, ["repository", "commits", id, "merge_requests"]))
        return (json.array ?? []).compactMap(Self.mergeRequest)
    }

    package func compare(
        _ base: GitReference, with head: GitReference, of repository: GitRepository
    ) async throws -> GitComparison {
        let what = "\(base)...\(head) of repository \(repository)"
        let json = try await client.json(
            what,
            try request(
                repository, ["repository", "compare"],
                query: [.init("from", value: base.description), .init("to", value: head.description)]))
        guard let commits = json["commits"]?.array else { throw malformed(what) }
        // Their order is that of time here.
        return GitComparison(
            commits: commits.compactMap(Self.commit), ahead: commits.count, behind: nil,
            files: (json["diffs"]?.array ?? []).compactMap(Self.file))
    }

    // MARK: Merge requests

    package func mergeRequests(
        of repository: GitRepository, _ query: GitListQuery
    ) async throws -> GitPage<GitMergeRequest> {
        let state = query.state.map { $0 == "open" ? "opened" : $0 } ?? "opened"
        let branch = query.ref.map { [IntegrationRequest.Field("target_branch", value: $0.description)] } ?? []
        let page = try await list(
            "the merge requests of repository \(repository)", of: repository, at: ["merge_requests"],
            query: [.init("state", value: state), .init("order_by", value: "updated_at")] + branch, page: query)
        return GitPage(page.items.compactMap(Self.mergeRequest), hasMore: page.hasMore)
    }

    package func mergeRequest(_ number: Int, of repository: GitRepository) async throws -> GitMergeRequest {
        let what = "merge request \(number) of repository \(repository)"
        let json = try await client.json(what, try request(repository, ["merge_requests", String(number)]))
        guard let found = Self.mergeRequest(json) else { throw malformed(what) }
        return found
    }

    package func files(
        ofMergeRequest number: Int, of repository: GitRepository
    ) async throws -> GitPage<GitFileChange> {
        let page = try await pages(
            "the files of merge request \(number)", of: repository, at: ["merge_requests", String(number), "diffs"])
        return GitPage(page.items.compactMap(Self.file), hasMore: page.hasMore)
    }

    package func reviews(ofMergeRequest number: Int, of repository: GitRepository) async throws -> [GitReview] {
        let json = try await client.json(
            "the approvals of merge request \(number)",
            try request(repository, ["merge_requests", String(number), "approvals"]))
        return (json["approved_by"]?.array ?? []).compactMap {
            $0["user", "username"]?.string.map { GitReview(user: $0, state: "approved") }
        }
    }

    // MARK: Pipelines

    package func pipelines(
        of repository: GitRepository, commit: String?, _ query: GitListQuery
    ) async throws -> GitPage<GitPipeline> {
        let fields: [IntegrationRequest.Field?] = [
            query.ref.map { .init("ref", value: $0.description) }, commit.map { .init("sha", value: $0) },
            query.state.map { .init("status", value: $0) },
        ]
        let page = try await list(
            "the pipelines of repository \(repository)", of: repository, at: ["pipelines"],
            query: fields.compactMap { $0 },
            page: query)
        return GitPage(page.items.compactMap(Self.pipeline), hasMore: page.hasMore)
    }

    package func pipeline(_ id: Int, of repository: GitRepository) async throws -> GitPipeline {
        let what = "pipeline \(id) of repository \(repository)"
        let json = try await client.json(what, try request(repository, ["pipelines", String(id)]))
        guard let pipeline = Self.pipeline(json) else { throw malformed(what) }
        return pipeline
    }

    package func jobs(ofPipeline id: Int, of repository: GitRepository) async throws -> [GitJob] {
        try await pages("the jobs of pipeline \(id)", of: repository, at: ["pipelines", String(id), "jobs"])
            .items.compactMap(Self.job)
    }

    package func log(ofJob id: Int, of repository: GitRepository, limit: Int) async throws -> GitLog {
        var request = try request(repository, ["jobs", String(id), "trace"], limit: limit)
        (request.isCutAtLimit, request.mayLeaveOrigin) = (true, true)
        let response = try await client.get("the log of job \(id) of repository \(repository)", request)
        guard !response.looksLikeHTML else {
            throw IntegrationError(.malformed, message: "\(client.label) answered with a web page in place of a log")
        }
        return GitLog(
            text: ConsoleText.plain(response.body), isCut: response.isCut, annotations: [], obstacle: nil)
    }

    private func malformed(_ what: String) -> IntegrationError {
        IntegrationError(.malformed, message: "\(client.label) gave an answer for \(what) that is none of GitLab's")
    }
}

extension GitLabClient {
    static func commit(_ json: JSONValue) -> GitCommit? {
        guard let id = json["id"]?.string, GitReference.isCommit(id) else { return nil }
        return GitCommit(
            id: id, message: json["message"]?.string ?? json["title"]?.string ?? "",
            author: json["author_name"]?.string ?? "",
            date: json["committed_date"]?.gitTime ?? json["created_at"]?.gitTime,
            parents: (json["parent_ids"]?.array ?? []).compactMap(\.string))
    }

    static func file(_ json: JSONValue) -> GitFileChange? {
        guard let path = json["new_path"]?.string else { return nil }
        func flag(_ name: String) -> Bool { json[name]?.bool ?? false }
        let patch = json["diff"]?.string
        let lines = (patch ?? "").split(separator: "\n")
        let status =
            flag("new_file")
            ? "added" : flag("deleted_file") ? "removed" : flag("renamed_file") ? "renamed" : "modified"
        return GitFileChange(
            path: path, oldPath: flag("renamed_file") ? json["old_path"]?.string : nil, status: status,
            additions: patch.map { _ in lines.count { $0.hasPrefix("+") } },
            deletions: patch.map { _ in lines.count { $0.hasPrefix("-") } }, patch: patch)
    }

    static func mergeRequest(_ json: JSONValue) -> GitMergeRequest? {
        guard let number = json["iid"]?.int, let title = json["title"]?.string else { return nil }
        let state = json["state"]?.string ?? ""
        return GitMergeRequest(
            number: number, title: title, state: state == "opened" ? "open" : state,
            isDraft: json["draft"]?.bool ?? false, author: json["author", "username"]?.string ?? "",
            source: json["source_branch"]?.string ?? "", target: json["target_branch"]?.string ?? "",
            updated: json["updated_at"]?.gitTime, merged: json["merged_at"]?.gitTime,
            headCommit: json["sha"]?.string,
            mergeCommit: json["merge_commit_sha"]?.string ?? json["squash_commit_sha"]?.string,
            labels: (json["labels"]?.array ?? []).compactMap(\.string), text: json["description"]?.string ?? "",
            mergeability: json["detailed_merge_status"]?.string)
    }

    static func pipeline(_ json: JSONValue) -> GitPipeline? {
        guard let id = json["id"]?.int else { return nil }
        return GitPipeline(
            id: id, name: json["name"]?.string ?? "pipeline", ref: json["ref"]?.string ?? "",
            commit: json["sha"]?.string ?? "", event: json["source"]?.string ?? "",
            status: json["status"]?.string ?? "", created: json["created_at"]?.gitTime)
    }

    static func job(_ json: JSONValue) -> GitJob? {
        guard let id = json["id"]?.int, let name = json["name"]?.string else { return nil }
        let seconds = json["duration"]?.double.flatMap { (0..<1e9).contains($0) ? Int($0) : nil }
        return GitJob(
            id: id, name: name, stage: json["stage"]?.string ?? "", status: json["status"]?.string ?? "",
            duration: seconds, reasons: json["failure_reason"]?.string.map { [$0.replacing("_", with: " ")] } ?? [],
            mayFail: json["allow_failure"]?.bool ?? false)
    }
}
