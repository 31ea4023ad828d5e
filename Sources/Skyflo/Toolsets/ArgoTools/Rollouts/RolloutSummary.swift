import KubeModel
import ToolKit
import Writes

/// What `kubectl argo rollouts` says about a Rollout in its columns and fields.
struct RolloutSummary {
    let rollout: KubeObject
    let status: ArgoRolloutStatus

    init(_ rollout: KubeObject) {
        self.rollout = rollout
        status = ArgoRolloutStatus(rollout)
    }

    var isBlueGreen: Bool { rollout["spec", "strategy", "blueGreen"] != nil }
    var strategy: String {
        isBlueGreen ? "BlueGreen" : rollout["spec", "strategy", "canary"] != nil ? "Canary" : "unknown"
    }
    var isPausedBySpec: Bool { rollout["spec", "paused"]?.bool == true }
    var pauseConditions: [JSONValue] { rollout["status", "pauseConditions"]?.array ?? [] }
    var isAborted: Bool { rollout["status", "abort"]?.bool == true }
    var currentHash: String? { rollout["status", "currentPodHash"]?.string }
    var stableHash: String? { rollout["status", "stableRS"]?.string }
    /// Whether the newest template is the one that all traffic goes to.
    var isFullyPromoted: Bool { currentHash != nil && currentHash == stableHash }
    var wanted: Int { rollout["spec", "replicas"]?.int ?? 1 }

    func count(_ field: String) -> Int { rollout["status", field]?.int ?? 0 }

    /// `1/4`; nil where there are no steps.
    var step: String? { status.steps.isEmpty ? nil : "\(min(status.step, status.steps.count))/\(status.steps.count)" }

    /// Of the last `setWeight` step that was reached; 100 where all steps are done.
    var setWeight: Int? {
        guard !isBlueGreen else { return nil }
        if status.steps.isEmpty || status.step >= status.steps.count { return 100 }
        if isAborted { return 0 }
        return status.steps.prefix(status.step + 1).last { $0["setWeight"] != nil }?["setWeight"]?.int ?? 0
    }

    /// By the traffic router where there is one, else by the share of available pods.
    var actualWeight: Int? {
        guard !isBlueGreen else { return nil }
        if rollout["spec", "strategy", "canary", "trafficRouting"] != nil {
            return rollout["status", "canary", "weights", "canary", "weight"]?.int
        }
        if isFullyPromoted { return 100 }
        let available = count("availableReplicas")
        // Updated pods that aren't available get no traffic; how many those are is known for the whole only.
        let updated = min(count("updatedReplicas"), available)
        return available == 0 ? 0 : updated * 100 / available
    }

    /// `app=shop/app:1`
    var images: [String] {
        let spec = rollout["spec", "template", "spec"]
        return PodTemplate.containerLists.flatMap { list in
            (spec?[list]?.array ?? []).map { "\($0["name"]?.string ?? "")=\($0["image"]?.string ?? "")" }
        }
    }

    /// `Deployment/web`; nil where the template is the Rollout's own.
    var workload: String? {
        rollout["spec", "workloadRef"].map { "\($0["kind"]?.string ?? "")/\($0["name"]?.string ?? "")" }
    }

    func write(to outline: inout Outline) {
        outline.field("Name", value: rollout.name)
        outline.field("Namespace", value: rollout.namespace)
        outline.field("Status", value: status.phase.rawValue)
        outline.field("Message", value: status.message)
        if status.phase == .paused { outline.field("Next", value: status.next) }
        outline.section("Strategy: \(strategy)") { outline in
            outline.field("Step", value: step)
            outline.field("SetWeight", value: setWeight.map(String.init))
            outline.field("ActualWeight", value: actualWeight.map(String.init))
            outline.field("Active service", value: rollout["spec", "strategy", "blueGreen", "activeService"])
            outline.field("Preview service", value: rollout["spec", "strategy", "blueGreen", "previewService"])
            outline.field("Auto promotion", value: rollout["spec", "strategy", "blueGreen", "autoPromotionEnabled"])
        }
        outline.field("Pod template", value: workload.map { "of \($0)" })
        outline.list("Images", values: images)
        outline.section("Replicas") { outline in
            outline.field("Desired", value: String(wanted))
            for (name, field) in [
                ("Current", "replicas"), ("Updated", "updatedReplicas"), ("Ready", "readyReplicas"),
                ("Available", "availableReplicas"),
            ] {
                outline.field(name, value: String(count(field)))
            }
        }
    }
}
