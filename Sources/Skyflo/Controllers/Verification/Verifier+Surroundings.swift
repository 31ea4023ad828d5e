import KubeClient
import KubeModel
import Writes

/// What is read besides a condition's own objects, where they don't decide.
extension Verifier {
    // MARK: Warnings

    /// What the warnings among `events` may be about; nil where there are none, and nothing has to be read.
    func surroundings(of events: [KubeObject], about subject: PostCondition.Subject) async throws -> Surroundings? {
        guard PostCondition.hasWarnings(events, about: subject, since: since) else { return nil }
        var obstacles: [String] = []
        let object = try await attempt(&obstacles) {
            try await api.find(subject.resource, namespace: subject.namespace, name: subject.name)
        }
        var surroundings = Surroundings(object: object ?? nil, pods: nil)
        if subject.resource.kind == "Pod" {
            surroundings.pods = object.map { $0.map { [$0] } ?? [] }
        } else if let workload = object ?? nil, let selector = LabelSelector(podsOf: workload) {
            let options = ListOptions(labelSelector: selector)
            surroundings.pods = try await attempt(&obstacles) {
                try await api.listAll(.pods, namespace: subject.namespace, options: options).items
            }
            if subject.resource.kind == "Deployment" {
                surroundings.replicaSets = try await attempt(&obstacles) {
                    try await api.listAll(.replicaSets, namespace: subject.namespace, options: options).items
                }
            }
        }
        surroundings.obstacle = obstacles.first
        return surroundings
    }

    /// nil, and the reason noted, where it can't be read.
    private func attempt<Value>(
        _ obstacles: inout [String], read: () async throws -> Value
    ) async throws -> Value? {
        do {
            return try await read()
        } catch let error as CancellationError {
            throw error
        } catch {
            obstacles.append(ToolFailure(describing: error).message)
            return nil
        }
    }

    // MARK: What events say where the object doesn't

    /// Why a claim waits, and how a Job ended that has been deleted, is told by events only.
    func explain(_ look: Observation, condition: PostCondition) async throws -> Observation {
        guard case .pending = look.finding, let selector = condition.eventSelector(observed: look.objects) else {
            return look
        }
        let events = try await context(selector, namespace: condition.subject.namespace)
        guard let finding = condition.finding(fromEvents: events, since: since, observed: look.objects) else {
            return look
        }
        var explained = look
        explained.finding = finding
        // A new event doesn't change the object: it is no use to watch that.
        explained.version = nil
        if case .pending = finding {} else { explained.isUnknowable = false }
        return explained
    }

    private func context(_ selector: String, namespace: String?) async throws -> [KubeObject] {
        var obstacles: [String] = []
        return try await attempt(&obstacles) {
            try await api.listAll(.events, namespace: namespace, options: ListOptions(fieldSelector: selector)).items
        } ?? []
    }
}
