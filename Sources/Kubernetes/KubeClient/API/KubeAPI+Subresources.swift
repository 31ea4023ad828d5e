public import KubeModel

/// A token of a ServiceAccount. Printing it doesn't show the secret.
public struct ServiceAccountToken: Sendable, Hashable, CustomStringConvertible {
    /// The token itself (a JWT), which is a secret.
    public var token: String
    /// The time until which the token is valid.
    public var expiration: KubeTime

    /// The time of expiry, without the secret.
    public var description: String { "token (redacted) until \(expiration)" }
}

/// The number of an object's replicas, wanted and existing (`autoscaling/v1 Scale`).
public struct Scale: Sendable, Hashable {
    /// The version of the object, on which a change of the scale can be made to depend.
    public var resourceVersion: String
    /// The number of replicas that is wanted.
    public var replicas: Int
    /// The number of replicas that exist, ready or not.
    public var currentReplicas: Int
    /// The selector of the pods, in its text form; nil where the resource gives none.
    public var selector: String?

    init(_ json: JSONValue) throws(KubeClientError) {
        guard json["kind"]?.string == "Scale" else {
            throw KubeClientError(.badResponse, message: "the API server's answer is not a Scale")
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
    /// - Parameters:
    ///   - pod: The name of the pod.
    ///   - namespace: The namespace of the pod.
    ///   - options: The options of the deletion, a dry run and preconditions among them.
    /// - Throws: `APIStatus` 429 while a budget doesn't allow it, after the client's own retries; other refusals.
    public func evict(
        pod: String, namespace: String, _ options: DeleteOptions = DeleteOptions()
    ) async throws {
        let body: JSONValue = [
            "kind": "Eviction", "apiVersion": "policy/v1",
            "metadata": ["name": .string(pod), "namespace": .string(namespace)], "deleteOptions": options.json,
        ]
        let path = APIResource.pods.path(namespace: namespace, name: pod, subresource: "eviction")
        let request = KubeRequest(.post, path: path, contentType: "application/json", body: JSONWriter.string(body))
        _ = try await call(options.dryRun ? request.asDryRun : request)
    }

    /// Issues a token of a ServiceAccount (authentication.k8s.io/v1 TokenRequest, KEP-1205).
    ///
    /// - Parameters:
    ///   - serviceAccount: The name of the ServiceAccount.
    ///   - namespace: The namespace of the ServiceAccount.
    ///   - audiences: Whom the token is for; empty for the API server itself.
    ///   - expirationSeconds: For how long the token shall be valid, at least 600; the server may choose another time.
    /// - Returns: The token and when it expires.
    /// - Throws: `APIStatus` when the server refuses; ``KubeClientError`` (`badResponse` among others) for an answer
    ///   without a token.
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
        let request = KubeRequest(.post, path: path, contentType: "application/json", body: JSONWriter.string(body))
        let status = try await call(request)["status"]
        guard let token = status?["token"]?.string,
            let expiration = status?["expirationTimestamp"]?.string.flatMap({ KubeTime($0) })
        else { throw KubeClientError(.badResponse, message: "the API server's answer is not an issued token") }
        return ServiceAccountToken(token: token, expiration: expiration)
    }

    /// The scale of an object, such as a Deployment. `APIStatus` 404 is thrown for a resource without one;
    /// ``KubeClientError`` (`badResponse`) for an answer of another kind.
    public func scale(
        _ resource: APIResource, namespace: String? = nil, name: String
    ) async throws -> Scale {
        try Scale(await get(resource, namespace: namespace, name: name, subresource: "scale").json)
    }

    /// Sets the number of replicas of an object, and nothing else of it.
    ///
    /// - Parameters:
    ///   - resource: The resource of the object; one without a subresource `scale` is refused with 404.
    ///   - namespace: The namespace of the object; nil for one without.
    ///   - name: The name of the object.
    ///   - replicas: The number of replicas that is wanted.
    ///   - resourceVersion: The only version that is changed, 409 otherwise; nil for any.
    ///   - options: The field manager, and whether it is a dry run.
    /// - Returns: The scale after the change.
    /// - Throws: `APIStatus` when the server refuses; ``KubeClientError`` (`badResponse`) for an answer of another
    ///   kind.
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
            resource, namespace: namespace, name: name, subresource: "scale", patch: .merge(body), options: options)
        return try Scale(answer.json)
    }
}
