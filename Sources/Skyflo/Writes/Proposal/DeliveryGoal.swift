import KubeModel

/// What a controller of Argo or Flux is to make of an object of its own, and how its status shows that.
package struct DeliveryGoal: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// A Rollout becomes healthy, or gets to the next place at which a person is to decide.
        case rollsOut = "RollsOut"
        /// A Rollout stands still until it is resumed.
        case paused = "Paused"
        /// A Rollout has gone back to its stable version.
        case aborted = "Aborted"
        /// All pods of a Rollout are younger than the mark.
        case restarted = "Restarted"
        /// An analysis run, an experiment, or the sync of an Application has ended.
        case terminated = "Terminated"
        /// The sync of an Application that began after the mark has succeeded.
        case synced = "Synced"
        /// An Application was compared again.
        case refreshed = "Refreshed"
        /// An object of Flux has dealt with the request of that mark, and is ready.
        case reconciled = "Reconciled"
    }

    package var kind: Kind
    /// The time by which the controller shows that it has seen this request and not an earlier one.
    package var mark: String?
    /// What an Application was told to do. Argo CD writes times in whole seconds: of two syncs in one second, the mark can't
    /// tell the second from the first.
    package var operation: JSONValue?

    package init(_ kind: Kind, mark: String? = nil, operation: JSONValue? = nil) {
        self.kind = kind
        self.mark = mark
        self.operation = operation
    }

    /// Whether pods start on the way, about which there may be warnings.
    var startsPods: Bool { kind == .rollsOut || kind == .restarted }

    func result(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        switch kind {
        case .rollsOut: rollsOut(of: object, about: subject)
        case .paused: paused(of: object, about: subject)
        case .aborted: aborted(of: object, about: subject)
        case .restarted: restarted(of: object, about: subject)
        case .terminated: terminated(of: object, about: subject)
        case .synced: synced(of: object, about: subject)
        case .refreshed: refreshed(of: object, about: subject)
        case .reconciled: reconciled(of: object, about: subject)
        }
    }
}

extension DeliveryGoal.Kind {
    /// What follows the name of the object: `rollout shop/web rolls out`.
    var title: String {
        switch self {
        case .rollsOut: "rolls out, up to its next pause"
        case .paused: "is paused"
        case .aborted: "is aborted"
        case .restarted: "has restarted all its pods"
        case .terminated: "has ended"
        case .synced: "is synced"
        case .refreshed: "was compared again"
        case .reconciled: "is reconciled and ready"
        }
    }
}

// MARK: - Rollouts

extension DeliveryGoal {
    /// A pause is an end: the next step is a person's to decide, and nothing is stuck.
    private func rollsOut(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        let status = ArgoRolloutStatus(object)
        let text = "\(subject.text) is \(status.text)"
        // With a template of its own a Rollout's generation shows this, with one of a Deployment the mark does.
        if let wanted = mark.flatMap({ Int($0) }), !status.hasSeenWorkload(ofGeneration: wanted) {
            return .pending("the controller has not seen the new pod template yet")
        }
        switch status.phase {
        case .healthy: return .met(text)
        case .progressing: return .pending(text)
        case .paused:
            // A full promotion passes all pauses.
            if object["status", "promoteFull"]?.bool == true { return .pending(text) }
            return .met("\(text); \(status.next ?? "it waits for a decision")")
        case .degraded:
            // A retry takes `abort` away; the rest of the status is the controller's.
            let isRetried = status.isAborted && object["status", "abort"]?.bool != true
            return isRetried ? .pending("the controller has not seen the retry yet") : .failed(text)
        }
    }

    private func paused(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        guard object["spec", "paused"]?.bool == true else {
            return .failed("\(subject.text) isn't paused: something else changed it")
        }
        let status = ArgoRolloutStatus(object)
        return status.isObserved
            ? .met("\(subject.text) is paused (\(status.text)): nothing goes on until it is resumed")
            : .pending(status.message)
    }

    private func aborted(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        let status = ArgoRolloutStatus(object)
        guard object["status", "abort"]?.bool == true else {
            return .failed("\(subject.text) isn't aborted (\(status.text)): something else changed it")
        }
        guard status.isAborted else { return .pending("the controller has not seen the abort yet") }
        return .met("\(subject.text) is aborted, and goes back to its stable version (\(status.text))")
    }

    private func restarted(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        guard object["spec", "restartAt"]?.string == mark else {
            return .failed("\(subject.text) is to restart at another time by now: something else changed it")
        }
        guard object["status", "restartedAt"]?.string == mark else {
            return .pending("\(subject.text) is still restarting its pods")
        }
        return .met("\(subject.text) has restarted all its pods; it is \(ArgoRolloutStatus(object).text)")
    }
}

// MARK: - Argo CD, analysis runs, experiments

extension DeliveryGoal {
    private func terminated(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        let isApplication = subject.resource.plural == "applications"
        let state = isApplication ? object["status", "operationState"] : object["status"]
        let phase = state?["phase"]?.string ?? ""
        if isApplication, let mark, let start = state?["startedAt"]?.string, start != mark {
            return .met("the sync of \(subject.text) has ended; there is another one since (\(phase))")
        }
        guard Self.ends.contains(phase) else {
            return .pending("\(subject.text) is still \(phase.isEmpty ? "Pending" : phase)")
        }
        return .met("\(subject.text) has ended: \(Self.text(phase, message: state?["message"]))")
    }

    /// Of operations, analysis runs and experiments.
    private static let ends: Set<String> = ["Succeeded", "Successful", "Failed", "Error", "Inconclusive"]

    private func synced(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        let state = object["status", "operationState"]
        guard let state, let start = state["startedAt"]?.string,
            start != mark ?? "" || isTaken(of: object, state: state)
        else {
            guard object["operation"] != nil else {
                return .pending("Argo CD has not begun the sync of \(subject.text)")
            }
            return .pending("Argo CD has not seen the sync of \(subject.text) yet")
        }
        let phase = state["phase"]?.string ?? ""
        let text = "the sync of \(subject.text): \(Self.text(phase, message: state["message"]))"
        switch phase {
        case "Succeeded":
            let sync = object["status", "sync", "status"]?.string ?? "Unknown"
            let health = object["status", "health", "status"]?.string ?? "Unknown"
            return .met("\(text); it is \(sync) and \(health)")
        case "Failed", "Error": return .failed(text)
        default: return .pending(text)
        }
    }

    /// Argo CD takes the operation away when it has ended, and its state keeps it.
    private func isTaken(of object: KubeObject, state: JSONValue) -> Bool {
        operation != nil && object["operation"] == nil && state["operation"] == operation
    }

    private func refreshed(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        guard object.annotations["argocd.argoproj.io/refresh"] == nil else {
            return .pending("Argo CD has not compared \(subject.text) yet")
        }
        let sync = object["status", "sync", "status"]?.string ?? "Unknown"
        return .met("\(subject.text) was compared: it is \(sync)")
    }

    private static func text(_ phase: String, message: JSONValue?) -> String {
        guard let message = message?.string, !message.isEmpty else { return phase }
        return "\(phase) (\(message))"
    }
}

// MARK: - Flux

extension DeliveryGoal {
    private func reconciled(of object: KubeObject, about subject: PostCondition.Subject) -> PostCondition.Result {
        if object["spec", "suspend"]?.bool == true { return .failed("\(subject.text) is suspended") }
        if let mark, object["status", "lastHandledReconcileAt"]?.string != mark {
            return .pending("Flux has not dealt with the request for \(subject.text) yet")
        }
        if let seen = object["status", "observedGeneration"]?.int, seen < object.generation {
            return .pending("Flux has not seen the change of \(subject.text) yet")
        }
        let ready = object["status", "conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        let text =
            "\(subject.text): \(Self.text(ready?["reason"]?.string ?? "no condition Ready", message: ready?["message"]))"
        switch ready?["status"]?.string {
        case "True": return .met(text)
        case "False": return .failed(text)
        default: return .pending(text)
        }
    }
}
