import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Plans the steps of a change of a release, by what is stored of it and what there is in the cluster.
struct ReleasePlanner {
    struct Options {
        /// Of each part: a hook, the objects.
        var seconds: Int
        var waits: Bool
        var takesConflicts = false
    }

    /// An object, and where it lives.
    struct Place {
        var resource: APIResource
        var namespace: String?
        var name: String

        var target: PlannedRequest.Target {
            PlannedRequest.Target(
                resource: resource.identity, namespace: namespace, name: name, uid: "", resourceVersion: "")
        }
        var subject: PostCondition.Subject {
            PostCondition.Subject(resource: resource, namespace: namespace, name: name)
        }
        /// Tells objects apart, in whatever version.
        var key: [String] { [resource.group, resource.plural, namespace ?? "", name] }
    }

    let context: ToolContext
    /// The revision whose objects and hooks are brought, or taken away.
    let record: ReleaseRecord
    /// Of ``record``.
    let digest: String
    let head: ReleaseHead
    let options: Options

    private(set) var writes: [PlannedWrite] = []
    private(set) var lastResort: [PlannedWrite] = []
    var warnings: [String] = []
    private(set) var conditions: [PostCondition] = []
    private(set) var ranHooks: [Int] = []
    /// Of what is created.
    private var manager = ReleaseManager.standard
    private var stage = 0
    private var deadline: Int
    private var created: Set<[String]> = []
    private var outside: [String] = []

    init(_ context: ToolContext, record: ReleaseRecord, head: ReleaseHead, options: Options) {
        self.context = context
        self.record = record
        digest = ReleaseContent.digest(of: record, by: context.redactor)
        self.head = head
        self.options = options
        deadline = options.seconds
    }

    /// `shop/web`
    var release: String { "\(head.namespace)/\(head.name)" }

    func proposal(_ summary: String, risk: Risk) -> WriteProposal {
        var warnings = warnings
        if !outside.isEmpty {
            let more = outside.count > 12 ? ", and \(outside.count - 12) more" : ""
            warnings.append(
                "outside of namespace \(head.namespace): \(outside.prefix(12).joined(separator: ", "))\(more)")
        }
        return WriteProposal(
            summary: summary, writes: writes + lastResort, risk: risk, warnings: warnings, postConditions: conditions)
    }

    // MARK: Steps

    /// What comes then waits for what has come so far.
    mutating func nextStage() { stage += 1 }

    private mutating func add(
        _ action: PlannedWrite.Action, title: String, awaits: PostCondition? = nil, isRetried: Bool = false
    ) {
        writes.append(
            PlannedWrite(
                action,
                step: WriteStep(
                    title: title, stage: max(stage, 1), deadlineSeconds: deadline, isRetried: isRetried,
                    awaits: awaits?.json)))
    }

    private func work(_ kind: StoredReleaseWork.Kind, head: ReleaseHead, digest: String) -> StoredReleaseWork {
        StoredReleaseWork(
            kind, release: head.name, namespace: head.namespace, revision: head.revision, secretUID: head.uid,
            digest: digest)
    }

    private func secret(revision: Int, uid: String = "") -> PlannedRequest.Target {
        PlannedRequest.Target(
            resource: APIResource.secrets.identity, namespace: head.namespace,
            name: ReleaseRecord.secretName(release: head.name, revision: revision), uid: uid, resourceVersion: "")
    }

    /// Stores a new revision with the content of ``record``.
    mutating func createRecord(revision: Int, firstDeployed: String?, message: String) {
        var work = work(.createRecord, head: head, digest: digest)
        work.status = ReleaseStatus.pendingRollback.rawValue
        work.message = message
        work.firstDeployed = firstDeployed
        nextStage()
        add(
            .release(PlannedReleaseWrite(work, target: secret(revision: revision))),
            title: "store revision \(revision) of release \(release) as \(ReleaseStatus.pendingRollback.rawValue)")
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
        lastResort.append(
            PlannedWrite(
                .release(planned),
                step: WriteStep(
                    title: "only after a failure: \(title)", stage: 1, deadlineSeconds: options.seconds,
                    isOnFailure: true)))
    }

    mutating func deleteRecord(_ head: ReleaseHead) {
        add(
            .release(
                PlannedReleaseWrite(
                    work(.deleteRecord, head: head, digest: ""), target: secret(revision: head.revision, uid: head.uid))
            ),
            title: "delete the record of revision \(head.revision) of release \(release)")
    }

    // MARK: Objects

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
        do {
            let resource = try await context.mapper.resource(
                for: GroupVersionKind(group: version.group, version: version.version, kind: object.kind))
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
        if let live { try checkOwner(of: live) }
        let body = ReleaseContent.body(of: object, as: .manifest(part), in: record, namespace: place.namespace)
        let target = live?.target ?? place.target
        var planned = try await ReleaseContent.request(
            body: body, target: target, live: live?.object, manager: manager, force: false, api: context.api)
        var dryRun = try await DryRun(planned, api: context.api, redactor: context.redactor)
        if dryRun.response.status == 409, let live {
            let conflicts = dryRun.response.failure.causes.filter { $0.reason == "FieldManagerConflict" }
            guard options.takesConflicts || conflicts.isEmpty else {
                throw ToolFailure(
                    "\(target.text): \(Self.text(of: conflicts)). With force_conflicts these fields are taken over")
            }
            if !conflicts.isEmpty {
                warnings.append("\(target.text): takes over what others own: \(Self.text(of: conflicts))")
                planned = try await ReleaseContent.request(
                    body: body, target: target, live: live.object, manager: manager, force: true, api: context.api)
                dryRun = try await DryRun(planned, api: context.api, redactor: context.redactor)
            }
        }
        let answer = try dryRun.answer()
        if let live, let answer, answer.withoutServerFields == live.object.withoutServerFields { return false }
        note(place)
        let after =
            live.map { $0.postConditions(afterChangeTo: answer) }
            ?? PostCondition.after(writing: KubeObject(body), to: place.subject)
        conditions += after.filter { if case .exists = $0 { false } else { true } }
        var work = work(.object, head: head, digest: digest)
        work.part = ReleaseContent.Part.manifest(part).description
        work.bodyDigest = ReleaseContent.digest(of: body, by: context.redactor)
        add(
            .release(PlannedReleaseWrite(work, target: target, request: planned)),
            title: "\(live == nil ? "create" : "change") \(target.text)",
            awaits: options.waits ? after.first(where: Self.isAwaited) : nil, isRetried: live == nil)
        return true
    }

    private static func text(of conflicts: [APIStatus.Cause]) -> String {
        let texts = conflicts.map { "\($0.message)\($0.field.isEmpty ? "" : ": \($0.field)")" }
        return texts.prefix(8).joined(separator: "; ") + (texts.count > 8 ? " and \(texts.count - 8) more" : "")
    }

    /// As Helm waits: not for what Jobs do.
    private static func isAwaited(_ condition: PostCondition) -> Bool {
        switch condition {
        case .jobComplete, .exists: false
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

    /// What another release has isn't taken from it.
    private func checkOwner(of live: LiveTarget) throws(ToolFailure) {
        guard let other = owner(of: live.object), other != release else { return }
        throw ToolFailure("\(live.text) belongs to release \(other), not to \(release)")
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

    private mutating func addDeletion(of live: LiveTarget, isAwaited: Bool) {
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

    private mutating func note(_ place: Place) {
        guard place.namespace != head.namespace else { return }
        let text = place.target.text
        if !outside.contains(text) { outside.append(text) }
    }

    // MARK: Hooks

    /// The hooks of an event, one after the other, each when the one before has done its work.
    mutating func run(hooksOf event: String) async throws {
        let record = record
        let hooks = try ToolFailure.ofHelm { () throws(HelmError) in try record.hooks(of: event) }
        guard !hooks.isEmpty else { return }
        warnings.append("\(event) hooks, in this order: \(hooks.map(\.text).joined(separator: ", "))")
        var finished: [(hook: ReleaseHook, places: [Place])] = []
        for hook in hooks {
            var places: [Place] = []
            for (position, object) in hook.objects.enumerated() {
                guard let place = try await place(of: object) else {
                    throw ToolFailure(
                        "hook \(hook.text): the API server doesn't serve \(object.apiVersion) \(object.kind)")
                }
                places.append(place)
                try await prepare(hook, at: place)
                create(hook, object: position, at: place)
            }
            finished.append((hook, places))
            ranHooks.append(hook.position)
            deadline += options.seconds
        }
        // As Helm: the last one first, when all have run.
        nextStage()
        for (hook, places) in finished.reversed() where hook.policies.contains(.succeeded) {
            for place in places.reversed() where !place.resource.isSame(as: .customResourceDefinitions) {
                deleteCreated(at: place)
            }
        }
    }

    /// Makes room for a hook.
    private mutating func prepare(_ hook: ReleaseHook, at place: Place) async throws {
        nextStage()
        let isAgain = created.contains(place.key)
        let live = isAgain ? nil : try await live(at: place)
        guard isAgain || live != nil else { return }
        guard hook.policies.contains(.beforeCreation), !place.resource.isSame(as: .customResourceDefinitions) else {
            throw ToolFailure(
                "hook \(hook.text): \(place.target.text) exists, and helm.sh/hook-delete-policy doesn't say "
                    + "before-hook-creation: delete it first, or leave the hooks out with no_hooks")
        }
        if isAgain { deleteCreated(at: place) } else if let live { addDeletion(of: live, isAwaited: true) }
        nextStage()
    }

    private mutating func deleteCreated(at place: Place) {
        guard created.remove(place.key) != nil else { return }
        add(
            .release(
                PlannedReleaseWrite(
                    work(.deleteCreated, head: head, digest: digest), target: place.target)),
            title: "delete \(place.target.text)")
    }

    private mutating func create(_ hook: ReleaseHook, object position: Int, at place: Place) {
        let part = ReleaseContent.Part.hook(hook.position, object: position)
        let body = ReleaseContent.body(
            of: hook.objects[position], as: part, in: record, namespace: place.namespace)
        var work = work(.object, head: head, digest: digest)
        work.part = part.description
        work.bodyDigest = ReleaseContent.digest(of: body, by: context.redactor)
        let request = ReleaseContent.creation(body: body, target: place.target, manager: manager)
        note(place)
        let awaits: PostCondition? =
            switch (place.resource.group, place.resource.plural) {
            case ("batch", "jobs"): .jobComplete(place.subject)
            case ("", "pods"): .ready(place.subject, runsOnce: true)
            default: nil
            }
        add(
            .release(PlannedReleaseWrite(work, target: place.target, request: request)),
            title: "run hook \(place.target.text)", awaits: awaits, isRetried: true)
        created.insert(place.key)
    }
}
