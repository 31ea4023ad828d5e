public import KubeModel

/// A token of a ServiceAccount. Printing it doesn't show the secret.
public struct ServiceAccountToken: Sendable, Hashable, CustomStringConvertible {
    public var token: String
    public var expiration: KubeTime

    public var description: String { "token (redacted) until \(expiration)" }
}

/// `autoscaling/v1 Scale`: how many replicas there shall be and are.
public struct Scale: Sendable, Hashable {
    public var resourceVersion: String
    /// Wanted.
    public var replicas: Int
    /// There, ready or not.
    public var currentReplicas: Int
    /// Of the pods, in its text form.
    public var selector: String?

    init(_ json: JSONValue) throws(KubeClientError) {
        guard json["kind"]?.string == "Scale" else {
            throw KubeClientError(.badResponse, "the API server's answer is not a Scale")
        }
        resourceVersion = json["metadata", "resourceVersion"]?.string ?? ""
        replicas = json["spec", "replicas"]?.int ?? 0
        currentReplicas = json["status", "replicas"]?.int ?? 0
        selector = json["status", "selector"]?.string
    }
}

extension KubeAPI {
    /// Asks for a pod to be evicted (policy/v1): a deletion that keeps to PodDisruptionBudgets.
    ///
    /// - Throws: `APIStatus` 429 while a budget doesn't allow it, after the client's own retries.
    public func evict(
        pod: String, namespace: String, _ options: DeleteOptions = DeleteOptions()
    ) async throws {
        let body: JSONValue = [
            "kind": "Eviction", "apiVersion": "policy/v1",
            "metadata": ["name": .string(pod), "namespace": .string(namespace)], "deleteOptions": options.json,
        ]
        let path = APIResource.pods.path(namespace: namespace, name: pod, subresource: "eviction")
        let request = KubeRequest(.post, path, contentType: "application/json", body: JSONWriter.string(body))
        _ = try await call(options.dryRun ? request.asDryRun : request)
    }

    /// Issues a token of a ServiceAccount (authentication.k8s.io/v1 TokenRequest, KEP-1205).
    ///
    /// - Parameters:
    ///   - audiences: empty: the API server itself.
    ///   - expirationSeconds: at least 600; the server may give another one.
    public func requestToken(
        serviceAccount: String, namespace: String, audiences: [String] = [], expirationSeconds: Int = 3600
    ) async throws -> ServiceAccountToken {
        let body: JSONValue = [
            "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
            "spec": .compact([
                "audiences": audiences.isEmpty ? nil : .array(audiences.map(JSONValue.string)),
                "expirationSeconds": JSONValue(expirationSeconds),
            ]),
        ]
        let path = APIResource.serviceAccounts.path(namespace: namespace, name: serviceAccount, subresource: "token")
        let request = KubeRequest(.post, path, contentType: "application/json", body: JSONWriter.string(body))
        let status = try await call(request)["status"]
        guard let token = status?["token"]?.string,
            let expiration = status?["expirationTimestamp"]?.string.flatMap({ KubeTime($0) })
        else { throw KubeClientError(.badResponse, "the API server's answer is not an issued token") }
        return ServiceAccountToken(token: token, expiration: expiration)
    }

    public func scale(
        _ resource: APIResource, namespace: String? = nil, name: String
    ) async throws -> Scale {
        try Scale(await get(resource, namespace: namespace, name: name, subresource: "scale").json)
    }

    /// - Parameter resourceVersion: only this version is changed; 409 otherwise. nil changes any.
    @discardableResult
    public func setScale(
        _ resource: APIResource, namespace: String? = nil, name: String, replicas: Int,
        resourceVersion: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> Scale {
        let body = JSONValue.compact([
            "metadata": resourceVersion.map { ["resourceVersion": .string($0)] },
            "spec": ["replicas": JSONValue(replicas)],
        ])
        let answer = try await patch(
            resource, namespace: namespace, name: name, subresource: "scale", .merge(body), options)
        return try Scale(answer.json)
    }
}
