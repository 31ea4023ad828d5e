import Concurrency
import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import Writes

extension Verifier {
    /// What was seen of a condition's objects.
    struct Observation: Sendable {
        var finding: PostCondition.Result
        /// Of the collection; nil where it can't be listed.
        var version: String?
        var objects: [KubeObject] = []
        /// By the server, for good: waiting doesn't help.
        var isRefused = false
        /// It can't be found out any more: waiting doesn't help either, and it is nobody's fault.
        var isUnknowable = false
        /// The server didn't answer: it may at the next look.
        var isUnseen = false

        var isOver: Bool { isRefused || isUnknowable }
    }

    /// Lists the objects of a condition and evaluates it. Where the identity may read an object and not list it, it is read.
    func look(at condition: PostCondition, isSettled: Bool = true, isRunning: Bool = false) async throws -> Observation
    {
        if let place = condition.jenkins { return try await look(at: place.goal, in: place.integration) }
        do {
            return try await list(condition, isSettled: isSettled, isRunning: isRunning)
        } catch is PermissionDenied where condition.scope.name != nil {
            return await read(condition)
        } catch let status as APIStatus where status.isNotFound {
            // The kind itself is gone, and its objects with it.
            return Observation(
                finding: condition.evaluate(observed: [], since: since, isSettled: isSettled),
                isUnknowable: condition.isUnknowable(observed: []))
        } catch let error as CancellationError {
            throw error
        } catch {
            return Self.unseen(error)
        }
    }

    private func look(at goal: JenkinsGoal, in integration: String) async throws -> Observation {
        do {
            let found = try await goal.look(try await integrations.jenkins(integration, api: api))
            return Observation(finding: found.result, isUnknowable: found.isUnknowable)
        } catch let error as CancellationError {
            throw error
        } catch let error as IntegrationError where !error.mayPass {
            return Observation(finding: .pending(error.message), isUnknowable: true)
        } catch {
            return Self.unseen(error)
        }
    }

    /// Looks at several conditions at once. Where several pods are to go from one node, one list of the node's pods shows
    /// which of them are still there.
    ///
    /// - Parameter node: that all such pods run on; nil where that isn't known.
    /// - Returns: one look for each, in the same order.
    func look(at conditions: [PostCondition], on node: String?) async throws -> [Observation] {
        let isWorthIt = conditions.count(where: \.isGoneFromItsNode) > 1
        let pods = if let node, isWorthIt { try await pods(on: node) } else { [KubeObject]?.none }
        return try await conditions.concurrentMap(atOnce: 8) { condition in
            guard let pods, condition.isGoneFromItsNode else { return try await look(at: condition) }
            let own = pods.filter { $0.namespace == condition.subject.namespace }
            let finding = condition.evaluate(observed: own, since: since, isSettled: true)
            // That one is missing there is told by its name, once.
            guard case .pending = finding else { return try await look(at: condition) }
            return Observation(finding: finding)
        }
    }

    /// - Returns: nil where they can't be listed: each may be readable all the same.
    private func pods(on node: String) async throws -> [KubeObject]? {
        do {
            let options = ListOptions(fieldSelector: "spec.nodeName=\(node)")
            return try await api.listAll(.pods, namespace: nil, options: options).items
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }

    private func list(_ condition: PostCondition, isSettled: Bool, isRunning: Bool) async throws -> Observation {
        let scope = condition.scope
        let list = try await api.listAll(
            scope.resource, namespace: scope.namespace,
            options: ListOptions(labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector))
        if case .noWarnings(let subject, _) = condition {
            let warnings = list.items
            let surroundings = try await surroundings(of: warnings, about: subject)
            return Observation(
                finding: condition.evaluate(
                    observed: warnings, since: since, isSettled: isSettled, isRunning: isRunning,
                    surroundings: surroundings))
        }
        let look = Observation(
            finding: condition.evaluate(observed: list.items, since: since, isSettled: isSettled),
            version: list.resourceVersion, objects: list.items,
            isUnknowable: condition.isUnknowable(observed: list.items))
        return try await explain(look, condition: condition)
    }

    private func read(_ condition: PostCondition) async -> Observation {
        let scope = condition.scope
        do {
            let object = try await api.find(scope.resource, namespace: scope.namespace, name: scope.name ?? "")
            let objects = object.map { [$0] } ?? []
            return try await explain(
                Observation(
                    finding: condition.evaluate(observed: objects, since: since, isSettled: true), objects: objects,
                    isUnknowable: condition.isUnknowable(observed: objects)), condition: condition)
        } catch {
            return Self.unseen(error)
        }
    }

    /// A refusal (403, …) won't change by waiting; a server that doesn't answer may.
    private static func unseen(_ error: any Error) -> Observation {
        let why = ToolFailure(describing: error).message
        let status = error as? APIStatus
        let isRefused = error is PermissionDenied || status.map { $0.code < 500 && $0.code != 429 } ?? false
        return Observation(finding: .pending(why), isRefused: isRefused, isUnseen: !isRefused)
    }

    // MARK: Following

    private struct Decided: Error {
        var finding: PostCondition.Result
        var isUnknowable = false
    }

    /// Goes on from a look until the condition is decided; never returns a pending finding unless the server refuses.
    func follow(_ condition: PostCondition, from first: Observation, latest: LatestLook) async throws -> Observation {
        var look = first
        var pause = Duration.milliseconds(10)
        while case .pending(let why) = look.finding, !look.isOver {
            latest.value = Latest(why, objects: look.isUnseen ? latest.value?.objects ?? [] : look.objects)
            if let version = look.version,
                let found = try await watch(condition, objects: look.objects, version: version, latest: latest)
            {
                return found
            }
            // Nothing to watch, or the watch has lost its place: look again, ever more seldom.
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
            look = try await self.look(at: condition)
        }
        return look
    }

    /// Watches an object that a condition is about and that nothing else explains: a watch without a version begins with the
    /// object as it is, so one request tells that and what comes after.
    /// - Returns: nil where that tells nothing, as of an object that is missing.
    func observe(_ condition: PostCondition, latest: LatestLook) async throws -> Observation? {
        guard condition.isWatchedFromTheStart else { return nil }
        return try await withThrowingTaskGroup(of: Observation?.self) { group in
            group.addTask { try await watch(condition, latest: latest) }
            group.addTask {
                try await clock.sleep(for: .seconds(1))
                // What is there has been told by now; the watch goes on.
                if latest.value != nil { try await clock.sleep(until: deadline) }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func watch(_ condition: PostCondition, latest: LatestLook) async throws -> Observation? {
        let scope = condition.scope
        do {
            return try await api.watch(
                scope.resource, namespace: scope.namespace, options: WatchOptions(fieldSelector: scope.fieldSelector)
            ) { events in
                var known: [String: KubeObject] = [:]
                while let event = try await events.next() {
                    try take(event, condition: condition, known: &known, latest: latest)
                }
                return nil
            }
        } catch let decided as Decided {
            return Observation(finding: decided.finding, isUnknowable: decided.isUnknowable)
        } catch is APIStatus {
            return nil
        } catch is KubeClientError {
            return nil
        }
    }

    /// - Returns: nil where the objects can't be watched from there on.
    private func watch(
        _ condition: PostCondition, objects: [KubeObject], version: String, latest: LatestLook
    ) async throws -> Observation? {
        let scope = condition.scope
        var known = Dictionary(objects.map { ($0.uid, $0) }, uniquingKeysWith: { $1 })
        do {
            try await api.follow(
                scope.resource, namespace: scope.namespace, from: version,
                options: WatchOptions(labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector)
            ) { event in
                try take(event, condition: condition, known: &known, latest: latest)
            }
        } catch let decided as Decided {
            return Observation(finding: decided.finding, isUnknowable: decided.isUnknowable)
        } catch is APIStatus {
            return nil
        } catch is KubeClientError {
            return nil
        }
    }

    /// - Throws: ``Decided``.
    private func take(
        _ event: WatchEvent, condition: PostCondition, known: inout [String: KubeObject], latest: LatestLook
    ) throws {
        switch event {
        case .added(let object), .modified(let object): known[object.uid] = object
        case .deleted(let object):
            known[object.uid] = nil
            try decide(condition, byLast: object)
        case .bookmark, .error: return
        }
        let objects = Array(known.values)
        let finding = condition.evaluate(observed: objects, since: since, isSettled: true)
        let isUnknowable = condition.isUnknowable(observed: objects)
        guard case .pending(let why) = finding, !isUnknowable else {
            throw Decided(finding: finding, isUnknowable: isUnknowable)
        }
        latest.value = Latest(why, objects: objects)
    }

    /// What was done before it was deleted is done.
    private func decide(_ condition: PostCondition, byLast object: KubeObject) throws {
        guard condition.outlivesItsObject else { return }
        // What is gone isn't being deleted any more.
        var last = object
        last.json[path: ["metadata", "deletionTimestamp"]] = nil
        let finding = condition.evaluate(observed: [last], since: since, isSettled: true)
        if case .pending = finding { return }
        throw Decided(finding: finding)
    }
}
