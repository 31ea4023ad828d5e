import Integrations
import KubeModel
import ToolKit
import Writes

struct MergeRequestListTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_list_merge_requests"
    let title = "Git: List Merge Requests"
    let description = "List pull requests (GitHub) or merge requests (GitLab), the last updated first."
    let routes = GitRoutes.mergeRequests + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository,
        .optional(
            "state", kind: .choice(["open", "merged", "closed", "all"]), default: "open", description: "Only these"),
        .ref("target", "Only into this branch"), .most(20), .page,
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var query = arguments.listQuery()
        (query.ref, query.state) = (try arguments.reference("target"), arguments.string("state"))
        let place = try await context.gitPlace(arguments)
        let page = try await place.ask { try await $0.mergeRequests(of: $1, query) }
        let rest = place.rest(page.hasMore, arguments)
        guard !page.items.isEmpty else {
            return context.shown(["No \(place.host.mergeRequestTitle)s of that kind."] + rest)
        }
        let rows = page.items.map { item in
            [
                "#\(item.number)", item.isDraft ? "draft" : item.state,
                item.updated.map { HumanDuration.text(from: $0, to: now()) } ?? "", item.author,
                "\(item.source) -> \(item.target)", OutputLimit.shorten(item.title, to: 120),
            ]
        }
        return context.shown(
            TextColumns.align([["NUMBER", "STATE", "UPDATED", "AUTHOR", "BRANCHES", "TITLE"]] + rows) + rest)
    }
}

struct MergeRequestTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_get_merge_request"
    let title = "Git: Get Merge Request"
    let description =
        "Show a pull or merge request: state, branches, text, reviews, checks, files; with diff its changes."
    let routes = GitRoutes.mergeRequest + GitRoutes.checks + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository, .required("number", kind: .integer(1...(1 << 31)), description: "Number", obvious: true), .diff,
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let number = try arguments.requiredInteger("number")
        let place = try await context.gitPlace(arguments)
        let item = try await place.ask { try await $0.mergeRequest(number, of: $1) }
        let files = try await place.host.files(ofMergeRequest: number, of: place.repository)
        var obstacles: [String] = []
        let reviews = try await place.optional(&obstacles) {
            try await place.host.reviews(ofMergeRequest: number, of: place.repository)
        }
        var checks: [GitCheck] = []
        if let commit = item.headCommit, GitReference.isCommit(commit) {
            checks =
                try await place.optional(&obstacles) {
                    try await place.host.checks(ofCommit: commit, of: place.repository)
                } ?? []
        }
        var outline = Outline()
        outline.field("Number", value: "#\(item.number) of \(place.repository) (\(place.host.client.label))")
        outline.field("Title", value: item.title)
        outline.field("State", value: item.state + (item.isDraft ? ", a draft" : ""))
        outline.field("Author", value: item.author)
        outline.field("Branches", value: "\(item.source) -> \(item.target)")
        outline.field("Head", value: item.headCommit)
        outline.field("Merged as", value: item.state == "merged" ? item.mergeCommit : nil)
        outline.field("Can be merged", value: item.state == "open" ? item.mergeability : nil)
        outline.field("Updated", value: item.updated.map { HumanDuration.text(from: $0, to: now()) + " ago" })
        outline.field("Labels", value: item.labels.joined(separator: ", "))
        outline.section("Text") { outline in outline.line(OutputLimit.shorten(item.text, to: 2000)) }
        outline.list("Reviews", values: (reviews ?? []).map { "\($0.user): \($0.state)" })
        outline.list("Checks", values: GitPlace.lines(checks))
        outline.list("Not known", values: obstacles)
        outline.section("Files") { outline in
            fileLines(files.items, hasMore: files.hasMore).forEach { outline.line($0) }
        }
        let diff = arguments.string("diff").map {
            GitFileChange.patches(of: files.items, matching: $0, to: context.outputLimit / 2)
        }
        return context.shown(outline.lines + (diff ?? []))
    }
}
