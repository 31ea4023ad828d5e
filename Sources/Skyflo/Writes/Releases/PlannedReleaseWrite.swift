import Helm
import KubeClient
import KubeModel
import SkyfloAPI

/// A write for a release of Helm, by what is stored of the release.
///
/// Values and manifests may be large and hold credentials, so a plan names the stored revision that they are taken from, with
/// the digest of its content, and of each object that is made of it. What doesn't have these digests any more isn't sent.
package struct PlannedReleaseWrite: Sendable, Hashable {
    package typealias Kind = StoredReleaseWork.Kind

    package var work: StoredReleaseWork
    /// The Secret of the record, or the object. The uid is empty for what doesn't exist yet.
    package var target: PlannedRequest.Target
    /// For an object: the request, which has a body only until it is stored; nil for records.
    package var request: PlannedRequest?
    /// Of a record that is made of a chart: all of it (``Helm/ReleaseRecord/text()``). Nobody but whoever carries the plan out
    /// sees it. Nil where the content is taken from a stored revision.
    package var content: String?

    package init(
        _ work: StoredReleaseWork, target: PlannedRequest.Target, request: PlannedRequest? = nil,
        content: String? = nil
    ) {
        self.work = work
        self.target = target
        self.request = request
        self.content = content
    }

    package var kind: Kind { work.kind }

    /// As a request to the API server; of a record without its content.
    var outline: KubeRequest {
        let path = target.resource.path(namespace: target.namespace, name: target.name)
        switch kind {
        case .object: return request?.request ?? KubeRequest(.get, path: path)
        case .createRecord: return KubeRequest(.post, path: target.resource.path(namespace: target.namespace))
        case .markRecord: return KubeRequest(.patch, path: path)
        case .deleteRecord, .deleteCreated:
            return KubeRequest(
                .delete, path: path, contentType: "application/json",
                body: JSONWriter.string(DeleteOptions(uid: target.uid, propagation: .background).json))
        }
    }

    package var access: ResourceAccess? { ResourceAccess(outline) }

    /// A record is marked only from a status that it is known to have, under the version that was read for that; deletions name
    /// the uid.
    var guarantee: WriteGuarantee? {
        switch kind {
        case .object where work.part != nil && request?.request.body == nil:
            target.uid.isEmpty ? .fixedName : .pinned
        case .object: request?.guarantee
        case .createRecord: .fixedName
        case .markRecord, .deleteRecord, .deleteCreated: .pinned
        }
    }

    /// What it creates; nil where it creates nothing.
    var creation: PlannedRequest.Target? {
        switch kind {
        case .createRecord: target
        case .object: target.uid.isEmpty ? target : nil
        case .markRecord, .deleteRecord, .deleteCreated: nil
        }
    }

    /// What an earlier step has to create for it; nil where its target is known.
    var createdTarget: PlannedRequest.Target? {
        switch kind {
        case .markRecord, .deleteRecord, .deleteCreated: target.uid.isEmpty ? target : nil
        case .createRecord, .object: nil
        }
    }

    /// Whether it is done where the step that creates its object ended so.
    package func appliesAfter(_ end: StepProgress.State) -> Bool {
        kind != .deleteCreated || work.from.isEmpty || work.from.contains(end.rawValue)
    }

    /// Whether it is about what an earlier step should have created, and didn't.
    var lacksCreated: Bool { createdTarget != nil }

    func aimed(atUID uid: String) -> PlannedReleaseWrite {
        var aimed = self
        aimed.target.uid = uid
        return aimed
    }
}

extension PlannedReleaseWrite {
    var stored: StoredWrite {
        var stored = (request.map { $0.stored }) ?? StoredWrite()
        if work.part != nil { stored.body = nil }
        if let content { stored.body = content }
        stored.release = work
        stored.target = target.stored
        return stored
    }

    /// For people, whose status has no room for more of a hundred objects: what is done to what. Values and manifests are told
    /// by the previews; digests say nothing to anybody, and are part of what the approval is bound to.
    var shown: StoredWrite {
        var shown = stored
        (shown.body, shown.contentType, shown.previewed) = (nil, nil, nil)
        // Whether it takes over what others own is what counts of it.
        shown.query.removeAll { !($0.name == "force" && $0.value == "true") }
        shown.release?.digest = ""
        shown.release?.bodyDigest = nil
        shown.release?.previous = nil
        shown.release?.nonce = nil
        return shown
    }

    /// nil for what ``stored`` doesn't make.
    init?(_ stored: StoredWrite) {
        guard let work = stored.release, let target = stored.target.flatMap({ PlannedRequest.Target($0) }) else {
            return nil
        }
        guard work.kind == .object else {
            guard stored.method == nil, stored.path == nil, stored.body == nil || work.kind == .createRecord else {
                return nil
            }
            let isRecord = work.kind != .deleteCreated
            guard !isRecord || target.resource.isSame(as: .secrets) && target.namespace != nil else { return nil }
            guard work.kind != .markRecord || work.status.flatMap(ReleaseStatus.init) != nil else { return nil }
            self.init(work, target: target, content: stored.body)
            return
        }
        guard let request = PlannedRequest(stored), (work.part == nil) == (request.request.method == .delete),
            (work.part == nil) == (request.request.body != nil), (work.part == nil) == (work.bodyDigest == nil)
        else { return nil }
        self.init(work, target: target, request: request)
    }
}
