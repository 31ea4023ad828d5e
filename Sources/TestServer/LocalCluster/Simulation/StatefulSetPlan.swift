import KubeModel

/// What a StatefulSet does next with its pods, and what its status says: the rules of the real controller, as a value.
///
/// With `OrderedReady` one pod at a time: an ordinal is created when all before it are ready, the highest goes first,
/// and an update waits until what it replaced is ready. With `Parallel` only updates go one by one.
struct StatefulSetPlan: Sendable {
    struct Pod: Sendable {
        var ordinal: Int
        var revision: String
        var isReady: Bool
        var isTerminating: Bool
        var isFinished: Bool

        init(ordinal: Int, revision: String, isReady: Bool, isTerminating: Bool = false, isFinished: Bool = false) {
            self.ordinal = ordinal
            self.revision = revision
            self.isReady = isReady
            self.isTerminating = isTerminating
            self.isFinished = isFinished
        }

        init(_ pod: KubeObject, of set: KubeObject) {
            self.init(
                ordinal: Int(pod.name.dropFirst(set.name.count + 1)) ?? -1,
                revision: pod.labels["controller-revision-hash"] ?? "", isReady: PodState.isReady(pod),
                isTerminating: pod.isBeingDeleted, isFinished: PodState.isFinished(pod))
        }
    }

    enum Action: Sendable, Equatable {
        case create(Int, revision: String)
        case delete(Int)
    }

    var start = 0
    var replicas: Int
    var partition = 0
    var isParallel = false
    var updatesByItself = true
    var currentRevision = ""
    var updateRevision = ""
    var pods: [Int: Pod]

    init(replicas: Int, pods: [Pod]) {
        self.replicas = replicas
        self.pods = Dictionary(pods.map { ($0.ordinal, $0) }) { first, _ in first }
    }

    init(_ set: KubeObject, pods: [Pod]) {
        self.init(replicas: set["spec", "replicas"]?.int ?? 1, pods: pods)
        start = set["spec", "ordinals", "start"]?.int ?? 0
        partition = set["spec", "updateStrategy", "rollingUpdate", "partition"]?.int ?? 0
        isParallel = set["spec", "podManagementPolicy"]?.string == "Parallel"
        updatesByItself = set["spec", "updateStrategy", "type"]?.string != "OnDelete"
    }

    private var ordinals: Range<Int> { start..<(start + max(0, replicas)) }

    /// With `OnDelete`, whatever is created anew has the new template.
    private func revision(for ordinal: Int) -> String {
        !updatesByItself || ordinal >= partition ? updateRevision : currentRevision
    }

    var actions: [Action] {
        var actions: [Action] = []
        for ordinal in ordinals {
            guard let pod = pods[ordinal] else {
                actions.append(.create(ordinal, revision: revision(for: ordinal)))
                if isParallel { continue }
                return actions
            }
            if pod.isFinished, !pod.isTerminating { actions.append(.delete(ordinal)) }
            if !isParallel, !pod.isReady || pod.isTerminating { return actions }
        }
        if !actions.isEmpty { return actions }
        let surplus = pods.keys.filter { !ordinals.contains($0) }.sorted(by: >)
        if !surplus.isEmpty { return surplusActions(surplus) }
        return rollingUpdate
    }

    private func surplusActions(_ surplus: [Int]) -> [Action] {
        if isParallel { return surplus.filter { pods[$0]?.isTerminating == false }.map { .delete($0) } }
        if surplus.contains(where: { pods[$0]?.isTerminating == true }) { return [] }
        return surplus.prefix(1).map { .delete($0) }
    }

    private var rollingUpdate: [Action] {
        guard updatesByItself else { return [] }
        for ordinal in ordinals.reversed() where ordinal >= partition {
            guard let pod = pods[ordinal] else { return [] }
            if pod.isTerminating { return [] }
            if pod.revision != updateRevision { return [.delete(ordinal)] }
            if !pod.isReady { return [] }
        }
        return []
    }

    // MARK: Status

    func status(generation: Int) -> JSONValue {
        func count(_ value: Int) -> JSONValue? { value == 0 ? nil : JSONValue(value) }
        let alive = pods.values.filter { !$0.isFinished }
        let ready = alive.count { $0.isReady && !$0.isTerminating }
        let staying = alive.filter { !$0.isTerminating }
        let updated = staying.count { $0.revision == updateRevision }
        // The update is complete: from now on its revision is the current one.
        let isComplete = updated == replicas && ready == replicas && alive.count == replicas
        let current = isComplete ? updateRevision : currentRevision
        return .compact([
            "observedGeneration": JSONValue(generation), "replicas": JSONValue(alive.count),
            "readyReplicas": count(ready), "availableReplicas": JSONValue(ready),
            "currentReplicas": count(staying.count { $0.revision == current }), "updatedReplicas": count(updated),
            "currentRevision": .string(current), "updateRevision": .string(updateRevision), "collisionCount": 0,
        ])
    }
}
