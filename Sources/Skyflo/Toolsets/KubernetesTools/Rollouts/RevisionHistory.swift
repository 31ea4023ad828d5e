import KubeClient
import KubeModel
import ToolKit
import Writes

/// The pod templates that a workload has had, as far as the cluster keeps them.
struct RevisionHistory: Sendable {
    struct Revision: Sendable {
        var number: Int
        var isCurrent: Bool
        /// Who keeps it: a ReplicaSet or a ControllerRevision.
        var keeper: KubeObject
        /// As the cluster keeps it, with what is secret in it.
        var stored: JSONValue
        /// In the form of a pod, without secrets.
        var template: KubeObject

        /// What the annotation of `kubectl apply --record` and its successors says.
        var cause: String { keeper.annotations["kubernetes.io/change-cause"] ?? "<none>" }

        var images: String {
            (template["spec", "containers"]?.array ?? []).map {
                "\($0["name"]?.string ?? "")=\($0["image"]?.string ?? "")"
            }.joined(separator: ",")
        }
    }

    /// In ascending order of their numbers.
    private(set) var revisions: [Revision]

    private static let controllerRevisions = APIResource(
        group: "apps", version: "v1", plural: "controllerrevisions", kind: "ControllerRevision")

    /// The number of the revision that the workload has; nil where none of those that are kept is it.
    var current: Int? { revisions.last(where: \.isCurrent)?.number }

    /// Resources of the group `apps` that keep a history.
    static let resources: Set<String> = ["deployments", "statefulsets", "daemonsets"]

    /// Deployments keep it in the ReplicaSets that they control, the others in ControllerRevisions.
    init(of target: LiveTarget, in context: ToolContext) async throws {
        let isDeployment = target.resource.plural == "deployments"
        let selector = target.object["spec", "selector"].flatMap { LabelSelector($0) }
        let listed = try await context.objects(
            of: isDeployment ? .replicaSets : Self.controllerRevisions, namespace: target.namespace,
            options: ListOptions(labelSelector: selector), maximum: 2000)
        revisions =
            isDeployment
            ? ReplicaSetRevision.all(in: listed.items, ofDeployment: target.object).map {
                Revision(
                    number: $0.number, isCurrent: false, keeper: $0.set, stored: $0.template,
                    template: Self.pod($0.template, in: context))
            }
            : listed.items.filter { $0.controller?.uid == target.object.uid }
                .compactMap { Self.controllerRevision($0, in: context) }.sorted { $0.number < $1.number }
        mark(current: target.object)
    }

    private mutating func mark(current object: KubeObject) {
        let newest = revisions.last?.number
        for at in revisions.indices {
            let revision = revisions[at]
            switch object.kind {
            case "Deployment":
                revisions[at].isCurrent =
                    object.annotations[ReplicaSetRevision.deploymentKey] == String(revision.number)
            case "StatefulSet":
                revisions[at].isCurrent = object["status", "updateRevision"]?.string == revision.keeper.name
            default: revisions[at].isCurrent = revision.number == newest
            }
        }
    }

    private static func controllerRevision(_ revision: KubeObject, in context: ToolContext) -> Revision? {
        guard let number = revision["revision"]?.int, var template = revision["data", "spec", "template"] else {
            return nil
        }
        template["$patch"] = nil
        return Revision(
            number: number, isCurrent: false, keeper: revision, stored: template, template: pod(template, in: context))
    }

    private static func pod(_ template: JSONValue, in context: ToolContext) -> KubeObject {
        var pod: JSONValue = ["apiVersion": "v1", "kind": "Pod"]
        for (key, value) in template.object ?? [:] { pod[key] = value }
        return context.redactor.redact(KubeObject(pod))
    }
}
