import Integrations
import KubeClient
import KubeModel
import SkyfloAPI

/// Has a Jenkins do something. Nothing in its API keeps a build from being started twice, so each request is sent once only.
/// Where its answer is lost it is looked whether what it was for is so, and only what is proven counts as done.
package struct JenkinsBackend: WriteBackend {
    private let reader: IntegrationReader
    /// nil for whoever only looks.
    private let writer: IntegrationWriter?

    init(_ reader: IntegrationReader) {
        self.reader = reader
        writer = nil
    }

    init(_ writer: IntegrationWriter) {
        self.writer = writer
        reader = writer.reader
    }

    /// What the outcome of a started build ends with: by it whoever comes later finds the build.
    static let queued = "queued as item "

    package func preview(
        _ write: PlannedJenkinsRequest, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        let (_, described) = try reader.described(write.integration, of: [.jenkins])
        try await reader.requireRight(.put, to: described.name, api: api)
        if described.isReadOnly { throw ToolFailure(Self.readOnly(described.name)) }
        let request: IntegrationRequest
        do {
            request = try write.request()
        } catch {
            throw ToolFailure(error.message)
        }
        var lines = ["Jenkins \(write.integration), job \(write.job): would be sent", "  POST \(request.target)"]
        lines += write.shown(by: redactor).form.compactMap { JenkinsFormField(json: $0) }.map { "    " + $0.line }
        var warnings = ["what it does can't be tried out or undone"]
        if write.startsBuild {
            warnings = [
                "what the build does can't be tried out or undone; if Jenkins's answer is lost, whether it began may stay unknown"
            ]
        }
        return WritePreview(
            write: PlannedWrite(.jenkins(write)), text: lines.joined(separator: "\n") + "\n", warnings: warnings)
    }

    private static func readOnly(_ name: String) -> String {
        "refused: the integration \(name) is read-only (readOnly in the SkyfloAI)"
    }

    // MARK: Sending

    package func execute(
        _ write: PlannedJenkinsRequest, api: ImpersonatingAPI, redactor: Redactor
    ) async -> WriteOutcome {
        guard let writer else { return .rejected("not sent: there is no leave to write") }
        let client: JenkinsClient
        let request: IntegrationRequest
        do {
            let (_, described) = try reader.described(write.integration, of: [.jenkins])
            if described.isReadOnly { return .rejected(Self.readOnly(described.name)) }
            try await reader.requireRight(.put, to: described.name, api: ReadOnlyAPI(api))
            client = try await reader.jenkins(described)
            try client.check(write.job)
            if let refusal = try await JenkinsEvidence(client).obstacle(to: write) { return refusal }
            request = try write.request()
        } catch {
            return .rejected("not sent: \(Self.text(error))")
        }
        let response: IntegrationResponse
        do {
            response = try await writer.post(request, toJenkins: write.integration)
        } catch let error as IntegrationError where error.isCertainlyNotDone {
            return .rejected("not done: Jenkins \(write.integration): \(error.message)")
        } catch {
            return await lost(write, "Jenkins's answer is lost (\(Self.text(error)))", client: client)
        }
        return await outcome(of: response, to: write, client: client)
    }

    private func outcome(
        of response: IntegrationResponse, to write: PlannedJenkinsRequest, client: JenkinsClient
    ) async -> WriteOutcome {
        let location = response.header("location")
        if response.status >= 500 || response.status == 408 {
            return await lost(write, "Jenkins answered HTTP \(response.status)", client: client)
        }
        if (300..<400).contains(response.status), let location, Self.isLogin(location) {
            return .rejected("not done: Jenkins \(write.integration) does not accept the integration's user and token")
        }
        if response.status >= 400 {
            do {
                try JenkinsClient.requireSuccess(response, what: "job \(write.job)", jenkins: write.integration)
            } catch {
                return .rejected("not done: \(error.message)")
            }
        }
        guard write.isBuild else { return await settled(write, response: response, client: client) }
        guard [201, 302, 303].contains(response.status), let location,
            let id = JenkinsQueueItem.id(inLocation: location)
        else {
            let what = "Jenkins answered HTTP \(response.status) and named no queue item"
            return await lost(write, what, client: client)
        }
        return await queued(id, write: write, isOld: response.status == 303, client: client)
    }

    /// A location may be wrong: the item has to be one of the job.
    private func queued(
        _ id: Int, write: PlannedJenkinsRequest, isOld: Bool, client: JenkinsClient
    ) async -> WriteOutcome {
        let item: JenkinsQueueItem?
        do {
            item = try await client.queueItem(id)
        } catch {
            return await lost(
                write, "Jenkins accepted it as queue item \(id), which can't be read: \(Self.text(error))",
                client: client)
        }
        guard let item, item.job == write.job else {
            return await lost(
                write, "Jenkins accepted it and named queue item \(id), which is not of job \(write.job)",
                client: client)
        }
        let joined = isOld ? "an equal build waited already; " : ""
        return .applied("\(joined)\(Self.queued)\(id)", uid: "queue-item-\(id)")
    }

    /// Of what isn't a build: Jenkins answers with a redirect to the page of what was changed, a login page of a proxy with 200.
    private func settled(
        _ write: PlannedJenkinsRequest, response: IntegrationResponse, client: JenkinsClient
    ) async -> WriteOutcome {
        let isProven = (300..<400).contains(response.status) || !response.looksLikeHTML
        if write.action == .replay {
            let found = try? await JenkinsEvidence(client).outcome(of: write, mayBeTheOnlyOne: isProven)
            return found ?? .unknown("Jenkins took it, and which build it became can't be found out")
        }
        if isProven { return .applied("Jenkins did it") }
        return await lost(write, "Jenkins answered with a web page", client: client)
    }

    private static func isLogin(_ location: String) -> Bool {
        location.contains("/login?") || location.hasSuffix("/login")
            || location.contains("/securityRealm/commenceLogin")
            || location.hasSuffix("/loginError")
    }

    private func lost(_ write: PlannedJenkinsRequest, _ what: String, client: JenkinsClient) async -> WriteOutcome {
        do {
            let found = try await JenkinsEvidence(client).outcome(of: write, mayBeTheOnlyOne: false)
            if case .unknown(let why) = found { return .unknown("\(what); \(why)") }
            return found
        } catch {
            return .unknown("\(what), and it can't be looked for: \(Self.text(error))")
        }
    }

    private static func text(_ error: any Error) -> String {
        error is CancellationError ? "cancelled" : ToolFailure(describing: error).message
    }

    // MARK: Finding out

    package func recover(
        _ write: PlannedJenkinsRequest, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        do {
            let client = try await reader.jenkins(write.integration, api: api)
            return try await JenkinsEvidence(client).outcome(of: write, mayBeTheOnlyOne: false)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .unknown("Jenkins may have been asked, and it can't be looked whether it was: \(Self.text(error))")
        }
    }

    package func refresh(
        _ write: PlannedJenkinsRequest, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedJenkinsRequest? { nil }
}

extension JenkinsFormField {
    /// `ENV = prod (choice of "dev", "prod", default "dev"; the last successful build had "dev")`
    fileprivate var line: String {
        var notes: [String] = []
        if let type {
            let choices = choices.isEmpty ? "" : " of " + choices.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
            notes.append(type + choices + (defaultValue.map { ", default \"\($0)\"" } ?? ""))
        }
        if let before { notes.append("the last successful build had \"\(before)\"") }
        let shown = value.contains(where: \.isNewline) ? JSONWriter.string(.string(value)) : value
        return "\(name) = \(shown)" + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }
}
