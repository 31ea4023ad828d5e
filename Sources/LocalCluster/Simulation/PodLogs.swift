import KubeModel
import KubeSchema

/// What simulated containers have written: a few lines that follow from the pod alone, so that the same pod always says
/// the same.
struct PodLogs: Sendable {
    struct Options: Sendable {
        var container: String?
        var isPrevious = false
        var timestamps = false
        var tailLines: Int?
        var sinceSeconds: Int?
        var limitBytes: Int?

        init(_ request: APIRequest) throws(APIStatus) {
            container = request[query: "container"].flatMap { $0.isEmpty ? nil : $0 }
            isPrevious = request.flag("previous")
            timestamps = request.flag("timestamps")
            tailLines = try Self.number(request, "tailLines", minimum: 0)
            sinceSeconds = try Self.number(request, "sinceSeconds", minimum: 1)
            limitBytes = try Self.number(request, "limitBytes", minimum: 1)
        }

        private static func number(_ request: APIRequest, _ name: String, minimum: Int) throws(APIStatus) -> Int? {
            guard let text = request[query: name], !text.isEmpty else { return nil }
            guard let number = Int(text), number >= minimum else {
                let why = minimum == 0 ? "must be greater than or equal to 0" : "must be greater than 0"
                throw .invalid(
                    group: "", kind: "PodLogOptions", name: "",
                    errors: [.invalid(name, Int(text).map { JSONValue($0) } ?? .string(text), why)])
            }
            return number
        }
    }

    var now: @Sendable () -> KubeTime = { .now() }

    func text(of pod: KubeObject, _ options: Options) throws(APIStatus) -> String {
        let name = try container(of: pod, options)
        let statuses = pod["status", "containerStatuses"]?.array ?? []
        let status = statuses.first { $0["name"]?.string == name }
        try checkStarted(pod, name, status, options)
        let state = options.isPrevious ? status?["lastState"] : status?["state"]
        let start = Self.start(state) ?? Self.start(status?["lastState"]) ?? pod.creationTimestamp ?? now()
        var lines = Self.lines(pod, name, isCrashing: Self.isCrashing(status), start: start)
        if let seconds = options.sinceSeconds {
            let earliest = now().adding(seconds: -Double(seconds))
            lines = lines.filter { $0.time >= earliest }
        }
        if let count = options.tailLines { lines = lines.suffix(count) }
        let text = lines.map { (options.timestamps ? "\($0.time.microTime) " : "") + $0.text + "\n" }.joined()
        guard let limit = options.limitBytes else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self)
    }

    private func container(of pod: KubeObject, _ options: Options) throws(APIStatus) -> String {
        let names = (pod["spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
        if let wanted = options.container {
            guard names.contains(wanted) else {
                throw .badRequest("container \(wanted) is not valid for pod \(pod.name)")
            }
            return wanted
        }
        guard names.count == 1, let only = names.first else {
            throw .badRequest(
                "a container name must be specified for pod \(pod.name), choose one of: [\(names.joined(separator: " "))]"
            )
        }
        return only
    }

    private func checkStarted(
        _ pod: KubeObject, _ name: String, _ status: JSONValue?, _ options: Options
    ) throws(APIStatus) {
        if options.isPrevious, status?["lastState", "terminated"] == nil {
            throw .badRequest("previous terminated container \"\(name)\" in pod \"\(pod.name)\" not found")
        }
        guard status?["lastState", "terminated"] == nil else { return }
        let reason = status.map { $0["state", "waiting", "reason"]?.string } ?? "ContainerCreating"
        guard let reason else { return }
        let why =
            ["ErrImagePull", "ImagePullBackOff"].contains(reason) ? "trying and failing to pull image" : reason
        throw .badRequest("container \"\(name)\" in pod \"\(pod.name)\" is waiting to start: \(why)")
    }

    private static func start(_ state: JSONValue?) -> KubeTime? {
        (state?["running", "startedAt"] ?? state?["terminated", "startedAt"])?.string.flatMap { KubeTime($0) }
    }

    private static func isCrashing(_ status: JSONValue?) -> Bool {
        (status?["lastState", "terminated", "exitCode"]?.int ?? 0) != 0
    }

    private static func lines(_ pod: KubeObject, _ container: String, isCrashing: Bool, start: KubeTime)
        -> [(time: KubeTime, text: String)]
    {
        let image =
            (pod["spec", "containers"]?.array ?? []).first { $0["name"]?.string == container }?["image"]?.string ?? ""
        let texts =
            isCrashing
            ? [
                "\(container) starting from \(image)", "reading configuration from the environment",
                "error: required setting DATABASE_URL is missing", "\(container) exiting with code 1",
            ]
            : [
                "\(container) starting from \(image)", "reading configuration from the environment",
                "listening on :8080", "\(container) is ready",
            ]
        return texts.enumerated().map { position, text in
            (KubeTime(microseconds: start.microseconds + Int64(position) * 1000), text)
        }
    }
}
