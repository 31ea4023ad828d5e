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

    /// What to check after the template of this object changed. A paused Deployment and an `OnDelete` set don't roll out.
    static func postConditions(after target: LiveTarget) -> [PostCondition] {
        guard rollsOut(target.resource), target.object["spec", "paused"]?.bool != true,
            target.object["spec", "updateStrategy", "type"]?.string != "OnDelete"
        else { return [] }
        return [.rolloutComplete(target.subject)]
    }
}
