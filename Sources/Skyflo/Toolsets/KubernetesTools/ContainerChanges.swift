import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Changes of containers in the pod template of a workload, as one strategic patch: of the lists only those containers
/// change that are named.
struct ContainerChanges {
    let target: LiveTarget
    private let path: [String]

    /// - Throws: ``ToolFailure`` for kinds without a template, and those whose template can't be changed.
    init(_ target: LiveTarget) throws(ToolFailure) {
        guard let path = PodTemplate.path(in: target.resource) else {
            throw ToolFailure(
                "\(target.resource.qualifiedName) has no pod template that this tool knows; use k8s_patch")
        }
        switch target.resource.plural {
        case "pods":
            throw ToolFailure(
                "\(target.text): this can't be changed in a pod that exists; change the workload that it belongs to"
                    + (target.object.controller.map { " (\($0.kind) \($0.name))" } ?? ""))
        case "jobs":
            throw ToolFailure("the pod template of a job can't be changed; delete the job and create it again")
        default: break
        }
        self.path = path + ["spec"]
        self.target = target
    }

    /// A container of the template, and the list that it is in.
    struct Container {
        var list: String
        var json: JSONValue
        var name: String { json["name"]?.string ?? "" }
    }

    private var containers: [Container] {
        PodTemplate.containerLists.flatMap { list in
            (target.object.json[path: path + [list]]?.array ?? []).map { Container(list: list, json: $0) }
        }
    }

    /// Those that a call means: the one named, all regular ones for `*`, the only one.
    func choose(_ wanted: String?) throws(ToolFailure) -> [Container] {
        let all = containers
        let regular = all.filter { $0.list == "containers" }
        if wanted == "*" { return regular }
        let names = all.map(\.name).joined(separator: ", ")
        if let wanted {
            guard let found = all.first(where: { $0.name == wanted }) else {
                throw ToolFailure(
                    "container: \(target.text) has no container \"\(ToolParameters.excerpt(wanted))\"; its containers: \(names)"
                )
            }
            return [found]
        }
        guard regular.count == 1 else {
            throw ToolFailure("container: \(target.text) has several, name one or \"*\" for all: \(names)")
        }
        return regular
    }

    /// - Parameter changes: by container: what of it is patched, without its name.
    func patch(_ changes: [(container: Container, patch: JSONValue)]) -> JSONValue {
        var spec = JSONValue.object([:])
        for list in PodTemplate.containerLists {
            let entries = changes.filter { $0.container.list == list }
            guard !entries.isEmpty else { continue }
            spec[list] = .array(
                entries.map { entry in
                    var members: JSONObject = ["name": .string(entry.container.name)]
                    for (key, value) in entry.patch.object ?? [:] { members[key] = value }
                    return .object(members)
                })
        }
        var patch = JSONValue.object([:])
        patch[path: path] = spec
        return patch
    }

    /// The proposal of such a patch; nil where the server says that it changes nothing.
    func proposal(
        _ summary: String, patch: JSONValue, in context: ToolContext, warnings: [String] = []
    ) async throws -> WriteProposal? {
        let planned = target.patch(.strategic(patch), strict: true)
        guard let change = try await context.change(by: planned) else { return nil }
        return WriteProposal(
            summary, planned: planned, risk: .baseline(target.resource, namespace: target.namespace),
            warnings: warnings + PodTemplate.rolloutWarnings(target),
            postConditions: target.postConditions(afterChangeTo: change.object))
    }
}

extension ToolParameter {
    static let container = ToolParameter.optional(
        "container", aliases: ["container_name"], kind: .string(.text(maximum: 63)),
        description: "* for all; by default the only one")
}

extension PodTemplate {
    /// Why running pods don't get a changed template by themselves.
    static func rolloutWarnings(_ target: LiveTarget) -> [String] {
        if target.object["spec", "paused"]?.bool == true {
            return ["the rollout is paused: nothing rolls out until it is resumed"]
        }
        if target.object["spec", "updateStrategy", "type"]?.string == "OnDelete" {
            return ["update strategy OnDelete: pods get the change only when they are deleted"]
        }
        if ["replicasets", "replicationcontrollers"].contains(target.resource.plural) {
            return ["pods that run already stay as they are"]
        }
        return []
    }
}
