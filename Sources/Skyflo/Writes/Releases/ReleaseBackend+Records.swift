import Helm
import KubeClient
import KubeModel
import SkyfloAPI

extension ReleaseBackend {
    /// The stored revision that a write takes its content from.
    ///
    /// - Throws: ``ReleaseMoved`` where it isn't the one of the plan.
    static func source(
        of write: PlannedReleaseWrite, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> (secret: KubeObject, record: ReleaseRecord) {
        let work = write.work
        let name = ReleaseRecord.secretName(release: work.release, revision: work.revision)
        let found = try await record(named: name, namespace: work.namespace, api: api)
        guard let found, work.secretUID.isEmpty || found.secret.uid == work.secretUID else {
            throw ReleaseMoved(message: "revision \(work.revision) of release \(work.release) was deleted")
        }
        guard ReleaseContent.digest(of: found.record, by: redactor) == work.digest else {
            throw ReleaseMoved(message: "revision \(work.revision) of release \(work.release) has changed since")
        }
        return found
    }

    /// nil where there is none, or it can't be read.
    private static func record(
        named name: String, namespace: String?, api: ReadOnlyAPI
    ) async throws -> (secret: KubeObject, record: ReleaseRecord)? {
        guard let secret = try await api.find(.secrets, namespace: namespace, name: name),
            secret["type"]?.string == ReleaseRecord.secretType, let data = secret["data", "release"]?.string,
            let record = try? ReleaseRecord(data: data)
        else { return nil }
        return (secret, record)
    }

    /// The request that stores a new record, or another status of one, and what it carries of secrets: to the server the
    /// record is one value, but whoever admits it may repeat what is in there.
    func recordRequest(
        _ write: PlannedReleaseWrite, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> (planned: PlannedRequest, secrets: Set<String>) {
        let planned: PlannedRequest
        let record: ReleaseRecord
        if write.kind == .createRecord { try await Self.checkPrevious(of: write, api: api) }
        if let content = write.content {
            record = try ToolFailure.ofHelm { () throws(HelmError) in try ReleaseRecord(text: content) }
            guard ReleaseContent.digest(of: record, by: redactor) == write.work.digest else {
                throw ReleaseMoved(message: "revision \(write.work.revision) isn't what was approved")
            }
            let labels = try await Self.labels(before: write, api: api)
            planned = try ToolFailure.ofHelm { () throws(HelmError) in
                try creation(write, of: record, labels: labels)
            }
        } else {
            let source = try await Self.source(of: write, api: api, redactor: redactor)
            record = source.record
            planned = try ToolFailure.ofHelm { () throws(HelmError) in
                try write.kind == .createRecord
                    ? creation(write, of: record, labels: source.secret.labels)
                    : mark(write, secret: source.secret, record: record)
            }
        }
        let own = redactor.secrets(ofRevision: record).filter { !planned.target.text.contains($0) }
        return (planned, planned.secrets(redactor).union(own))
    }

    /// The nonce of a plan, as an annotation of the record that it made.
    static let nonceMark = "skyflo.ai/plan"

    /// - Throws: ``ReleaseMoved`` where somebody has changed the release since the plan was made.
    private static func checkPrevious(of write: PlannedReleaseWrite, api: ReadOnlyAPI) async throws {
        guard let previous = write.work.previous else { return }
        let name = ReleaseRecord.secretName(release: write.work.release, revision: previous.revision)
        let found = try await api.find(.secrets, namespace: write.work.namespace, name: name)
        guard found?.uid == previous.uid, found?.labels["status"] == previous.status else {
            throw ReleaseMoved(
                message: "release \(write.work.release) has changed since: revision \(previous.revision) was "
                    + "\(previous.status), and is \(found?.labels["status"] ?? "gone")")
        }
    }

    /// What users have labelled the revision before with goes on to the next one, as at Helm.
    private static func labels(before write: PlannedReleaseWrite, api: ReadOnlyAPI) async throws -> [String: String] {
        let work = write.work
        guard work.revision > 1 else { return [:] }
        let name = ReleaseRecord.secretName(release: work.release, revision: work.revision - 1)
        return try await api.find(.secrets, namespace: work.namespace, name: name)?.labels ?? [:]
    }

    private static let query = [KubeRequest.QueryItem("fieldManager", value: ReleaseManager.standard)]

    private func creation(
        _ write: PlannedReleaseWrite, of source: ReleaseRecord, labels: [String: String]
    ) throws(HelmError) -> PlannedRequest {
        let prefix = ReleaseRecord.secretName(release: write.work.release, revision: 0).dropLast()
        let revision = Int(write.target.name.dropFirst(prefix.count)) ?? 0
        guard let status = write.work.status.flatMap(ReleaseStatus.init) else {
            throw HelmError("not sent: the record has no status")
        }
        let made = source.begun(
            as: status, revision: revision, firstDeployed: write.work.firstDeployed, at: now,
            description: write.work.message ?? "")
        var object = try made.secret(userLabels: labels, createdAt: now)
        if let nonce = write.work.nonce {
            object.json[path: ["metadata", "annotations", Self.nonceMark]] = .string(nonce)
        }
        guard object.name == write.target.name else { throw HelmError("not sent: the record has another name") }
        return PlannedRequest(
            request: KubeRequest(
                .post, path: write.target.resource.path(namespace: write.target.namespace), query: Self.query,
                contentType: "application/json", body: JSONWriter.string(object.json)),
            target: write.target, before: nil)
    }

    private func mark(
        _ write: PlannedReleaseWrite, secret: KubeObject, record: ReleaseRecord
    ) throws(HelmError) -> PlannedRequest {
        let work = write.work
        guard secret.uid == write.target.uid else {
            throw HelmError("\(write.target.text) was replaced by another one")
        }
        guard let status = work.status.flatMap(ReleaseStatus.init), work.from.contains(record.status) else {
            throw HelmError(
                "revision \(work.revision) of release \(work.release) is \(record.status) by now: another client works on it"
            )
        }
        var marked = record.with(status, description: work.message)
        if status == .uninstalling { marked = marked.deleted(at: now) }
        if !work.hooks.isEmpty { marked = marked.withRun(of: work.hooks, phase: "Succeeded", at: now) }
        let body: JSONValue = [
            "metadata": [
                "uid": .string(secret.uid), "resourceVersion": .string(secret.resourceVersion),
                "labels": [
                    "status": .string(status.rawValue), "modifiedAt": .string(String(now.microseconds / 1_000_000)),
                ],
            ],
            "data": ["release": .string(try marked.encoded())],
        ]
        var target = write.target
        target.resourceVersion = secret.resourceVersion
        return PlannedRequest(
            request: KubeRequest(
                .patch, path: target.resource.path(namespace: target.namespace, name: target.name),
                query: Self.query,
                contentType: Patch.merge(.null).contentType, body: JSONWriter.string(body)),
            target: target, before: nil)
    }

    /// What became of a record is read from the record.
    func recoverRecord(
        _ write: PlannedReleaseWrite, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        let (target, work) = (write.target, write.work)
        guard let live = try await Self.record(named: target.name, namespace: target.namespace, api: api) else {
            return write.kind == .createRecord ? .notDone : .unknown("\(target.text) no longer exists")
        }
        let isOurs =
            ReleaseContent.digest(of: live.record, by: redactor) == work.digest && live.record.status == work.status
        let isSaid = work.message == nil || live.record.description == work.message
        let isThis =
            write.kind != .createRecord || work.nonce == nil
            || live.secret.annotations[Self.nonceMark] == work.nonce
        if isOurs, isSaid, isThis, write.kind == .createRecord || live.secret.uid == target.uid {
            return .applied("done (found out after an interruption)", uid: live.secret.uid)
        }
        if write.kind == .markRecord, live.secret.uid == target.uid, work.from.contains(live.record.status) {
            return .notDone
        }
        return .unknown("\(target.text) is \(live.record.status), and may have been written by somebody else")
    }
}

extension Redactor {
    /// What a stored revision holds of secrets: among its values by their names, and in its objects and hooks.
    fileprivate func secrets(ofRevision record: ReleaseRecord) -> Set<String> {
        let objects = ((try? record.objects()) ?? []) + ((try? record.everyHookObject()) ?? [])
        var secrets: Set<String> = []
        var found = credentials(in: record.computedValues)
        for object in objects {
            secrets.formUnion(Redactor.secrets(in: object))
            found.formUnion(credentials(in: object.json))
        }
        // A password that is a common word would be hidden all over the text.
        return secrets.union(found.filter { $0.utf8.count >= 6 })
    }
}
