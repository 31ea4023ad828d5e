import KubeModel

/// Where a Rollout is and what comes next: the decisions of its controller, as a value.
struct RolloutState {
    struct Counts {
        var current = 0
        var available = 0
    }

    let rollout: KubeObject
    let hash: String
    let now: KubeTime
    var status: JSONValue
    /// By template hash.
    var counts: [String: Counts] = [:]
    var workloadGeneration: Int?
    /// How many replicas the set of each template is to have.
    private(set) var wanted: [String: Int] = [:]
    var lookAgainAt: KubeTime?
    private var phase = "Progressing"
    private var message = "more replicas need to be updated"

    init(_ rollout: KubeObject, hash: String, now: KubeTime) {
        self.rollout = rollout
        self.hash = hash
        self.now = now
        status = rollout["status"] ?? .object([:])
    }

    private var replicas: Int { rollout["spec", "replicas"]?.int ?? 1 }
    private var steps: [JSONValue] { rollout["spec", "strategy", "canary", "steps"]?.array ?? [] }
    private var isBlueGreen: Bool { rollout["spec", "strategy", "blueGreen"] != nil }
    private var isPaused: Bool { rollout["spec", "paused"]?.bool == true }
    private var stable: String? { status["stableRS"]?.string }
    private var available: Int { counts[hash]?.available ?? 0 }

    mutating func advance() {
        if status["currentPodHash"]?.string != hash { begin() }
        guard let stable, stable != hash else { return finish() }
        if status["abort"]?.bool == true { return abort(to: stable) }
        if isPaused {
            (phase, message) = ("Paused", "manually paused")
            wanted = counts.mapValues(\.current)
            return
        }
        if isBlueGreen { blueGreen(stable) } else { canary(stable) }
    }

    /// A new template begins at the first step, whatever was.
    private mutating func begin() {
        status["currentPodHash"] = .string(hash)
        for field in ["pauseConditions", "controllerPause", "abort", "abortedAt", "promoteFull"] { status[field] = nil }
        status["currentStepIndex"] = steps.isEmpty ? nil : JSONValue(stable == hash ? steps.count : 0)
    }

    /// Everything runs the newest template, or is about to.
    private mutating func finish() {
        wanted = [hash: replicas]
        for field in ["pauseConditions", "controllerPause", "abort", "abortedAt", "promoteFull"] { status[field] = nil }
        if !steps.isEmpty { status["currentStepIndex"] = JSONValue(steps.count) }
        if isBlueGreen {
            status["blueGreen"] = ["activeSelector": .string(hash), "previewSelector": .string(hash)]
        }
        guard available == replicas else {
            message = "updated replicas are still becoming available"
            // Those of before serve until the new ones do.
            for (other, count) in counts where other != hash {
                wanted[other] = min(count.current, replicas - available)
            }
            return
        }
        status["stableRS"] = .string(hash)
        (phase, message) = ("Healthy", "")
    }

    private mutating func abort(to stable: String) {
        wanted = [stable: replicas]
        if status["abortedAt"] == nil { status["abortedAt"] = .string(now.description) }
        for field in ["pauseConditions", "controllerPause", "promoteFull"] { status[field] = nil }
        if !steps.isEmpty { status["currentStepIndex"] = 0 }
        let number = rollout.annotations[RolloutController.revision] ?? "0"
        (phase, message) = ("Degraded", "RolloutAborted: Rollout aborted update to revision \(number)")
    }

    private mutating func canary(_ stable: String) {
        // A retry begins anew.
        if status["abortedAt"] != nil { status["abortedAt"] = nil }
        if status["promoteFull"]?.bool == true {
            for field in ["pauseConditions", "controllerPause"] { status[field] = nil }
            status["currentStepIndex"] = JSONValue(steps.count)
        }
        var weight = 0
        var at = 0
        while at < steps.count {
            let index = status["currentStepIndex"]?.int ?? 0
            let step = steps[at]
            if let percent = step["setWeight"]?.int { weight = percent }
            guard at >= index else {
                at += 1
                continue
            }
            let share = (replicas * weight + 99) / 100
            wanted = [hash: share, stable: replicas - share]
            if step["setWeight"] != nil, available < share { return }
            if let pause = step["pause"], !isOver(pause, reason: "CanaryPauseStep") { return }
            at += 1
            status["currentStepIndex"] = JSONValue(at)
        }
        finish()
    }

    private mutating func blueGreen(_ stable: String) {
        wanted = [hash: replicas, stable: replicas]
        status["abortedAt"] = nil
        status["blueGreen"] = ["activeSelector": .string(stable), "previewSelector": .string(hash)]
        guard available == replicas else { return }
        let isManual = rollout["spec", "strategy", "blueGreen", "autoPromotionEnabled"]?.bool == false
        if isManual, status["promoteFull"]?.bool != true, !isOver(.object([:]), reason: "BlueGreenPause") { return }
        finish()
    }

    /// Begins a pause, or looks whether it has ended: somebody has taken its condition away, or its time is up.
    private mutating func isOver(_ pause: JSONValue, reason: String) -> Bool {
        let condition = status["pauseConditions"]?.array?.first
        if condition == nil, status["controllerPause"]?.bool == true {
            status["controllerPause"] = false
            status["pauseConditions"] = nil
            return true
        }
        let start = condition?["startTime"]?.string.flatMap { KubeTime($0) } ?? now
        let seconds = pause["duration"]?.int ?? pause["duration"]?.string.flatMap { Int($0.filter(\.isNumber)) }
        if condition == nil {
            status["pauseConditions"] = [["reason": .string(reason), "startTime": .string(now.description)]]
            status["controllerPause"] = true
        } else if let seconds, start.adding(seconds: Double(seconds)) <= now {
            status["controllerPause"] = false
            status["pauseConditions"] = nil
            return true
        }
        if let seconds { lookAgainAt = start.adding(seconds: Double(seconds)) }
        (phase, message) = ("Paused", reason)
        return false
    }

    /// The whole status.
    var json: JSONValue {
        var json = status
        let total = counts.values.reduce(0) { $0 + $1.current }
        let ready = counts.values.reduce(0) { $0 + $1.available }
        json["observedGeneration"] = .string(String(rollout.generation))
        json["replicas"] = JSONValue(total)
        json["HPAReplicas"] = JSONValue(total)
        json["updatedReplicas"] = JSONValue(counts[hash]?.current ?? 0)
        json["readyReplicas"] = JSONValue(ready)
        json["availableReplicas"] = JSONValue(ready)
        json["workloadObservedGeneration"] = workloadGeneration.map { .string(String($0)) }
        json["phase"] = .string(phase)
        json["message"] = message.isEmpty ? nil : .string(message)
        return json
    }
}
