import KubeModel

extension APIServer {
    /// `/log`: plain text. With `follow` it goes on until the container ends.
    func log(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let pod = try storage.live(call.definition, key: call.key).object
        let options = try PodLogs.Options(call.request)
        guard options.follows, !options.isPrevious else { return .text(try logs.text(of: pod, options)) }
        return APIResponse(log: try LogFollower(store: store, logs: logs, pod: pod, options: options))
    }

    // MARK: Exec

    /// The command that a WebSocket may be opened for.
    /// - Throws: what the same request gets as an HTTP answer.
    func execRequest(_ request: APIRequest) throws(APIStatus) -> ExecRequest {
        let info = RequestInfo(request)
        let user = try authorizedUser(request, info: info)
        guard let resource = info.resource, resource.id == APIResource.pods.id, resource.subresource == "exec",
            let call = call(request, info: info, resource: resource, user: user)
        else { throw .unknownPath }
        return try execRequest(call)
    }

    private func execRequest(_ call: ResourceCall) throws(APIStatus) -> ExecRequest {
        // A WebSocket opens with GET, which must not suffice to run something.
        var access = AccessRequest(call.info)
        access.verb = "create"
        guard authorizer.decide(access, for: call.user).isAllowed else { throw access.refusal(of: call.user) }
        return try ExecRequest(call, pod: try storage.live(call.definition, key: call.key).object)
    }

    func execRefusal(_ call: ResourceCall) throws(APIStatus) -> APIStatus {
        _ = try execRequest(call)
        return .badRequest(
            "Upgrade request required: commands are carried over WebSocket (\(RemoteCommandProtocol.offer))")
    }

    // MARK: Eviction

    /// `/eviction`: a DELETE that PodDisruptionBudgets may refuse.
    func evict(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let isDryRun = try call.dryRun("CreateOptions")
        let body = try BodyDecoder(request: call.request).value()
        if let name = body?["metadata", "name"]?.string, !name.isEmpty, name != call.key.name {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
        _ = try admission(call, operation: .create, isDryRun: isDryRun)(
            AdmissionObjects(object: body.map { KubeObject($0) }))
        let pod = try storage.live(call.definition, key: call.key).object
        if let budget = try budget(for: pod) { try take(from: budget, for: pod, isDryRun: isDryRun) }
        var options = DeleteRequestOptions(isDryRun: isDryRun)
        options.gracePeriodSeconds = body?["deleteOptions", "gracePeriodSeconds"]?.int
        options.uid = body?["deleteOptions", "preconditions"]?["uid"]?.string
        options.resourceVersion = body?["deleteOptions", "preconditions"]?["resourceVersion"]?.string
        _ = try storage.delete(call.definition, key: call.key, options: options)
        return .json(
            ["kind": "Status", "apiVersion": "v1", "metadata": .object([:]), "status": "Success", "code": 201],
            status: 201)
    }

    /// The budget that has a say. What doesn't run, or goes already, disturbs nobody.
    private func budget(for pod: KubeObject) throws(APIStatus) -> KubeObject? {
        if pod.isBeingDeleted || pod["status", "phase"]?.string != "Running" { return nil }
        let budgets = store.list(APIResource.disruptionBudgets.id, namespace: pod.namespace).items.map(\.object)
        let matching = budgets.filter { budget in
            budget["spec", "selector"].flatMap { LabelSelector($0) }?.matches(pod.labels) ?? false
        }
        guard matching.count <= 1 else {
            throw .internalError(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
        }
        return matching.first.flatMap { Self.mayIgnore($0, for: pod) ? nil : $0 }
    }

    /// A pod that isn't ready counts for nothing in a budget that is kept without it (KEP-3017).
    private static func mayIgnore(_ budget: KubeObject, for pod: KubeObject) -> Bool {
        if PodState.isReady(pod) { return false }
        if budget["spec", "unhealthyPodEvictionPolicy"]?.string == "AlwaysAllow" { return true }
        let desired = budget["status", "desiredHealthy"]?.int ?? 0
        return desired > 0 && (budget["status", "currentHealthy"]?.int ?? 0) >= desired
    }

    /// Books one disruption. The controller counts again when the pod is going.
    private func take(from budget: KubeObject, for pod: KubeObject, isDryRun: Bool) throws(APIStatus) {
        guard let definition = catalog.find(.disruptionBudgets) else { return }
        var options = WriteRequestOptions.controller("kube-apiserver")
        options.isDryRun = isDryRun
        _ = try storage.update(definition, key: budget.key, part: .status, options: options) { live throws(APIStatus) in
            try Self.check(live)
            var object = live
            object["status", "disruptionsAllowed"] = JSONValue((live["status", "disruptionsAllowed"]?.int ?? 0) - 1)
            object["status", "disruptedPods", pod.name] = .string(KubeTime.now().description)
            return object
        }
    }

    private static func check(_ budget: KubeObject) throws(APIStatus) {
        let status = budget["status"]
        if (status?["observedGeneration"]?.int ?? 0) < budget.generation {
            throw refusal(
                "The disruption budget \(budget.name) is still being processed by the server.", retryAfter: 10)
        }
        guard (status?["disruptionsAllowed"]?.int ?? 0) <= 0 else { return }
        throw refusal(
            "The disruption budget \(budget.name) needs \(status?["desiredHealthy"]?.int ?? 0) healthy pods and has "
                + "\(status?["currentHealthy"]?.int ?? 0) currently")
    }

    private static func refusal(_ cause: String, retryAfter: Int? = nil) -> APIStatus {
        var status = APIStatus(
            code: 429, reason: .tooManyRequests,
            message: "Cannot evict pod as it would violate the pod's disruption budget.",
            causes: [.init(reason: "DisruptionBudget", field: "", message: cause)])
        status.retryAfterSeconds = retryAfter
        return status
    }
}
