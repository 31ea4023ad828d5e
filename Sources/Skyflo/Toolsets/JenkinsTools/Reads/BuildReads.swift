import Integrations
import KubeModel
import ToolKit
import Writes

struct BuildTool: JenkinsTool {
    let now: @Sendable () -> KubeTime
    let name = "jenkins_get_build"
    let title = "Jenkins: Get Build"
    let routes: [IntegrationRoute] = [.job, .stages]
    let description = "Show a build: result, duration, causes, parameters, stages, artifacts."
    let own = [ToolParameter.job, .build, .tree("number,result,timestamp,url")]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        let reference = try arguments.buildReference()
        if let tree = arguments.string("tree") {
            try client.check(path)
            return try await context.raw(
                tree, of: "build \(reference) of job \(path)", at: path.segments + [reference.description], client)
        }
        let build = try await client.build(reference, of: path)
        var outline = Outline()
        outline.field("Build", value: "\(path) #\(build.number)")
        if build.displayName != "#\(build.number)" { outline.field("Name", value: build.displayName) }
        outline.field("Result", value: build.result ?? (build.isRunning ? "is running" : "none"))
        outline.field("Started", value: build.age(now()))
        if !build.isRunning { outline.field("Took", value: build.durationText) }
        outline.field("Usually takes", value: build.estimatedDuration.map { HumanDuration.text(seconds: Int($0)) })
        outline.field("Description", value: build.description)
        outline.list("Causes", values: build.causes.map(\.text))
        outline.list("Parameters", values: build.parameters.map { "\($0.name) = \($0.value ?? "(not shown)")" })
        let stages = try await client.stages(.number(build.number), of: path) ?? []
        outline.list("Stages", values: stages.map { "\($0.name): \($0.status)" })
        outline.list(
            "Commits", values: build.revisions.map { "\($0.commit.prefix(12)) \($0.branches.joined(separator: ", "))" })
        if !build.changes.isEmpty { outline.field("Changes", value: build.changes.count.counted(as: "commit")) }
        let more = build.artifacts.count > 20 ? ["… \(build.artifacts.count - 20) more"] : []
        outline.list("Artifacts", values: build.artifacts.prefix(20) + more)
        return context.shown(outline.text)
    }
}

struct BuildListTool: JenkinsTool {
    let now: @Sendable () -> KubeTime
    let name = "jenkins_get_last_builds"
    let title = "Jenkins: Get Builds"
    let description = "List the newest builds of a job: number, result, duration, cause."
    let own: [ToolParameter] = [
        .job,
        .optional("count", kind: .integer(1...100), default: 10, description: "How many"),
        .tree("number,result,timestamp,url,duration, of each build"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        let count = arguments.integer("count") ?? 10
        if let tree = arguments.string("tree") {
            try client.check(path)
            return try await context.raw("builds[\(tree)]{0,\(count)}", of: "job \(path)", at: path.segments, client)
        }
        let builds = try await client.builds(of: path, count: count)
        guard !builds.isEmpty else { return .output("Job \(path) was never built.") }
        let rows = builds.map { build in
            [
                "#\(build.number)", build.result ?? "running", build.isRunning ? "" : build.durationText,
                build.age(now()), OutputLimit.shorten(build.causes.first?.text ?? "", to: 120),
            ]
        }
        return context.shown(
            TextColumns.align([["BUILD", "RESULT", "TOOK", "STARTED", "CAUSE"]] + rows).joined(separator: "\n"))
    }
}

struct BuildLogTool: JenkinsTool {
    let name = "jenkins_get_build_log"
    let title = "Jenkins: Get Build Log"
    let routes: [IntegrationRoute] = [.log]
    let description =
        "Read a build's console log: its end by default, a part from byte start on, or the lines with some words and what "
        + "is around them (search)."
    let own: [ToolParameter] = [
        .job, .build,
        .optional(
            "start", kind: .integer(0...(1 << 40)),
            description: "Read on from this byte, as an earlier answer says; by default the log's end is read"),
        .optional("tail", kind: .integer(1...2000), default: 150, description: "Lines of the log's end"),
        .optional(
            "search", kind: .string(.text(maximum: 256)),
            description: "Only lines with one of these words, separated by |; upper and lower case are the same"),
        .optional("context", kind: .integer(0...20), default: 3, description: "Lines around each that is found"),
    ]

    /// How much of a log is searched.
    private static let searched = 8 << 20

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let path = try arguments.jobPath()
        let build = try arguments.buildReference()
        if let words = arguments.string("search") {
            return try await search(words, build, of: path, arguments, client, context)
        }
        if let start = arguments.integer("start") {
            let log = try await client.log(build, of: path, from: start, limit: context.outputLimit)
            return context.shown(Self.heading(log, build, of: path) + log.text)
        }
        let log = try await client.logEnd(build, of: path)
        let lines = log.text.split(separator: "\n", omittingEmptySubsequences: false)
        let count = arguments.integer("tail") ?? 150
        let text = lines.suffix(lines.last == "" ? count + 1 : count).joined(separator: "\n")
        let heading = Self.heading(log, build, of: path)
        let shown = context.redactor.redact(text: text)
        return .output(heading + OutputLimit.cutBeginning(shown, to: context.outputLimit - heading.utf8.count))
    }

    private static func heading(_ log: JenkinsLog, _ build: JenkinsBuildReference, of path: JenkinsPath) -> String {
        let size = log.size.map { " of \($0) bytes" } ?? ""
        let state = log.isRunning ? "the build still writes" : "the build writes no more"
        let isAll = log.size.map { log.next >= $0 } ?? true
        return "Log of build \(build) of job \(path)\(size), \(state)"
            + (isAll ? "" : "; read on with start: \(log.next)") + ":\n"
    }

    private func search(
        _ words: String, _ build: JenkinsBuildReference, of path: JenkinsPath, _ arguments: ToolArguments,
        _ client: JenkinsClient, _ context: ToolContext
    ) async throws -> ToolOutcome {
        let log = try await client.logEnd(build, of: path, limit: Self.searched)
        let isCut = log.size.map { $0 > Self.searched } ?? false
        let found = LogSearch.find(
            words.split(separator: "|").map(String.init), in: log.text, context: arguments.integer("context") ?? 3,
            most: 100)
        let where_ = isCut ? "the last \(Self.searched >> 20) MiB of the log" : "the log"
        guard found.found > 0 else {
            return .output("No line with \(words) in \(where_) of build \(build) of job \(path).")
        }
        let shown = found.found > 100 ? ", the first 100 of which are shown" : ""
        let text =
            "\(found.found.counted(as: "line")) in \(where_) of build \(build) of job \(path)\(shown):\n"
            + found.lines.joined(separator: "\n")
        return context.shown(text)
    }
}
