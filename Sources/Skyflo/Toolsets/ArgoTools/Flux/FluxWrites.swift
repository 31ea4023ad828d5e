import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct FluxReconcileTool: ArgoTool {
    let name = "flux_reconcile"
    let title = "Reconcile Flux Object"
    let isDestructive = false
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.readsFlux, .patchesFlux]
    let description = "Propose to have Flux reconcile an object now; with_source has it fetch the source first."
    let parameters = ToolParameters([
        .fluxKind, .fluxName, .namespace,
        .optional(
            "with_source", kind: .boolean, default: false,
            description: "Of a Kustomization or HelmRelease: its source as well"),
        .optional(
            "force", kind: .boolean, default: false,
            description: "Of a HelmRelease: install or upgrade even if nothing changed"),
        .optional(
            "reset", kind: .boolean, default: false, description: "Of a HelmRelease: begin to count failures anew"),
    ])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let kind = try FluxResource.named(try arguments.requiredString("kind"))
        for parameter in ["force", "reset"] where arguments.bool(parameter) && kind.noun != "HelmRelease" {
            throw ToolFailure("\(parameter): only a HelmRelease has that, not a \(kind.noun)")
        }
        let target = try await context.target(kind, by: arguments)
        guard !FluxSummary(target.object).isSuspended else {
            throw ToolFailure("\(target.text) is suspended, and reconciles nothing: use flux_resume")
        }
        let time = now().description
        var keys = ["requestedAt"]
        if arguments.bool("force") { keys.append("forceAt") }
        if arguments.bool("reset") { keys.append("resetAt") }
        var requests: [PlannedRequest] = []
        var conditions: [PostCondition] = []
        if arguments.bool("with_source") {
            let source = try await source(of: target, context)
            requests.append(Self.request(to: source, annotations: ["requestedAt"], time: time))
            conditions.append(source.delivery(.reconciled, mark: time))
        }
        requests.append(Self.request(to: target, annotations: keys, time: time))
        conditions.append(target.delivery(.reconciled, mark: time))
        let what = requests.map(\.target.text).joined(separator: ", then ")
        return .proposal(
            WriteProposal(
                summary: "Reconcile \(what)", requests: requests,
                risk: arguments.bool("force") ? max(.medium, target.baseline) : .low,
                warnings: ["Flux deploys what its source has now"], postConditions: conditions))
    }

    private static func request(to target: LiveTarget, annotations keys: [String], time: String) -> PlannedRequest {
        let annotations = JSONValue.object(
            JSONObject(keys.map { ("reconcile.fluxcd.io/\($0)", .string(time)) }))
        return target.patch(.merge(["metadata": ["annotations": annotations]]))
    }

    private func source(of target: LiveTarget, _ context: ToolContext) async throws -> LiveTarget {
        guard let reference = FluxSummary(target.object).source, let name = reference["name"]?.string else {
            throw ToolFailure("with_source: \(target.text) names no source")
        }
        let kind = try FluxResource.named(reference["kind"]?.string ?? "")
        let match: ResourceMatch = try await context.match(kind)
        let namespace = reference["namespace"]?.string ?? target.namespace
        let object = try await context.object(match, namespace: namespace, name: name)
        let source = LiveTarget(resource: match.resource, namespace: namespace, object: object)
        guard !FluxSummary(object).isSuspended else {
            throw ToolFailure("with_source: \(source.text) is suspended; use flux_resume")
        }
        return source
    }
}

/// `flux_suspend` and `flux_resume`.
struct FluxSuspendTool: ArgoTool {
    let suspends: Bool

    var name: String { suspends ? "flux_suspend" : "flux_resume" }
    var title: String { suspends ? "Suspend Flux Object" : "Resume Flux Object" }
    let isDestructive = false
    let isIdempotent = true
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.readsFlux, .patchesFlux]
    var description: String {
        suspends
            ? "Propose to keep Flux from reconciling an object, so that changes by hand are not undone. See flux_resume."
            : "Propose to have Flux reconcile a suspended object again."
    }
    let parameters = ToolParameters([.fluxKind, .fluxName, .namespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let kind = try FluxResource.named(try arguments.requiredString("kind"))
        let target = try await context.target(kind, by: arguments)
        guard FluxSummary(target.object).isSuspended != suspends else {
            return .output("Nothing to do: \(target.text) is \(suspends ? "suspended already" : "not suspended").")
        }
        let warning =
            suspends
            ? "until it is resumed, changes of its source are not deployed"
            : "Flux deploys what its source has now, and undoes changes by hand"
        return .proposal(
            WriteProposal(
                "\(suspends ? "Suspend" : "Resume") \(target.text)",
                planned: target.patchSpec(["suspend": .bool(suspends)]),
                risk: target.baseline, warnings: [warning],
                postConditions: [suspends ? .stored(target.subject) : target.delivery(.reconciled)]))
    }
}
