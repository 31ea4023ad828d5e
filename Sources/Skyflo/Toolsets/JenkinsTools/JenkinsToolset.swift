import Integrations
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Tools for the Jenkinses that a SkyfloAI names. The model says which integration it means, never an address or a credential.
package enum JenkinsToolset {
    package static let toolset = "jenkins"

    /// Loaded on demand, and offered where a Jenkins is configured.
    package static let groups = [
        ToolGroup(
            "jenkins", toolset: toolset, purpose: "Jenkins: jobs, builds, logs, pipelines, queue, tests, artifacts",
            needs: .integration([.jenkins]), tools: all { KubeTime(seconds: 0) }.map(\.name))
    ]

    /// - Parameter now: the clock, for ages.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [
            JobTool(now: now), JobListTool(), BuildTriggerTool(), BuildTool(now: now), BuildListTool(now: now),
            BuildUpdateTool(), BuildStopTool(), BuildLogTool(), JobSourceTool(), BuildSourceTool(), ChangeSetTool(),
            WhoAmITool(), JobParametersTool(), QueueTool(now: now), QueueItemTool(now: now), QueueCancelTool(),
            StagesTool(), StageLogTool(), PendingInputsTool(), InputAnswerTool(), TestResultsTool(), ArtifactListTool(),
            ArtifactTool(), BuildReplayTool(), RebuildTool(), JobSwitchTool(), NodesTool(),
        ]
    }
}

/// What all tools here have in common.
protocol JenkinsTool: Tool {
    /// Those of the tool itself.
    var own: [ToolParameter] { get }
}

extension JenkinsTool {
    var toolset: String { JenkinsToolset.toolset }
    var onlyReads: Bool { true }
    var isOpenWorld: Bool { true }
    var requests: [ToolRequest]? { onlyReads ? [.askIntegration] : [.askIntegration, .changeIntegration] }
    var routes: [IntegrationRoute] { [.job] }
    var parameters: ToolParameters { ToolParameters(own + [.integration]) }
}

extension ToolParameter {
    static let integration = ToolParameter.optional(
        "integration", kind: .string(.text(maximum: 63)),
        description: "Which Jenkins, by the name of its integration; only needed where there are several")
    static let job = ToolParameter.required(
        "jobFullName", kind: .string(.text(maximum: 1024)),
        description: "Full name of the job with its folders, such as folder/job; a slash in a branch is written %2F")
    static let build = ToolParameter.optional(
        "build", kind: .string(.text(maximum: 64)), default: "lastBuild",
        description: "Number of the build, or lastBuild, lastSuccessfulBuild, lastFailedBuild, lastCompletedBuild")
    static func tree(_ what: String) -> ToolParameter {
        .optional(
            "tree", kind: .string(.text(maximum: 512)),
            description: "Jenkins's tree expression, to get these members as JSON in place of the summary: \(what)")
    }
}

extension ToolContext {
    /// The Jenkins that a call means.
    func jenkins(_ arguments: ToolArguments) async throws -> JenkinsClient {
        try await integrations.jenkins(arguments.string("integration"), api: api)
    }

    /// A text of Jenkins's without what looks like credentials.
    func shown(_ text: String) -> ToolOutcome { .output(redactor.redact(text: text)) }

    /// `ENV (choice of "dev", "prod", default "dev")`
    func shown(_ parameter: JenkinsParameter) -> String {
        var parameter = parameter
        parameter.defaultValue = parameter.defaultValue.map { redactor.redact(value: $0, named: parameter.name) }
        return "\(parameter.name) (\(parameter.summary))"
    }

    /// Members as Jenkins has them, without what looks like credentials.
    ///
    /// - Parameter tree: of the model's own.
    func raw(
        _ tree: String, of what: String, at segments: [String], _ client: JenkinsClient
    ) async throws -> ToolOutcome {
        let isTree = tree.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || ",[]{}_-*".utf8.contains($0)
        }
        guard isTree else { throw ToolFailure("tree: only names, commas, [], {} and * are part of a tree expression") }
        // A tree goes on to other jobs, which may not be allowed.
        if !client.jobs.patterns.isEmpty, ["roject", "jobs", "task", "arent", "*"].contains(where: tree.contains) {
            throw ToolFailure("tree: members of other jobs are refused where the integration allows some jobs only")
        }
        let json = try await client.json(what, at: segments, tree: tree)
        return .output(OutputLimit.cut(YAML.format(redactor.redact(json: json)), to: outputLimit))
    }
}

extension ToolArguments {
    func jobPath() throws -> JenkinsPath { try JenkinsPath(try requiredString("jobFullName")) }

    func buildReference() throws -> JenkinsBuildReference {
        try JenkinsBuildReference(string("build") ?? "lastBuild")
    }
}

extension JenkinsBuild {
    /// `12s`, `3m5s`
    var durationText: String { HumanDuration.text(seconds: Int(duration)) }

    func age(_ now: KubeTime) -> String { startedAt.map { HumanDuration.text(from: $0, to: now) + " ago" } ?? "" }
}
