import KubeModel

/// The program whose components are made: the operator itself, as its own Pod has it.
package struct OperatorBuild: Sendable, Hashable {
    /// The only image that is ever started.
    package var image: String
    /// As the operator's own container has it; nil leaves it to the API server.
    package var pullPolicy: String?
    package var version: String
    /// When this operator's Pod was created. Of two operators of different builds, as in an upgrade, the younger one decides.
    package var since: KubeTime
    /// The operator's own Pod, by which another operator can tell that it still exists; nil outside of a cluster.
    package var pod: OperatorPodName?
    /// Names of the Secrets with which the operator's own image is pulled.
    package var pullSecrets: [String]
    /// The namespace in which the operator runs, where these Secrets are.
    package var namespace: String

    package init(
        image: String, pullPolicy: String? = nil, version: String, since: KubeTime, pod: OperatorPodName? = nil,
        pullSecrets: [String] = [], namespace: String
    ) {
        self.image = image
        self.pullPolicy = pullPolicy
        self.version = version
        self.since = since
        self.pod = pod
        self.pullSecrets = pullSecrets
        self.namespace = namespace
    }

    /// What is known of the operator from its own Pod; the reason where that isn't enough.
    ///
    /// The container is the one that the Pod has only, else the one named `operator`, else the one of the annotation
    /// `kubectl.kubernetes.io/default-container`: sidecars may have been added.
    package static func read(_ pod: KubeObject, version: String) throws(BuildUnknown) -> OperatorBuild {
        let containers = pod["spec", "containers"]?.array ?? []
        let named = pod.annotations["kubectl.kubernetes.io/default-container"] ?? ""
        let own =
            containers.count == 1
            ? containers.first
            : containers.first { $0["name"]?.string == "operator" }
                ?? containers.first { $0["name"]?.string == named }
        guard let own, let image = own["image"]?.string, !image.isEmpty else {
            throw BuildUnknown(
                message: "the Pod \(pod.key) has several containers, and none of them is named operator: "
                    + "name the image with --component-image")
        }
        return OperatorBuild(
            image: image, pullPolicy: own["imagePullPolicy"]?.string, version: version,
            since: pod.creationTimestamp ?? KubeTime(microseconds: 0), pod: OperatorPodName(of: pod),
            pullSecrets: (pod["spec", "imagePullSecrets"]?.array ?? []).compactMap { $0["name"]?.string },
            namespace: pod.namespace ?? "")
    }
}

/// The error of an operator that doesn't know its own image.
package struct BuildUnknown: Error, Sendable, Hashable {
    package var message: String

    package init(message: String) { self.message = message }
}
