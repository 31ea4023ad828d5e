import KubeModel

/// The pod template inside the kinds that have one.
enum PodTemplate {
    /// Where the template is in an object of this resource; nil where it has none that is known. Pods are their own.
    static func path(in resource: APIResource) -> [String]? {
        switch (resource.group, resource.plural) {
        case ("", "pods"): []
        case ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"),
            ("", "replicationcontrollers"), ("batch", "jobs"):
            ["spec", "template"]
        case ("batch", "cronjobs"): ["spec", "jobTemplate", "spec", "template"]
        default: nil
        }
    }

    static let containerLists = ["initContainers", "containers"]

    /// Kinds whose rollout can be watched.
    static func rollsOut(_ resource: APIResource) -> Bool {
        resource.group == "apps" && ["deployments", "statefulsets", "daemonsets"].contains(resource.plural)
    }

    /// What to check after a workload is deleted, or scaled to nothing: its pods go, too.
    static func podsGone(with target: LiveTarget) -> [PostCondition] {
        guard path(in: target.resource)?.isEmpty == false, target.resource.group != "",
            let selector = target.object["spec", "selector"].flatMap({ LabelSelector($0) })
        else { return [] }
        return [.podsGone(target.subject, uid: target.object.uid, selector: selector)]
    }

    /// What to check after an object was made: that it has done, or goes on doing, its work.
    static func postConditions(afterCreating object: KubeObject, _ subject: PostCondition.Subject) -> [PostCondition] {
        if rollsOut(subject.resource) { return [.rolloutComplete(subject)] }
        let isJob = subject.resource.group == "batch" && subject.resource.plural == "jobs"
        return isJob && object["spec", "suspend"]?.bool != true ? [.jobComplete(subject)] : [.exists(subject)]
    }

    /// What to check after the template of this object changed. A paused Deployment and an `OnDelete` set don't roll out.
    static func postConditions(after target: LiveTarget) -> [PostCondition] {
        guard rollsOut(target.resource), target.object["spec", "paused"]?.bool != true,
            target.object["spec", "updateStrategy", "type"]?.string != "OnDelete"
        else { return [] }
        return [.rolloutComplete(target.subject)]
    }
}
