import ControllerRuntime
import KubeClient
import KubeModel
import Tools

extension Verifier {
    /// What was seen of a condition's objects.
    struct Look: Sendable {
        var finding: PostCondition.Result
        /// Of the collection; nil where it can't be listed.
        var version: String?
        var objects: [KubeObject] = []
        /// By the server, for good: waiting doesn't help.
        var isRefused = false
    }

    /// Lists the objects of a condition and evaluates it. Where the identity may read an object and not list it, it is read.
    func look(at condition: PostCondition, isSettled: Bool = true) async throws -> Look {
        do {
            return try await list(condition, isSettled)
        } catch is PermissionDenied where condition.scope.name != nil {
            return await read(condition)
        } catch let status as APIStatus where status.isNotFound {
            // The kind itself is gone, and its objects with it.
            return Look(finding: condition.evaluate(observed: [], since: since, isSettled: isSettled))
        } catch let error as CancellationError {
            throw error
        } catch {
            return Self.unseen(error)
        }
    }

    private func list(_ condition: PostCondition, _ isSettled: Bool) async throws -> Look {
        let scope = condition.scope
        let list = try await api.listAll(
            scope.resource, namespace: scope.namespace,
            ListOptions(labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector))
        let finding = condition.evaluate(observed: list.items, since: since, isSettled: isSettled)
        return Look(finding: finding, version: list.resourceVersion, objects: list.items)
    }

    private func read(_ condition: PostCondition) async -> Look {
        let scope = condition.scope
        do {
            let object = try await api.find(scope.resource, namespace: scope.namespace, name: scope.name ?? "")
            return Look(finding: condition.evaluate(observed: object.map { [$0] } ?? [], since: since, isSettled: true))
        } catch {
            return Self.unseen(error)
        }
    }

    /// A refusal (403, …) won't change by waiting; a server that doesn't answer may.
    private static func unseen(_ error: any Error) -> Look {
        let why = ToolFailure(describing: error).message
        let status = error as? APIStatus
        let isRefused = error is PermissionDenied || status.map { $0.code < 500 && $0.code != 429 } ?? false
        return Look(finding: .pending(why), isRefused: isRefused)
    }

    // MARK: Following

    private struct Decided: Error {
        var finding: PostCondition.Result
    }

    /// Goes on from a look until the condition is decided; never returns a pending finding unless the server refuses.
    func follow(_ condition: PostCondition, from first: Look, _ reason: LatestReason) async throws -> Look {
        var look = first
        var pause = Duration.milliseconds(10)
        while case .pending(let why) = look.finding, !look.isRefused {
            reason.text = why
            if let version = look.version, let found = try await watch(condition, look.objects, version, reason) {
                return Look(finding: found)
            }
            // Nothing to watch, or the watch has lost its place: look again, ever more seldom.
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
            look = try await self.look(at: condition)
        }
        return look
    }

    /// - Returns: nil where the objects can't be watched from there on.
    private func watch(
        _ condition: PostCondition, _ objects: [KubeObject], _ version: String, _ reason: LatestReason
    ) async throws -> PostCondition.Result? {
        let scope = condition.scope
        var known = Dictionary(objects.map { ($0.uid, $0) }, uniquingKeysWith: { $1 })
        do {
            try await api.follow(
                scope.resource, namespace: scope.namespace, from: version,
                WatchOptions(labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector)
            ) { event in
                switch event {
                case .added(let object), .modified(let object): known[object.uid] = object
                case .deleted(let object): known[object.uid] = nil
                case .bookmark, .error: return
                }
                let finding = condition.evaluate(observed: Array(known.values), since: since, isSettled: true)
                guard case .pending(let why) = finding else { throw Decided(finding: finding) }
                reason.text = why
            }
        } catch let decided as Decided {
            return decided.finding
        } catch is APIStatus {
            return nil
        } catch is KubeClientError {
            return nil
        }
    }
}
