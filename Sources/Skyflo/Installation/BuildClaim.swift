import KubeModel

/// The Pod of an operator, in the namespace in which operators run.
package struct OperatorPodName: Sendable, Hashable {
    package var name: String
    package var uid: String

    package init(name: String, uid: String) {
        self.name = name
        self.uid = uid
    }

    package init(of pod: KubeObject) { self.init(name: pod.name, uid: pod.uid) }

    /// Of `NAME/UID`; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(name: parts[0], uid: parts[1])
    }

    var text: String { "\(name)/\(uid)" }

    /// Whether an operator runs in it, or will. One that has ended stays in the API for long, and one that is being deleted on
    /// a lost node too. Pods that were made for a SkyfloAI are no operators.
    ///
    /// - Parameter pod: the Pod of that name; nil where there is none.
    package func isWorking(as pod: KubeObject?) -> Bool {
        guard let pod, pod.uid == uid, !pod.isBeingDeleted,
            pod.labels[ComponentNames.managerLabel] != ComponentNames.manager
        else { return false }
        return !["Failed", "Succeeded"].contains(pod["status", "phase"]?.string ?? "")
    }
}

/// Which operator has applied a component, as the component's Deployment says.
package struct OperatorClaim: Sendable, Hashable {
    static let sinceAnnotation = "skyflo.ai/operator-since"
    static let podAnnotation = "skyflo.ai/operator-pod"

    package var since: KubeTime
    /// nil for an operator outside of a cluster.
    package var pod: OperatorPodName?

    package init(since: KubeTime, pod: OperatorPodName? = nil) {
        self.since = since
        self.pod = pod
    }

    /// What a Deployment says; nil where it says nothing.
    init?(of live: KubeObject) {
        guard let since = live.annotations[Self.sinceAnnotation].flatMap({ KubeTime($0) }) else { return nil }
        self.init(since: since, pod: live.annotations[Self.podAnnotation].flatMap { OperatorPodName($0) })
    }

    var annotations: [String: String] {
        var result = [Self.sinceAnnotation: since.description]
        if let pod { result[Self.podAnnotation] = pod.text }
        return result
    }
}

/// Which of several operators decides about a component: during a rolling upgrade an old and a new one run side by side, and
/// each would undo what the other applies.
package enum BuildClaim: Sendable, Hashable {
    /// This one applies, and writes so.
    case applies(OperatorClaim)
    /// An operator of another build decides: this one leaves it alone while that one exists.
    case yields(version: String)

    /// The Pod whose existence decides; nil where that makes no difference, so that nobody has to ask for it.
    ///
    /// - Parameter live: the component's Deployment as it is, if it is this SkyfloAI's; nil for none.
    package static func rival(live: KubeObject?, build: OperatorBuild) -> OperatorPodName? {
        guard case .yields = decide(live: live, build: build, rivalExists: true) else { return nil }
        return live.flatMap { OperatorClaim(of: $0)?.pod }
    }

    /// Only an operator that exists is left to: one that an upgrade brought, and that was taken back, would keep all others
    /// from what it has spoiled, and so would whoever writes the annotation.
    ///
    /// - Parameters:
    ///   - live: the component's Deployment as it is, if it is this SkyfloAI's; nil for none.
    ///   - rivalExists: whether the Pod that ``rival(live:build:)`` names works.
    package static func decide(live: KubeObject?, build: OperatorBuild, rivalExists: Bool) -> BuildClaim {
        guard let live, let other = OperatorClaim(of: live) else { return .applies(build.claim) }
        let version = live.labels[ComponentNames.versionLabel] ?? ""
        let image = live["spec", "template", "spec", "containers"]?[0]?["image"]?.string
        // Of the same build both want the same: whose claim is written doesn't matter, so that a restart writes nothing.
        if image == build.image, version == ComponentNames.label(version: build.version) { return .applies(other) }
        let isLeftAlone: Bool
        switch (build.pod, other.pod) {
        // Two outside of a cluster can't ask for each other.
        case (nil, nil): isLeftAlone = build.since < other.since
        // Nobody can prove to be it.
        case (_?, nil): isLeftAlone = false
        // Whoever tries something out doesn't take it from the cluster's own operator.
        case (nil, _?): isLeftAlone = rivalExists
        case (let own?, let pod?):
            // Of two that began in the same second one has to give way.
            let isYounger = (other.since, pod.uid) > (build.since, own.uid)
            isLeftAlone = pod != own && isYounger && rivalExists
        }
        return isLeftAlone ? .yields(version: version) : .applies(build.claim)
    }
}

extension OperatorBuild {
    /// As this operator writes it.
    package var claim: OperatorClaim { OperatorClaim(since: since, pod: pod) }
}
