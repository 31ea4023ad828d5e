import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// From what runs in the cluster to the commit that it was built of.
struct DeployedCommitTool: GitTool {
    let now: @Sendable () -> KubeTime
    let name = "git_find_deployed_commit"
    let title = "Git: Find Deployed Commit"
    let description =
        "Find the commit that a workload's image, or an image by its name, was built of, with its pull or merge requests, "
        + "checks and pipelines. It goes by annotations and labels (org.opencontainers.image.revision and source), those of the image where its registry "
        + "is listed, and by the tag."
    let routes = GitRoutes.commit + GitRoutes.checks + GitRoutes.pipelines
    let requests: [ToolRequest]? = [
        .askIntegration, .askHelmRepository,
        ToolRequest(
            ["get"],
            of: [
                "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch",
                "cronjobs.batch", "pods",
            ]),
    ]
    let own: [ToolParameter] = [
        .optional(
            "kind",
            kind: .kind(["deployment", "statefulset", "daemonset", "replicaset", "job", "cronjob", "pod"]),
            default: "deployment", description: "Kind of the workload", obvious: true),
        .optional("name", kind: .string(.objectName), description: "Name of the workload", obvious: true),
        .optional(
            "namespace", kind: .string(.namespace), description: "Namespace; by default that of the conversation",
            obvious: true),
        .optional("container", kind: .string(.label), description: "Which one; by default the first", obvious: true),
        .optional("image", kind: .string(.text(maximum: 512)), description: "In place of a workload"),
        .optional(
            "repository", kind: .string(.text(maximum: 512)),
            description: "Full name or address, where neither annotations nor the image's name lead to it"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let (image, origin, problem) = try await origin(arguments, context)
        // What the registry says is one way of several: without it the others count as before.
        let note = problem.map { "; the labels of the image can't be read: \($0)" } ?? ""
        guard !origin.candidates.isEmpty else {
            throw ToolFailure(
                "image \(image.excerpt): neither its tag nor an annotation (\(ImageOrigin.revisionKeys[0])) says of which "
                    + "commit it is; git_list_commits lists those of its repository\(note)")
        }
        let wanted = arguments.string("repository").map { [$0] } ?? origin.repositories
        var tried: [String] = []
        for name in wanted.prefix(4) {
            for place in try await places(name, by: arguments, in: context) {
                tried.append(place.repository.path)
                guard let (commit, candidate) = try await find(origin, in: place) else { continue }
                var outline = Outline()
                outline.field("Image", value: image)
                outline.field("Found by", value: "\(candidate.ref), from \(candidate.place)\(note)")
                try await place.describe(commit, now: now(), in: &outline)
                return context.shown(outline.lines)
            }
        }
        let refs = origin.candidates.prefix(5).map(\.ref).joined(separator: ", ")
        throw ToolFailure(
            tried.isEmpty
                ? "image \(image.excerpt): neither an annotation (\(ImageOrigin.sourceKeys[0])) nor its name leads to a "
                    + "repository that an integration has; give repository\(note)"
                : "image \(image.excerpt): none of \(refs) is a commit, branch or tag of \(tried.joined(separator: ", ")); "
                    + "give repository\(note)")
    }

    private func origin(
        _ arguments: ToolArguments, _ context: ToolContext
    ) async throws -> (image: String, ImageOrigin, problem: String?) {
        func origin(_ image: String, _ metadata: [JSONValue] = []) async throws -> (String, ImageOrigin, String?) {
            do {
                let labels = try await context.charts.labels(ofImage: image) ?? [:]
                return (image, ImageOrigin(image: image, metadata: metadata, labels: labels), nil)
            } catch let failure as ToolFailure {
                return (image, ImageOrigin(image: image, metadata: metadata), failure.message)
            }
        }
        if let image = arguments.string("image") { return try await origin(image) }
        guard let name = arguments.string("name") else { throw ToolFailure("give name, of a workload, or image") }
        let match = try await context.match(arguments.string("kind") ?? "deployment")
        let object = try await context.object(
            match, namespace: arguments.string("namespace") ?? context.namespace, name: name)
        let template = PodTemplate.path(in: match.resource).flatMap { object.json[path: $0] } ?? .object([:])
        let containers = template["spec", "containers"]?.array ?? []
        let container = arguments.string("container")
        guard let found = containers.first(where: { container == nil || $0["name"]?.string == container }),
            let image = found["image"]?.string
        else {
            let names = containers.compactMap { $0["name"]?.string }.joined(separator: ", ")
            throw ToolFailure("container: \(name) has no container \"\(container ?? "")\"; its containers: \(names)")
        }
        return try await origin(image, [template["metadata"], object["metadata"]].compactMap { $0 })
    }

    /// Where a name or an address leads to. What leads nowhere is no fault: it is one guess of several.
    private func places(
        _ name: String, by arguments: ToolArguments, in context: ToolContext
    ) async throws -> [GitPlace] {
        let wanted = arguments.string("integration")
        let isMeant = arguments.string("repository") != nil
        var places: [GitPlace] = []
        if name.contains(":") {
            for (connection, path) in try await context.places(ofAddress: name)
            where wanted == nil || wanted == connection.description.name {
                guard let repository = try? GitRepository(path) else { continue }
                places.append(GitPlace(host: connection.codeHost, repository: repository))
            }
            return places
        }
        guard let repository = try? GitRepository(name) else {
            if isMeant { _ = try GitRepository(name) }
            return []
        }
        for (kind, described) in context.integrations.descriptions(of: GitToolset.kinds)
        where (wanted == nil || wanted == described.name) && (kind == .gitLab || repository.parts.count == 2) {
            let host = try await context.integrations.connection(to: described.name, of: [kind], api: context.api)
                .codeHost
            if host.client.allowed.allow(repository.path) || isMeant {
                places.append(GitPlace(host: host, repository: repository))
            }
        }
        if let wanted, context.integrations.descriptions(of: GitToolset.kinds).allSatisfy({ $0.of.name != wanted }) {
            // Says which there are.
            _ = try await context.codeHost(arguments)
        }
        return places
    }

    private func find(
        _ origin: ImageOrigin, in place: GitPlace
    ) async throws -> (GitCommit, ImageOrigin.Candidate)? {
        for candidate in origin.candidates.prefix(5) {
            do {
                let ref = try GitReference(candidate.ref)
                return (try await place.host.commit(ref, of: place.repository), candidate)
            } catch let error as IntegrationError where error.code == .notFound || error.code == .status(422) {
                continue
            }
        }
        return nil
    }
}
