import Integrations
import KubeModel
import ToolKit
import Writes

extension IntegrationRoute {
    static let applications = get("/api/v1/applications")
}

struct ServerApplicationListTool: ArgoCDTool {
    let name = "argocd_server_apps"
    let title = "Argo CD Server: List Applications"
    let description =
        "List the applications that a server of Argo CD has, of all clusters: sync status, health, destination."
    let routes: [IntegrationRoute] = [.applications]
    let own: [ToolParameter] = [
        .project, .optional("filter", kind: .string(.text(maximum: 128)), description: "Only names with this text"),
        .optional("limit", kind: .integer(1...500), default: 100, description: "At most so many", obvious: true),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let words = arguments.string("filter")?.lowercased()
        let client = try await context.argoCD(arguments)
        let all = try await client.applications(project: arguments.string("project")).filter { application in
            words.map { application["metadata", "name"]?.string?.lowercased().contains($0) ?? false } ?? true
        }
        guard !all.isEmpty else { return .output("No applications, or none that may be seen.") }
        let limit = arguments.integer("limit") ?? 100
        let rows = all.prefix(limit).map { application in
            let sources = (application["spec", "source"].map { [$0] } ?? application["spec", "sources"]?.array) ?? []
            let target = application["spec", "destination"]
            return [
                application["metadata", "name"]?.string ?? "", application["spec", "project"]?.string ?? "",
                application["status", "sync", "status"]?.string ?? "Unknown",
                application["status", "health", "status"]?.string ?? "Unknown",
                "\(target?["name"]?.string ?? target?["server"]?.string ?? "")/\(target?["namespace"]?.string ?? "")",
                sources.map(Self.text).joined(separator: ", "),
            ]
        }
        let rest = all.count > limit ? ["… \(all.count - limit) more"] : []
        return context.shown(
            TextColumns.align([["NAME", "PROJECT", "SYNC", "HEALTH", "DESTINATION", "SOURCE"]] + rows) + rest)
    }

    static func text(_ source: JSONValue) -> String {
        let place = source["path"]?.string ?? source["chart"]?.string ?? ""
        return "\(source["repoURL"]?.string ?? "")\(place.isEmpty ? "" : " " + place) @ "
            + (source["targetRevision"]?.string ?? "HEAD")
    }
}

struct ServerApplicationTool: ArgoCDTool {
    let name = "argocd_server_app"
    let title = "Argo CD Server: Get Application"
    let description =
        "Show an application as a server of Argo CD has it: sources, revision, conditions, last operation, resources."
    let routes: [IntegrationRoute] = [.applications, .get("/api/v1/applications/*")]
    let own: [ToolParameter] = [.application, .applicationNamespace, .project]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.argoCD(arguments)
        let json = try await client.ask(try arguments.application()) { try await client.application($0) }
        let (spec, status) = (json["spec"] ?? .null, json["status"] ?? .null)
        let sources = (spec["source"].map { [$0] } ?? spec["sources"]?.array) ?? []
        var outline = Outline()
        outline.field("Application", value: "\(json["metadata", "name"]?.string ?? "") of \(client.label)")
        outline.field("Project", value: spec["project"])
        outline.list("Sources", values: sources.map(ServerApplicationListTool.text))
        outline.field("Destination", value: spec["destination"])
        outline.field("Sync", value: status["sync", "status"])
        outline.field("Revision", value: status["sync", "revision"] ?? status["sync", "revisions"])
        outline.field("Health", value: status["health", "status"])
        outline.field("Automated", value: spec["syncPolicy", "automated"].map { "yes \(Outline.inline($0))" } ?? "no")
        outline.list(
            "Conditions",
            values: (status["conditions"]?.array ?? []).map {
                "\($0["type"]?.string ?? ""): \($0["message"]?.string ?? "")"
            })
        outline.section("Last operation") { outline in
            let operation = status["operationState"]
            outline.field("Phase", value: operation?["phase"])
            outline.field("Message", value: operation?["message"]?.string.map { OutputLimit.shorten($0, to: 1000) })
            outline.field("Finished", value: operation?["finishedAt"])
        }
        let resources = status["resources"]?.array ?? []
        let trouble = resources.filter {
            $0["status"] != "Synced" || !["Healthy", nil].contains($0["health", "status"]?.string)
        }
        outline.list(
            "Resources in trouble (\(trouble.count) of \(resources.count))",
            values: trouble.prefix(40).map { resource in
                "\(resource["kind"]?.string ?? "") \(resource["namespace"]?.string ?? "")/\(resource["name"]?.string ?? ""): "
                    + "\(resource["status"]?.string ?? "") \(resource["health", "status"]?.string ?? "") "
                    + (resource["health", "message"]?.string ?? "")
            })
        outline.list("Images", values: (status["summary", "images"]?.array ?? []).compactMap(\.string))
        return context.shown(outline.lines)
    }
}

/// What `argocd app diff` shows: the manifests that Argo CD would apply against what there is.
struct ApplicationDiffTool: ArgoCDTool {
    let name = "argocd_server_diff"
    let title = "Argo CD Server: Diff"
    let description = "Show what a sync of an application would change: a diff of each resource, from live to desired."
    let routes: [IntegrationRoute] = [.applications, .get("/api/v1/applications/*/managed-resources")]
    let own: [ToolParameter] = [
        .application, .applicationNamespace, .project,
        .optional("resource_kind", kind: .string(.objectName), description: "Only resources of this kind: Deployment"),
        .optional("resource_name", kind: .string(.objectName), description: "Only the resource of this name"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.argoCD(arguments)
        let place = try arguments.application()
        let filter: [IntegrationRequest.Field?] = [
            arguments.string("resource_kind").map { .init("kind", value: $0) },
            arguments.string("resource_name").map { .init("name", value: $0) },
        ]
        let resources = try await client.ask(place) {
            try await client.managedResources(of: $0, filter: filter.compactMap { $0 })
        }
        let different = resources.filter(\.isDifferent)
        guard !different.isEmpty else {
            return .output(
                resources.isEmpty
                    ? "Application \(place) has no such resources."
                    : "No differences: all \(resources.count.counted(as: "resource")) of application \(place) are as desired."
            )
        }
        let heading =
            "\(different.count) of \(resources.count.counted(as: "resource")) of application \(place) "
            + "\(different.count == 1 ? "differs" : "differ") from what is desired:"
        let room = max(1000, context.outputLimit - 1000) / min(different.count, 20)
        let parts = different.prefix(20).map { resource in
            "\(resource.title)\(Self.note(resource))\n"
                + OutputLimit.cut(Self.diff(resource, context.redactor), to: room)
        }
        let left = different.dropFirst(20).map(\.title)
        let rest = left.isEmpty ? [] : ["… and " + left.prefix(50).joined(separator: ", ")]
        return .output(([heading] + parts + rest).joined(separator: "\n"))
    }

    private static func note(_ resource: ArgoCDManagedResource) -> String {
        resource.live == nil
            ? ": would be created" : resource.desired == nil ? ": would be deleted where the sync prunes" : ""
    }

    /// Argo CD masks what Secrets hold; here the rest is redacted as everywhere.
    private static func diff(_ resource: ArgoCDManagedResource, _ redactor: Redactor) -> String {
        func text(_ state: JSONValue?) -> String {
            guard var state else { return "" }
            state["status"] = nil
            for key in ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp"] {
                state["metadata"]?[key] = nil
            }
            return YAML.format(redactor.redact(KubeObject(state)).json)
        }
        let diff = UnifiedDiff.text(
            old: text(resource.live), new: text(resource.desired), oldName: "live", newName: "desired")
        return diff.isEmpty ? "(in status, managed or redacted fields only)" : diff
    }
}

struct ApplicationTreeTool: ArgoCDTool {
    let name = "argocd_server_tree"
    let title = "Argo CD Server: Resource Tree"
    let description =
        "Show the resources of an application and what controllers made of them, down to pods, with their health."
    let routes: [IntegrationRoute] = [.applications, .get("/api/v1/applications/*/resource-tree")]
    let own: [ToolParameter] = [.application, .applicationNamespace, .project]

    private static let most = 300

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.argoCD(arguments)
        let nodes = try await client.ask(try arguments.application()) { try await client.tree(of: $0) }
        guard !nodes.isEmpty else { return .output("The application has no resources.") }
        var children: [String: [JSONValue]] = [:]
        let known = Set(nodes.compactMap { $0["uid"]?.string })
        for node in nodes {
            let parent = node["parentRefs"]?[0]?["uid"]?.string ?? ""
            children[known.contains(parent) ? parent : "", default: []].append(node)
        }
        var lines: [String] = []
        var seen: Set<String> = []
        func add(_ parent: String, depth: Int) {
            for node in children[parent] ?? [] where lines.count < Self.most && depth < 20 {
                // A server that has a circle in it isn't followed around.
                guard let uid = node["uid"]?.string, !uid.isEmpty else {
                    lines.append(Self.line(node, depth: depth))
                    continue
                }
                guard seen.insert(uid).inserted else { continue }
                lines.append(Self.line(node, depth: depth))
                add(uid, depth: depth + 1)
            }
        }
        add("", depth: 0)
        let rest = nodes.count > lines.count ? ["… \(nodes.count - lines.count) more"] : []
        return context.shown(lines + rest)
    }

    private static func line(_ node: JSONValue, depth: Int) -> String {
        let health = node["health", "status"]?.string.map { " \($0)" } ?? ""
        let message = node["health", "message"]?.string.map { ": \(OutputLimit.shorten($0, to: 200))" } ?? ""
        let info = (node["info"]?.array ?? []).compactMap { item in
            item["value"]?.string.map { "\(item["name"]?.string ?? "") \($0)" }
        }.prefix(4).joined(separator: ", ")
        return String(repeating: "  ", count: depth) + "\(node["kind"]?.string ?? "") \(node["name"]?.string ?? "")"
            + health + message + (info.isEmpty ? "" : " (\(info))")
    }
}
