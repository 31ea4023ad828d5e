import KubeModel

/// Job → Pods that run to completion.
struct JobController: Sendable {
    let cluster: SimulatedCluster

    private static let component = "job-controller"

    func sync(_ key: ObjectKey) {
        guard let job = cluster.get(.jobs, key: key), !job.isBeingDeleted else { return }
        if Conditions.isTrue("Complete", object: job) || Conditions.isTrue("Failed", object: job) { return expire(job) }
        guard job["spec", "managedBy"] == nil else { return }
        begin(job)
        let plan = plan(key) ?? JobPlan(job: job, pods: [], now: cluster.now())
        remove(plan)
        add(plan)
        updateStatus(key)
    }

    private func plan(_ key: ObjectKey) -> JobPlan? {
        guard let job = cluster.get(.jobs, key: key) else { return nil }
        return JobPlan(job: job, pods: cluster.controlled(.pods, by: job), now: cluster.now())
    }

    private func record(
        _ type: SimulatedCluster.EventType, reason: String, message: String, about job: KubeObject
    ) {
        cluster.record(type, reason: reason, message: message, about: job, by: Self.component)
    }

    private func expire(_ job: KubeObject) {
        guard let expiry = JobPlan(job: job, pods: [], now: cluster.now()).expiry else { return }
        if cluster.now() >= expiry { return cluster.delete(.jobs, object: job, propagation: .foreground) }
        cluster.lookAgain(.jobs, key: job.key, at: expiry)
    }

    private func begin(_ job: KubeObject) {
        guard job["status", "startTime"] == nil, job["spec", "suspend"]?.bool != true else { return }
        cluster.update(.jobs, key: job.key, part: .status, by: DeploymentController.manager) {
            $0["status", "startTime"] = .string(cluster.now().description)
        }
    }

    // MARK: Pods

    private func remove(_ plan: JobPlan) {
        let surplus = plan.active.count - plan.wantedActive
        guard surplus > 0 else { return }
        for pod in plan.active.sorted(by: { !PodState.isReady($0) && PodState.isReady($1) }).prefix(surplus) {
            cluster.delete(.pods, object: pod)
            record(.normal, reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)", about: plan.job)
        }
    }

    private func add(_ plan: JobPlan) {
        if let deadline = plan.deadline, plan.verdict == .goesOn {
            cluster.lookAgain(.jobs, key: plan.job.key, at: deadline)
        }
        let missing = plan.wantedActive - plan.active.count - plan.blocking
        guard missing > 0 else { return }
        if let retry = plan.earliestRetry, cluster.now() < retry {
            return cluster.lookAgain(.jobs, key: plan.job.key, at: retry)
        }
        guard let indexes = plan.missingIndexes else {
            for _ in 0..<missing where create(nil, for: plan.job) != nil { return }
            return
        }
        for index in indexes.prefix(missing) where create(index, for: plan.job) != nil { return }
    }

    /// The refusal, if it was refused: others would be, too.
    private func create(_ index: Int?, for job: KubeObject) -> APIStatus? {
        var pod = PodState.new(from: job)
        if let index { Self.number(&pod, index: index, for: job) }
        return cluster.createPod(pod, for: job, of: .jobs, by: Self.component)
    }

    private static func number(_ pod: inout KubeObject, index: Int, for job: KubeObject) {
        let name = "batch.kubernetes.io/job-completion-index"
        pod["metadata", "generateName"] = .string("\(job.name)-\(index)-")
        pod.labels[name] = String(index)
        pod.annotations[name] = String(index)
        pod["spec", "hostname"] = .string("\(job.name)-\(index)")
        pod["spec", "containers"] = .array(
            (pod["spec", "containers"]?.array ?? []).map { container in
                var container = container
                container["env"] = .array(
                    (container["env"]?.array ?? []) + [
                        [
                            "name": "JOB_COMPLETION_INDEX",
                            "valueFrom": ["fieldRef": ["fieldPath": .string("metadata.annotations['\(name)']")]],
                        ]
                    ])
                return container
            })
    }

    // MARK: Status

    private func updateStatus(_ key: ObjectKey) {
        guard let plan = plan(key) else { return }
        let before = plan.job
        cluster.update(.jobs, key: key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = JobStatus(plan: plan).json
        }
        guard let after = cluster.get(.jobs, key: key) else { return }
        announce(before, after: after)
    }

    private func announce(_ before: KubeObject, after: KubeObject) {
        func began(_ type: String) -> Bool {
            Conditions.isTrue(type, object: after) && !Conditions.isTrue(type, object: before)
        }
        if began("Complete") { record(.normal, reason: "Completed", message: "Job completed", about: after) }
        if began("FailureTarget"), let condition = Conditions.find("FailureTarget", object: after) {
            record(
                .warning, reason: condition["reason"]?.string ?? "", message: condition["message"]?.string ?? "",
                about: after)
        }
        if began("Suspended") { record(.normal, reason: "Suspended", message: "Job suspended", about: after) }
        if Conditions.isTrue("Suspended", object: before), !Conditions.isTrue("Suspended", object: after) {
            record(.normal, reason: "Resumed", message: "Job resumed", about: after)
        }
    }
}
