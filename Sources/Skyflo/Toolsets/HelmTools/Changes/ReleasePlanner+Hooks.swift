import Helm
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Hooks, one after the other.
extension ReleasePlanner {
    /// The hooks of an event, one after the other, each when the one before has done its work.
    ///
    /// - Parameters:
    ///   - name: of the one that is meant; nil for all.
    ///   - readsLogs: whether the logs of pods are part of the result, also after a failure.
    mutating func run(hooksOf event: String, named name: String? = nil, readsLogs: Bool = false) async throws {
        let record = record
        let hooks = try ToolFailure.ofHelm { () throws(HelmError) in try record.hooks(of: event) }
            .filter { hook in name.map { name in hook.objects.contains { $0.name == name } } ?? true }
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
                if readsLogs, place.resource.isSame(as: .pods) { readLog(of: object, at: place) }
                if hook.policies.contains(.failed) { deleteOnFailure(place, after: .failed) }
                if hook.policies.contains(.succeeded) { deleteOnFailure(place, after: .done) }
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
        add(deletion(ofCreated: place), title: "delete \(place.target.text)")
    }

    /// When the pod has ended, as the result; and after a failure, for why.
    private mutating func readLog(of pod: KubeObject, at place: Place) {
        guard let container = pod["spec", "containers"]?.array?.first?["name"]?.string else { return }
        let log = PlannedWrite.Action.podStep(PlannedPodStep(.log, target: place.target, container: container))
        nextStage()
        add(log, title: "read the log of \(place.target.text)")
        addOnFailure(log, title: "read the log of \(place.target.text)")
    }

    /// As `hook-failed` and `hook-succeeded` say it, where a step fails.
    ///
    /// - Parameter end: how the hook itself has to have ended.
    private mutating func deleteOnFailure(_ place: Place, after end: StepProgress.State) {
        guard !place.resource.isSame(as: .customResourceDefinitions) else { return }
        addOnFailure(deletion(ofCreated: place, after: end), title: "delete \(place.target.text)")
    }

    private mutating func create(_ hook: ReleaseHook, object position: Int, at place: Place) {
        note(place)
        let awaits: PostCondition? =
            switch (place.resource.group, place.resource.plural) {
            case ("batch", "jobs"): .jobComplete(place.subject)
            case ("", "pods"): .ready(place.subject, runsOnce: true)
            default: nil
            }
        add(
            .hook(hook.position, object: position), of: hook.objects[position], at: place,
            title: "run hook \(place.target.text)", awaits: awaits)
        created.insert(place.key)
    }
}
