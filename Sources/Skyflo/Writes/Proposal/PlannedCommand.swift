import KubeClient
import KubeModel
import SkyfloAPI

/// A command in a container of a pod, exactly as it would be run: a program with its arguments, no shell between.
package struct PlannedCommand: Sendable, Hashable {
    /// The pod. Its uid is checked right before the command is run; the API has no precondition for that, so a pod that is
    /// replaced by one of the same name in the very moment gets the command in its place.
    package var target: PlannedRequest.Target
    package var container: String
    package var command: [String]
    /// From the request to the command's end.
    package var timeoutSeconds: Int
    /// Of the pod, as it was when the command was planned.
    package var labels: [String: String]?

    package init(
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
    var access: ResourceAccess? { ResourceAccess(KubeRequest(.post, path: path)) }

    var stored: StoredWrite {
        var stored = StoredWrite()
        stored.command = command
        stored.container = container
        stored.timeoutSeconds = timeoutSeconds
        stored.target = target.stored
        return stored
    }

    /// nil for what ``stored`` doesn't make.
    init?(_ stored: StoredWrite) {
        guard let container = stored.container, !container.isEmpty, let timeout = stored.timeoutSeconds, timeout > 0,
            let target = stored.target.flatMap({ PlannedRequest.Target($0) }),
            target.resource.isSame(as: .pods), !target.uid.isEmpty, target.namespace != nil, !stored.command.isEmpty
        else { return nil }
        self.init(target: target, container: container, command: stored.command, timeoutSeconds: timeout)
    }

    /// The command without what it holds of secrets.
    func shown(by redactor: Redactor) -> StoredWrite {
        var shown = stored
        let words = redactor.redact(json: ["command": JSONValue(command)])["command"]
        shown.command = words.flatMap { [String](json: $0) } ?? []
        return shown
    }

    func secrets(_ redactor: Redactor) -> Set<String> {
        Redactor.hidden(inWords: JSONValue(command), shown: shown(by: redactor).command.json).filter {
            $0.utf8.count >= 6 && !target.text.contains($0)
        }
    }
}
