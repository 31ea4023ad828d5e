import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct ExposeToolTests {
    private static let ports = "[{containerPort: 8080, name: http}, {containerPort: 9090, protocol: UDP, name: stats}]"

    private func api(ports: String = ports, selector: String = "{matchLabels: {app: web}}") -> FakeAPI {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                {apiVersion: apps/v1, kind: Deployment,
                 metadata: {name: web, namespace: shop, labels: {app: web, app.kubernetes.io/managed-by: Helm}},
                 spec: {selector: \(selector), template: {metadata: {labels: {app: web}},
                   spec: {containers: [{name: app, image: "a:1", ports: \(ports)}]}}}}
                """))
        return api
    }

    private func arguments(_ more: JSONValue) -> JSONValue {
        MergePatch.apply(more, to: ["resource_type": "deploy", "name": "web"])
    }

    @Test func `a service leads to the pods that the workload selects`() async throws {
        let proposal = try await proposal(api(), "k8s_expose", arguments(["port": 80, "target_port": "http"]))
        #expect(
            golden(proposal) == #"""
                Expose deployment shop/web as service shop/web, port 80 → http (TCP) [Medium]
                ! no pod that it selects is ready: it has no endpoints until one is
                POST /api/v1/namespaces/shop/services?fieldManager=skyflo&fieldValidation=Strict application/json
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},"spec":{"type":"ClusterIP","selector":{"app":"web"},"ports":[{"port":80,"targetPort":"http","protocol":"TCP"}]}}
                → service shop/web exists
                """#)
    }

    @Test func `with ready pods its endpoints are checked`() async throws {
        let api = api()
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {app: web}},
                 status: {conditions: [{type: Ready, status: "True"}]}}
                """))
        let proposal = try await proposal(api, "k8s_expose", arguments(["port": 80]))
        #expect(proposal.postConditions.map(\.title) == ["service shop/web exists", "service shop/web has endpoints"])
        #expect(proposal.warnings.isEmpty)
    }

    @Test func `without a port all that the containers declare are taken`() async throws {
        let proposal = try await proposal(
            api(), "k8s_expose", arguments(["type": "NodePort", "service_name": "web-all"]))
        #expect(
            try body(proposal.requests[0])["spec", "ports"] == [
                ["name": "http", "port": 8080, "targetPort": 8080, "protocol": "TCP"],
                ["name": "stats", "port": 9090, "targetPort": 9090, "protocol": "UDP"],
            ])
        #expect(proposal.warnings.contains("every node answers at the service's node port"))
    }

    @Test func `the protocol is that of the container's port`() async throws {
        let proposal = try await proposal(api(), "k8s_expose", arguments(["port": 53, "target_port": "9090"]))
        #expect(
            try body(proposal.requests[0])["spec", "ports"] == [["port": 53, "targetPort": 9090, "protocol": "UDP"]])
    }

    @Test(
        arguments: [
            (["port": 80, "target_port": "grpc"], "has no port \"grpc\"; the names of its ports: http, stats"),
            (["port": 80, "target_port": "70000"], "not between 1 and 65535"),
            (["target_port": "http"], "port: required"),
            (["port": 0], "not between 1 and 65535"),
            (["port": 80, "service_name": "1web"], "beginning with a letter"),
            (["type": "ExternalName"], "not one of ClusterIP"),
            (["resource_type": "ds"], "not found"),
            (["resource_type": "cm", "name": "c"], "configmaps can't be exposed"),
        ] as [(JSONValue, String)])
    func `what can't be a service is refused`(_ more: JSONValue, _ expected: String) async {
        let api = api()
        api.put(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}"))
        let text = await failure(api, "k8s_expose", arguments(more))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `no ports, expressions as a selector, and a name that is taken are refused`() async {
        #expect(await failure(api(ports: "[]"), "k8s_expose", arguments([:])).contains("declare no ports"))
        let expressions = "{matchExpressions: [{key: app, operator: In, values: [web]}]}"
        #expect(await failure(api(selector: expressions), "k8s_expose", arguments([:])).contains("matchExpressions"))
        let api = api()
        api.put(yaml("{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}}"))
        #expect(
            await failure(api, "k8s_expose", arguments([:])).contains("service_name: service shop/web exists already"))
    }
}
