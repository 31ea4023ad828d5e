import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct SetImageTool: KubernetesTool {
    let name = "k8s_set_image"
    let title = "Update Kubernetes Container Images"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [
        .read("*"),
        .patch(
            "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "cronjobs.batch", "pods",
            "replicationcontrollers"),
    ]
    let description = "Propose to change the images of containers of a workload or pod."
    let parameters = ToolParameters([
        .required(
            "name", aliases: ["resource_name"], kind: .string(.objectName), description: "Name of the object",
            obvious: true),
        .resourceType,
        .required(
            "container_images", kind: .string(.text(maximum: 4096)),
            description: "web=nginx:1.29,sidecar=envoy:1.35; *=image for all containers"),
        .namespace,
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let images = try Self.images(try arguments.requiredString("container_images"))
        let target = try await context.target(arguments)
        guard let path = PodTemplate.path(in: target.resource) else {
            throw ToolFailure(
                "\(target.resource.qualifiedName) has no pod template that this tool knows; use k8s_patch")
        }
        guard target.resource.group != "argoproj.io" else {
            throw ToolFailure("\(target.text): the image of a rollout is set by argo_set_image")
        }
        guard target.resource.plural != "jobs" else {
            throw ToolFailure("the pod template of a job can't be changed; delete the job and create it again")
        }
        let changes = try Self.changes(to: target.object, at: path + ["spec"], images, in: target)
        guard !changes.isEmpty else {
            return .output("Nothing to do: \(target.text) already runs these images.")
        }
        return .proposal(Self.proposal(target, path: path, changes: changes))
    }

    private struct Change {
        var list: String
        var container: String
        var old: String
        var new: String
    }

    private static func proposal(_ target: LiveTarget, path: [String], changes: [Change]) -> WriteProposal {
        var spec = JSONValue.object([:])
        for list in PodTemplate.containerLists {
            let entries = changes.filter { $0.list == list }
            guard !entries.isEmpty else { continue }
            // Lists of containers are merged by name: only these change.
            spec[list] = .array(entries.map { ["name": .string($0.container), "image": .string($0.new)] })
        }
        var patch = JSONValue.object([:])
        patch[path: path + ["spec"]] = spec
        let what = changes.map { "\($0.container) \($0.old) → \($0.new)" }.joined(separator: ", ")
        return WriteProposal(
            "Set image of \(target.text): \(what)", planned: target.patch(.strategic(patch)),
            risk: .baseline(target.resource, namespace: target.namespace), warnings: warnings(target),
            postConditions: target.postConditions(afterChangeTo: changed(target.object, path: path, changes: changes)))
    }

    private static func changed(_ object: KubeObject, path: [String], changes: [Change]) -> KubeObject {
        var object = object
        for list in PodTemplate.containerLists {
            let place = path + ["spec", list]
            guard let containers = object.json[path: place]?.array else { continue }
            object.json[path: place] = .array(
                containers.map { container in
                    var container = container
                    let change = changes.first { $0.list == list && $0.container == container["name"]?.string }
                    if let change { container["image"] = .string(change.new) }
                    return container
                })
        }
        return object
    }

    private static func warnings(_ target: LiveTarget) -> [String] {
        if target.object["spec", "paused"]?.bool == true {
            return ["the rollout is paused: nothing rolls out until it is resumed"]
        }
        if target.object["spec", "updateStrategy", "type"]?.string == "OnDelete" {
            return ["update strategy OnDelete: pods get the image only when they are deleted"]
        }
        if target.resource.plural == "replicasets" { return ["pods that run already keep their image"] }
        return []
    }

    private static func changes(
        to object: KubeObject, at path: [String], _ images: [(container: String, image: String)], in target: LiveTarget
    ) throws(ToolFailure) -> [Change] {
        let containers = PodTemplate.containerLists.flatMap { list in
            (object.json[path: path + [list]]?.array ?? []).map {
                Change(list: list, container: $0["name"]?.string ?? "", old: $0["image"]?.string ?? "", new: "")
            }
        }
        var changes: [Change] = []
        for (name, image) in images {
            let found = containers.filter { name == "*" || $0.container == name }
            if found.isEmpty {
                let names = containers.map(\.container).joined(separator: ", ")
                throw ToolFailure("\(target.text) has no container \"\(name)\"; its containers: \(names)")
            }
            for container in found where container.old != image {
                var change = container
                change.new = image
                changes.append(change)
            }
        }
        return changes
    }

    private static func images(_ text: String) throws(ToolFailure) -> [(container: String, image: String)] {
        var images: [(container: String, image: String)] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.trimmingBlanks.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "*" || Names.isLabel(parts[0]) else {
                throw ToolFailure(
                    "container_images: \"\(ToolParameters.excerpt(String(item)))\" is not container=image")
            }
            let image = String(parts[1])
            guard Names.isImage(image) else {
                throw ToolFailure("container_images: \"\(ToolParameters.excerpt(image))\" is not an image reference")
            }
            images.append((String(parts[0]), image))
        }
        let names = images.map(\.container)
        guard Set(names).count == names.count, !names.contains("*") || names.count == 1 else {
            throw ToolFailure("container_images: each container once, and \"*\" alone")
        }
        return images
    }
}
