import Integrations
import KubeModel
import ToolKit
import Writes

struct PipelineListTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_list_pipelines"
    let title = "Git: List Pipelines"
    let description = "List workflow runs (GitHub) or pipelines (GitLab), the newest first: of a branch, of a commit."
    let routes = GitRoutes.pipelines + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository, .ref("ref", "Only of this branch"),
        .optional("commit", kind: .string(.text(maximum: 64)), description: "Only of this commit, by its whole number"),
        .optional(
            "status", kind: .choice(["success", "failed", "running", "any"]), default: "any", description: "Only these"),
        .most(20), .page,
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let commit = arguments.string("commit")
        if let commit, !GitReference.isCommit(commit) {
            throw ToolFailure(
                "commit: \"\(commit.excerpt)\" is no number of a commit; git_get_commit finds it by a branch or tag")
        }
        var query = arguments.listQuery()
        query.ref = try arguments.reference("ref")
        query.state = arguments.string("status").flatMap { $0 == "any" ? nil : $0 }
        let place = try await context.gitPlace(arguments)
        let page = try await place.ask { try await $0.pipelines(of: $1, commit: commit, query) }
        guard !page.items.isEmpty else { return .output("No pipelines of that kind.") }
        let rows = page.items.map { item in
            [
                String(item.id), item.status, item.created.map { HumanDuration.text(from: $0, to: now()) } ?? "",
                item.event, item.ref, String(item.commit.prefix(12)), OutputLimit.shorten(item.name, to: 80),
            ]
        }
        return context.shown(
            TextColumns.align([["ID", "STATUS", "AGE", "EVENT", "REF", "COMMIT", "NAME"]] + rows)
                + place.rest(page.hasMore, arguments))
    }
}

struct PipelineTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_get_pipeline"
    let title = "Git: Get Pipeline"
    let description = "Show a workflow run or pipeline with its jobs: which failed, and in which step."
    let routes = GitRoutes.pipeline + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository, .required("id", kind: .integer(1...(1 << 60)), description: "Id of the pipeline", obvious: true),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let id = try arguments.requiredInteger("id")
        let place = try await context.gitPlace(arguments)
        let pipeline = try await place.ask { try await $0.pipeline(id, of: $1) }
        let jobs = try await place.host.jobs(ofPipeline: id, of: place.repository)
        var outline = Outline()
        outline.field("Pipeline", value: "\(pipeline.id) \(pipeline.name) of \(place.repository)")
        outline.field("Status", value: pipeline.status)
        outline.field("Begun by", value: pipeline.event)
        outline.field("Ref", value: pipeline.ref)
        outline.field("Commit", value: pipeline.commit)
        outline.field("Age", value: pipeline.created.map { HumanDuration.text(from: $0, to: now()) })
        let sorted = jobs.filter(\.isFailed) + jobs.filter { !$0.isFailed }
        let rows = sorted.prefix(100).map { job in
            [
                String(job.id), job.status + (job.isFailed && job.mayFail ? " (allowed)" : ""), job.stage,
                job.duration.map { HumanDuration.text(seconds: $0) } ?? "", OutputLimit.shorten(job.name, to: 80),
                OutputLimit.shorten(job.reasons.joined(separator: "; "), to: 200),
            ]
        }
        let table = TextColumns.align([["JOB", "STATUS", "STAGE", "TOOK", "NAME", "REASON"]] + rows)
        let hint = jobs.contains(where: \.isFailed) ? ["git_get_job_log reads a job's log."] : []
        return context.shown(outline.lines + (rows.isEmpty ? ["It has no jobs."] : table) + hint)
    }
}

struct JobLogTool: GitTool {
    let name = "git_get_job_log"
    let title = "Git: Get Job Log"
    let description =
        "Read the log of a job of a pipeline: its end, or the lines with some words and what is around them (search). With "
        + "pipeline in place of job, the ends of the logs of its failed jobs."
    let routes = GitRoutes.log + GitRoutes.pipeline + GitRoutes.repositories
    let own: [ToolParameter] = [
        .repository,
        .optional("job", kind: .integer(1...(1 << 60)), description: "Id of the job, as git_get_pipeline shows it"),
        .optional("pipeline", kind: .integer(1...(1 << 60)), description: "Id of a pipeline"),
        .optional("tail", kind: .integer(1...1000), default: 100, description: "Lines of the log's end"),
        .optional(
            "search", kind: .string(.text(maximum: 256)),
            description: "Only lines with one of these words, separated by |; upper and lower case are the same"),
        .optional("context", kind: .integer(0...20), default: 3, description: "Lines around each that is found"),
    ]

    /// How much of a log is read.
    private static let limit = 8 << 20
    private static let mostJobs = 3

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let place = try await context.gitPlace(arguments)
        var jobs: [(id: Int, name: String)] = []
        var rest: [String] = []
        switch (arguments.integer("job"), arguments.integer("pipeline")) {
        case (let job?, nil): jobs = [(job, "job \(job)")]
        case (nil, let pipeline?):
            let failed = try await place.ask { try await $0.jobs(ofPipeline: pipeline, of: $1) }.filter(\.isFailed)
            guard !failed.isEmpty else { return .output("No job of pipeline \(pipeline) has failed.") }
            jobs = failed.prefix(Self.mostJobs).map { ($0.id, "job \($0.id) \($0.name)") }
            let more = failed.dropFirst(Self.mostJobs).map { "\($0.id) \($0.name)" }
            if !more.isEmpty { rest = ["Failed as well: " + more.prefix(20).joined(separator: ", ")] }
        default: throw ToolFailure("give job, or pipeline for the jobs of it that failed")
        }
        var parts: [String] = []
        for job in jobs {
            let log = try await place.ask { try await $0.log(ofJob: job.id, of: $1, limit: Self.limit) }
            let text = context.redactor.redact(text: Self.text(log, of: job.name, by: arguments))
            parts.append(OutputLimit.cutBeginning(text, to: context.outputLimit / jobs.count - 100))
        }
        return .output((parts + rest).joined(separator: "\n"))
    }

    private static func text(_ log: GitLog, of name: String, by arguments: ToolArguments) -> String {
        if let obstacle = log.obstacle {
            return
                ([obstacle]
                + (log.annotations.isEmpty ? ["There are no annotations of \(name)."] : ["Annotations of \(name):"])
                + log.annotations).joined(separator: "\n")
        }
        let cut = log.isCut ? ", of which only the first \(limit >> 20) MiB were read" : ""
        if let words = arguments.string("search") {
            let found = LogSearch.find(
                words.split(separator: "|").map(String.init), in: log.text,
                context: arguments.integer("context") ?? 3, most: 100)
            guard found.found > 0 else { return "No line with \(words) in the log of \(name)\(cut)." }
            let shown = found.found > 100 ? ", the first 100 of which are shown" : ""
            return (["\(found.found.counted(as: "line")) in the log of \(name)\(shown)\(cut):"] + found.lines)
                .joined(separator: "\n")
        }
        let lines = log.text.split(separator: "\n", omittingEmptySubsequences: false)
        let count = (arguments.integer("tail") ?? 100) + (lines.last == "" ? 1 : 0)
        return (["Log of \(name)\(cut):"] + lines.suffix(count).map(String.init)).joined(separator: "\n")
    }
}
