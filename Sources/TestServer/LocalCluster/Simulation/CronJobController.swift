import KubeModel

/// CronJob → Jobs, whenever the schedule says so. Schedules are read in UTC; one with another time zone isn't run.
struct CronJobController: Sendable {
    let cluster: SimulatedCluster

    private static let component = "cronjob-controller"
    private static let scheduledAt = "batch.kubernetes.io/cronjob-scheduled-timestamp"
    private static let utc: Set<String> = ["", "UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT"]

    func sync(_ key: ObjectKey) {
        guard let cron = cluster.get(.cronJobs, key: key), !cron.isBeingDeleted else { return }
        let jobs = cluster.controlled(.jobs, by: cron)
        noteFinished(cron, jobs: jobs)
        cleanUp(cron, jobs: jobs)
        guard cron["spec", "suspend"]?.bool != true, let text = cron["spec", "schedule"]?.string,
            let schedule = try? CronSchedule(text)
        else { return }
        let zone = cron["spec", "timeZone"]?.string ?? ""
        guard Self.utc.contains(zone) else {
            return record(
                .warning, reason: "UnknownTimeZone", message: "invalid timeZone: unknown time zone \(zone)", about: cron
            )
        }
        fire(cron, schedule: schedule, active: jobs.filter { !Self.isFinished($0) })
        if let next = schedule.next(after: cluster.now()) { cluster.lookAgain(.cronJobs, key: key, at: next) }
    }

    private static func isFinished(_ job: KubeObject) -> Bool {
        Conditions.isTrue("Complete", object: job) || Conditions.isTrue("Failed", object: job)
    }

    private func record(_ type: SimulatedCluster.EventType, reason: String, message: String, about cron: KubeObject) {
        cluster.record(type, reason: reason, message: message, about: cron, by: Self.component)
    }

    // MARK: Starting

    private func fire(_ cron: KubeObject, schedule: CronSchedule, active: [KubeObject]) {
        let now = cluster.now()
        let last = cron["status", "lastScheduleTime"]?.string.flatMap { KubeTime($0) }
        guard let start = last ?? cron.creationTimestamp, let due = schedule.latest(after: start, until: now) else {
            return
        }
        if let deadline = cron["spec", "startingDeadlineSeconds"]?.int, now.seconds(since: due) > Double(deadline) {
            return record(
                .warning, reason: "MissSchedule", message: "Missed scheduled time to start a job: \(due)", about: cron)
        }
        if !active.isEmpty, cron["spec", "concurrencyPolicy"]?.string == "Forbid" {
            return record(
                .normal, reason: "JobAlreadyActive",
                message: "Not starting job because prior execution is running and concurrency policy is Forbid",
                about: cron)
        }
        if cron["spec", "concurrencyPolicy"]?.string == "Replace" {
            for job in active {
                cluster.delete(.jobs, object: job)
                record(.normal, reason: "SuccessfulDelete", message: "Deleted job \(job.name)", about: cron)
            }
        }
        create(cron, time: due)
    }

    /// Named by the minute, so that the same time never starts two.
    private func create(_ cron: KubeObject, time: KubeTime) {
        let name = "\(cron.name)-\(time.microseconds / 60_000_000)"
        var job = KubeObject(.jobs, namespace: cron.namespace, name: name)
        let template = KubeObject(cron["spec", "jobTemplate"] ?? .object([:]))
        job.labels = template.labels
        job.annotations = template.annotations.merging([Self.scheduledAt: time.description]) { $1 }
        job.ownerReferences = [OwnerReference(controller: cron)]
        job.json["spec"] = cron["spec", "jobTemplate", "spec"]
        let namespace = cron.namespace ?? ""
        guard cluster.create(job.json, resource: .jobs, namespace: namespace, by: DeploymentController.manager) != nil
        else {
            return
        }
        record(.normal, reason: "SuccessfulCreate", message: "Created job \(name)", about: cron)
        cluster.update(.cronJobs, key: cron.key, part: .status, by: DeploymentController.manager) {
            $0["status", "lastScheduleTime"] = .string(time.description)
        }
        updateActive(cron)
    }

    // MARK: Status

    private func noteFinished(_ cron: KubeObject, jobs: [KubeObject]) {
        let active = Set((cron["status", "active"]?.array ?? []).compactMap { $0["uid"]?.string })
        for job in jobs where active.contains(job.uid) && Self.isFinished(job) {
            let condition = Conditions.isTrue("Complete", object: job) ? "Complete" : "Failed"
            record(
                .normal, reason: "SawCompletedJob", message: "Saw completed job: \(job.name), condition: \(condition)",
                about: cron)
        }
        updateActive(cron)
    }

    private func updateActive(_ cron: KubeObject) {
        let jobs = cluster.controlled(.jobs, by: cron)
        let active = jobs.filter { !Self.isFinished($0) }.map { job -> JSONValue in
            [
                "apiVersion": .string(job.apiVersion), "kind": "Job", "name": .string(job.name),
                "namespace": .string(job.namespace ?? ""), "resourceVersion": .string(job.resourceVersion),
                "uid": .string(job.uid),
            ]
        }
        let ends = jobs.filter { Conditions.isTrue("Complete", object: $0) }.compactMap {
            $0["status", "completionTime"]?.string
        }
        let before = Set((cron["status", "active"]?.array ?? []).compactMap { $0["uid"]?.string })
        let hasChanged = before != Set(active.compactMap { $0["uid"]?.string })
        cluster.update(.cronJobs, key: cron.key, part: .status, by: DeploymentController.manager) { object in
            if hasChanged { object["status", "active"] = active.isEmpty ? nil : .array(active) }
            if let end = ends.max() { object["status", "lastSuccessfulTime"] = .string(end) }
        }
    }

    /// The oldest finished jobs go, beyond the numbers to keep.
    private func cleanUp(_ cron: KubeObject, jobs: [KubeObject]) {
        for (type, member) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")] {
            guard let limit = cron["spec", member]?.int else { continue }
            let finished = jobs.filter { Conditions.isTrue(type, object: $0) }.sorted {
                ($0["status", "startTime"]?.string ?? "", $0.name) < ($1["status", "startTime"]?.string ?? "", $1.name)
            }
            for job in finished.dropLast(limit) {
                cluster.delete(.jobs, object: job)
                record(.normal, reason: "SuccessfulDelete", message: "Deleted job \(job.name)", about: cron)
            }
        }
    }
}
