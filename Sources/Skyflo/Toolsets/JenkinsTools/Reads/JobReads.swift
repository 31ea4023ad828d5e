import Integrations
import KubeModel
import ToolKit
import Writes

struct JobTool: JenkinsTool {
    let now: @Sendable () -> KubeTime
    let name = "jenkins_get_job"
    let title = "Jenkins: Get Job"
    let description = "Show a job or a folder: state, last builds, parameters with types and defaults, downstream jobs."
    let own = [ToolParameter.job, .tree("name,url,color")]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        if let tree = arguments.string("tree") {
            try client.check(path)
            return try await context.raw(tree, of: "job \(path)", at: path.segments, client)
        }
        let job = try await client.job(path)
        var outline = Outline()
        outline.field("Job", value: path.description)
        outline.field("Type", value: job.type)
        outline.field("State", value: job.state)
        outline.field("Description", value: job.description)
        if let isBuildable = job.isBuildable { outline.field("Can be built", value: isBuildable ? "yes" : "no") }
        if job.isInQueue { outline.field("In the queue", value: "yes") }
        if let last = job.lastBuild {
            outline.field("Last build", value: "#\(last.number) \(last.outcome), \(last.age(now()))")
        }
        outline.field("Last successful build", value: job.lastSuccessful.map { "#\($0)" })
        outline.field("Last failed build", value: job.lastFailed.map { "#\($0)" })
        outline.list("Health", values: job.health)
        outline.list("Parameters", values: job.parameters.map(context.shown))
        outline.list("Triggers", values: job.downstream)
        outline.list("Triggered by", values: job.upstream)
        let children = job.children.filter { $0.isFolder || client.jobs.allow($0.path.description) }
        outline.list("Jobs in it", values: children.map { "\($0.path) (\($0.state))" })
        return context.shown(outline.text)
    }
}

struct JobListTool: JenkinsTool {
    let name = "jenkins_get_jobs"
    let title = "Jenkins: List Jobs"
    let routes: [IntegrationRoute] = [.job, .get("/api/json")]
    let description =
        "List jobs with their states, in folders of any depth. Filter by a pattern of full names, such as *deploy*."
    let own: [ToolParameter] = [
        .optional(
            "folder", kind: .string(.text(maximum: 1024)), description: "Full name of a folder or multibranch project"),
        .optional(
            "pattern", kind: .string(.text(maximum: 256)),
            description: "Only jobs whose full name matches; * is any characters"),
        .optional("depth", kind: .integer(1...8), default: 4, description: "How many levels of folders to look into"),
        .optional("start", kind: .integer(0...100_000), default: 0, description: "Skip so many"),
        .optional("limit", kind: .integer(1...500), default: 50, description: "Show at most so many"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let folder = try arguments.string("folder").map { try JenkinsPath($0) }
        let all = try await client.jobs(in: folder, depth: arguments.integer("depth") ?? 4)
        var found = all
        if let pattern = arguments.string("pattern") {
            found = all.filter { NamePatterns.matches($0.path.description, pattern: pattern) }
        }
        let start = min(arguments.integer("start") ?? 0, found.count)
        let page = found[start...].prefix(arguments.integer("limit") ?? 50)
        guard !page.isEmpty else {
            return .output(
                all.isEmpty
                    ? "No jobs\(folder.map { " in \($0)" } ?? ""), or none that may be seen."
                    : "None of \(all.count.counted(as: "job")) and folders matches.")
        }
        let rows = [["JOB", "STATE", "TYPE"]] + page.map { [$0.path.description, $0.state, $0.type] }
        let rest = found.count - start - page.count
        let lines =
            TextColumns.align(rows) + (rest > 0 ? ["… \(rest) more; ask with start: \(start + page.count)"] : [])
        return context.shown(lines.joined(separator: "\n"))
    }
}

struct JobParametersTool: JenkinsTool {
    let name = "jenkins_get_job_parameters"
    let title = "Jenkins: Get Job Parameters"
    let description = "List the parameters of a job: name, type, choices, default, description. Needed before a build."
    let own = [ToolParameter.job]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let job = try await client.job(try arguments.jobPath())
        guard !job.parameters.isEmpty else { return .output("Job \(job.path) has no parameters.") }
        let lines = job.parameters.map { parameter in
            let text = parameter.description.replacing("\n", with: " ")
            return context.shown(parameter) + (text.isEmpty ? "" : "\n  \(OutputLimit.shorten(text, to: 300))")
        }
        return context.shown(lines.joined(separator: "\n"))
    }
}

/// The configuration of a job isn't read: it may hold credentials, and is XML.
struct JobSourceTool: JenkinsTool {
    let name = "jenkins_get_job_scm"
    let title = "Jenkins: Get Job SCM"
    let description = "Where a job gets its source from: repositories, branches and the commit of its last build."
    let own = [ToolParameter.job]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        let job = try await client.job(path)
        guard let last = job.lastBuild else {
            return .output("Job \(path) was never built; Jenkins tells the source of builds only.")
        }
        let build = try await client.build(.number(last.number), of: path)
        return context.shown(build.sourceText(of: path))
    }
}

struct BuildSourceTool: JenkinsTool {
    let name = "jenkins_get_build_scm"
    let title = "Jenkins: Get Build SCM"
    let description = "Which repositories, branches and commits a build was made of."
    let own = [ToolParameter.job, .build]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        return context.shown(try await client.build(try arguments.buildReference(), of: path).sourceText(of: path))
    }
}

struct ChangeSetTool: JenkinsTool {
    let name = "jenkins_get_build_changesets"
    let title = "Jenkins: Get Build Change Sets"
    let description = "The commits that a build has and the one before it had not: author, message, files."
    let own = [ToolParameter.job, .build]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        let build = try await client.build(try arguments.buildReference(), of: path)
        guard !build.changes.isEmpty else { return .output("Build #\(build.number) of job \(path) has no changes.") }
        var outline = Outline()
        outline.line("Changes in build #\(build.number) of job \(path):")
        for change in build.changes {
            outline.section("\(change.commit.prefix(12)) by \(change.author)") { outline in
                outline.line(OutputLimit.shorten(change.message, to: 1000))
                let more = change.paths.count > 20 ? ["… \(change.paths.count - 20) more"] : []
                outline.list("Files", values: change.paths.prefix(20) + more)
            }
        }
        return context.shown(outline.text)
    }
}

extension JenkinsBuild {
    fileprivate func sourceText(of path: JenkinsPath) -> String {
        guard !revisions.isEmpty else {
            return "Jenkins says nothing about the source of build #\(number) of job \(path)."
        }
        var outline = Outline()
        outline.line("Build #\(number) of job \(path):")
        for revision in revisions {
            outline.list("Repository", values: revision.remotes)
            outline.field("Commit", value: revision.commit)
            outline.list("Branch", values: revision.branches)
        }
        return outline.text
    }
}
