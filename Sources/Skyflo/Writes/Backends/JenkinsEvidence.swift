import Integrations
import KubeModel
import SkyfloAPI

/// What a Jenkins has, seen by what is to be done or was done to it.
struct JenkinsEvidence: Sendable {
    private let client: JenkinsClient

    init(_ client: JenkinsClient) { self.client = client }

    // MARK: Before

    /// Why a request that was approved can't be sent any more; nil where nothing is in its way.
    func obstacle(to write: PlannedJenkinsRequest) async throws -> WriteOutcome? {
        switch write.action {
        case .build, .parameterizedBuild: return try await obstacle(toBuild: write)
        case .replay, .describe, .rename:
            _ = try await build(of: write)
            return nil
        case .stop, .terminate, .kill:
            let build = try await build(of: write)
            return build.isRunning ? nil : .stale("build #\(build.number) of job \(write.job) \(build.outcome)")
        case .enable, .disable:
            _ = try await client.job(write.job)
            return nil
        case .cancel:
            let item = try await write.subject.flatMap { Int($0) }.asyncMap { try await client.queueItem($0) } ?? nil
            guard let item, item.job == write.job else { return .stale("the queue item is not there any more") }
            return item.build == nil && !item.isCancelled
                ? nil : .stale("queue item \(item.id) \(item.state)")
        case .proceed, .abort:
            let open = try await client.pendingInputs(.number(write.build ?? 0), of: write.job)
            guard let input = open.first(where: { $0.id == write.subject }) else {
                return .stale("build #\(write.build ?? 0) of job \(write.job) does not wait for this answer any more")
            }
            return Self.mismatch(write.form, input.parameters, of: write).map { .stale($0) }
        }
    }

    private func obstacle(toBuild write: PlannedJenkinsRequest) async throws -> WriteOutcome? {
        let job = try await client.job(write.job)
        if job.isDisabled || job.isBuildable == false { return .rejected("not sent: job \(write.job) is disabled") }
        return Self.mismatch(write.form, job.parameters, of: write).map { .stale($0) }
    }

    /// Jenkins drops what isn't defined, so that something else than what was approved would be built.
    private static func mismatch(
        _ form: [JenkinsFormField], _ parameters: [JenkinsParameter], of write: PlannedJenkinsRequest
    ) -> String? {
        for field in form {
            guard let parameter = parameters.first(where: { $0.name == field.name }) else {
                return "job \(write.job) has no parameter \(field.name) any more"
            }
            if field.type != nil, parameter.kind.description != field.type {
                return "parameter \(field.name) of job \(write.job) is of another type by now"
            }
            if let problem = parameter.problem(with: field.value) {
                return "parameter \(field.name) of job \(write.job) \(parameter.isSecret ? "is refused" : problem)"
            }
        }
        return nil
    }

    private func build(of write: PlannedJenkinsRequest) async throws -> JenkinsBuild {
        try await client.build(.number(write.build ?? 0), of: write.job)
    }

    // MARK: Afterwards

    /// Whether what a request was for is so: `.applied` where that is proven, else `.unknown`.
    ///
    /// - Parameter mayBeTheOnlyOne: Jenkins has answered that it took the request, so that a build of which there can be but
    ///   one is that of the request.
    func outcome(of write: PlannedJenkinsRequest, mayBeTheOnlyOne: Bool) async throws -> WriteOutcome {
        switch write.action {
        case .build, .parameterizedBuild, .replay: return try await started(write, mayBeTheOnlyOne: mayBeTheOnlyOne)
        case .stop, .terminate, .kill:
            let build = try await build(of: write)
            return build.isRunning
                ? .unknown("build #\(build.number) still runs") : Self.found("build #\(build.number) \(build.outcome)")
        case .describe:
            return try await build(of: write).description == write.value("description")
                ? Self.found("it has that description") : .unknown("it has another description")
        case .rename:
            return try await isRenamed(write) ? Self.found("it has that name") : .unknown("it has another name")
        case .enable, .disable:
            let isDisabled = try await client.job(write.job).isDisabled
            let word = isDisabled ? "disabled" : "enabled"
            return isDisabled == (write.action == .disable)
                ? Self.found("job \(write.job) is \(word)") : .unknown("job \(write.job) is \(word)")
        case .cancel:
            guard let id = write.subject.flatMap({ Int($0) }), let item = try await client.queueItem(id) else {
                return .unknown("the queue item is not there any more")
            }
            return item.isCancelled ? Self.found("it was cancelled") : .unknown("it \(item.state)")
        case .proceed, .abort:
            let open = try await client.pendingInputs(.number(write.build ?? 0), of: write.job)
            return .unknown(
                open.contains { $0.id == write.subject }
                    ? "the build still waits for the answer"
                    : "the build does not wait any more, and who answered isn't known")
        }
    }

    private func isRenamed(_ write: PlannedJenkinsRequest) async throws -> Bool {
        let json = try JSONParser.parse(write.value("json") ?? "")
        return try await build(of: write).displayName == json["displayName"]?.string
    }

    private static func found(_ text: String) -> WriteOutcome { .applied("\(text) (found out after an interruption)") }

    // MARK: Builds

    /// A build that may be that of a request.
    private struct Candidate {
        var item: Int
        var text: String
        var isMarked: Bool
    }

    private func started(_ write: PlannedJenkinsRequest, mayBeTheOnlyOne: Bool) async throws -> WriteOutcome {
        let candidates = try await candidates(write)
        let marked = candidates.filter(\.isMarked)
        if let one = marked.first, marked.count == 1 {
            return .applied("\(JenkinsBackend.queued)\(one.item)", uid: "queue-item-\(one.item)")
        }
        if mayBeTheOnlyOne, candidates.count == 1, let one = candidates.first {
            return .applied("\(JenkinsBackend.queued)\(one.item)", uid: "queue-item-\(one.item)")
        }
        guard !candidates.isEmpty else {
            return .unknown("no build that may be it was found; it may begin yet")
        }
        return .unknown(
            "nothing proves which build it is, if any: it may be "
                + candidates.prefix(5).map(\.text).joined(separator: ", "))
    }

    /// What has been queued or built of the job since the request was planned.
    private func candidates(_ write: PlannedJenkinsRequest) async throws -> [Candidate] {
        let waiting = try await client.queue().filter { $0.job == write.job && $0.build == nil && !$0.isCancelled }
        let built = try await client.builds(of: write.job, count: 50).filter { build in
            !write.isBuild || build.number >= (write.build ?? 0)
        }
        func isReplay(_ causes: [JenkinsBuild.Cause]) -> Bool {
            causes.contains { $0.type.hasSuffix("ReplayCause") && $0.text.contains("#\(write.build ?? 0)") }
        }
        func isMarked(_ values: [JenkinsBuild.Value]) -> Bool {
            guard let mark = write.mark else { return false }
            return values.contains { $0.value == mark }
        }
        let items = waiting.map { item in
            (item.causes, Candidate(item: item.id, text: "queue item \(item.id)", isMarked: isMarked(item.parameters)))
        }
        let builds = built.compactMap { build -> ([JenkinsBuild.Cause], Candidate)? in
            guard let id = build.queueID else { return nil }
            let text = "build #\(build.number)" + (build.causes.first.map { " (\($0.text))" } ?? "")
            return (build.causes, Candidate(item: id, text: text, isMarked: isMarked(build.parameters)))
        }
        let all = items + builds.filter { candidate in !items.contains { $0.1.item == candidate.1.item } }
        return all.filter { write.isBuild || isReplay($0.0) }.map(\.1)
    }
}

extension PlannedJenkinsRequest {
    fileprivate func value(_ name: String) -> String? { form.first { $0.name == name }?.value }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async throws -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
