import KubeModel

extension PlannedRequest {
    /// An eviction of this very pod (`policy/v1`).
    package static func eviction(of pod: LiveTarget, grace: Int?) -> PlannedRequest {
        let body: JSONValue = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": .compact(["name": .string(pod.object.name), "namespace": pod.namespace.map(JSONValue.string)]),
            "deleteOptions": .compact([
                "preconditions": ["uid": .string(pod.object.uid)],
                "gracePeriodSeconds": grace.map { JSONValue($0) },
            ]),
        ]
        var target = pod.target
        // A pod's status moves all the time while it ends; which pod it is is all that matters.
        target.resourceVersion = ""
        return PlannedRequest(
            request: KubeRequest(
                .post, path: pod.path("eviction"), contentType: "application/json", body: JSONWriter.string(body)),
            target: target, before: pod.object)
    }
}
