import KubeModel

/// Asks GitHub, or a GitHub Enterprise Server, by its REST API.
package struct GitHubClient: CodeHost {
    package let client: IntegrationClient

    package init(_ client: IntegrationClient) { self.client = client }

    package let mergeRequestTitle = "pull request"

    private func request(
        _ repository: GitRepository, _ path: [String], query: [IntegrationRequest.Field] = [],
        limit: Int = IntegrationRequest.usualLimit
    ) throws(IntegrationError) -> IntegrationRequest {
        try check(repository)
        guard repository.parts.count == 2 else {
            throw IntegrationError(
                .refused, message: "repository: \(repository) is no name on GitHub, where it is an owner and a name")
        }
        return try IntegrationRequest(
            .get, segments: ["repos"] + repository.parts + path, encodesSlashes: true, query: query, limit: limit)
    }

    private func list(
        _ what: String, of repository: GitRepository, at path: [String], query: [IntegrationRequest.Field],
        page: GitListQuery, items: (JSONValue) -> [JSONValue] = { $0.array ?? [] }
    ) async throws -> GitPage<JSONValue> {
        let paging = [
            IntegrationRequest.Field("per_page", value: String(page.limit)), .init("page", value: String(page.page)),
        ]
        let response = try await client.get(what, try request(repository, path, query: query + paging))
        return GitPage(items(try client.json(of: response, what)), hasMore: response.hasNextPage)
    }

    // MARK: Commits

    package func repositories(matching text: String?, limit: Int) async throws -> [String] {
        let found = try await all(pages: 5, of: "its repositories") { page throws(IntegrationError) in
            try IntegrationRequest(
                .get, segments: ["user", "repos"],
                query: [
                    .init("per_page", value: "100"), .init("page", value: String(page)), .init("sort", value: "pushed"),
                ])
        } items: {
            $0.array ?? []
        }
        let names = found.items.compactMap { $0["full_name"]?.string }.filter(client.allowed.allow)
        let words = text?.lowercased()
        return Array(names.filter { words.map($0.lowercased().contains) ?? true }.prefix(limit))
    }

    package func commits(of repository: GitRepository, _ query: GitListQuery) async throws -> GitPage<GitCommit> {
        let fields: [IntegrationRequest.Field?] = [
            query.ref.map { .init("sha", value: $0.description) }, query.path.map { .init("path", value: $0) },
            query.author.map { .init("author", value: $0) }, query.since.map { .init("since", value: $0.description) },
        ]
        let page = try await list(
            "the commits of repository \(repository)", of: repository, at: ["commits"], query: fields.compactMap { $0 },
            page: query)
        return GitPage(page.items.compactMap(Self.commit), hasMore: page.hasMore)
    }

    package func commit(_ ref: GitReference, of repository: GitRepository) async throws -> GitCommit {
        let what = "commit \(ref) of repository \(repository)"
        let json = try await client.json(
            what, try request(repository, ["commits", ref.description], query: [.init("per_page", value: "1")]))
        guard let commit = Self.commit(json) else { throw malformed(what) }
        return commit
    }

    package func files(ofCommit id: String, of repository: GitRepository) async throws -> [GitFileChange] {
        let json = try await client.json(
            "commit \(id) of repository \(repository)", try request(repository, ["commits", id]))
        return (json["files"]?.array ?? []).compactMap(Self.file)
    }

    package func checks(ofCommit id: String, of repository: GitRepository) async throws -> [GitCheck] {
        let what = "the checks of commit \(id.prefix(12)) of repository \(repository)"
        let runs = try await all(pages: 3, of: what) { page throws(IntegrationError) in
            try request(
                repository, ["commits", id, "check-runs"],
                query: [.init("per_page", value: "100"), .init("page", value: String(page))])
        } items: {
            $0["check_runs"]?.array ?? []
        }
        let status = try await client.json(what, try request(repository, ["commits", id, "status"]))
        return runs.items.compactMap { run in
            run["name"]?.string.map {
                GitCheck(
                    name: $0, state: run["conclusion"]?.string ?? run["status"]?.string ?? "",
                    detail: run["output", "title"]?.string)
            }
        }
            + (status["statuses"]?.array ?? []).compactMap { status in
                status["context"]?.string.map {
                    GitCheck(
                        name: $0, state: status["state"]?.string ?? "", detail: status["description"]?.string)
                }
            }
    }

    package func mergeRequests(
        withCommit id: String, of repository: GitRepository
    ) async throws -> [GitMergeRequest] {
        let json = try await client.json(
            "the pull requests of commit \(id.prefix(12)) of repository \(repository)",
            try request(repository, ["commits", id, "pulls"]))
        return (json.array ?? []).compactMap(Self.mergeRequest)
    }

    package func compare(
        _ base: GitReference, with head: GitReference, of repository: GitRepository
    ) async throws -> GitComparison {
        let what = "\(base)...\(head) of repository \(repository)"
        let json = try await client.json(what, try request(repository, ["compare", "\(base)...\(head)"]))
        guard let ahead = json["ahead_by"]?.int else { throw malformed(what) }
        return GitComparison(
            commits: (json["commits"]?.array ?? []).compactMap(Self.commit), ahead: ahead,
            behind: json["behind_by"]?.int, files: (json["files"]?.array ?? []).compactMap(Self.file))
    }

    // MARK: Pull requests

    package func mergeRequests(
        of repository: GitRepository, _ query: GitListQuery
    ) async throws -> GitPage<GitMergeRequest> {
        // What is merged is closed, to GitHub.
        let state = query.state == "merged" ? "closed" : query.state ?? "open"
        let branch = query.ref.map { [IntegrationRequest.Field("base", value: $0.description)] } ?? []
        let page = try await list(
            "the pull requests of repository \(repository)", of: repository, at: ["pulls"],
            query: [.init("state", value: state), .init("sort", value: "updated"), .init("direction", value: "desc")]
                + branch, page: query)
        return GitPage(
            page.items.compactMap(Self.mergeRequest).filter { query.state != "merged" || $0.state == "merged" },
            hasMore: page.hasMore)
    }

    package func mergeRequest(_ number: Int, of repository: GitRepository) async throws -> GitMergeRequest {
        let what = "pull request \(number) of repository \(repository)"
        let json = try await client.json(what, try request(repository, ["pulls", String(number)]))
        guard let found = Self.mergeRequest(json) else { throw malformed(what) }
        return found
    }

    package func files(
        ofMergeRequest number: Int, of repository: GitRepository
    ) async throws -> GitPage<GitFileChange> {
        let found = try await all(pages: 3, of: "the files of pull request \(number)") {
            page throws(IntegrationError) in
            try request(
                repository, ["pulls", String(number), "files"],
                query: [.init("per_page", value: "100"), .init("page", value: String(page))])
        } items: {
            $0.array ?? []
        }
        return GitPage(found.items.compactMap(Self.file), hasMore: found.hasMore)
    }

    package func reviews(ofMergeRequest number: Int, of repository: GitRepository) async throws -> [GitReview] {
        let json = try await client.json(
            "the reviews of pull request \(number)",
            try request(
                repository, ["pulls", String(number), "reviews"], query: [.init("per_page", value: "100")]))
        return (json.array ?? []).compactMap { review in
            review["user", "login"]?.string.map {
                GitReview(user: $0, state: (review["state"]?.string ?? "").lowercased())
            }
        }
    }

    // MARK: Workflows

    package func pipelines(
        of repository: GitRepository, commit: String?, _ query: GitListQuery
    ) async throws -> GitPage<GitPipeline> {
        let fields: [IntegrationRequest.Field?] = [
            query.ref.map { .init("branch", value: $0.description) }, commit.map { .init("head_sha", value: $0) },
            query.state.map { .init("status", value: $0 == "failed" ? "failure" : $0) },
        ]
        let page = try await list(
            "the workflow runs of repository \(repository)", of: repository, at: ["actions", "runs"],
            query: fields.compactMap { $0 }, page: query
        ) { $0["workflow_runs"]?.array ?? [] }
        return GitPage(page.items.compactMap(Self.run), hasMore: page.hasMore)
    }

    package func pipeline(_ id: Int, of repository: GitRepository) async throws -> GitPipeline {
        let what = "workflow run \(id) of repository \(repository)"
        let json = try await client.json(what, try request(repository, ["actions", "runs", String(id)]))
        guard let run = Self.run(json) else { throw malformed(what) }
        return run
    }

    package func jobs(ofPipeline id: Int, of repository: GitRepository) async throws -> [GitJob] {
        let found = try await all(pages: 3, of: "the jobs of workflow run \(id)") { page throws(IntegrationError) in
            try request(
                repository, ["actions", "runs", String(id), "jobs"],
                query: [.init("per_page", value: "100"), .init("page", value: String(page))])
        } items: {
            $0["jobs"]?.array ?? []
        }
        return found.items.compactMap(Self.job)
    }

    /// GitHub keeps logs on other hosts. Where the admin hasn't named these, or nobody keeps the log any more, there are the
    /// annotations, which most of the errors are in.
    package func log(ofJob id: Int, of repository: GitRepository, limit: Int) async throws -> GitLog {
        let what = "the log of job \(id) of repository \(repository)"
        var request = try request(repository, ["actions", "jobs", String(id), "logs"], limit: limit)
        (request.isCutAtLimit, request.mayLeaveOrigin) = (true, true)
        do {
            let response = try await client.get(what, request)
            return GitLog(
                text: GitHubLog.plain(response.body), isCut: response.isCut, annotations: [], obstacle: nil)
        } catch let error as IntegrationError where [.configuration, .notFound, .status(410)].contains(error.code) {
            let json = try await client.json(
                what, try self.request(repository, ["check-runs", String(id), "annotations"]))
            let annotations = (json.array ?? []).compactMap { note -> String? in
                guard let text = note["message"]?.string, note["annotation_level"] != "notice" else { return nil }
                let place = note["path"]?.string.map { "\($0):\(note["start_line"]?.int ?? 0): " } ?? ""
                return place + String(ConsoleText.plain(text.utf8).prefix(1000))
            }
            return GitLog(text: "", isCut: false, annotations: annotations, obstacle: error.message)
        }
    }

    private func malformed(_ what: String) -> IntegrationError {
        IntegrationError(.malformed, message: "\(client.label) gave an answer for \(what) that is none of GitHub's")
    }
}

/// GitHub's lines begin with a time, and have commands in them that fold them.
enum GitHubLog {
    static func plain(_ bytes: [UInt8]) -> String {
        let lines = ConsoleText.plain(bytes).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line -> Substring in
            var line = line
            if line.first == "\u{FEFF}" { line.removeFirst() }
            // 2026-11-30T21:00:00.1234567Z
            let time = line.prefix { !$0.isWhitespace }
            if time.utf8.count == 28, time.last == "Z", time.dropFirst(10).first == "T" {
                line = line.dropFirst(time.count + 1)
            }
            for command in ["##[group]", "##[endgroup]", "##[command]"] where line.hasPrefix(command) {
                line = line.dropFirst(command.count)
            }
            return line
        }.joined(separator: "\n")
    }
}
