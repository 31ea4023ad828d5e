import KubeClient
import KubeModel
import ToolKit
import Writes

/// The newest lines of a container's log, or those before a number of them.
struct ContainerLog: Sendable {
    /// More than this is not fetched, however long the lines are.
    static let maximumBytes = 1 << 20

    private let pod: KubeObject
    private let container: String
    private let namespace: String
    private let wanted: Int
    private let skipped: Int
    private let since: String?
    private let isPrevious: Bool

    init(pod: KubeObject, container: String, namespace: String, arguments: ToolArguments) {
        self.pod = pod
        self.container = container
        self.namespace = namespace
        wanted = arguments.integer("num_lines") ?? 50
        skipped = arguments.integer("skip_lines") ?? 0
        since = arguments.string("since")
        isPrevious = arguments.bool("previous")
    }

    func text(_ context: ToolContext) async throws -> String {
        let (lines, asked, isCut) = try await newest(context)
        guard !lines.isEmpty else { return nothing }
        let text = context.redactor.redact(text: lines.map { $0 + "\n" }.joined())
        let log = LogText(text, wanted: wanted, asked: asked, skipped: skipped, isSince: since != nil)
        guard isCut, asked == 1 else { return log.text(limit: context.outputLimit) }
        let note = "… the end of this line is missing: only its first \(Self.maximumBytes) bytes were read\n"
        return log.text(limit: context.outputLimit - note.utf8.count) + note
    }

    /// The lines, oldest first, and how many were asked for at last.
    ///
    /// A kubelet goes to the beginning of the tail and stops after so many bytes: what it leaves out is the end. So an
    /// answer that is as long as it may be isn't the end of the log, and fewer lines are asked for.
    private func newest(_ context: ToolContext) async throws -> (lines: [Substring], asked: Int, isCut: Bool) {
        var count = wanted
        while true {
            let body = try await read(tail: skipped + count, context)
            // By bytes: a carriage return and a line feed are one character.
            var lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { Substring(String(decoding: $0, as: UTF8.self)) }
            if lines.last?.isEmpty == true { lines.removeLast() }
            let isCut = body.count >= Self.maximumBytes
            guard isCut, lines.count <= count, count > 1 else {
                return (
                    Array(isCut ? lines.prefix(count) : lines.dropLast(skipped)), count,
                    isCut && lines.count <= count
                )
            }
            count /= 2
        }
    }

    private func read(tail: Int, _ context: ToolContext) async throws -> [UInt8] {
        let path = APIResource.pods.path(namespace: namespace, name: pod.name, subresource: "log")
        let request = KubeRequest(.get, path: path, query: query(tail: tail), accept: "*/*")
        let response = try await context.api.send(request)
        guard (200..<300).contains(response.status) else { throw refused(response.failure) }
        return Array(response.body)
    }

    private func query(tail: Int) -> [KubeRequest.QueryItem] {
        var query: [KubeRequest.QueryItem] = [
            .init("container", value: container), .init("tailLines", value: String(tail)),
            .init("limitBytes", value: String(Self.maximumBytes)),
        ]
        if let seconds = since.flatMap(Duration.seconds(ofGoText:)) {
            query.append(.init("sinceSeconds", value: String(seconds)))
        }
        if isPrevious { query.append(.init("previous", value: "true")) }
        return query
    }

    // MARK: Nothing

    private var status: JSONValue? {
        ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"].lazy
            .flatMap { pod["status", $0]?.array ?? [] }.first { $0["name"]?.string == container }
    }

    /// The server's words, with what the pod's status says about why.
    private func refused(_ failure: APIStatus) -> ToolFailure {
        var text = ToolFailure(describing: failure).message
        if isPrevious, let restarts = status?["restartCount"]?.int {
            text +=
                restarts == 0
                ? "; the container has not been restarted, so it has no previous log: leave out previous"
                : "; the container was restarted \(restarts == 1 ? "once" : "\(restarts) times"), and the log of the "
                    + "previous run is no longer stored"
        }
        return ToolFailure(text)
    }

    /// An empty log, and whether the container has begun at all.
    private var nothing: String {
        var selection = [
            since.map { "since \($0)" }, skipped > 0 ? "before the newest \(skipped) lines" : nil,
            isPrevious ? "of the run before" : nil,
        ].compactMap { $0 }.joined(separator: ", ")
        if !selection.isEmpty { selection = " (\(selection))" }
        let text =
            "The log of container \(container) in pod \(namespace)/\(pod.name) is empty for this selection\(selection)."
        guard !isPrevious, let state = ContainerList.describe(status?["state"] ?? .null) else { return text }
        return "\(text) The container's state: \(state)."
    }
}
