import KubeModel

/// Application of Argo CD: compares, and carries out operations, without a repository. A revision is in sync when it was
/// synced last; one called `broken` fails, and one called `slow` runs until it is terminated.
struct ApplicationController: Sendable {
    let cluster: SimulatedCluster

    private static let manager = "argocd-application-controller"
    private static let refresh = "argocd.argoproj.io/refresh"

    func sync(_ key: ObjectKey) {
        guard let application = cluster.get(.applications, key: key), !application.isBeingDeleted else { return }
        var changed = application
        changed.annotations[Self.refresh] = nil
        operate(&changed)
        let isRefreshed = application.annotations[Self.refresh] != nil || application["status", "sync"] == nil
        if isRefreshed || changed.json != application.json { compare(&changed) }
        guard changed.json != application.json else { return }
        cluster.update(.applications, key: key, part: .whole, by: Self.manager) { live in
            guard live.resourceVersion == application.resourceVersion else { return }
            live = changed
        }
    }

    private func operate(_ application: inout KubeObject) {
        guard let operation = application["operation"] else { return }
        let now = JSONValue.string(cluster.now().description)
        let origin = Self.origin(of: operation["sync"], application)
        if application["status", "operationState", "phase"]?.string == "Terminating" {
            return finish(&application, phase: "Failed", message: "Operation terminated", at: now)
        }
        if application["status", "operationState", "operation"] != operation
            || application["status", "operationState", "finishedAt"] != nil
        {
            application["status", "operationState"] = [
                "operation": operation, "phase": "Running", "message": "waiting for resources", "startedAt": now,
                "syncResult": origin,
            ]
        }
        let revisions = Self.revisions(origin)
        switch revisions.first(where: { ["slow", "broken"].contains($0) }) {
        case "slow": return
        case "broken":
            finish(&application, phase: "Failed", message: "one or more objects failed to apply", at: now)
        default:
            if operation["sync", "dryRun"]?.bool != true, operation["sync", "resources"] == nil {
                var history = application["status", "history"]?.array ?? []
                let id = (history.last?["id"]?.int ?? -1) + 1
                history.append(MergePatch.apply(origin, to: ["id": JSONValue(id), "deployedAt": now]))
                application["status", "history"] = .array(history)
            }
            finish(&application, phase: "Succeeded", message: "successfully synced (all tasks run)", at: now)
        }
    }

    private func finish(_ application: inout KubeObject, phase: String, message: String, at time: JSONValue) {
        application["status", "operationState", "phase"] = .string(phase)
        application["status", "operationState", "message"] = .string(message)
        application["status", "operationState", "finishedAt"] = time
        application["operation"] = nil
    }

    /// What is synced, as results and the history have it: a source and its revision, or several and theirs. An operation may
    /// name others than the spec does.
    private static func origin(of sync: JSONValue?, _ application: KubeObject) -> JSONValue {
        if let sources = sync?["sources"]?.array
            ?? (sync?["source"] == nil ? application["spec", "sources"]?.array : nil),
            !sources.isEmpty
        {
            let revisions = sync?["revisions"] ?? .array(sources.map { $0["targetRevision"] ?? "HEAD" })
            return ["sources": .array(sources), "revisions": revisions]
        }
        let source = sync?["source"] ?? application["spec", "source"] ?? .object([:])
        return ["source": source, "revision": sync?["revision"] ?? source["targetRevision"] ?? "HEAD"]
    }

    private static func revisions(_ origin: JSONValue?) -> [String] {
        (origin?["revisions"]?.array ?? [origin?["revision"]].compactMap(\.self)).compactMap(\.string)
    }

    private func compare(_ application: inout KubeObject) {
        let synced = application["status", "history"]?.array?.last
        let wanted = Self.origin(of: nil, application)
        let isSynced = synced != nil && Self.revisions(synced) == Self.revisions(wanted)
        application["status", "sync"] = .compact([
            "status": isSynced ? "Synced" : "OutOfSync", "revision": wanted["revision"],
            "revisions": wanted["revisions"],
        ])
        application["status", "health"] = ["status": synced == nil ? "Missing" : "Healthy"]
        application["status", "reconciledAt"] = .string(cluster.now().description)
    }
}

/// The controllers of Flux: each request is dealt with at once. A `path` with `broken` in it fails.
struct FluxController: Sendable {
    let cluster: SimulatedCluster
    let resource: APIResource

    private static let requested = "reconcile.fluxcd.io/requestedAt"

    func sync(_ key: ObjectKey) {
        guard let object = cluster.get(resource, key: key), !object.isBeingDeleted else { return }
        guard object["spec", "suspend"]?.bool != true else { return }
        let isBroken = object["spec", "path"]?.string?.contains("broken") == true
        var status = object["status"] ?? .object([:])
        status["observedGeneration"] = JSONValue(object.generation)
        status["lastHandledReconcileAt"] = object.annotations[Self.requested].map(JSONValue.string)
        let revision = "main@sha1:0123456789abcdef"
        if !isBroken { status["lastAppliedRevision"] = .string(revision) }
        status["conditions"] = [
            [
                "type": "Ready", "status": isBroken ? "False" : "True",
                "reason": isBroken ? "BuildFailed" : "ReconciliationSucceeded",
                "message": .string(isBroken ? "path not found" : "Applied revision: \(revision)"),
                "observedGeneration": JSONValue(object.generation),
            ]
        ]
        guard status != object["status"] else { return }
        cluster.update(resource, key: key, part: .status, by: "flux") { live in
            guard live.resourceVersion == object.resourceVersion else { return }
            live.json["status"] = status
        }
    }
}
