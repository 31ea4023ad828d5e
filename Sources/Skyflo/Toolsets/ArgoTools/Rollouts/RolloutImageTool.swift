import KubeClient
import KubeModel
import ToolKit
import Writes

struct RolloutImageTool: ArgoTool {
    let name = "argo_set_image"
    let title = "Set Argo Rollout Image"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.readsRollouts, .patchesRollouts, .patchesTemplates]
    let description = """
        Propose to change images of containers of an Argo Rollout, which begins a new revision. image is "container=image", several \
        with commas, "*=image" for all; or an image alone with container.
        """
    let parameters = ToolParameters([
        .rolloutName,
        .required("image", kind: .string(.text(maximum: 4096)), description: "web=nginx:1.29, or nginx:1.29"),
        .optional(
            "container", aliases: ["container_name"], kind: .string(.label),
            description: "Container, where image is an image alone"),
        .namespace,
    ])

    private static let lists = PodTemplate.containerLists + ["ephemeralContainers"]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let images = try Self.images(try arguments.requiredString("image"), in: arguments.string("container"))
        let target = try await context.target(.rollouts, by: arguments)
        let template = try await RolloutTemplate(of: target, context)
        let changes = try Self.changes(images, in: template)
        guard !changes.isEmpty else {
            return .output("Nothing to do: \(target.text) already has these images.")
        }
        let what = changes.map(\.text).joined(separator: ", ")
        return .proposal(
            template.proposal(
                "Set image of \(target.text): \(what)",
                operations: changes.map { ("replace", $0.path, .string($0.image)) },
                warnings: template.standstill))
    }

    private struct Change {
        var path: String
        var image: String
        var text: String
    }

    private static func changes(
        _ images: [(container: String, image: String)], in template: RolloutTemplate
    ) throws(ToolFailure) -> [Change] {
        var changes: [Change] = []
        let containers = lists.flatMap { list in
            (template.template?["spec", list]?.array ?? []).enumerated().map { (list, $0.offset, $0.element) }
        }
        for (wanted, image) in images {
            let found = containers.filter { wanted == "*" || $0.2["name"]?.string == wanted }
            guard !found.isEmpty else {
                let names = containers.compactMap { $0.2["name"]?.string }.joined(separator: ", ")
                throw ToolFailure("\(template.holder.text) has no container \"\(wanted)\"; its containers: \(names)")
            }
            for (list, position, container) in found where container["image"]?.string != image {
                let name = container["name"]?.string ?? ""
                changes.append(
                    Change(
                        path: "/spec/\(list)/\(position)/image", image: image,
                        text: "\(name) \(container["image"]?.string ?? "none") → \(image)"))
            }
        }
        return changes
    }

    private static func images(
        _ text: String, in container: String?
    ) throws(ToolFailure) -> [(container: String, image: String)] {
        if let container {
            // `web=nginx` with container web means the same twice.
            let own = text.hasPrefix("\(container)=") ? String(text.dropFirst(container.count + 1)) : text
            guard Names.isImage(own) else {
                throw ToolFailure(
                    "image: \"\(ToolParameters.excerpt(text))\" is no image reference for container \(container)")
            }
            return [(container, own)]
        }
        var images: [(container: String, image: String)] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.trimmingBlanks.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "*" || Names.isLabel(parts[0]) else {
                throw ToolFailure(
                    "image: \"\(ToolParameters.excerpt(String(item)))\" is not container=image; for an image alone give "
                        + "container")
            }
            guard Names.isImage(String(parts[1])) else {
                throw ToolFailure("image: \"\(ToolParameters.excerpt(String(parts[1])))\" is no image reference")
            }
            images.append((String(parts[0]), String(parts[1])))
        }
        let names = images.map(\.container)
        guard Set(names).count == names.count, !names.contains("*") || names.count == 1 else {
            throw ToolFailure("image: each container once, and \"*\" alone")
        }
        return images
    }
}

struct ArgoRolloutUndoTool: ArgoTool {
    let name = "argo_undo"
    let title = "Undo Argo Rollout"
    let requests: [ToolRequest]? = [.readsRollouts, .patchesRollouts, .patchesTemplates]
    let description = """
        Propose to put back the pod template of an earlier revision of an Argo Rollout; without to_revision, of the one before. See \
        argo_history.
        """
    let parameters = ToolParameters([
        .rolloutName, .namespace,
        .optional(
            "to_revision", kind: .integer(0...1_000_000), description: "Revision to go back to; 0 for the one before"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.rollouts, by: arguments)
        let revisions = try await RolloutRevisions(of: target, context)
        let number = arguments.integer("to_revision").flatMap { $0 == 0 ? nil : $0 }
        let chosen = try revisions.revision(number)
        let template = try await RolloutTemplate(of: target, context)
        // The template of a replica set has the API server's defaults besides, so the hash tells more than a comparison.
        let isCurrent =
            ArgoRolloutStatus(target.object).isObserved && chosen.hash == RolloutSummary(target.object).currentHash
        guard chosen.template != template.template, !isCurrent else {
            return .output("Nothing to do: \(target.text) already has the template of revision \(chosen.number).")
        }
        let roles = chosen.roles(in: target.object)
        let note = roles.isEmpty ? "" : " (\(roles.joined(separator: ", ")))"
        return .proposal(
            template.proposal(
                "Roll back \(target.text) from revision \(revisions.newest) to revision \(chosen.number)\(note)",
                operations: [("replace", "", chosen.template)], warnings: template.standstill))
    }
}
