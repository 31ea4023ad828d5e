import FakeKubeAPI
import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools

/// What the cluster serves, and how its kinds are made.
@Suite struct SchemaToolsTests {
    @Test func `resource types are listed and filtered`() async throws {
        let api = FakeAPI()
        #expect(
            try await output(api, "k8s_list_api_resources", ["api_group": "apps"]) == """
                NAME           SHORTNAMES   APIVERSION   NAMESPACED   KIND
                daemonsets     ds           apps/v1      true         DaemonSet
                deployments    deploy       apps/v1      true         Deployment
                replicasets    rs           apps/v1      true         ReplicaSet
                statefulsets   sts          apps/v1      true         StatefulSet
                """)
        let names = try await output(api, "k8s_list_api_resources", ["namespaced": false, "output": "name"])
        #expect(
            names == "namespaces\nnodes\ncustomresourcedefinitions.apiextensions.k8s.io\n"
                + "clusterroles.rbac.authorization.k8s.io")
        let core = try await output(
            api, "k8s_list_api_resources", ["api_group": "core", "search": "svc", "output": "wide"])
        #expect(core.hasSuffix("services   svc          v1           true         Service   get,list"), "\(core)")
        #expect(try await output(api, "k8s_list_api_resources", ["verbs": "list,watch"]) == "No resource types found.")
    }

    @Test func `what isn't served gets the nearest names`() async throws {
        let api = FakeAPI()
        let group = try await output(api, "k8s_list_api_resources", ["api_group": "example.com"])
        #expect(group.contains("no API group \"example.com\"; near names are example.dev"), "\(group)")
        let name = try await output(api, "k8s_list_api_resources", ["search": "widgetz"])
        #expect(name == "No resource types found for \"widgetz\"; near names are widgets.", "\(name)")
    }

    @Test func `a long list says how to narrow it`() async throws {
        let text = try await output(FakeAPI(), "k8s_list_api_resources", [:], outputLimit: 1024)
        #expect(text.utf8.count <= 1024 && text.contains("more; narrow with api_group"), "\(text)")
    }

    @Test func `fields are explained from the cluster's schema`() async throws {
        try await SimulatedShop.run { shop in
            let kind = try await shop.answer("k8s_explain", ["resource_type": "deploy"])
            #expect(kind.hasPrefix("GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nDESCRIPTION:\n"))
            #expect(kind.contains("\n  spec\t<DeploymentSpec>\n"), "\(kind)")
            for arguments in [
                ["resource_type": "deployments.spec.template.spec.containers"],
                ["resource_type": "deployments.apps.spec", "field_path": "template.spec.containers[0]"],
                [
                    "resource_type": "Deployment", "field_path": ".spec.template.spec.containers",
                    "api_version": "apps/v1",
                ],
            ] as [JSONValue] {
                let text = try await shop.answer("k8s_explain", arguments)
                #expect(text.contains("FIELD: containers <[]Container>\n"), "\(arguments): \(text)")
                #expect(text.contains("\n  name\t<string> -required-\n"), "\(text)")
                #expect(text.contains("imagePullPolicy\t<string>\n"), "\(text)")
            }
        }
    }

    @Test func `all fields below are listed without descriptions`() async throws {
        try await SimulatedShop.run { shop in
            let text = try await shop.answer(
                "k8s_explain", ["resource_type": "deploy.spec.strategy", "recursive": true])
            #expect(text.contains("  rollingUpdate\t<RollingUpdateDeployment>\n    maxSurge\t<"), "\(text)")
            let whole = try await shop.answer(
                "k8s_explain", ["resource_type": "pod", "recursive": true], outputLimit: 4096)
            #expect(whole.utf8.count <= 4096 && whole.contains("ask with field_path for a field further in"))
        }
    }

    @Test func `custom resources are explained, also where a type contains itself`() async throws {
        try await SimulatedShop.run { shop in
            try await shop.create(
                yaml(
                    """
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata: {name: widgets.example.dev}
                    spec:
                      group: example.dev
                      scope: Namespaced
                      names: {plural: widgets, kind: Widget}
                      versions:
                      - name: v1
                        served: true
                        storage: true
                        schema:
                          openAPIV3Schema:
                            type: object
                            properties:
                              spec:
                                type: object
                                required: [size]
                                properties:
                                  size: {type: string, description: How large it is., enum: [small, large]}
                                  tags: {type: object, additionalProperties: {type: string}}
                    """))
            try await eventually("the definition is served") {
                try await shop.answer("k8s_explain", ["resource_type": "widget"]).contains("KIND:       Widget")
            }
            let text = try await shop.answer("k8s_explain", ["resource_type": "widgets.spec"])
            #expect(
                text.contains("  size\t<string> -required-\n    enum: small, large\n    How large it is."), "\(text)")
            #expect(text.contains("  tags\t<map[string]string>\n"), "\(text)")
            let definitions = try await shop.answer("k8s_explain", ["resource_type": "crd", "recursive": true])
            #expect(definitions.utf8.count <= 16_384)
        }
    }

    @Test(
        arguments: [
            (
                ["resource_type": "deploy.spec.replica"],
                "Deployment.spec has no field \"replica\"; near names are replicas"
            ),
            (["resource_type": "deploy.spec.replicas.x"], "it has no fields"),
            (["resource_type": "deploi"], "near names are deploy"), (["resource_type": "a b"], "is no resource type"),
            (["resource_type": "deploy", "field_path": "../x"], "field_path: \"../x\" is no path"),
            (["resource_type": "deploy", "api_version": "batch/v1"], "api_version: batch/v1 has no deployments"),
        ] as [(JSONValue, String)])
    func `a wrong name gets the right ones`(_ arguments: JSONValue, _ expected: String) async throws {
        try await SimulatedShop.run { shop in
            let text = try await shop.answer("k8s_explain", arguments)
            #expect(text.contains(expected), "\(text)")
        }
    }
}
