import KubeModel

/// How far a Rollout of Argo is, by the rules and in the words of `kubectl argo rollouts status`.
package struct ArgoRolloutStatus: Sendable, Hashable {
    package enum Phase: String, Sendable {
        case healthy = "Healthy", progressing = "Progressing", paused = "Paused", degraded = "Degraded"
    }

    package var phase: Phase
    /// Empty where there is nothing to say.
    package var message: String
    /// Whether the controller has seen what the spec says now.
    package var isObserved = true
    private let rollout: KubeObject

    package init(_ rollout: KubeObject) {
        self.rollout = rollout
        if !Self.hasSeenSpec(rollout) {
            (phase, message) = (.progressing, "waiting for rollout spec update to be observed")
            isObserved = false
        } else if rollout["status", "controllerPause"]?.bool == true, Self.pauses(rollout).isEmpty {
            (phase, message) = (.progressing, "waiting for rollout to unpause")
        } else if !Self.hasSeenWorkload(rollout) {
            (phase, message) = (
                .progressing, "waiting for rollout spec update to be observed for the reference workload"
            )
            isObserved = false
        } else if let phase = rollout["status", "phase"]?.string.flatMap(Phase.init) {
            self.phase = phase
            message = rollout["status", "message"]?.string ?? ""
        } else {
            (phase, message) = Self.derived(rollout)
        }
    }

    /// `Paused (CanaryPauseStep, step 1 of 4)`
    package var text: String {
        let details = [message, steps.isEmpty ? "" : "step \(step) of \(steps.count)"].filter { !$0.isEmpty }
        return phase.rawValue + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
    }

    package var isAborted: Bool {
        phase == .degraded && (message.contains("RolloutAborted") || message.contains("aborted"))
    }

    // MARK: Steps

    package var steps: [JSONValue] { rollout["spec", "strategy", "canary", "steps"]?.array ?? [] }
    /// How many steps are done; the one of this position is under way.
    package var step: Int { rollout["status", "currentStepIndex"]?.int ?? 0 }

    /// What a paused Rollout waits for.
    package var next: String? {
        if rollout["spec", "paused"]?.bool == true { return "it goes on when it is resumed" }
        switch Self.pauses(rollout).first?["reason"]?.string {
        case "CanaryPauseStep":
            let pause = step < steps.count ? steps[step]["pause", "duration"] : nil
            guard let duration = pause?.string ?? pause?.int.map({ "\($0)s" }) else {
                return "it goes on when it is promoted"
            }
            return "it goes on by itself \(duration) after the pause began, or when it is promoted"
        case "BlueGreenPause": return "the preview becomes active when it is promoted"
        case "InconclusiveAnalysisRun", "InconclusiveExperiment":
            return "the analysis was inconclusive: promote it, or abort it"
        default: return nil
        }
    }

    // MARK: Rules

    private static func pauses(_ rollout: KubeObject) -> [JSONValue] {
        rollout["status", "pauseConditions"]?.array ?? []
    }

    /// `observedGeneration` is a text. Ancient controllers wrote a hash there, which says nothing.
    private static func hasSeenSpec(_ rollout: KubeObject) -> Bool {
        guard let seen = rollout["status", "observedGeneration"] else { return rollout["status"] == nil ? false : true }
        guard let number = seen.int ?? seen.string.flatMap({ Int($0) }) else { return true }
        return number >= rollout.generation
    }

    private static func hasSeenWorkload(_ rollout: KubeObject) -> Bool {
        guard rollout["spec", "workloadRef"] != nil,
            let wanted = rollout.annotations["rollout.argoproj.io/workload-generation"].flatMap({ Int($0) }),
            let text = rollout["status", "workloadObservedGeneration"], let seen = text.int ?? Int(text.string ?? "")
        else { return true }
        return seen >= wanted
    }

    /// Of the workload that the Rollout has its pod template from.
    func hasSeenWorkload(ofGeneration wanted: Int) -> Bool {
        let seen = rollout["status", "workloadObservedGeneration"]
        return seen.flatMap { $0.int ?? Int($0.string ?? "") }.map { $0 >= wanted } ?? false
    }

    private static func count(_ field: String, of rollout: KubeObject) -> Int { rollout["status", field]?.int ?? 0 }

    /// For controllers before 1.0, which wrote no phase.
    private static func derived(_ rollout: KubeObject) -> (Phase, String) {
        for condition in rollout["status", "conditions"]?.array ?? [] {
            let reason = condition["reason"]?.string ?? ""
            if condition["type"]?.string == "InvalidSpec"
                || ["RolloutAborted", "ProgressDeadlineExceeded"].contains(reason)
            {
                let message = condition["message"]?.string ?? ""
                return (.degraded, [reason, message].filter { !$0.isEmpty }.joined(separator: ": "))
            }
        }
        if rollout["spec", "paused"]?.bool == true { return (.paused, "manually paused") }
        if let pause = pauses(rollout).first { return (.paused, pause["reason"]?.string ?? "") }
        return underWay(rollout).map { (.progressing, $0) } ?? (.healthy, "")
    }

    private static func underWay(_ rollout: KubeObject) -> String? {
        let wanted = rollout["spec", "replicas"]?.int ?? 1
        let (updated, available) = (count("updatedReplicas", of: rollout), count("availableReplicas", of: rollout))
        if let restart = rollout["spec", "restartAt"]?.string, restart != rollout["status", "restartedAt"]?.string {
            return "rollout is restarting"
        }
        if updated < wanted { return "more replicas need to be updated" }
        if available < updated { return "updated replicas are still becoming available" }
        let current = rollout["status", "currentPodHash"]?.string
        let isStable = rollout["status", "stableRS"]?.string == current
        if rollout["spec", "strategy", "blueGreen"] != nil {
            if rollout["status", "blueGreen", "activeSelector"]?.string != current {
                return "active service cutover pending"
            }
            return isStable ? nil : "waiting for analysis to complete"
        }
        if rollout["spec", "strategy", "canary", "trafficRouting"] == nil, count("replicas", of: rollout) > updated {
            return "old replicas are pending termination"
        }
        return isStable ? nil : "waiting for all steps to complete"
    }
}
