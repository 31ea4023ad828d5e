import KubeClient
import KubeModel
import SkyfloAPI

/// What a sequence does with the pod that an earlier step of it created, and that has ended by then: it takes the pod's log
/// as the result of the call, and deletes the pod.
///
/// Neither can name the pod's uid before there is one. It is filled in from the step that created the pod
/// (``PlannedWrite/aimed(atUID:)``); without it nothing is done, so a pod of the same name that is somebody else's is safe.
package struct PlannedPodStep: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case log = "Log"
        case delete = "Delete"
    }

    package var kind: Kind
    /// The pod. The uid is empty until it exists.
    package var target: PlannedRequest.Target
    package var container: String

    package init(_ kind: Kind, target: PlannedRequest.Target, container: String) {
        self.kind = kind
        self.target = target
        self.container = container
    }

    var stored: StoredWrite {
        var stored = StoredWrite()
        stored.podStep = kind.rawValue
        stored.container = container
        stored.target = target.stored
        return stored
    }

    /// nil for what ``stored`` doesn't make.
    init?(_ stored: StoredWrite) {
        guard let kind = stored.podStep.flatMap(Kind.init), let container = stored.container,
            let target = stored.target.flatMap({ PlannedRequest.Target($0) }),
            target.resource.isSame(as: .pods), target.namespace != nil
        else { return nil }
        self.init(kind, target: target, container: container)
    }

    /// What is asked of the API server.
    var request: KubeRequest {
        let pods = APIResource.pods
        switch kind {
        case .log:
            return KubeRequest(
                .get, path: pods.path(namespace: target.namespace, name: target.name, subresource: "log"),
                query: [.init("container", value: container), .init("limitBytes", value: String(Self.readLimit))],
                accept: "*/*")
        case .delete:
            return KubeRequest(
                .delete, path: pods.path(namespace: target.namespace, name: target.name),
                contentType: "application/json",
                body: JSONWriter.string(DeleteOptions(uid: target.uid, propagation: .background).json))
        }
    }

    var access: ResourceAccess? { ResourceAccess(request) }

    /// Of the log, in bytes, as it is read, and as the model gets it.
    private static let readLimit = 1 << 20
    static let outputLimit = 16_384
}

extension PlannedPodStep {
    /// How the result of a pod begins that did what it was for.
    private static let success = "exit code 0"

    /// How the container ended, by the status of its pod: `exit code 3 (Error)`.
    func ending(_ pod: KubeObject) -> String {
        let status = (pod["status", "containerStatuses"]?.array ?? []).first { $0["name"]?.string == container }
        if let end = status?["state", "terminated"], let code = end["exitCode"]?.int,
            pod["status", "reason"]?.string == nil
        {
            guard code != 0 else { return Self.success }
            return "exit code \(code)" + (end["reason"]?.string.map { " (\($0))" } ?? "")
        }
        let why = [pod["status", "reason"]?.string, pod["status", "message"]?.string].compactMap(\.self)
        let phase = pod["status", "phase"]?.string ?? "Unknown"
        return "the pod has no exit code, its phase is \(phase)"
            + (why.isEmpty ? "" : ": \(why.joined(separator: ": "))")
    }

    /// Whether a result that a log step gave is that of a pod that succeeded.
    package static func isSuccess(_ result: String) -> Bool {
        result == success || result.hasPrefix(success + "\n")
    }
}

extension PlannedWrite {
    /// Whether its outcome is text that the model is to get.
    package var isResult: Bool {
        if case .podStep(let step) = action { step.kind == .log } else { false }
    }

    /// The same write, aimed at the object that an earlier step has created: nil where it isn't about a created object.
    package func aimed(atUID uid: String) -> PlannedWrite {
        switch action {
        case .podStep(var pod):
            pod.target.uid = uid
            return PlannedWrite(.podStep(pod), step: step)
        case .release(let release): return PlannedWrite(.release(release.aimed(atUID: uid)), step: step)
        case .request, .command, .jenkins, .mcp: return self
        }
    }

    /// Which of the steps before it creates the object that it is about; nil where none does.
    package func creator(among earlier: some Collection<PlannedWrite>) -> Int? {
        let created: PlannedRequest.Target
        switch action {
        case .podStep(let pod): created = pod.target
        case .release(let release):
            guard let target = release.createdTarget else { return nil }
            created = target
        case .request, .command, .jenkins, .mcp: return nil
        }
        return Array(earlier).lastIndex { $0.creation == created }
    }

    /// What it creates under a fixed name; nil for what changes something that is there.
    private var creation: PlannedRequest.Target? {
        switch action {
        case .request(let planned): planned.request.method == .post ? planned.target : nil
        case .release(let release): release.creation
        case .command, .podStep, .jenkins, .mcp: nil
        }
    }
}
