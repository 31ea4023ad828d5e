import KubeModel

/// Job → Pods that run to completion.
struct JobController: Sendable {
    let cluster: SimulatedCluster

    private static let component = "job-controller"

    func sync(_ key: ObjectKey) {
        guard let job = cluster.get(.jobs, key), !job.isBeingDeleted else { return }
        if Conditions.isTrue("Complete", job) || Conditions.isTrue("Failed", job) { return expire(job) }
        guard job["spec", "managedBy"] == nil else { return }
        begin(job)
        let plan = plan(key) ?? JobPlan(job: job, pods: [], now: cluster.now())
        remove(plan)
        add(plan)
        updateStatus(key)
    }

    private func plan(_ key: ObjectKey) -> JobPlan? {
        guard let job = cluster.get(.jobs, key) else { return nil }
        return JobPlan(job: job, pods: cluster.controlled(.pods, by: job), now: cluster.now())
    }

    private func record(
        _ type: SimulatedCluster.EventType, _ reason: String, _ message: String, _ job: KubeObject
    ) {
        cluster.record(type, reason, message, about: job, by: Self.component)
    }

    private func expire(_ job: KubeObject) {
        guard let expiry = JobPlan(job: job, pods: [], now: cluster.now()).expiry else { return }
        if cluster.now() >= expiry { return cluster.delete(.jobs, job, propagation: .foreground) }
        cluster.lookAgain(.jobs, job.key, at: expiry)
    }

    private func begin(_ job: KubeObject) {
        guard job["status", "startTime"] == nil, job["spec", "suspend"]?.bool != true else { return }
        cluster.update(.jobs, job.key, part: .status, by: DeploymentController.manager) {
            $0["status", "startTime"] = .string(cluster.now().description)
        }
    }

    // MARK: Pods

    private func remove(_ plan: JobPlan) {
        let surplus = plan.active.count - plan.wantedActive
        guard surplus > 0 else { return }
        for pod in plan.active.sorted(by: { !PodState.isReady($0) && PodState.isReady($1) }).prefix(surplus) {
            cluster.delete(.pods, pod)
            record(.normal, "SuccessfulDelete", "Deleted pod: \(pod.name)", plan.job)
        }
    }

    private func add(_ plan: JobPlan) {
        if let deadline = plan.deadline, plan.verdict == .goesOn {
            cluster.lookAgain(.jobs, plan.job.key, at: deadline)
        }
        let missing = plan.wantedActive - plan.active.count - plan.blocking
        guard missing > 0 else { return }
        if let retry = plan.earliestRetry, cluster.now() < retry {
            return cluster.lookAgain(.jobs, plan.job.key, at: retry)
        }
        guard let indexes = plan.missingIndexes else {
            for _ in 0..<missing { create(nil, plan.job) }
            return
        }
        for index in indexes.prefix(missing) { create(index, plan.job) }
    }

    private func create(_ index: Int?, _ job: KubeObject) {
        var pod = PodState.new(from: job)
        if let index { Self.number(&pod, index, job) }
        let created = cluster.create(
            pod.json, .pods, namespace: job.namespace ?? "", by: DeploymentController.manager)
        guard let created else { return }
        record(.normal, "SuccessfulCreate", "Created pod: \(created.name)", job)
    }

    private static func number(_ pod: inout KubeObject, _ index: Int, _ job: KubeObject) {
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
        cluster.update(.jobs, key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = JobStatus(plan: plan).json
        }
        guard let after = cluster.get(.jobs, key) else { return }
        announce(before, after)
    }

    private func announce(_ before: KubeObject, _ after: KubeObject) {
        func began(_ type: String) -> Bool {
            Conditions.isTrue(type, after) && !Conditions.isTrue(type, before)
        }
        if began("Complete") { record(.normal, "Completed", "Job completed", after) }
        if began("FailureTarget"), let condition = Conditions.find("FailureTarget", after) {
            record(
                .warning, condition["reason"]?.string ?? "", condition["message"]?.string ?? "", after)
        }
        if began("Suspended") { record(.normal, "Suspended", "Job suspended", after) }
        if Conditions.isTrue("Suspended", before), !Conditions.isTrue("Suspended", after) {
            record(.normal, "Resumed", "Job resumed", after)
        }
    }
}
