import KubeClient
import KubeModel
import Synchronization

/// An API server of a few lines: keeps objects by path, answers reads, and dry runs of merge-like patches. Whatever a test
/// needs besides is scripted by `answers`.
package final class FakeAPI: KubeAPI {
    package struct Sent: Sendable {
        package var request: KubeRequest
        package var identity: Impersonation?
    }

    private struct State {
        var objects: [String: JSONValue] = [:]
        var answers: [String: [KubeResponse]] = [:]
        var errors: [String: any Error] = [:]
        var sent: [Sent] = []
    }

    private let state = Mutex(State())

    package static let resources: [APIResource] = [
        make("", "v1", "pods", "Pod", short: ["po"]), make("", "v1", "secrets", "Secret"),
        make("", "v1", "services", "Service", short: ["svc"]), make("", "v1", "configmaps", "ConfigMap", short: ["cm"]),
        make("", "v1", "events", "Event"), make("", "v1", "nodes", "Node", namespaced: false),
        make("", "v1", "namespaces", "Namespace", namespaced: false, short: ["ns"]),
        make("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", short: ["pvc"]),
        make("apps", "v1", "deployments", "Deployment", short: ["deploy"], scale: true),
        make("apps", "v1", "statefulsets", "StatefulSet", short: ["sts"], scale: true),
        make("apps", "v1", "daemonsets", "DaemonSet", short: ["ds"]),
        make("apps", "v1", "replicasets", "ReplicaSet", short: ["rs"], scale: true),
        make("batch", "v1", "jobs", "Job"), make("batch", "v1", "cronjobs", "CronJob"),
        make("", "v1", "replicationcontrollers", "ReplicationController", short: ["rc"], scale: true),
        make("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", short: ["hpa"]),
        make("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", namespaced: false),
        make(
            "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced: false),
        make("example.dev", "v1", "widgets", "Widget", scale: true),
    ]

    private static func make(
        _ group: String, _ version: String, _ plural: String, _ kind: String, namespaced: Bool = true,
        short: [String] = [], scale: Bool = false
    ) -> APIResource {
        APIResource(
            group: group, version: version, plural: plural, kind: kind, namespaced: namespaced, shortNames: short,
            verbs: ["get", "list"], subresources: scale ? ["status", "scale"] : [])
    }

    package init() {
        answer("GET /api", Self.discovery { $0.group.isEmpty })
        answer("GET /apis", Self.discovery { !$0.group.isEmpty })
    }

    private static func discovery(_ isIncluded: (APIResource) -> Bool) -> JSONValue {
        let items: [JSONValue] = resources.filter(isIncluded).map { resource in
            [
                "metadata": ["name": .string(resource.group)],
                "versions": [
                    [
                        "version": .string(resource.version),
                        "resources": [
                            [
                                "resource": .string(resource.plural), "responseKind": ["kind": .string(resource.kind)],
                                "scope": resource.namespaced ? "Namespaced" : "Cluster",
                                "singularResource": .string(resource.singular),
                                "shortNames": JSONValue(resource.shortNames), "verbs": JSONValue(resource.verbs),
                                "subresources": .array(resource.subresources.map { ["subresource": .string($0)] }),
                            ]
                        ],
                    ]
                ],
            ]
        }
        return ["kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": .array(items)]
    }

    // MARK: - Script

    package var sent: [Sent] { state.withLock { $0.sent } }
    /// What was sent besides discovery.
    package var requests: [KubeRequest] { sent.map(\.request).filter { $0.path != "/api" && $0.path != "/apis" } }

    /// Puts an object in place, by its own kind, namespace and name.
    @discardableResult
    package func put(_ object: KubeObject) -> KubeObject {
        guard let resource = Self.resources.first(where: { $0.kind == object.kind }) else { return object }
        var object = object
        if object.uid.isEmpty { object["metadata", "uid"] = "uid-\(object.name)" }
        if object.resourceVersion.isEmpty { object.resourceVersion = "7" }
        let path = resource.path(namespace: object.namespace, name: object.name)
        state.withLock { $0.objects[path] = object.json }
        return object
    }

    /// Answers the next such requests this way; the last answer stays.
    package func answer(_ request: String, status: Int = 200, warnings: [String] = [], _ json: JSONValue) {
        answer(request, KubeResponse(status: status, warnings: warnings, body: JSONWriter.bytes(json)))
    }

    package func answer(_ request: String, _ response: KubeResponse) {
        state.withLock { $0.answers[request, default: []].append(response) }
    }

    package func answer(_ request: String, _ status: APIStatus) { answer(request, status: status.code, status.json) }

    package func fail(_ request: String, _ error: any Error) { state.withLock { $0.errors[request] = error } }

    // MARK: - KubeAPI

    package func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        let key = "\(request.method.rawValue) \(request.path)"
        let (scripted, error, objects) = state.withLock { state in
            state.sent.append(Sent(request: request, identity: identity))
            let answers = state.answers[key] ?? []
            if answers.count > 1 { state.answers[key] = Array(answers.dropFirst()) }
            return (answers.first, state.errors[key], state.objects)
        }
        if let error { throw error }
        if let scripted { return scripted }
        return Self.answer(request, objects)
    }

    package func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        throw KubeClientError(.unsupported, message: "no streams here")
    }

    private static func answer(_ request: KubeRequest, _ objects: [String: JSONValue]) -> KubeResponse {
        switch request.method {
        case .get: return read(request, objects)
        case .post: return respond(request.body.flatMap { try? JSONParser.parse($0) } ?? .null, status: 201)
        case .delete: return respond(["kind": "Status", "status": "Success"])
        case .patch, .put:
            guard let object = objects[request.path], let body = request.body.flatMap({ try? JSONParser.parse($0) })
            else {
                return notFound(request.path)
            }
            guard body.array == nil else { return respond(patched(object, body)) }
            return respond(MergePatch.apply(body, to: object))
        }
    }

    private static func patched(_ object: JSONValue, _ patch: JSONValue) -> JSONValue {
        (try? JSONPatch(patch).apply(to: object)) ?? object
    }

    private static func read(_ request: KubeRequest, _ objects: [String: JSONValue]) -> KubeResponse {
        if let object = objects[request.path] { return respond(object) }
        guard let resource = resources.first(where: { request.path.hasSuffix("/" + $0.plural) }) else {
            return notFound(request.path)
        }
        let prefix = request.path + "/"
        let everywhere = resource.groupVersion.path + "/namespaces/"
        let selector = request[query: "labelSelector"].flatMap { try? LabelSelector(parsing: $0) }
        let items = objects.filter { path, json in
            let isInside =
                path.hasPrefix(prefix)
                || (request.path == resource.path() && path.hasPrefix(everywhere)
                    && path.contains("/\(resource.plural)/"))
            return isInside && (selector?.matches(KubeObject(json).labels) ?? true)
        }
        return respond([
            "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
            "metadata": ["resourceVersion": "100"], "items": .array(items.sorted { $0.key < $1.key }.map(\.value)),
        ])
    }

    package static func respond(_ json: JSONValue, status: Int = 200) -> KubeResponse {
        KubeResponse(status: status, body: JSONWriter.bytes(json))
    }

    package static func notFound(_ what: String) -> KubeResponse {
        respond(APIStatus(code: 404, reason: .notFound, message: "\(what) not found").json, status: 404)
    }
}
