import KubeModel

/// A call of `pods/exec` that may be carried out.
struct ExecRequest: Sendable {
    var pod: KubeObject
    var container: JSONValue
    var command: [String]
    var hasInput: Bool
    var isTerminal: Bool

    /// - Throws: what a kubelet answers about a container that can't be entered.
    init(_ call: ResourceCall, pod: KubeObject) throws(APIStatus) {
        self.pod = pod
        command = call.request.query.filter { $0.name == "command" }.map(\.value)
        hasInput = call.request.flag("stdin")
        isTerminal = call.request.flag("tty")
        guard !command.isEmpty else { throw .badRequest("you must specify at least 1 command") }
        let wanted = call.request[query: "container"].flatMap { $0.isEmpty ? nil : $0 }
        container = try Self.container(wanted, for: pod)
    }

    private static func container(_ wanted: String?, for pod: KubeObject) throws(APIStatus) -> JSONValue {
        let containers = pod["spec", "containers"]?.array ?? []
        guard let found = wanted.map({ name in containers.first { $0["name"]?.string == name } }) ?? containers.first
        else { throw .badRequest("container \(wanted ?? "") is not valid for pod \(pod.name)") }
        if wanted == nil, containers.count > 1,
            let main = pod.annotations["kubectl.kubernetes.io/default-container"],
            let chosen = containers.first(where: { $0["name"]?.string == main })
        {
            return try running(chosen, for: pod)
        }
        return try running(found, for: pod)
    }

    private static func running(_ container: JSONValue, for pod: KubeObject) throws(APIStatus) -> JSONValue {
        let name = container["name"]?.string ?? ""
        if PodState.isFinished(pod) {
            throw .badRequest(
                "cannot exec into a container in a completed pod; current phase is \(pod["status", "phase"]?.string ?? "")"
            )
        }
        guard pod["spec", "nodeName"] != nil else { throw .badRequest("pod \(pod.name) does not have a host assigned") }
        guard PodLogs.status(of: name, in: pod)?["state", "running"] != nil else {
            throw .internalError("unable to upgrade connection: container not found (\"\(name)\")")
        }
        return container
    }
}
