import ControllerRuntime
import Controllers
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Testing

/// What can't be made, and what is said of it.
@Suite struct ComponentTroubleStoryTests {
    @Test func `an image that isn't ours is never started, and that is said`() async throws {
        try await Installed.run(["ui": ["image": "skyfloai/ui:v1"], "mcp": ["image": "skyfloai/mcp:v1"]]) { story in
            let status = try await story.untilInstalled("ready") { $0.isReady }
            let unused = status.conditions[type: "SettingsUsed"]
            #expect(unused?.status == .false && unused?.reason == "ForeignImage")
            #expect(unused?.message.contains("skyfloai/mcp:v1") == true)
            let pods = try await story.api.list(.pods, namespace: Story.systemNamespace).items
            let images = Set(pods.compactMap { $0["spec", "containers"]?[0]?["image"]?.string })
            #expect(images == [Installed.image])
        }
    }

    @Test func `an image that can't be pulled is told in words`() async throws {
        var components = Installed.components
        components.image = "registry.invalid/skyflo:1"
        try await Installed.run(["ui": [:]], components: components) { story in
            let status = try await story.untilInstalled("told") {
                $0.conditions[type: "Degraded"]?.reason == "ImagePullFailed"
            }
            #expect(status.conditions[type: "Available"]?.status == .false)
            #expect(status.uiStatus?.phase == .notReady)
            #expect(status.uiStatus?.message.contains("registry.invalid/skyflo:1 can't be pulled") == true)
        }
    }

    @Test func `an operator that doesn't know its image makes nothing and says why`() async throws {
        try await Installed.run(["ui": [:]], components: ComponentsConfiguration()) { story in
            let status = try await story.untilInstalled("told") {
                $0.conditions[type: "Degraded"]?.reason == "ImageUnknown"
            }
            #expect(status.conditions[type: "Available"]?.message.contains("--component-image") == true)
            let deployment = try await story.api.find(
                .deployments, namespace: Story.systemNamespace, name: "skyflo-ui")
            #expect(deployment == nil)
        }
    }

    @Test func `an operator without the right says which role it lacks`() async throws {
        let bindings = APIResource(
            group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding")
        try await Installed.run(["ui": [:]]) { story in
            try await story.api.delete(bindings, namespace: Story.systemNamespace, name: "skyflo-components")
        } _: { story in
            let status = try await story.untilInstalled("told") {
                $0.conditions[type: "Degraded"]?.reason == "RightsMissing"
            }
            #expect(status.uiStatus?.message.contains("ClusterRole skyflo-components") == true)
        }
    }

    @Test func `a route that the API server doesn't serve, and a Secret that is missing, are told`() async throws {
        try await Installed.run([
            "ui": ["gateway": ["parentRefs": [["name": "web"]]]], "mcp": ["tlsSecretName": "mine"],
        ]) { story in
            let status = try await story.untilInstalled("told") {
                $0.component("ui")?.reason == "HTTPRouteNotServed" && $0.component("mcp")?.reason == "SecretMissing"
            }
            #expect(status.mcpStatus?.message.contains("skyflo-system/mine") == true)
            var secret = KubeObject(
                .secrets, namespace: Story.systemNamespace, name: "mine",
                members: ["type": "kubernetes.io/tls", "data": ["tls.crt": "eA==", "tls.key": "eA=="]])
            secret.labels = ["theirs": "yes"]
            _ = try await story.api.create(secret, in: .secrets)
            try await story.untilInstalled("with the Secret it is made") { $0.mcpStatus?.phase == .ready }
            let volume = try await story.component(.deployments, "skyflo-mcp")["spec", "template", "spec", "volumes"]?[
                0]
            #expect(volume?["secret", "secretName"] == "mine")
            #expect(try await story.component(.secrets, "mine").labels == ["theirs": "yes"])
        }
    }

    @Test func `a route leads to the Command Center where the Gateway API is served, and goes with the wish for it`()
        async throws
    {
        let spec: JSONValue = [
            "ui": ["gateway": ["parentRefs": [["name": "web"]], "hostnames": ["sky.example.com"]]]
        ]
        let routes = APIResource(
            group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", kind: "HTTPRoute")
        try await Installed.run(spec) { story in
            try await story.apply(
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: httproutes.gateway.networking.k8s.io
                  annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes-sigs/gateway-api"}
                spec:
                  group: gateway.networking.k8s.io
                  scope: Namespaced
                  names: {plural: httproutes, singular: httproute, kind: HTTPRoute, listKind: HTTPRouteList}
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """)
            try await eventually("routes are served") {
                do {
                    _ = try await story.api.list(routes, namespace: Story.systemNamespace)
                    return true
                } catch let status as APIStatus where status.isNotFound {
                    return false
                }
            }
        } _: { story in
            try await story.untilInstalled("ready") { $0.isReady }
            let route = try await story.component(routes, "skyflo-ui")
            #expect(route["spec", "hostnames"] == ["sky.example.com"])
            #expect(route["spec", "rules"]?[0]?["backendRefs"]?[0]?["name"] == "skyflo-ui")
            _ = try await story.api.patch(
                routes, namespace: Story.systemNamespace, name: "skyflo-ui",
                patch: .merge(["spec": ["hostnames": ["other"]]]))
            try await eventually("the route is as it was") {
                try await story.component(routes, "skyflo-ui")["spec", "hostnames"] == ["sky.example.com"]
            }
            try await story.changeSkyfloAI(["ui": ["gateway": .null]])
            try await eventually("the route is gone") {
                try await story.api.find(routes, namespace: Story.systemNamespace, name: "skyflo-ui") == nil
            }
        }
    }

    @Test func `a setting that the API server doesn't take is told, and keeps no other component waiting`()
        async throws
    {
        let wrong: JSONValue = ["ui": ["resources": ["limit": ["memory": "1Gi"]]], "mcp": [:]]
        try await Installed.run(wrong) { story in
            let status = try await story.untilInstalled("told, and the other component is ready") {
                $0.component("ui")?.reason == "ApplyRefused" && $0.mcpStatus?.phase == .ready
            }
            #expect(status.conditions[type: "Degraded"]?.reason == "ApplyRefused")
            #expect(status.uiStatus?.message.contains("refuses the Deployment/skyflo-ui") == true)
            #expect(status.uiStatus?.message.contains("limit") == true)
            try await story.changeSkyfloAI(["ui": ["resources": ["limit": .null, "limits": ["memory": "1Gi"]]]])
            try await story.untilInstalled("with another setting it is ready") { $0.isReady }
        }
    }

    @Test func `what is taken out of a paused SkyfloAI is removed when it goes on`() async throws {
        try await Installed.run(["ui": [:], "mcp": [:]]) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            for name in ["ui", "mcp"] {
                try await story.changeSkyfloAI(["paused": true])
                try await story.changeSkyfloAI(.object([name: .null]))
                let generation = try await story.api.get(
                    .skyfloAIs, namespace: Story.systemNamespace, name: "skyflo"
                ).generation
                let paused = try await story.untilInstalled("it looked at it") {
                    $0.conditions[type: "Progressing"]?.observedGeneration == generation
                }
                #expect(paused.component(name)?.objects.contains("Secret/skyflo-\(name)-tls") == true)
                _ = try await story.component(.deployments, "skyflo-\(name)")
                try await story.changeSkyfloAI(["paused": false])
                try await story.untilInstalled("forgotten") { $0.component(name) == nil }
                for resource in [APIResource.secrets, .serviceAccounts, .deployments] {
                    let title = name + (resource == .secrets ? "-tls" : "")
                    try await eventually("the \(resource) is gone") {
                        try await story.api.find(
                            resource, namespace: Story.systemNamespace, name: "skyflo-\(title)") == nil
                    }
                }
            }
        }
    }
}
