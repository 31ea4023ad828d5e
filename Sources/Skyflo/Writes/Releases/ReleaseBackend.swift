import Helm
import KubeClient
import KubeModel
import SkyfloAPI

/// Carries out what is done for a release of Helm: to its records, and, by what they hold, to its objects.
package struct ReleaseBackend: WriteBackend {
    /// When something is carried out: records have it.
    let now: KubeTime

    package init(now: KubeTime = KubeTime(seconds: 0)) { self.now = now }

    // MARK: Preview

    package func preview(
        _ write: PlannedReleaseWrite, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        if write.kind == .object, let planned = write.request {
            return try await preview(planned, of: write, after: earlier, api: api, redactor: redactor)
        }
        // Their content isn't tried out; rights can be. One record's are another's.
        let isAsked = earlier.contains { other in
            guard case .release(let other) = other.action else { return false }
            return other.kind == write.kind && other.target.resource == write.target.resource
                && other.target.namespace == write.target.namespace
        }
        if !isAsked { try await AccessReview.requireForTool(write.outline, api: api) }
        return WritePreview(
            write: PlannedWrite(.release(write)), text: Self.text(of: write), change: ChangeRecord(write))
    }

    private static func text(of write: PlannedReleaseWrite) -> String {
        let work = write.work
        let release = "release \(write.target.namespace.map { "\($0)/" } ?? "")\(work.release)"
        switch work.kind {
        case .createRecord:
            let content =
                write.content == nil
                ? "with chart, values and objects of revision \(work.revision)" : "as \(work.revision)"
            return "\(release): a new revision would be stored (\(work.status ?? "?")), \(content)\n"
        case .markRecord:
            let hooks = work.hooks.isEmpty ? "" : ", with the runs of its hooks"
            return "\(release): revision \(work.revision) would be marked \(work.status ?? "?")\(hooks)\n"
        case .deleteRecord: return "\(release): the record of revision \(work.revision) would be deleted\n"
        case .deleteCreated: return "\(write.target.text): would be deleted then\n"
        case .object: return "\(write.target.text)\n"
        }
    }

    private func preview(
        _ planned: PlannedRequest, of write: PlannedReleaseWrite, after earlier: ArraySlice<PlannedWrite>,
        api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        // What is in its place now goes first, so that it can't be tried out.
        let isReplaced =
            planned.target.uid.isEmpty
            && earlier.contains {
                guard case .release(let other) = $0.action else { return false }
                return other.target.isSameObject(as: planned.target)
                    && (other.kind == .deleteCreated || other.request?.request.method == .delete)
            }
        var preview: WritePreview
        if isReplaced {
            try await AccessReview.requireForTool(planned.request, api: api)
            let shown = planned.submitted.map { redactor.redact($0) }
            preview = WritePreview(
                write: PlannedWrite(planned),
                text: "\(planned.target.text): would be created again\n" + (shown.map { YAML.format($0.json) } ?? ""))
        } else {
            preview = try await KubernetesBackend().preview(planned, after: earlier, api: api, redactor: redactor)
        }
        var release = write
        release.request = preview.write.request ?? planned
        preview.write = PlannedWrite(.release(release))
        // One object alone isn't taken back: what the release says of it would be wrong.
        preview.change = preview.change?.withoutContent("it belongs to release \(write.work.release)")
        preview.change?.isPart = true
        // That its own release manages it is what it is about.
        if let before = planned.before, !Owner.all(of: before).contains(where: \.isAnotherThanHelm) {
            preview.ownership = nil
        }
        return preview
    }

    // MARK: Execution

    package func execute(
        _ write: PlannedReleaseWrite, api: ImpersonatingAPI, redactor: Redactor
    ) async -> WriteOutcome {
        do {
            switch write.kind {
            case .object:
                let planned = try await before { try await resolve(write, api: ReadOnlyAPI(api), redactor: redactor) }
                let outcome = await KubernetesBackend().execute(planned, api: api, redactor: redactor)
                // Servers repeat values in their messages, and nobody but this has seen the body.
                let secrets = planned.secrets(redactor)
                return outcome.mapText { redactor.redact(text: $0, knowing: secrets) }
            case .createRecord, .markRecord:
                let (planned, secrets) = try await before {
                    try await recordRequest(write, api: ReadOnlyAPI(api), redactor: redactor)
                }
                let outcome = KubernetesBackend.classify(try await api.send(planned.request), of: planned)
                return outcome.mapText { redactor.redact(text: $0, knowing: secrets) }
            case .deleteRecord, .deleteCreated:
                guard !write.target.uid.isEmpty else {
                    return .rejected("not sent: it isn't known which \(write.target.text) was created")
                }
                let outcome = Self.outcome(ofDelete: try await api.send(write.outline), of: write)
                return outcome.mapText { redactor.redact(text: $0) }
            }
        } catch let problem as NotPrepared {
            return .postponed("not sent: \(problem.why)")
        } catch let moved as ReleaseMoved {
            return .stale(moved.message)
        } catch let failure as ToolFailure {
            return .rejected("not sent: \(failure.message)")
        } catch let denied as PermissionDenied {
            return .rejected(ToolFailure(describing: denied).message)
        } catch is CancellationError {
            return .unknown("cancelled before the API server answered")
        } catch {
            return .unknown("no answer of the API server: \(ToolFailure(describing: error).message)")
        }
    }

    /// That what has to be read first couldn't be: nothing was sent.
    private struct NotPrepared: Error { var why: String }

    /// Reads what a write is made of.
    ///
    /// - Throws: what is to be told of it; ``NotPrepared`` where reading it again may do.
    private func before<Result>(_ read: () async throws -> Result) async throws -> Result {
        do {
            return try await read()
        } catch let status as APIStatus where status.code >= 500 || status.code == 429 {
            throw NotPrepared(why: ToolFailure(describing: status).message)
        } catch let error as KubeClientError {
            throw NotPrepared(why: ToolFailure(describing: error).message)
        }
    }

    private static func outcome(ofDelete response: KubeResponse, of write: PlannedReleaseWrite) -> WriteOutcome {
        switch response.status {
        case 200..<300: .applied("done", uid: write.target.uid)
        // The uid is the only precondition: another one has the name, so this one is gone.
        case 404, 409: .applied("\(write.target.text) was gone already", uid: write.target.uid)
        case 408, 500...: .unknown("HTTP \(response.status): \(response.failure.message)")
        default: .rejected(ToolFailure(describing: response.failure).message)
        }
    }

    /// The request with its body, made of what is stored.
    ///
    /// - Throws: ``ReleaseMoved`` where that isn't what was approved.
    private func resolve(
        _ write: PlannedReleaseWrite, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedRequest {
        guard let planned = write.request else { throw ToolFailure("\(write.target.text): there is no request") }
        guard let text = write.work.part, planned.request.body == nil else { return planned }
        guard let part = ReleaseContent.Part(text) else { throw ToolFailure("there is no part \(text) of a release") }
        let record = try await Self.source(of: write, api: api, redactor: redactor).record
        let body = try ReleaseContent.body(of: part, in: record, namespace: planned.target.namespace)
        guard ReleaseContent.digest(of: body, by: redactor) == write.work.bodyDigest else {
            throw ReleaseMoved(message: "\(planned.target.text) isn't what was approved")
        }
        let target = planned.target
        var live: KubeObject?
        if !target.uid.isEmpty {
            live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
            guard let live, live.uid == target.uid, live.resourceVersion == target.resourceVersion else {
                throw ReleaseMoved(message: "\(target.text) has changed since")
            }
        }
        let made = try await ReleaseContent.request(
            body: body, target: target, live: live, manager: Self.manager(of: planned),
            force: planned.request[query: "force"] == "true", api: api)
        guard made.request.method == planned.request.method, made.request.path == planned.request.path,
            made.request.query == planned.request.query
        else { throw ReleaseMoved(message: "\(target.text) is written by another client since") }
        var resolved = made
        resolved.previewed = planned.previewed
        return resolved
    }

    private static func manager(of planned: PlannedRequest) -> String {
        planned.request[query: "fieldManager"] ?? ReleaseManager.standard
    }

    // MARK: Afterwards

    package func recover(
        _ write: PlannedReleaseWrite, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        let target = write.target
        switch write.kind {
        case .object:
            return try await recoverObject(write, api: api, redactor: redactor)
        case .deleteRecord, .deleteCreated:
            let live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
            guard let live, live.uid == target.uid, !live.isBeingDeleted else {
                return .applied("done (found out after an interruption)", uid: target.uid)
            }
            return .notDone
        case .createRecord, .markRecord: return try await recoverRecord(write, api: api, redactor: redactor)
        }
    }

    private func recoverObject(
        _ write: PlannedReleaseWrite, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        guard let planned = write.request else { return .unknown("\(write.target.text): there is no request") }
        guard let text = write.work.part, let part = ReleaseContent.Part(text) else {
            return try await KubernetesBackend().recover(planned, change: nil, api: api, redactor: redactor)
        }
        do {
            let record = try await Self.source(of: write, api: api, redactor: redactor).record
            let body = try ReleaseContent.body(of: part, in: record, namespace: planned.target.namespace)
            guard !write.target.uid.isEmpty else {
                let creation = ReleaseContent.creation(
                    body: body, target: planned.target, manager: Self.manager(of: planned))
                return try await KubernetesBackend().recover(creation, change: nil, api: api, redactor: redactor)
            }
            // While controllers work on it, it moves between two looks.
            for _ in 0..<Self.looks {
                do {
                    return try await recoverChange(planned, to: body, api: api, redactor: redactor)
                } catch let failure as ToolFailure where failure.isStale {
                    continue
                }
            }
            return try await recoverChange(planned, to: body, api: api, redactor: redactor)
        } catch let moved as ReleaseMoved {
            return .unknown(moved.message)
        } catch let failure as ToolFailure {
            return .unknown(failure.message)
        }
    }

    private static let looks = 10

    /// Controllers write to an object as soon as it has changed. What the change is about is there where doing it again would
    /// change nothing.
    private func recoverChange(
        _ planned: PlannedRequest, to body: JSONValue, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        let target = planned.target
        let live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
        guard let live, live.uid == target.uid else {
            return .unknown("\(target.text) \(live == nil ? "no longer exists" : "was replaced by a new one")")
        }
        if live.resourceVersion == target.resourceVersion || redactor.contentHash(of: live) == planned.previewed?.before
        {
            return .notDone
        }
        let again = try await ReleaseContent.request(
            body: body, target: target, live: live, manager: Self.manager(of: planned),
            force: planned.request[query: "force"] == "true", api: api)
        let answer = try await DryRun(again, api: api, redactor: redactor).answer()
        guard answer?.withoutServerFields == live.withoutServerFields else {
            return .unknown(
                "\(target.text) has changed, and it is not known whether the change is the one that was sent")
        }
        return .applied("done (found out after an interruption)", uid: live.uid)
    }

    package func refresh(
        _ write: PlannedReleaseWrite, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedReleaseWrite? {
        guard write.kind == .object, let planned = write.request, !write.target.uid.isEmpty else { return nil }
        if write.work.part == nil {
            guard let moved = try await KubernetesBackend().refresh(planned, api: api, redactor: redactor) else {
                return nil
            }
            var refreshed = write
            refreshed.request = moved
            refreshed.target = moved.target
            return refreshed
        }
        return try await refreshed(write, planned: planned, api: api, redactor: redactor)
    }

    /// As ``KubernetesBackend/refresh(_:api:redactor:)``, with a body that is made anew.
    private func refreshed(
        _ write: PlannedReleaseWrite, planned: PlannedRequest, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedReleaseWrite? {
        let target = planned.target
        do {
            let live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
            guard let live, live.uid == target.uid, let previewed = planned.previewed,
                redactor.contentHash(of: live) == previewed.before
            else { return nil }
            var moved = write
            moved.target.resourceVersion = live.resourceVersion
            moved.request?.target.resourceVersion = live.resourceVersion
            let whole = try await resolve(moved, api: api, redactor: redactor)
            let dryRun = try await DryRun(whole, api: api, redactor: redactor)
            guard let answer = try dryRun.answer(),
                redactor.contentHash(of: dryRun.result(answer)) == previewed.after
            else { return nil }
            return moved
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }
}

extension PlannedRequest.Target {
    fileprivate func isSameObject(as other: PlannedRequest.Target) -> Bool {
        resource.isSame(as: other.resource) && namespace == other.namespace && name == other.name
    }
}

extension Owner {
    fileprivate var isAnotherThanHelm: Bool { if case .helm = self { false } else { true } }
}
