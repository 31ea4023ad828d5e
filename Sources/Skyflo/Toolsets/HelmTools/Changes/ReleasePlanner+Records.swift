import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// What becomes of the records, and what follows a failure.
extension ReleasePlanner {
    /// Stores a new revision with the content of ``record``.
    ///
    /// - Parameters:
    ///   - newest: the newest revision, as it was read: where it isn't that any more, the plan is stale.
    ///   - content: of a record that isn't stored itself (``Helm/ReleaseRecord/text()``).
    mutating func createRecord(
        revision: Int, after newest: ReleaseHead?, as status: ReleaseStatus, firstDeployed: String?, message: String,
        content: String? = nil
    ) {
        var work = work(.createRecord, head: head, digest: digest)
        work.status = status.rawValue
        work.message = message
        work.firstDeployed = firstDeployed
        work.previous = newest.map { .init(revision: $0.revision, uid: $0.uid, status: $0.status) }
        work.nonce = String(UInt64.random(in: .min ... .max), radix: 36)
        nextStage()
        add(
            .release(PlannedReleaseWrite(work, target: secret(revision: revision), content: content)),
            title: "store revision \(revision) of release \(release) as \(status.rawValue)")
    }

    /// Creates a namespace, as Helm does.
    mutating func create(namespace: String) {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": ["name": .string(namespace), "labels": ["name": .string(namespace)]],
        ]
        let request = KubeRequest(
            .post, path: APIResource.namespaces.path(namespace: nil),
            query: [.init("fieldManager", value: ReleaseManager.standard)], contentType: "application/json",
            body: JSONWriter.string(object))
        let place = Place(resource: .namespaces, namespace: nil, name: namespace)
        nextStage()
        add(
            .request(PlannedRequest(request: request, target: place.target, before: nil)),
            title: "create namespace \(namespace)")
    }

    /// - Parameters:
    ///   - isNew: an earlier step stores it.
    ///   - isOnFailure: only where a step fails.
    mutating func mark(
        _ head: ReleaseHead, digest: String, as status: ReleaseStatus, from: [String], message: String? = nil,
        isNew: Bool = false, isOnFailure: Bool = false
    ) {
        var work = work(.markRecord, head: head, digest: digest)
        work.status = status.rawValue
        work.from = from
        work.message = message
        if isNew {
            work.secretUID = ""
            work.hooks = isOnFailure ? [] : ranHooks
        }
        let planned = PlannedReleaseWrite(work, target: secret(revision: head.revision, uid: isNew ? "" : head.uid))
        let title = "mark revision \(head.revision) of release \(release) \(status.rawValue)"
        guard isOnFailure else { return add(.release(planned), title: title) }
        addOnFailure(.release(planned), title: title)
    }

    /// Stores how the hooks ran that have by then, under the status that a stored revision has.
    mutating func recordHooks(of head: ReleaseHead) {
        var work = work(.markRecord, head: head, digest: digest)
        work.status = head.status
        work.from = [head.status]
        work.hooks = ranHooks
        add(
            .release(PlannedReleaseWrite(work, target: secret(revision: head.revision, uid: head.uid))),
            title: "store in revision \(head.revision) of release \(release) how its hooks ran")
    }

    /// - Parameter stage: it is only done where all of earlier stages is.
    mutating func addOnFailure(_ action: PlannedWrite.Action, title: String, stage: Int = 1) {
        lastResort.append(
            PlannedWrite(
                action,
                step: WriteStep(
                    title: "only after a failure: \(title)", stage: stage, deadlineSeconds: options.seconds,
                    isRetried: true, isOnFailure: true)))
    }

    /// After a failure the objects that were created go again.
    mutating func deleteCreatedOnFailure() {
        for place in brought.reversed() {
            addOnFailure(deletion(ofCreated: place), title: "delete \(place.target.text)")
        }
    }

    /// Deletes what an earlier step creates.
    ///
    /// - Parameter end: how that step has to have ended; nil for any end.
    func deletion(ofCreated place: Place, after end: StepProgress.State? = nil) -> PlannedWrite.Action {
        var work = work(.deleteCreated, head: head, digest: digest)
        work.from = end.map { [$0.rawValue] } ?? []
        return .release(PlannedReleaseWrite(work, target: place.target))
    }

    /// After a failure the record of a new release goes as well.
    mutating func deleteRecordOnFailure() {
        addOnFailure(
            .release(
                PlannedReleaseWrite(
                    work(.deleteRecord, head: head, digest: ""), target: secret(revision: head.revision))),
            title: "delete the record of revision \(head.revision) of release \(release)", stage: 2)
    }

    mutating func deleteRecord(_ head: ReleaseHead) {
        add(
            .release(
                PlannedReleaseWrite(
                    work(.deleteRecord, head: head, digest: ""), target: secret(revision: head.revision, uid: head.uid))
            ),
            title: "delete the record of revision \(head.revision) of release \(release)")
    }
}
