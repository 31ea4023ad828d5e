import KubeClient
import KubeModel
import ToolKit
import Writes

extension ToolContext {
    /// The creation of an object, after a look whether its name is free: a person shouldn't be asked for what can't be done.
    ///
    /// - Throws: ``ToolFailure`` where an object has the name already.
    func creation(
        of object: KubeObject, in resource: APIResource, parameter: String
    ) async throws -> PlannedRequest {
        let planned = PlannedRequest.creation(of: object, in: resource)
        guard try await api.find(resource, namespace: object.namespace, name: object.name) == nil else {
            throw ToolFailure("\(parameter): \(planned.target.text) exists already; give another name")
        }
        return planned
    }
}

extension PlannedRequest {
    /// POST, so that it fails when someone else has created it by then.
    static func creation(of object: KubeObject, in resource: APIResource) -> PlannedRequest {
        PlannedRequest(
            request: KubeRequest(
                .post, path: resource.path(namespace: object.namespace), query: FieldManager.query(strict: true),
                contentType: "application/json", body: JSONWriter.string(object.json)),
            target: Target(
                resource: resource.identity, namespace: object.namespace, name: object.name, uid: "",
                resourceVersion: ""),
            before: nil)
    }
}

/// Resources that the tools know without discovery.
extension APIResource {
    static let jobs = APIResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
    static let cronJobs = APIResource(group: "batch", version: "v1", plural: "cronjobs", kind: "CronJob")
    static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
    static let limitRanges = APIResource(group: "", version: "v1", plural: "limitranges", kind: "LimitRange")
    static let resourceQuotas = APIResource(group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")
    static let autoscalers = APIResource(
        group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler")
}
