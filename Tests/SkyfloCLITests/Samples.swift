import KubeModel
import SkyfloAPI
import WorkflowEngine

enum Samples {
    /// One with a call `c1` that waits, whose digest is that of the requests here; `approval` replaces members after it
    /// was taken.
    static func conversation(approval members: KeyValuePairs<String, JSONValue> = [:]) throws -> Conversation {
        let requests: [JSONValue] = [
            [
                "method": "PATCH", "path": "/apis/apps/v1/x", "query": [["name": "fieldManager", "value": "skyflo"]],
                "body": "{}",
            ]
        ]
        var approval: JSONValue = [
            "summary": "Scale web", "tool": "k8s_scale", "arguments": "{}", "requests": .array(requests), "risk": "Low",
            "preview": "-  replicas: 2\n+  replicas: 3",
            "digest": .string(
                Digest.of(
                    conversationUID: "u1", turn: 1, callID: "c1",
                    identity: "system:serviceaccount:shop:default", tool: "k8s_scale", arguments: "{}",
                    requests: requests, postConditions: [])),
        ]
        for (key, value) in members { approval[key] = value }
        return Conversation(
            KubeObject([
                "apiVersion": "skyflo.ai/v1", "kind": "Conversation",
                "metadata": ["name": "talk", "namespace": "shop", "uid": "u1", "resourceVersion": "7"],
                "spec": ["messages": [["content": "scale"]]],
                "status": [
                    "phase": "AwaitingApproval", "turn": 1,
                    "calls": ["c1": ["tool": "k8s_scale", "turn": 1, "state": "AwaitingApproval"]],
                    "approvals": ["c1": approval],
                ],
            ]))
    }
}
