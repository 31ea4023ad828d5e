import Integrations
import KubeModel
import SkyfloAPI

/// What is to be so in a Jenkins after it was asked for something.
package struct JenkinsGoal: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// The build that was asked for ends with success.
        case succeeds = "Succeeds"
        case ended = "Ended"
        case enabled = "Enabled"
        case disabled = "Disabled"
        case cancelled = "Cancelled"
        /// Nobody's answer is waited for any more.
        case answered = "Answered"
    }

    package var kind: Kind
    /// The full name.
    package var job: String
    package var build: Int?
    /// Of the queue; known once the build was asked for.
    package var item: Int?
    /// The id of the question.
    package var input: String?

    package init(_ kind: Kind, job: String, build: Int? = nil, item: Int? = nil, input: String? = nil) {
        self.kind = kind
        self.job = job
        self.build = build
        self.item = item
        self.input = input
    }

    var title: String {
        switch kind {
        case .succeeds: "the build of Jenkins job \(job) succeeds"
        case .ended: "build #\(build ?? 0) of Jenkins job \(job) has ended"
        case .enabled: "Jenkins job \(job) is enabled"
        case .disabled: "Jenkins job \(job) is disabled"
        case .cancelled: "queue item \(item ?? 0) of Jenkins job \(job) is cancelled"
        case .answered: "build #\(build ?? 0) of Jenkins job \(job) goes on"
        }
    }

    /// Longer builds there are; they are not watched to their end.
    static let longestBuild = 6 * 3600.0

    /// Seconds after the write.
    var deadline: Double { kind == .succeeds ? Self.longestBuild : 120 }
}

extension PostCondition {
    /// The same condition about the build that a write became, by the text of its outcome.
    package func bound(toResult result: String?) -> PostCondition {
        guard case .jenkins(let subject, var goal) = self, goal.kind == .succeeds, goal.item == nil, let result else {
            return self
        }
        // The text begins with the write's summary, which has names in it.
        let own = result.split(separator: "\n").first.map(String.init) ?? ""
        guard let place = own.ranges(of: JenkinsBackend.queued).last else { return self }
        goal.item = Int(own[place.upperBound...].prefix { $0.isASCII && $0.isNumber })
        return .jenkins(subject, goal)
    }

    /// What a condition about a Jenkins needs to be looked at; nil for any other.
    package var jenkins: (integration: String, goal: JenkinsGoal)? {
        if case .jenkins(let subject, let goal) = self { (subject.name, goal) } else { nil }
    }
}

extension JenkinsGoal {
    /// What was found, and whether it can't be found out any more.
    package struct Finding: Sendable, Hashable {
        package var result: PostCondition.Result
        package var isUnknowable = false
    }

    /// Looks once.
    ///
    /// - Throws: `IntegrationError`; `CancellationError`.
    package func look(_ client: JenkinsClient) async throws -> Finding {
        let path = try JenkinsPath(job)
        switch kind {
        case .succeeds: return try await lookAtBuild(path, client)
        case .ended:
            let found = try await client.build(.number(build ?? 0), of: path)
            let text = "build #\(found.number) \(found.outcome)"
            return Finding(result: found.isRunning ? .pending(text) : .met(text))
        case .enabled, .disabled:
            let isDisabled = try await client.job(path).isDisabled
            let text = "job \(job) is \(isDisabled ? "disabled" : "enabled")"
            return Finding(result: isDisabled == (kind == .disabled) ? .met(text) : .failed(text))
        case .cancelled:
            guard let found = try await client.queueItem(item ?? 0) else {
                return Finding(result: .met("queue item \(item ?? 0) is gone"))
            }
            let text = "queue item \(found.id) \(found.state)"
            return Finding(result: found.isCancelled ? .met(text) : found.build != nil ? .failed(text) : .pending(text))
        case .answered:
            let open = try await client.pendingInputs(.number(build ?? 0), of: path)
            return Finding(
                result: open.contains { $0.id == input }
                    ? .pending("it still waits for an answer") : .met("it does not wait for this answer any more"))
        }
    }

    private func lookAtBuild(_ path: JenkinsPath, _ client: JenkinsClient) async throws -> Finding {
        guard let item else {
            return Finding(result: .pending("it isn't known which build it became"), isUnknowable: true)
        }
        var number: Int?
        if let found = try await client.queueItem(item) {
            if found.isCancelled { return Finding(result: .failed("queue item \(item) was cancelled before it began")) }
            guard found.build != nil else { return Finding(result: .pending("queue item \(item) \(found.state)")) }
            number = found.build
        } else {
            number = try await client.build(ofQueueItem: item, of: path)?.number
        }
        guard let number else {
            return Finding(
                result: .pending("queue item \(item) has left the queue, and no build came of it"), isUnknowable: true)
        }
        return try await lookAt(number, path, client)
    }

    private func lookAt(_ number: Int, _ path: JenkinsPath, _ client: JenkinsClient) async throws -> Finding {
        let found = try await client.build(.number(number), of: path)
        let stages = try await client.stages(.number(number), of: path) ?? []
        if found.isRunning {
            var text = "build #\(number) is running" + Self.text(stages)
            if stages.contains(where: { $0.status == "PAUSED_PENDING_INPUT" }) {
                let inputs = try await client.pendingInputs(.number(number), of: path)
                text += "; it waits for an answer: " + inputs.map { "\($0.message) (\($0.id))" }.joined(separator: ", ")
            }
            return Finding(result: .pending(text))
        }
        let text = "build #\(number) \(found.outcome) after \(Int(found.duration)) s"
        if found.result == "SUCCESS" { return Finding(result: .met(text + Self.text(stages))) }
        let why = try await client.findings(.number(number), of: path)
        return Finding(result: .failed(text + (why.isEmpty ? "" : ": " + why.joined(separator: "\n"))))
    }

    /// `; stages: Build SUCCESS, Test IN_PROGRESS`
    private static func text(_ stages: [JenkinsStage]) -> String {
        guard !stages.isEmpty else { return "" }
        let shown = stages.suffix(8).map { "\($0.name) \($0.status)" }
        return "; stages: " + (stages.count > 8 ? "…, " : "") + shown.joined(separator: ", ")
    }
}
