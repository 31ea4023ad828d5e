import KubeModel
import KubeSchema

/// What simulated containers have written: a few lines at their start and one every 10 seconds. They follow from the pod
/// and the time alone, so that the same pod always says the same.
struct PodLogs: Sendable {
    struct Options: Sendable {
        var container: String?
        var isPrevious = false
        var timestamps = false
        var tailLines: Int?
        var sinceSeconds: Int?
        var sinceTime: KubeTime?
        var follows = false
        var limitBytes: Int?

        init(_ request: APIRequest) throws(APIStatus) {
            container = request[query: "container"].flatMap { $0.isEmpty ? nil : $0 }
            isPrevious = request.flag("previous")
            timestamps = request.flag("timestamps")
            follows = request.flag("follow")
            sinceTime = request[query: "sinceTime"].flatMap { KubeTime($0) }
            tailLines = try Self.number(request, name: "tailLines", minimum: 0)
            sinceSeconds = try Self.number(request, name: "sinceSeconds", minimum: 1)
            limitBytes = try Self.number(request, name: "limitBytes", minimum: 1)
        }

        private static func number(_ request: APIRequest, name: String, minimum: Int) throws(APIStatus) -> Int? {
            guard let text = request[query: name], !text.isEmpty else { return nil }
            guard let number = Int(text), number >= minimum else {
                let why = minimum == 0 ? "must be greater than or equal to 0" : "must be greater than 0"
                throw .invalid(
                    group: "", kind: "PodLogOptions", name: "",
                    errors: [.invalid(name, value: Int(text).map { JSONValue($0) } ?? .string(text), detail: why)])
            }
            return number
        }
    }

    var now: @Sendable () -> KubeTime = { .now() }

    struct Line: Sendable, Equatable {
        var time: KubeTime
        var text: String
    }

    func text(of pod: KubeObject, _ options: Options) throws(APIStatus) -> String {
        let text = Self.format(try lines(of: pod, options), options: options)
        guard let limit = options.limitBytes else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self)
    }

    static func format(_ lines: [Line], options: Options) -> String {
        lines.map { (options.timestamps ? "\($0.time.microTime) " : "") + $0.text + "\n" }.joined()
    }

    /// What the options ask for, without the limit of bytes.
    func lines(of pod: KubeObject, _ options: Options) throws(APIStatus) -> [Line] {
        let name = try container(of: pod, options)
        let status = Self.status(of: name, in: pod)
        try checkStarted(pod, name: name, status: status, options: options)
        let state = options.isPrevious ? status?["lastState"] : status?["state"]
        let start = Self.start(state) ?? Self.start(status?["lastState"]) ?? pod.creationTimestamp ?? now()
        var lines = Self.beginning(pod, container: name, status: status, start: start)
        if !options.isPrevious, state?["running"] != nil { lines += Self.requests(since: start, until: now()) }
        let earliest = options.sinceSeconds.map { now().adding(seconds: -Double($0)) } ?? options.sinceTime
        if let earliest { lines = lines.filter { $0.time >= earliest } }
        if let count = options.tailLines { lines = lines.suffix(count) }
        return lines
    }

    static func status(of container: String, in pod: KubeObject) -> JSONValue? {
        ["containerStatuses", "ephemeralContainerStatuses"].lazy.flatMap { pod["status", $0]?.array ?? [] }
            .first { $0["name"]?.string == container }
    }

    /// How often a running container says something.
    static let interval = 10

    private static let requestLimit = 1000

    /// The latest ones, as a log that is rotated keeps them.
    private static func requests(since start: KubeTime, until now: KubeTime) -> [Line] {
        let count = max(0, Int(now.seconds(since: start)) / interval)
        return (max(0, count - requestLimit)..<count).map { number in
            Line(time: start.adding(seconds: Double((number + 1) * interval)), text: "GET /healthz 200")
        }
    }

    func container(of pod: KubeObject, _ options: Options) throws(APIStatus) -> String {
        let names = (pod["spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
        if let wanted = options.container {
            let others = (pod["spec", "ephemeralContainers"]?.array ?? []).compactMap { $0["name"]?.string }
            guard names.contains(wanted) || others.contains(wanted) else {
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
        _ pod: KubeObject, name: String, status: JSONValue?, options: Options
    ) throws(APIStatus) {
        if options.isPrevious, status?["lastState", "terminated"] == nil {
            throw .badRequest("previous terminated container \"\(name)\" in pod \"\(pod.name)\" not found")
        }
        guard status?["lastState", "terminated"] == nil, status?["state", "terminated"] == nil else { return }
        let reason = status.map { $0["state", "waiting", "reason"]?.string } ?? "ContainerCreating"
        guard let reason else { return }
        let why =
            ["ErrImagePull", "ImagePullBackOff"].contains(reason) ? "trying and failing to pull image" : reason
        throw .badRequest("container \"\(name)\" in pod \"\(pod.name)\" is waiting to start: \(why)")
    }

    private static func start(_ state: JSONValue?) -> KubeTime? {
        (state?["running", "startedAt"] ?? state?["terminated", "startedAt"])?.string.flatMap { KubeTime($0) }
    }

    private static func beginning(_ pod: KubeObject, container: String, status: JSONValue?, start: KubeTime)
        -> [Line]
    {
        let image =
            ["containers", "ephemeralContainers"].lazy.flatMap { pod["spec", $0]?.array ?? [] }
            .first { $0["name"]?.string == container }?["image"]?.string ?? ""
        let code =
            status?["state", "terminated", "exitCode"]?.int ?? status?["lastState", "terminated", "exitCode"]?.int
        let ending =
            switch code {
            case nil: ["listening on :8080", "\(container) is ready"]
            case 0: ["\(container) is done"]
            case let code?:
                ["error: required setting DATABASE_URL is missing", "\(container) exiting with code \(code)"]
            }
        let texts = ["\(container) starting from \(image)", "reading configuration from the environment"] + ending
        return texts.enumerated().map { position, text in
            Line(time: KubeTime(microseconds: start.microseconds + Int64(position) * 1000), text: text)
        }
    }
}
