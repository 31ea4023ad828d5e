import KubeModel

/// How far a rollout is, by the rules and in the words of `kubectl rollout status`.
package enum RolloutStatus: Sendable, Hashable {
    case complete(String)
    case progressing(String)
    /// Waiting won't help.
    case failed(String)

    package init(_ object: KubeObject) {
        switch object.kind {
        case "Deployment": self = Self.deployment(object)
        case "DaemonSet": self = Self.daemonSet(object)
        case "StatefulSet": self = Self.statefulSet(object)
        default: self = .failed("a \(object.kind) has no rollout status")
        }
    }

    package var text: String {
        switch self {
        case .complete(let text), .progressing(let text), .failed(let text): text
        }
    }

    private static func count(_ object: KubeObject, field: String) -> Int { object["status", field]?.int ?? 0 }

    private static func deployment(_ object: KubeObject) -> RolloutStatus {
        let name = object.name
        guard object.generation <= count(object, field: "observedGeneration") else {
            return .progressing("Waiting for deployment spec update to be observed...")
        }
        let progressing = object["status", "conditions"]?.array?.first { $0["type"]?.string == "Progressing" }
        if progressing?["reason"]?.string == "ProgressDeadlineExceeded" {
            return .failed("deployment \"\(name)\" exceeded its progress deadline")
        }
        let wanted = object["spec", "replicas"]?.int ?? 1
        let updated = count(object, field: "updatedReplicas")
        let waiting = "Waiting for deployment \"\(name)\" rollout to finish:"
        if updated < wanted {
            let paused = object["spec", "paused"]?.bool == true ? " (the rollout is paused)" : ""
            return .progressing("\(waiting) \(updated) out of \(wanted) new replicas have been updated...\(paused)")
        }
        if count(object, field: "replicas") > updated {
            return .progressing(
                "\(waiting) \(count(object, field: "replicas") - updated) old replicas are pending termination...")
        }
        if count(object, field: "availableReplicas") < updated {
            return .progressing(
                "\(waiting) \(count(object, field: "availableReplicas")) of \(updated) updated replicas are available..."
            )
        }
        return .complete("deployment \"\(name)\" successfully rolled out")
    }

    private static func daemonSet(_ object: KubeObject) -> RolloutStatus {
        let name = object.name
        guard object["spec", "updateStrategy", "type"]?.string ?? "RollingUpdate" == "RollingUpdate" else {
            return .failed("rollout status is only available for RollingUpdate strategy type")
        }
        guard object.generation <= count(object, field: "observedGeneration") else {
            return .progressing("Waiting for daemon set spec update to be observed...")
        }
        let wanted = count(object, field: "desiredNumberScheduled")
        let updated = count(object, field: "updatedNumberScheduled")
        let waiting = "Waiting for daemon set \"\(name)\" rollout to finish:"
        if updated < wanted {
            return .progressing("\(waiting) \(updated) out of \(wanted) new pods have been updated...")
        }
        let available = count(object, field: "numberAvailable")
        if available < wanted {
            return .progressing("\(waiting) \(available) of \(wanted) updated pods are available...")
        }
        return .complete("daemon set \"\(name)\" successfully rolled out")
    }

    private static func statefulSet(_ object: KubeObject) -> RolloutStatus {
        guard object["spec", "updateStrategy", "type"]?.string ?? "RollingUpdate" == "RollingUpdate" else {
            return .failed("rollout status is only available for RollingUpdate strategy type")
        }
        guard count(object, field: "observedGeneration") > 0,
            object.generation <= count(object, field: "observedGeneration")
        else {
            return .progressing("Waiting for statefulset spec update to be observed...")
        }
        let wanted = object["spec", "replicas"]?.int ?? 1
        let ready = count(object, field: "readyReplicas")
        if ready < wanted { return .progressing("Waiting for \(wanted - ready) pods to be ready...") }
        let updated = count(object, field: "updatedReplicas")
        if let partition = object["spec", "updateStrategy", "rollingUpdate", "partition"]?.int, partition > 0 {
            let share = wanted - partition
            if updated < share {
                return .progressing(
                    "Waiting for partitioned roll out to finish: \(updated) out of \(share) new pods have been updated..."
                )
            }
            return .complete("partitioned roll out complete: \(updated) new pods have been updated...")
        }
        let revision = object["status", "updateRevision"]?.string ?? ""
        if revision != object["status", "currentRevision"]?.string ?? "" {
            return .progressing(
                "waiting for statefulset rolling update to complete \(updated) pods at revision \(revision)...")
        }
        return .complete(
            "statefulset rolling update complete \(count(object, field: "currentReplicas")) pods at revision \(revision)..."
        )
    }
}
