import KubeClient
public import KubeModel

/// A command in a container of a pod, exactly as it would be run: a program with its arguments, no shell between.
public struct PlannedCommand: Sendable, Hashable {
    /// The pod. Its uid is checked right before the command is run; the API has no precondition for that, so a pod that is
    /// replaced by one of the same name in the very moment gets the command in its place.
    public var target: PlannedRequest.Target
    public var container: String
    public var command: [String]
    /// From the request to the command's end.
    public var timeoutSeconds: Int
    /// Of the pod, as it was when the command was planned.
    public var labels: [String: String]?

    public init(
        target: PlannedRequest.Target, container: String, command: [String], timeoutSeconds: Int,
        labels: [String: String]? = nil
    ) {
        self.target = target
        self.container = container
        self.command = command
        self.timeoutSeconds = timeoutSeconds
        self.labels = labels
    }

    /// Where the command is asked for.
    var path: String { target.resource.path(namespace: target.namespace, name: target.name, subresource: "exec") }

    /// A WebSocket is opened with GET; what is asked for is `create` all the same, as kubectl's POST needs it.
    var access: ResourceAccess? { ResourceAccess(KubeRequest(.post, path)) }

    public var json: JSONValue {
        [
            "command": JSONValue(command), "container": .string(container),
            "timeoutSeconds": JSONValue(timeoutSeconds), "target": target.json,
        ]
    }

    /// nil for what ``json`` doesn't write.
    public init?(json: JSONValue) {
        guard let words = json["command"]?.array, let container = json["container"]?.string, !container.isEmpty,
            let timeout = json["timeoutSeconds"]?.int, timeout > 0,
            let target = json["target"].flatMap(PlannedRequest.Target.init(json:)),
            target.resource.isSame(as: .pods), !target.uid.isEmpty, target.namespace != nil
        else { return nil }
        let command = words.compactMap(\.string)
        guard !command.isEmpty, command.count == words.count else { return nil }
        self.init(target: target, container: container, command: command, timeoutSeconds: timeout)
    }

    func redacted(by redactor: Redactor) -> JSONValue {
        var json = json
        json["command"] = redactor.redact(json: ["command": JSONValue(command)])["command"]
        return json
    }

    func secrets(_ redactor: Redactor) -> Set<String> {
        Redactor.hidden(inWords: JSONValue(command), shown: redacted(by: redactor)["command"]).filter {
            $0.utf8.count >= 6 && !target.text.contains($0)
        }
    }
}
