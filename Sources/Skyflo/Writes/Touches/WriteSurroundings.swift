import KubeClient
import KubeModel

/// What is around the target of a write, where that is a pod or makes pods: its pods, and what protects, scales and limits
/// them.
///
/// Read once, as the conversation, in lists at the same time, for all who need to know: the warnings, the lines that say
/// what the write touches, and the note of which pods there were. What can't be read is said in its list; nothing here
/// fails a call.
package struct WriteSurroundings: Sendable, Hashable {
    let target: PlannedRequest.Target
    /// As it is; as it would be where the request creates it.
    let object: KubeObject
    let exists: Bool
    /// nil where nothing says which they are, or nobody asks.
    let pods: Listed?
    let budgets: Listed?
    let autoscalers: Listed?
    /// nil where the change doesn't make pods need more, or less, of what a quota limits.
    let quotas: Listed?

    /// - Parameters:
    ///   - write: nothing is read for one that makes no pods; a command, too, leaves the pod in its place.
    ///   - notesPods: the pods are asked for also where the target doesn't exist yet.
    /// - Returns: nil where nothing is read.
    /// - Throws: `CancellationError` only.
    init?(around write: PlannedWrite, _ change: ChangeRecord?, notesPods: Bool = false, api: ReadOnlyAPI) async throws {
        guard Self.isWorkload(write), let planned = write.request, let object = planned.before ?? planned.submitted
        else { return nil }
        let target = planned.target
        let exists = planned.before != nil
        async let pods = exists || notesPods ? Listed(pods: object, in: target, api) : nil
        async let budgets = exists ? Listed(.podDisruptionBudgets, in: target, api: api) : nil
        async let autoscalers = exists ? Listed(.horizontalPodAutoscalers, in: target, api: api, limit: 500) : nil
        async let quotas = Self.changesDemand(change) ? Listed(.resourceQuotas, in: target, api: api) : nil
        (self.pods, self.budgets, self.autoscalers, self.quotas) = try await (pods, budgets, autoscalers, quotas)
        self.target = target
        self.object = object
        self.exists = exists
    }

    static func isWorkload(_ write: PlannedWrite) -> Bool {
        guard let planned = write.request else { return false }
        return PodTemplate.path(in: planned.target.resource) != nil
    }

    /// An eviction makes no pod need more.
    private static func changesDemand(_ change: ChangeRecord?) -> Bool {
        guard let change else { return false }
        let demands: Set<String> = ["replicas", "parallelism", "resources", "containers", "initContainers", "template"]
        return change.kind == .created
            || (change.kind == .changed
                && (change.fields.isEmpty || change.fields.contains { !demands.isDisjoint(with: $0.path) }))
    }
}

extension APIResource {
    fileprivate static let podDisruptionBudgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    static let horizontalPodAutoscalers = APIResource(
        group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler")
    fileprivate static let resourceQuotas = APIResource(
        group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")
}

/// Objects, or why they can't be seen.
struct Listed: Sendable, Hashable {
    /// What they are called, singular.
    var kind: String
    var items: [KubeObject] = []
    var hasMore = false
    var obstacle: String?

    /// So many uids have room in a status.
    static let limit = 200

    private init(kind: String, items: [KubeObject]) {
        self.kind = kind
        self.items = items
    }

    init?(
        _ resource: APIResource, in target: PlannedRequest.Target, api: ReadOnlyAPI, selector: LabelSelector? = nil,
        limit: Int = Self.limit
    ) async throws {
        guard let namespace = target.namespace else { return nil }
        kind = resource.kind
        do {
            let list = try await api.list(
                resource, namespace: namespace, options: ListOptions(labelSelector: selector, limit: limit))
            items = list.items
            hasMore = list.continueToken != nil
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch is PermissionDenied {
            obstacle = "not visible to \(api.identity.user)"
        } catch let status as APIStatus where status.isNotFound {
            obstacle = "not served by this API server"
        } catch {
            obstacle = "could not be read now"
        }
    }

    /// Those of a workload; nil where nothing says which they are.
    init?(pods workload: KubeObject, in target: PlannedRequest.Target, _ api: ReadOnlyAPI) async throws {
        guard !target.resource.isSame(as: .pods) else {
            self.init(kind: "Pod", items: [workload])
            return
        }
        guard let selector = LabelSelector(podsOf: workload) else { return nil }
        try await self.init(.pods, in: target, api: api, selector: selector)
    }
}
