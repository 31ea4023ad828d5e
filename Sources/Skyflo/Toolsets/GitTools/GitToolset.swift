import Integrations
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Tools for the code hosts that a SkyfloAI names: GitHub and GitLab. They read, and nothing else. One set of tools serves both,
/// because a model has to know what it asks for and not where that happens to be.
package enum GitToolset {
    package static let toolset = "git"
    package static let kinds: [IntegrationKind] = [.gitHub, .gitLab]

    /// Loaded on demand, and offered where one is configured.
    package static let groups = [
        ToolGroup(
            "git", toolset: toolset,
            purpose:
                "GitHub and GitLab: commits, pull and merge requests, pipelines and their logs, the commit of an image",
            needs: .integration(kinds), tools: all { KubeTime(seconds: 0) }.map(\.name))
    ]

    /// - Parameter now: the clock, for ages.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [
            RepositoryListTool(), CommitListTool(now: now), CommitTool(now: now), CompareTool(now: now),
            MergeRequestListTool(now: now), MergeRequestTool(now: now), PipelineListTool(now: now),
            PipelineTool(now: now), JobLogTool(), DeployedCommitTool(now: now),
        ]
    }
}

protocol GitTool: Tool {
    /// Those of the tool itself.
    var own: [ToolParameter] { get }
}

extension GitTool {
    var toolset: String { GitToolset.toolset }
    var onlyReads: Bool { true }
    var isOpenWorld: Bool { true }
    var requests: [ToolRequest]? { [.askIntegration] }
    var parameters: ToolParameters { ToolParameters(own + [.codeHost]) }
}

extension ToolParameter {
    static let codeHost = ToolParameter.optional(
        "integration", kind: .string(.text(maximum: 63)),
        description: "Which GitHub or GitLab, by the name of its integration; only needed where there are several")
    static let repository = ToolParameter.required(
        "repository", kind: .string(.text(maximum: 512)),
        description: "Full name, such as acme/shop, or the repository's address")
    static let page = ToolParameter.optional(
        "page", kind: .integer(1...1000), default: 1, description: "Of the list", obvious: true)
    static func most(_ count: Int) -> ToolParameter {
        .optional(
            "limit", kind: .integer(1...100), default: JSONValue(count), description: "At most so many", obvious: true)
    }
    static func ref(_ name: String, _ what: String) -> ToolParameter {
        .optional(name, kind: .string(.text(maximum: 200)), description: what)
    }
}

/// A repository that a call is about, and where it is.
struct GitPlace: Sendable {
    let host: any CodeHost
    let repository: GitRepository
}

extension IntegrationConnection {
    var codeHost: any CodeHost { kind == .gitLab ? GitLabClient(client) : GitHubClient(client) }
}

extension ToolContext {
    func codeHost(_ arguments: ToolArguments) async throws -> any CodeHost {
        try await integrations.connection(to: arguments.string("integration"), of: GitToolset.kinds, api: api).codeHost
    }

    /// The repository that a call names, by its full name or by its address, which says by its host where it is.
    func gitPlace(_ arguments: ToolArguments) async throws -> GitPlace {
        let name = try arguments.requiredString("repository")
        guard name.contains(":") else {
            return GitPlace(host: try await codeHost(arguments), repository: try GitRepository(name))
        }
        for (connection, path) in try await places(ofAddress: name) {
            if let wanted = arguments.string("integration"), wanted != connection.description.name { continue }
            return GitPlace(host: connection.codeHost, repository: try GitRepository(path))
        }
        let all = integrations.descriptions(of: GitToolset.kinds).map { "\($0.of.name) (\($0.kind.title))" }
        throw ToolFailure(
            "repository: \"\(name.excerpt)\" is on the host of none of the integrations; there is "
                + (all.isEmpty ? "none" : all.joined(separator: ", ")))
    }

    /// The integrations whose host an address names, and the path there. Those that may not be used are left out.
    func places(ofAddress address: String) async throws -> [(IntegrationConnection, path: String)] {
        var found: [(IntegrationConnection, path: String)] = []
        var refusal: ToolFailure?
        for (kind, described) in integrations.descriptions(of: GitToolset.kinds) {
            do {
                let connection = try await integrations.connection(to: described.name, of: [kind], api: api)
                if let path = integrations.path(ofAddress: address, in: connection) { found.append((connection, path)) }
            } catch let failure as ToolFailure {
                refusal = failure
            }
        }
        if found.isEmpty, let refusal { throw refusal }
        return found
    }

    /// Texts of a host without what looks like credentials.
    func shown(_ lines: [String]) -> ToolOutcome {
        .output(OutputLimit.cut(redactor.redact(text: lines.joined(separator: "\n")), to: outputLimit))
    }
}

extension ToolArguments {
    func reference(_ name: String) throws -> GitReference? {
        guard let text = string(name) else { return nil }
        do {
            return try GitReference(text)
        } catch {
            throw ToolFailure("\(name): \(error.message)")
        }
    }

    func listQuery(_ count: Int = 20) -> GitListQuery {
        GitListQuery(limit: integer("limit") ?? count, page: integer("page") ?? 1)
    }
}

extension GitPlace {
    /// What is asked about the repository; where something isn't there, whether the repository is, and what is near its name.
    func ask<Value>(_ body: (any CodeHost, GitRepository) async throws -> Value) async throws -> Value {
        do {
            return try await body(host, repository)
        } catch let error as IntegrationError where error.code == .notFound {
            let names: [String]
            do {
                names = try await host.repositories(matching: nil, limit: 500)
            } catch is IntegrationError {
                throw error
            }
            if names.contains(where: { $0.lowercased() == repository.path.lowercased() }) { throw error }
            throw ToolFailure(error.message + NearNames.hint(repository.path, among: names))
        }
    }

    /// `… ask with page: 2 for more`
    func rest(_ hasMore: Bool, _ arguments: ToolArguments) -> [String] {
        hasMore ? ["… there are more; ask with page: \((arguments.integer("page") ?? 1) + 1)"] : []
    }
}

extension GitCommit {
    /// `2d  1a2b3c4d5e6f  Alice  Fix the cart`
    func row(_ now: KubeTime) -> [String] {
        [
            String(id.prefix(12)), date.map { HumanDuration.text(from: $0, to: now) } ?? "",
            OutputLimit.shorten(author, to: 40), OutputLimit.shorten(subject, to: 120),
        ]
    }

    static let header = ["COMMIT", "AGE", "AUTHOR", "SUBJECT"]
}

extension GitFileChange {
    /// `modified src/cart.swift +3 -1`
    var line: String {
        let counts = [additions.map { "+\($0)" }, deletions.map { "-\($0)" }].compactMap { $0 }.joined(separator: " ")
        let name = oldPath.map { "\($0) -> \(path)" } ?? path
        return "\(status) \(name)" + (counts.isEmpty ? "" : " \(counts)")
    }

    /// The changes of files whose paths match, as far as there is room.
    static func patches(of files: [Self], matching pattern: String, to limit: Int) -> [String] {
        let wanted = files.filter { NamePatterns.matches($0.path, pattern: pattern) }
        guard !wanted.isEmpty else { return ["No file matches \(pattern)."] }
        return wanted.map { file in
            "--- \(file.path)\n"
                + OutputLimit.cut(file.patch ?? "(the host gives no diff of it)", to: limit / wanted.count)
        }
    }
}

extension ToolParameter {
    static let diff = ToolParameter.optional(
        "diff", kind: .string(.text(maximum: 256)),
        description: "Show the changes of files whose paths match; * is any characters")
}

/// The lines of a list of files.
func fileLines(_ files: [GitFileChange], hasMore: Bool = false) -> [String] {
    let rest = files.count > 60 ? ["… \(files.count - 60) more"] : hasMore ? ["… and more"] : []
    return files.prefix(60).map(\.line) + rest
}
