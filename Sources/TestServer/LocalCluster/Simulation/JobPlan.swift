import KubeModel

/// What a Job does next, from its spec, its status and its pods: the rules of the real controller, as a value.
struct JobPlan: Sendable {
    enum Verdict: Sendable, Equatable {
        case goesOn
        case succeeded
        case failed(reason: String, message: String)
    }

    let job: KubeObject
    let pods: [KubeObject]
    let now: KubeTime

    var active: [KubeObject] { pods.filter(PodState.isActive) }
    var isSuspended: Bool { job["spec", "suspend"]?.bool ?? false }
    var isIndexed: Bool { job["spec", "completionMode"]?.string == "Indexed" }
    var parallelism: Int { job["spec", "parallelism"]?.int ?? 1 }
    var completions: Int? { job["spec", "completions"]?.int }

    /// Pods may be deleted after they have finished: what was counted stays counted.
    var succeeded: Int { isIndexed ? completedIndexes.count : max(count("Succeeded"), known("succeeded")) }
    var failed: Int { max(count("Failed"), known("failed")) }
    var ready: Int { active.count(where: PodState.isReady) }
    var terminating: Int { pods.count { $0.isBeingDeleted && !PodState.isFinished($0) } }

    /// Pods on their way out that must be gone before others take their place.
    var blocking: Int { job["spec", "podReplacementPolicy"]?.string == "Failed" ? terminating : 0 }

    private func count(_ phase: String) -> Int { pods.count { $0["status", "phase"]?.string == phase } }

    private func known(_ member: String) -> Int { job["status", member]?.int ?? 0 }

    static func index(_ pod: KubeObject) -> Int? {
        pod.annotations["batch.kubernetes.io/job-completion-index"].flatMap { Int($0) }
    }

    var completedIndexes: Set<Int> {
        let now = pods.filter { $0["status", "phase"]?.string == "Succeeded" }.compactMap(Self.index)
        return Set(now).union(IndexRanges.parse(job["status", "completedIndexes"]?.string ?? ""))
    }

    // MARK: What comes next

    var verdict: Verdict {
        if let verdict = storedVerdict { return verdict }
        if let completions {
            if succeeded >= completions { return .succeeded }
        } else if succeeded > 0, active.isEmpty {
            return .succeeded
        }
        let limit = job["spec", "backoffLimit"]?.int ?? 6
        if failed > limit || limit > 0 && restarts >= limit {
            return .failed(reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit")
        }
        if let deadline, now >= deadline, !isSuspended {
            return .failed(
                reason: "DeadlineExceeded", message: "Job was active longer than specified deadline")
        }
        return .goesOn
    }

    /// What was decided stays decided, while the last pods end.
    private var storedVerdict: Verdict? {
        if Conditions.isTrue("SuccessCriteriaMet", object: job) { return .succeeded }
        guard let target = Conditions.find("FailureTarget", object: job), target["status"]?.string == "True" else {
            return nil
        }
        return .failed(
            reason: target["reason"]?.string ?? "", message: target["message"]?.string ?? "")
    }

    /// Of pods that are restarted in place.
    private var restarts: Int {
        guard job["spec", "template", "spec"]?["restartPolicy"]?.string == "OnFailure" else { return 0 }
        return active.flatMap { $0["status", "containerStatuses"]?.array ?? [] }
            .reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
    }

    var deadline: KubeTime? {
        guard let seconds = job["spec", "activeDeadlineSeconds"]?.int,
            let start = job["status", "startTime"]?.string.flatMap({ KubeTime($0) })
        else { return nil }
        return start.adding(seconds: Double(seconds))
    }

    /// How many pods should be active now.
    var wantedActive: Int {
        if isSuspended || verdict != .goesOn { return 0 }
        guard let completions else { return succeeded > 0 ? active.count : parallelism }
        return min(parallelism, completions - succeeded)
    }

    /// Indexes without a pod, lowest first; nil for a Job without indexes.
    var missingIndexes: [Int]? {
        guard isIndexed, let completions else { return nil }
        let taken = completedIndexes.union(active.compactMap(Self.index))
        return (0..<completions).filter { !taken.contains($0) }
    }

    /// When the next pod may be created after failures: 10 seconds after the last one, doubled each time, 10 minutes at
    /// most.
    var earliestRetry: KubeTime? {
        let failures = pods.filter { $0["status", "phase"]?.string == "Failed" }
        let ends = failures.flatMap { $0["status", "containerStatuses"]?.array ?? [] }
            .compactMap { $0["state", "terminated", "finishedAt"]?.string.flatMap { KubeTime($0) } }
        guard let last = ends.max() else { return nil }
        return last.adding(seconds: Double(min(600, 10 << min(6, failed - 1))))
    }

    /// When a finished Job is deleted; nil for never.
    var expiry: KubeTime? {
        guard let seconds = job["spec", "ttlSecondsAfterFinished"]?.int else { return nil }
        let end = ["Complete", "Failed"].compactMap { type in
            Conditions.isTrue(type, object: job)
                ? Conditions.find(type, object: job)?["lastTransitionTime"]?.string : nil
        }.first
        return end.flatMap { KubeTime($0) }?.adding(seconds: Double(seconds))
    }
}

/// `0-2,5`: sets of completion indexes as text.
enum IndexRanges {
    static func text(_ indexes: Set<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for index in indexes.sorted() {
            if let last = ranges.last, last.upperBound + 1 == index {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { range in
            switch range.count {
            case 1: "\(range.lowerBound)"
            case 2: "\(range.lowerBound),\(range.upperBound)"
            default: "\(range.lowerBound)-\(range.upperBound)"
            }
        }.joined(separator: ",")
    }

    static func parse(_ text: String) -> Set<Int> {
        var result: Set<Int> = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            if let first = ends.first, let last = ends.last, first <= last { result.formUnion(first...last) }
        }
        return result
    }
}
