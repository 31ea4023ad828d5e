import KubeModel
import SkyfloAPI

/// How a component is, from its Deployment and what the Deployment has made.
package struct ComponentHealth: Sendable, Hashable {
    package var phase: ComponentStatus.Phase
    package var ready: Int
    package var desired: Int
    package var message: String
    /// Why it isn't as it should be; nil where it is, or is on its way.
    package var cause: ComponentCause?
    /// After how many seconds the same objects may mean something else, though nothing changes; nil for never.
    package var looksAgain: Int?

    /// - Parameters:
    ///   - deployment: nil where there is none yet.
    ///   - sets: its ReplicaSets.
    ///   - pods: those of its ReplicaSets.
    ///   - now: the time, for what may take some.
    package static func judge(
        deployment: KubeObject?, sets: [KubeObject], pods: [KubeObject], now: KubeTime
    ) -> ComponentHealth {
        guard let deployment else {
            return ComponentHealth(phase: .progressing, ready: 0, desired: 0, message: "its Deployment is being made")
        }
        let status = deployment["status"] ?? .object([:])
        let desired = deployment["spec", "replicas"]?.int ?? 1
        func count(_ member: String) -> Int { status[member]?.int ?? 0 }
        let ready = count("readyReplicas")
        let isSeen = count("observedGeneration") >= deployment.generation
        let isComplete =
            isSeen && count("updatedReplicas") == desired && count("replicas") == desired && ready == desired
            && count("availableReplicas") == desired
        // Whatever its pods say: those that have failed stay for long after others have taken their place.
        if isComplete {
            return ComponentHealth(
                phase: .ready, ready: ready, desired: desired, message: "\(ready) of \(desired) replicas are ready")
        }
        let finding = ComponentCause.find(deployment: deployment, sets: sets, pods: pods, now: now)
        if let cause = finding.cause {
            return ComponentHealth(
                phase: ready > 0 ? .progressing : .notReady, ready: ready, desired: desired, message: cause.message,
                cause: cause)
        }
        let updated = isSeen ? count("updatedReplicas") : 0
        let progress = updated < desired ? ", \(updated) of them of the newest form" : ""
        return ComponentHealth(
            phase: .progressing, ready: ready, desired: desired,
            message: "\(ready) of \(desired) replicas are ready\(progress)", looksAgain: finding.looksAgain)
    }

    package init(
        phase: ComponentStatus.Phase, ready: Int, desired: Int, message: String, cause: ComponentCause? = nil,
        looksAgain: Int? = nil
    ) {
        self.phase = phase
        self.ready = ready
        self.desired = desired
        self.message = message
        self.cause = cause
        self.looksAgain = looksAgain
    }
}

/// Why a component isn't as it should be.
package struct ComponentCause: Sendable, Hashable {
    /// One word, for machines.
    package var reason: String
    /// A sentence for people.
    package var message: String

    package init(reason: String, message: String) {
        self.reason = reason
        self.message = message.count > 1000 ? message.prefix(999) + "…" : message
    }

    struct Finding {
        var cause: ComponentCause?
        var looksAgain: Int?
    }

    /// For how long a container may run without being ready before that counts as trouble, in seconds.
    static let patience = 60

    static func find(deployment: KubeObject, sets: [KubeObject], pods: [KubeObject], now: KubeTime) -> Finding {
        if let refused = refusedPods(deployment: deployment, sets: sets) { return Finding(cause: refused) }
        let revision = deployment.annotations["deployment.kubernetes.io/revision"]
        let newest = sets.filter { $0.annotations["deployment.kubernetes.io/revision"] == revision }.map(\.uid)
        let current = pods.filter { pod in
            !pod.isBeingDeleted && pod.controller.map { newest.contains($0.uid) } ?? false
        }.sorted { $0.name < $1.name }
        let failed = current.filter(PodFinding.hasFailed)
        // One that has failed is told only while no other one has taken its place.
        let isReplaced = current.count - failed.count >= deployment["spec", "replicas"]?.int ?? 1
        var looksAgain: Int?
        for pod in isReplaced ? current.filter({ !PodFinding.hasFailed($0) }) : current {
            let finding = PodFinding.judge(pod, now: now)
            if finding.cause != nil { return finding }
            looksAgain = [looksAgain, finding.looksAgain].compactMap { $0 }.min()
        }
        let progressing = condition("Progressing", of: deployment)
        if progressing?["status"]?.string == "False" {
            return Finding(
                cause: ComponentCause(
                    reason: progressing?["reason"]?.string ?? "NotProgressing",
                    message: progressing?["message"]?.string ?? "its Deployment makes no progress"))
        }
        return Finding(looksAgain: looksAgain)
    }

    /// The API server refuses the pods: a quota, an admission policy, a missing ServiceAccount.
    private static func refusedPods(deployment: KubeObject, sets: [KubeObject]) -> ComponentCause? {
        let failing = ([deployment] + sets).compactMap { condition("ReplicaFailure", of: $0) }
            .first { $0["status"]?.string == "True" }
        guard let failing else { return nil }
        let message = failing["message"]?.string ?? "the API server refuses its pods"
        return ComponentCause(
            reason: message.contains("exceeded quota") ? "QuotaExceeded" : failing["reason"]?.string ?? "FailedCreate",
            message: "its pods can't be created: \(message)")
    }

    static func condition(_ type: String, of object: KubeObject) -> JSONValue? {
        object["status", "conditions"]?.array?.first { $0["type"]?.string == type }
    }
}
