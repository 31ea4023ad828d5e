import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// The objects of the manifest.
extension ReleasePlanner {
    /// Looks by whose name the release's objects were written so far: new ones are written by it too, or whoever wrote those would
    /// meet a conflict.
    mutating func findManager(of objects: [KubeObject]) async throws {
        for object in objects {
            guard let place = try await place(of: object), let live = try await live(at: place),
                owner(of: live.object) == release
            else { continue }
            manager = ReleaseManager(of: live.object).name
            return
        }
    }

    /// - Returns: nil where the API server doesn't serve its kind any more.
    func place(of object: KubeObject) async throws -> Place? {
        guard let version = object.groupVersion else { throw ToolFailure("an object has no apiVersion") }
        let kind = GroupVersionKind(group: version.group, version: version.version, kind: object.kind)
        do {
            let resource = try await {
                if let defined = defined[kind] { defined } else { try await context.mapper.resource(for: kind) }
            }()
            return Place(
                resource: resource, namespace: resource.namespaced ? object.namespace ?? head.namespace : nil,
                name: object.name)
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    func live(at place: Place) async throws -> LiveTarget? {
        try await context.api.find(place.resource, namespace: place.namespace, name: place.name).map {
            LiveTarget(resource: place.resource, namespace: place.namespace, object: $0)
        }
    }

    /// Brings an object of the manifest to what the record says.
    ///
    /// - Returns: false where it's like that already.
    mutating func bring(_ object: KubeObject, part: Int, at place: Place) async throws -> Bool {
        let live = try await live(at: place)
        let body = ReleaseContent.body(of: object, as: .manifest(part), in: record, namespace: place.namespace)
        let planned: PlannedRequest
        let after: [PostCondition]
        if let live {
            try checkOwner(of: live, at: place)
            let change = try await self.change(live, to: body)
            planned = change.planned
            if let answer = change.answer, answer.withoutServerFields == live.object.withoutServerFields {
                // It isn't written, but has to be there and well in the end as well.
                conditions += PostCondition.after(writing: KubeObject(body), to: place.subject)
                return false
            }
            after = live.postConditions(afterChangeTo: change.answer)
        } else {
            planned = ReleaseContent.creation(body: body, target: place.target, manager: manager)
            after = PostCondition.after(writing: KubeObject(body), to: place.subject)
            if !ReleaseRecord.isKept(KubeObject(body)) { brought.append(place) }
        }
        note(place)
        let target = planned.target
        conditions += after.filter { if case .exists = $0 { false } else { true } }
        add(
            .manifest(part), body: body, request: planned,
            title: "\(live == nil ? "create" : "change") \(target.text)",
            awaits: options.waits ? after.first(where: isAwaited) : nil)
        return true
    }

    /// The step that creates an object which isn't there.
    mutating func add(
        _ part: ReleaseContent.Part, of object: KubeObject, at place: Place, title: String, awaits: PostCondition?
    ) {
        let body = ReleaseContent.body(of: object, as: part, in: record, namespace: place.namespace)
        let request = ReleaseContent.creation(body: body, target: place.target, manager: manager)
        add(part, body: body, request: request, title: title, awaits: awaits)
    }

    private mutating func add(
        _ part: ReleaseContent.Part, body: JSONValue, request: PlannedRequest, title: String,
        awaits: PostCondition?
    ) {
        var work = work(.object, head: head, digest: digest)
        work.part = part.description
        work.bodyDigest = ReleaseContent.digest(of: body, by: context.redactor)
        add(
            .release(PlannedReleaseWrite(work, target: request.target, request: request)), title: title,
            awaits: awaits)
    }

    /// The request that changes an object, and what it becomes by it; nil where that can't be tried out.
    private mutating func change(
        _ live: LiveTarget, to body: JSONValue
    ) async throws -> (planned: PlannedRequest, answer: KubeObject?) {
        let target = live.target
        var planned = try await ReleaseContent.request(
            body: body, target: target, live: live.object, manager: manager, force: false, api: context.api)
        var dryRun = try await DryRun(planned, api: context.api, redactor: context.redactor)
        let conflicts =
            dryRun.response.status == 409
            ? dryRun.response.failure.causes.filter { $0.reason == "FieldManagerConflict" } : []
        if !conflicts.isEmpty {
            guard options.takesConflicts else {
                throw ToolFailure(
                    "\(target.text): \(Self.text(of: conflicts)). With force_conflicts these fields are taken over")
            }
            warnings.append("\(target.text): takes over what others own: \(Self.text(of: conflicts))")
            planned = try await ReleaseContent.request(
                body: body, target: target, live: live.object, manager: manager, force: true, api: context.api)
            dryRun = try await DryRun(planned, api: context.api, redactor: context.redactor)
        }
        return (planned, try dryRun.answer())
    }

    private static func text(of conflicts: [APIStatus.Cause]) -> String {
        let texts = conflicts.map { "\($0.message)\($0.field.isEmpty ? "" : ": \($0.field)")" }
        return texts.prefix(8).joined(separator: "; ") + (texts.count > 8 ? " and \(texts.count - 8) more" : "")
    }

    /// As Helm waits: not for what Jobs do, unless that is asked for.
    private func isAwaited(_ condition: PostCondition) -> Bool {
        switch condition {
        case .jobComplete: options.waitsForJobs
        case .exists: false
        default: true
        }
    }

    /// `shop/web`: the release that an object says it belongs to, as ``release`` of this one; nil where it says nothing. What lies
    /// in no namespace may be a namesake's from another namespace, so that the name alone doesn't tell.
    private func owner(of object: KubeObject) -> String? {
        let name = object.annotations[ReleaseContent.nameMark]
        let namespace = object.annotations[ReleaseContent.namespaceMark]
        return name == nil && namespace == nil ? nil : "\(namespace ?? head.namespace)/\(name ?? head.name)"
    }

    /// What another release has isn't taken from it; nor is what has no release, unless it was this one's all along.
    private mutating func checkOwner(of live: LiveTarget, at place: Place) throws(ToolFailure) {
        let other = owner(of: live.object)
        let isOwn = other == nil ? owned?.contains(place.key) ?? true : other == release
        if isOwn { return }
        let fact = other.map { "belongs to release \($0), not to \(release)" } ?? "exists, and belongs to no release"
        guard options.takesOwnership else {
            let hint = owned == nil ? "" : ". With take_ownership it becomes part of this one"
            throw ToolFailure("\(live.text) \(fact)\(hint)")
        }
        warnings.append("\(live.text) \(fact), and becomes part of this one")
    }

    /// Deletes an object as it is now.
    ///
    /// - Returns: false where there is none, or it isn't the release's own.
    mutating func delete(_ object: KubeObject, at place: Place) async throws -> Bool {
        guard let live = try await live(at: place) else { return false }
        if let other = owner(of: live.object), other != release {
            warnings.append("\(live.text) stays: it belongs to release \(other)")
            return false
        }
        if ReleaseRecord.isKept(live.object) {
            warnings.append("\(live.text) stays: helm.sh/resource-policy keeps it")
            return false
        }
        note(place)
        addDeletion(of: live, isAwaited: options.waits)
        return true
    }

    mutating func addDeletion(of live: LiveTarget, isAwaited: Bool) {
        let deletion = WriteProposal.deletion(of: live, title: "")
        guard let request = deletion.requests.first else { return }
        let gone = PostCondition.gone(live.subject, uid: live.object.uid)
        if isAwaited { conditions.append(gone) }
        add(
            .release(
                PlannedReleaseWrite(
                    work(.object, head: head, digest: digest), target: live.target, request: request)),
            title: "delete \(live.text)", awaits: isAwaited ? gone : nil)
    }

    mutating func note(_ place: Place) {
        guard place.namespace != head.namespace else { return }
        let text = place.target.text
        if !outside.contains(text) { outside.append(text) }
    }
}
