import KubeModel

extension KubeAPI {
    /// The name by which the API server knows the caller (a SelfSubjectReview, Kubernetes 1.28 and later).
    public func userName() async throws -> String {
        let answer = try await call(
            KubeRequest(
                .post, path: "/apis/authentication.k8s.io/v1/selfsubjectreviews", contentType: "application/json",
                body: JSONWriter.string(["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"])))
        guard let name = answer["status", "userInfo", "username"]?.string, !name.isEmpty else {
            throw KubeClientError(.badResponse, message: "the API server doesn't say who the caller is")
        }
        return name
    }
}
