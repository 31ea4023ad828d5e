import KubeModel

extension APIServer {
    /// `/log`: plain text. With `follow` the answer ends at once, because a simulated pod says nothing later.
    func log(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let pod = try storage.live(call.definition, call.key).object
        return .text(try logs.text(of: pod, try PodLogs.Options(call.request)))
    }

    func evict(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let isDryRun = try call.dryRun("CreateOptions")
        let body = try BodyDecoder(request: call.request).value()
        _ = try admission(call, .create, isDryRun: isDryRun)(AdmissionObjects(object: body.map { KubeObject($0) }))
        var options = DeleteOptions(isDryRun: isDryRun)
        options.gracePeriodSeconds = body?["deleteOptions", "gracePeriodSeconds"]?.int
        _ = try storage.delete(call.definition, call.key, options)
        return .json(
            ["kind": "Status", "apiVersion": "v1", "metadata": .object([:]), "status": "Success", "code": 201],
            status: 201)
    }
}
