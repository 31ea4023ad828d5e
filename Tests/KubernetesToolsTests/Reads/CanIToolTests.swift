import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

@Suite struct CanIToolTests {
    private func withRole(_ body: (SimulatedShop) async throws -> Void) async throws {
        try await SimulatedShop.run { shop in
            for text in [
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: helper, namespace: shop}}",
                """
                {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: helper, namespace: shop}, rules: [
                 {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]},
                 {apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [patch]}]}
                """,
                """
                {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: helper, namespace: shop},
                 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: helper},
                 subjects: [{kind: ServiceAccount, name: helper, namespace: shop}]}
                """,
            ] { try await shop.create(yaml(text)) }
            try await body(shop)
        }
    }

    @Test func `the conversation's own rights are asked for, in the names that people use`() async throws {
        try await withRole { shop in
            for (arguments, expected) in [
                (
                    ["verb": "get", "resource_type": "po"],
                    "yes: system:serviceaccount:shop:helper may get pods in namespace shop"
                ),
                (
                    ["verb": "get", "resource_type": "pods/log"],
                    "yes: system:serviceaccount:shop:helper may get pods/log"
                ),
                (["verb": "get", "resource_type": "pod", "subresource": "log"], "may get pods/log in namespace shop"),
                (
                    ["verb": "Delete", "resource_type": "Pod"],
                    "no: system:serviceaccount:shop:helper may not delete pods"
                ),
                (["verb": "patch", "resource_type": "deploy/web"], "yes: "),
                (["verb": "patch", "resource_type": "deploy", "name": "db"], "may not patch deployments.apps \"db\""),
                (["verb": "list", "resource_type": "pods", "all_namespaces": true], "no: "),
                (["verb": "list", "resource_type": "nodes", "namespace": "x"], "\"x\" was ignored"),
                (["verb": "get", "resource_type": "/version"], "yes: "),
                (["verb": "get", "resource_type": "/metrics"], "no: "),
                (["verb": "*", "resource_type": "*"], "may not * * in namespace shop"),
                (["verb": "get", "resource_type": "podz"], "near names are pod, pods"),
                (
                    ["verb": "watch", "resource_type": "pods.metrics.k8s.io"],
                    "doesn't offer watch for pods.metrics.k8s.io"
                ),
            ] as [(JSONValue, String)] {
                let text = try await shop.answer("k8s_auth_can_i", arguments, as: worker)
                #expect(text.contains(expected), "\(arguments): \(text)")
            }
        }
    }

    @Test func `all rights are listed as kubectl lists them`() async throws {
        try await withRole { shop in
            let text = try await shop.answer("k8s_auth_can_i", ["list": true], as: worker)
            let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines[0] == "system:serviceaccount:shop:helper may in namespace shop:")
            #expect(lines[1] == "Resources Non-Resource URLs Resource Names Verbs")
            #expect(lines.contains("deployments.apps [] [web] [patch]") && lines.contains("pods/log [] [] [get list]"))
            #expect(lines.contains { $0.hasPrefix("selfsubjectaccessreviews.authorization.k8s.io") }, "\(text)")
            let other = try await shop.answer("k8s_auth_can_i", ["list": true, "namespace": "gone"], as: alice)
            #expect(other.contains("*.*") && other.contains("namespace gone doesn't exist"), "\(other)")
        }
    }

    @Test func `nothing but reviews is sent`() async throws {
        let api = FakeAPI()
        api.answer(
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", status: 201,
            ["status": ["allowed": true, "reason": "RBAC: allowed"]])
        _ = try await output(api, "k8s_auth_can_i", ["verb": "create", "resource_type": "deploy", "name": "web"])
        let request = try #require(api.requests.first)
        #expect(api.requests.count == 1 && request.isReadOnly && request.contentType == "application/json")
        #expect(
            request.body
                == #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":"#
                + #"{"verb":"create","group":"apps","resource":"deployments","version":"v1","name":"web","namespace":"shop"}}}"#
        )
        #expect(api.sent.filter { $0.request == request }.allSatisfy { $0.identity == worker })
    }

    @Test(
        arguments: [
            ([:], "verb and kind are required"), (["verb": "get"], "verb and kind are required"),
            (["verb": "get all", "resource_type": "pods"], "verb: \"get all\""),
            (["verb": "get", "resource_type": "pods/a/b"], "neither TYPE, TYPE/NAME nor a path"),
            (["verb": "get", "resource_type": "pods/../x"], "neither TYPE"),
            (["verb": "get", "resource_type": "/healthz", "name": "a"], "leave out name"),
            (["list": true, "verb": "get"], "leave out verb"),
            (["list": true, "all_namespaces": true], "leave out all_namespaces"),
            (["verb": "get", "resource_type": "pods/log", "subresource": "exec"], "leave out subresource"),
        ] as [(JSONValue, String)])
    func `what makes no sense is refused`(_ arguments: JSONValue, _ expected: String) async {
        let text = await failure(FakeAPI(), "k8s_auth_can_i", arguments)
        #expect(text.contains(expected), "\(text)")
    }
}
