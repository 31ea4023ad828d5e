import KubeClient
import KubeModel
import ToolKit
import Writes

struct FluxListTool: ArgoTool {
    let name = "flux_list"
    let title = "List Flux Objects"
    let requests: [ToolRequest]? = [.readsFlux]
    let onlyReads = true
    let description = "List objects of Flux, of one kind or of all, with revision, readiness and message."
    let parameters = ToolParameters([
        .optional(
            "kind", kind: .string(.resourceType),
            description:
                "Kustomization, HelmRelease, GitRepository, OCIRepository, HelmRepository or Bucket; without it, all of them"
        ),
        .namespace, .allNamespaces, .labelSelector,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let kinds = try arguments.string("kind").map { [try FluxResource.named($0)] } ?? FluxResource.all
        var all = ToolContext.Listing(objects: [], spansNamespaces: arguments.bool("all_namespaces"))
        var failures: [String] = []
        for kind in kinds {
            do {
                let listing = try await context.listing(kind, by: arguments)
                all.objects += listing.objects
                all.note = all.note ?? listing.note
                all.nothing = listing.nothing
            } catch let cancellation as CancellationError {
                throw cancellation
            } catch  where kinds.count > 1 {
                failures.append(ToolFailure(describing: error).message)
            }
        }
        if failures.count == kinds.count {
            let isMissing = failures.allSatisfy { $0.contains("is not installed") }
            throw ToolFailure(
                isMissing
                    ? "Flux is not installed in this cluster: the API server serves none of its kinds"
                    : failures.joined(separator: "\n"))
        }
        if !all.objects.isEmpty { all.nothing = nil }
        if all.nothing != nil, kinds.count > 1 {
            all.nothing = "No resources found: there are no objects of Flux there."
        }
        if !failures.isEmpty {
            all.note = ([all.note] + failures.map { "(\($0))" }).compactMap(\.self).joined(separator: "\n")
        }
        return context.table(of: all, columns: ["NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE"]) { object in
            let summary = FluxSummary(object)
            let prefix = kinds.count > 1 ? "\(object.kind.lowercased())/" : ""
            return [
                prefix + object.name, summary.revision, summary.isSuspended ? "True" : "False", summary.ready,
                OutputLimit.shorten(summary.message.replacing("\n", with: " "), to: 200),
            ]
        }
    }
}

struct FluxGetTool: ArgoTool {
    let name = "flux_get"
    let title = "Get Flux Object"
    let requests: [ToolRequest]? = [.readsFlux]
    let onlyReads = true
    let description = "Show one object of Flux: source, revision, conditions, what it applied, recent events."
    let parameters = ToolParameters([.fluxKind, .fluxName, .namespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let kind = try FluxResource.named(try arguments.requiredString("kind"))
        var target = try await context.target(kind, by: arguments)
        target.object = context.redactor.redact(target.object)
        let summary = FluxSummary(target.object)
        var outline = Outline()
        outline.field("Name", value: target.object.name)
        outline.field("Namespace", value: target.object.namespace)
        outline.field("Kind", value: target.object.kind)
        outline.field("Ready", value: "\(summary.ready): \(summary.message)")
        outline.field("Suspended", value: String(summary.isSuspended))
        outline.field("Source", value: summary.source)
        for field in ["url", "ref", "path", "chart", "interval", "prune", "targetNamespace", "dependsOn", "timeout"] {
            outline.field(field.prefix(1).uppercased() + field.dropFirst(), value: target.object["spec", field])
        }
        outline.field("Applied revision", value: summary.revision)
        outline.field("Attempted revision", value: target.object["status", "lastAttemptedRevision"])
        outline.field("Last handled request", value: target.object["status", "lastHandledReconcileAt"])
        outline.field("Failures", value: target.object["status", "failures"])
        ConditionList.write(target.object, outline: &outline)
        outline.list("History", values: (target.object["status", "history"]?.array ?? []).prefix(5).map(Self.release))
        let inventory = target.object["status", "inventory", "entries"]?.array ?? []
        outline.list(
            "Applied (\(inventory.count))", values: inventory.prefix(50).compactMap { $0["id"]?.string })
        let room = max(context.outputLimit / 3, context.outputLimit - outline.text.utf8.count) - 200
        try await EventList.write(about: target, room: room, in: context, outline: &outline)
        return .output(context.redactor.redact(text: outline.text))
    }

    private static func release(_ entry: JSONValue) -> String {
        "version \(entry["version"]?.word ?? ""): \(entry["chartName"]?.string ?? "") "
            + "\(entry["chartVersion"]?.string ?? ""), \(entry["status"]?.string ?? "")"
    }
}
