import Integrations
import KubeModel
import ToolKit
import Writes

struct RepositoryListTool: GitTool {
    let name = "git_list_repositories"
    let title = "Git: List Repositories"
    let description = "List the repositories that the integration sees and allows, the last active first."
    let routes = GitRoutes.repositories
    let own: [ToolParameter] = [
        .optional("filter", kind: .string(.text(maximum: 128)), description: "Only names with this text"), .most(50),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let host = try await context.codeHost(arguments)
        let names = try await host.repositories(
            matching: arguments.string("filter"), limit: arguments.integer("limit") ?? 50)
        return context.shown(names.isEmpty ? ["No repositories, or none that may be seen."] : names)
    }
}

struct CommitListTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_list_commits"
    let title = "Git: List Commits"
    let description = "List commits of a repository, the newest first: of a branch or tag, of a path, of an author."
    let routes = GitRoutes.commits + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository, .ref("ref", "Branch, tag or commit to begin at; by default the default branch"),
        .optional(
            "path", kind: .string(.text(maximum: 512)), description: "Only commits that change this file or folder"),
        .optional("author", kind: .string(.text(maximum: 128)), description: "Only of this one", obvious: true),
        .optional(
            "since", kind: .string(.text(maximum: 40)), description: "Only after this time: 7d, or 2026-11-30T21:00:00Z"
        ),
        .most(20), .page,
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var query = arguments.listQuery()
        query.ref = try arguments.reference("ref")
        (query.path, query.author) = (arguments.string("path"), arguments.string("author"))
        if let text = arguments.string("since") {
            let now = Double(now().microseconds) / 1_000_000
            guard let time = TimeText.moment(text, now: now) else {
                throw ToolFailure(
                    "since: \"\(text.excerpt)\" is no time; give 7d for seven days ago, or one such as 2026-11-30T21:00:00Z"
                )
            }
            query.since = KubeTime(seconds: time.rounded())
        }
        let place = try await context.gitPlace(arguments)
        let page = try await place.ask { try await $0.commits(of: $1, query) }
        guard !page.items.isEmpty else { return .output("No commits.") }
        let rows = [GitCommit.header] + page.items.map { $0.row(now()) }
        return context.shown(TextColumns.align(rows) + place.rest(page.hasMore, arguments))
    }
}

struct CommitTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_get_commit"
    let title = "Git: Get Commit"
    let description =
        "Show a commit: message, author, files, checks, its pull or merge requests and pipelines; with diff its changes."
    let routes = GitRoutes.commit + GitRoutes.checks + GitRoutes.pipelines + GitRoutes.repositories
    let own: [ToolParameter] = [.repository, .ref("ref", "Commit, branch or tag; by default HEAD"), .diff]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let ref = try arguments.reference("ref") ?? GitReference("HEAD")
        let place = try await context.gitPlace(arguments)
        let commit = try await place.ask { try await $0.commit(ref, of: $1) }
        let files = try await place.host.files(ofCommit: commit.id, of: place.repository)
        var outline = Outline()
        try await place.describe(commit, now: now(), in: &outline)
        outline.field("Changes", value: files.count.counted(as: "file"))
        outline.section("Files") { outline in fileLines(files).forEach { outline.line($0) } }
        let diff = arguments.string("diff").map {
            GitFileChange.patches(of: files, matching: $0, to: context.outputLimit / 2)
        }
        return context.shown(outline.lines + (diff ?? []))
    }
}

extension GitPlace {
    /// A commit with what belongs to it: requests that brought it, checks, pipelines. What the host doesn't let the integration
    /// see of these is said, and isn't a failure of the whole.
    func describe(_ commit: GitCommit, now: KubeTime, in outline: inout Outline) async throws {
        outline.field("Repository", value: "\(repository) (\(host.client.label))")
        outline.field("Commit", value: commit.id)
        outline.field("Author", value: commit.author)
        outline.field("Date", value: commit.date.map { "\($0), \(HumanDuration.text(from: $0, to: now)) ago" })
        outline.section("Message") { outline in outline.line(OutputLimit.shorten(commit.message, to: 2000)) }
        var obstacles: [String] = []
        let requests = try await optional(&obstacles) {
            try await host.mergeRequests(withCommit: commit.id, of: repository)
        }
        outline.list(
            host.mergeRequestTitle.prefix(1).uppercased() + host.mergeRequestTitle.dropFirst(),
            values: (requests ?? []).prefix(5).map { "#\($0.number) \($0.title) (\($0.state))" })
        let checks = try await optional(&obstacles) { try await host.checks(ofCommit: commit.id, of: repository) }
        outline.list("Checks", values: Self.lines(checks ?? []))
        let pipelines = try await optional(&obstacles) {
            try await host.pipelines(of: repository, commit: commit.id, GitListQuery(limit: 10)).items
        }
        outline.list("Pipelines", values: (pipelines ?? []).map { "\($0.id) \($0.name): \($0.status)" })
        outline.list("Not known", values: obstacles)
    }

    /// What isn't fine comes first.
    static func lines(_ checks: [GitCheck]) -> [String] {
        let isFine: (GitCheck) -> Bool = { ["success", "neutral", "skipped"].contains($0.state) }
        let sorted = checks.filter { !isFine($0) } + checks.filter(isFine)
        let rest = sorted.count > 30 ? ["… \(sorted.count - 30) more"] : []
        return sorted.prefix(30).map { check in
            "\(check.name): \(check.state)" + (check.detail.map { " (\(OutputLimit.shorten($0, to: 120)))" } ?? "")
        } + rest
    }

    /// nil where the host refuses it, or has no such thing.
    func optional<Value>(_ obstacles: inout [String], _ body: () async throws -> Value) async throws -> Value? {
        do {
            return try await body()
        } catch let error as IntegrationError where [.forbidden, .notFound].contains(error.code) {
            obstacles.append(error.message)
            return nil
        }
    }
}

struct CompareTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_compare"
    let title = "Git: Compare"
    let description = "What lies between two commits, branches or tags: commits and files; with diff the changes."
    let routes = GitRoutes.compare + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository,
        .required("base", kind: .string(.text(maximum: 200)), description: "The older one: commit, branch or tag"),
        .required("head", kind: .string(.text(maximum: 200)), description: "The newer one"), .diff,
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        guard let base = try arguments.reference("base"), let head = try arguments.reference("head") else {
            throw ToolFailure("give base and head")
        }
        let place = try await context.gitPlace(arguments)
        let found = try await place.ask { try await $0.compare(base, with: head, of: $1) }
        let behind =
            found.behind.flatMap { $0 > 0 ? ", and lacks \($0.counted(as: "commit")) that \(base) has" : nil } ?? ""
        let heading = "\(head) has \(found.ahead.counted(as: "commit")) that \(base) has not\(behind)."
        // The newest are at the end.
        let commits = found.commits.suffix(50).reversed().map { $0.row(now()) }
        let table = commits.isEmpty ? [] : TextColumns.align([GitCommit.header] + commits)
        let more = found.ahead > commits.count ? ["… \(found.ahead - commits.count) more commits"] : []
        let files = found.files.isEmpty ? [] : ["\(found.files.count.counted(as: "file")):"] + fileLines(found.files)
        let diff = arguments.string("diff").map {
            GitFileChange.patches(of: found.files, matching: $0, to: context.outputLimit / 2)
        }
        return context.shown([heading] + table + more + files + (diff ?? []))
    }
}
