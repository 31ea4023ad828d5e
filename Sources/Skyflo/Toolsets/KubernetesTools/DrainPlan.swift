import KubeModel

/// Which pods of a node a drain evicts, by the rules of `kubectl drain`, and what speaks against it. Pure.
struct DrainPlan {
    struct Options {
        var ignoresDaemonSets: Bool
        var deletesEmptyDirData: Bool
        var force: Bool
    }

    var evicted: [KubeObject] = []
    /// For the approver.
    var warnings: [String] = []
    /// Why it can't be drained like this.
    var obstacles: [String] = []

    /// - Parameter daemonSets: those that exist, as `namespace/name`: the pods of one that is gone aren't replaced.
    init(pods: [KubeObject], daemonSets: Set<String>, _ options: Options) {
        var ignored: [String] = [], local: [String] = [], bare: [String] = [], managed: [String] = []
        for pod in pods.sorted(by: { Self.text($0) < Self.text($1) }) {
            if pod.annotations["kubernetes.io/config.mirror"] != nil { continue }
            let isOver = ["Succeeded", "Failed"].contains(pod["status", "phase"]?.string)
            if !isOver, Self.isDaemon(pod, of: daemonSets) {
                options.ignoresDaemonSets ? ignored.append(Self.text(pod)) : managed.append(Self.text(pod))
                continue
            }
            if !isOver, Self.hasLocalData(pod) { local.append(Self.text(pod)) }
            if !isOver, pod.controller == nil || pod.controller?.kind == "DaemonSet" {
                bare.append(Self.text(pod))
            }
            evicted.append(pod)
        }
        judge(ignored, local: local, bare: bare, managed: managed, options: options)
    }

    private mutating func judge(
        _ ignored: [String], local: [String], bare: [String], managed: [String], options: Options
    ) {
        if !ignored.isEmpty { warnings.append("pods of DaemonSets stay: \(Self.list(ignored))") }
        if !managed.isEmpty {
            obstacles.append(
                "pods of DaemonSets are not evicted (set ignore_daemonsets to leave them): \(Self.list(managed))")
        }
        if !local.isEmpty {
            options.deletesEmptyDirData
                ? warnings.append("data in emptyDir volumes is lost: \(Self.list(local))")
                : obstacles.append(
                    "data in emptyDir volumes would be lost (set delete_emptydir_data to allow that): \(Self.list(local))"
                )
        }
        if !bare.isEmpty {
            options.force
                ? warnings.append("no controller will create these pods again: \(Self.list(bare))")
                : obstacles.append(
                    "no controller would create these pods again (set force to evict them): \(Self.list(bare))")
        }
    }

    private static func isDaemon(_ pod: KubeObject, of daemonSets: Set<String>) -> Bool {
        guard let owner = pod.controller, owner.kind == "DaemonSet" else { return false }
        return daemonSets.contains("\(pod.namespace ?? "")/\(owner.name)")
    }

    private static func hasLocalData(_ pod: KubeObject) -> Bool {
        pod["spec", "volumes"]?.array?.contains { $0["emptyDir"] != nil } ?? false
    }

    static func text(_ pod: KubeObject) -> String { "\(pod.namespace ?? "")/\(pod.name)" }

    private static func list(_ names: [String]) -> String {
        names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }
}
