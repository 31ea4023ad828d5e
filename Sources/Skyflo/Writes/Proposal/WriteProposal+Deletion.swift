import KubeClient
import KubeModel

extension WriteProposal {
    /// How an object goes.
    package struct Deletion: Sendable, Hashable {
        package var propagation: DeleteOptions.Propagation
        /// nil for what the object says itself.
        package var gracePeriodSeconds: Int?

        package init(propagation: DeleteOptions.Propagation = .background, gracePeriodSeconds: Int? = nil) {
            self.propagation = propagation
            self.gracePeriodSeconds = gracePeriodSeconds
        }
    }

    /// Deletes the object as it is now, and by default in the background what belongs to it.
    package static func deletion(
        of target: LiveTarget, title: String, options deletion: Deletion = Deletion()
    ) -> WriteProposal {
        let object = target.object
        let options = DeleteOptions(
            uid: object.uid, resourceVersion: object.resourceVersion, propagation: deletion.propagation,
            gracePeriodSeconds: deletion.gracePeriodSeconds)
        let request = KubeRequest(
            .delete, path: target.path(), contentType: "application/json", body: JSONWriter.string(options.json))
        return WriteProposal(
            title, planned: PlannedRequest(request: request, target: target.target, before: object),
            risk: .deletion(of: target), warnings: deletionWarnings(target, options: deletion),
            postConditions: [.gone(target.subject, uid: object.uid)]
                + (deletion.propagation == .orphan ? [] : PodTemplate.podsGone(with: target)))
    }

    /// What goes with it.
    private static func deletionWarnings(_ target: LiveTarget, options deletion: Deletion) -> [String] {
        var warnings: [String] = []
        if deletion.propagation == .orphan {
            warnings.append("what belongs to it stays, without an owner")
        } else if let consequence = deletionConsequence(target) {
            warnings.append(consequence)
        }
        if deletion.gracePeriodSeconds == 0, target.resource.isSame(as: .pods) {
            warnings.append("its containers get no time to end, and may still run for a moment when it is gone")
        }
        if !target.object.finalizers.isEmpty {
            warnings.append(
                "it stays until its finalizers are done: \(target.object.finalizers.joined(separator: ", "))")
        }
        return warnings
    }

    private static func deletionConsequence(_ target: LiveTarget) -> String? {
        let object = target.object
        switch (target.resource.group, target.resource.plural) {
        case ("", "namespaces"): return "everything in namespace \(object.name) is deleted with it"
        case ("apiextensions.k8s.io", "customresourcedefinitions"):
            let plural = object["spec", "names", "plural"]?.string ?? object.name
            return "all \(plural) in all namespaces are deleted with it"
        case ("apps", "deployments"): return "its replica sets and pods are deleted with it"
        case ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"), ("batch", "jobs"):
            return "its pods are deleted with it"
        case ("batch", "cronjobs"): return "its jobs and their pods are deleted with it"
        case ("", "persistentvolumeclaims"), ("", "persistentvolumes"):
            return "the data on it may be lost, depending on the reclaim policy"
        case ("", "secrets"), ("", "configmaps"): return "pods that use it can no longer start"
        case ("", "services"): return "its name and address stop working; endpoints are deleted with it"
        case ("", "serviceaccounts"): return "its tokens stop working"
        case ("", "nodes"): return "its pods are deleted with it"
        default: return nil
        }
    }
}
