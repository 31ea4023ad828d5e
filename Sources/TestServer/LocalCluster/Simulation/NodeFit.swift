import KubeModel

/// Whether a pod may go to the only node there is: it isn't cordoned, its taints are tolerated, its labels fit.
enum NodeFit {
    /// What the scheduler says about it; nil when the pod fits.
    static func refusal(of pod: KubeObject, by node: KubeObject) -> String? {
        guard let why = problem(pod, node: node) else { return nil }
        return "0/1 nodes are available: 1 \(why). no new claims to deallocate, preemption: 0/1 nodes are available: 1 "
            + "Preemption is not helpful for scheduling."
    }

    private static func problem(_ pod: KubeObject, node: KubeObject) -> String? {
        let tolerations = pod["spec", "tolerations"]?.array ?? []
        let cordon: JSONValue = ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"]
        if node["spec", "unschedulable"]?.bool == true, !tolerations.contains(where: { tolerates($0, taint: cordon) }) {
            return "node(s) were unschedulable"
        }
        let taints = (node["spec", "taints"]?.array ?? []).filter {
            ["NoSchedule", "NoExecute"].contains($0["effect"]?.string ?? "") && $0["key"] != cordon["key"]
        }
        for taint in taints where !tolerations.contains(where: { tolerates($0, taint: taint) }) {
            return "node(s) had untolerated taint(s)"
        }
        let wanted = pod["spec", "nodeSelector"]?.object ?? [:]
        return wanted.contains { node.labels[$0.key] != $0.value.string }
            ? "node(s) didn't match Pod's node affinity/selector" : nil
    }

    private static func tolerates(_ toleration: JSONValue, taint: JSONValue) -> Bool {
        let effect = toleration["effect"]?.string ?? ""
        if !effect.isEmpty, effect != taint["effect"]?.string { return false }
        let key = toleration["key"]?.string ?? ""
        let exists = toleration["operator"]?.string == "Exists"
        if key.isEmpty { return exists }
        return key == taint["key"]?.string
            && (exists || (toleration["value"]?.string ?? "") == (taint["value"]?.string ?? ""))
    }
}
