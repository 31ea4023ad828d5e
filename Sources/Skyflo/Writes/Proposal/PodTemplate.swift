import KubeModel

/// The pod template inside the kinds that have one.
package enum PodTemplate {
    /// Where the template is in an object of this resource; nil where it has none that is known. Pods are their own.
    package static func path(in resource: APIResource) -> [String]? {
        switch (resource.group, resource.plural) {
        case ("", "pods"): []
        case ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"),
            ("", "replicationcontrollers"), ("batch", "jobs"), ("argoproj.io", "rollouts"):
            ["spec", "template"]
        case ("batch", "cronjobs"): ["spec", "jobTemplate", "spec", "template"]
        default: nil
        }
    }

    package static let containerLists = ["initContainers", "containers"]

    /// What to check after a workload is deleted, or scaled to nothing: its pods go, too.
    package static func podsGone(with target: LiveTarget) -> [PostCondition] {
        guard path(in: target.resource)?.isEmpty == false, target.resource.group != "",
            let selector = target.object["spec", "selector"].flatMap({ LabelSelector($0) })
        else { return [] }
        return [.podsGone(target.subject, uid: target.object.uid, selector: selector)]
    }
}
