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
    /// Names of the Secrets with which the operator's own image is pulled.
    package var pullSecrets: [String]
    /// The namespace in which the operator runs, where these Secrets are.
    package var namespace: String

    package init(
        image: String, pullPolicy: String? = nil, version: String, since: KubeTime, pullSecrets: [String] = [],
        namespace: String
    ) {
        self.image = image
        self.pullPolicy = pullPolicy
        self.version = version
        self.since = since
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
            since: pod.creationTimestamp ?? KubeTime(microseconds: 0),
            pullSecrets: (pod["spec", "imagePullSecrets"]?.array ?? []).compactMap { $0["name"]?.string },
            namespace: pod.namespace ?? "")
    }
}

/// The error of an operator that doesn't know its own image.
package struct BuildUnknown: Error, Sendable, Hashable {
    package var message: String

    package init(message: String) { self.message = message }
}

/// Which of several operators decides about a component: during a rolling upgrade an old and a new one run side by side, and
/// each would undo what the other applies.
package enum BuildClaim: Sendable, Hashable {
    /// This one applies, and writes so.
    case applies(since: KubeTime)
    /// A younger operator of another build has applied it: this one leaves it alone.
    case yields(version: String)

    static let sinceAnnotation = "skyflo.ai/operator-since"

    /// - Parameter live: the component's Deployment as it is; nil for none.
    package static func decide(live: KubeObject?, build: OperatorBuild) -> BuildClaim {
        guard let live, let since = live.annotations[sinceAnnotation].flatMap({ KubeTime($0) }) else {
            return .applies(since: build.since)
        }
        let version = live.labels[ComponentNames.versionLabel] ?? ""
        let image = live["spec", "template", "spec", "containers"]?[0]?["image"]?.string
        // Of the same build both want the same: whose time is written doesn't matter, so that a restart writes nothing.
        if image == build.image, version == ComponentNames.label(version: build.version) {
            return .applies(since: since)
        }
        return build.since < since ? .yields(version: version) : .applies(since: build.since)
    }
}
