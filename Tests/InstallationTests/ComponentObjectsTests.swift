import Installation
import KubeModel
import SkyfloAPI
import Testing

/// What is made for a SkyfloAI.
@Suite struct ComponentObjectsTests {
    @Test func `a component has what it needs and no more`() {
        #expect(
            objects(["ui": [:]]).map(\.title) == [
                "ServiceAccount/skyflo-ui", "NetworkPolicy/skyflo-ui", "Service/skyflo-ui", "Deployment/skyflo-ui",
            ])
        let all = objects(
            ["ui": ["replicas": 2, "ingress": ["host": "h"], "gateway": ["parentRefs": [["name": "g"]]]]])
        #expect(
            all.map(\.resource.kind) == [
                "ServiceAccount", "NetworkPolicy", "Service", "PodDisruptionBudget", "Deployment", "Ingress",
                "HTTPRoute",
            ])
        #expect(objects(["ui": ["replicas": 1]]).count == 4)
    }

    @Test(arguments: [ComponentKind.ui, .mcp])
    func `pods meet the restricted standard`(_ kind: ComponentKind) {
        let pod = deployment([kind.rawValue: [:]], kind: kind)["spec", "template", "spec"]
        #expect(pod?["securityContext", "runAsNonRoot"] == true)
        #expect(pod?["securityContext", "seccompProfile", "type"] == "RuntimeDefault")
        let context = container([kind.rawValue: [:]], kind: kind)["securityContext"]
        #expect(context?["allowPrivilegeEscalation"] == false && context?["readOnlyRootFilesystem"] == true)
        #expect(context?["capabilities", "drop"] == ["ALL"])
        #expect(container([kind.rawValue: [:]], kind: kind)["readinessProbe", "httpGet", "scheme"] == "HTTPS")
    }

    @Test func `only the operator's own image is started`() {
        let named: JSONValue = ["ui": ["image": "evil.example.com/ui:1"], "mcp": ["image": "x"]]
        #expect(container(named)["image"] == "registry.example.com/skyflo:1")
        #expect(container(named, kind: .mcp)["image"] == "registry.example.com/skyflo:1")
        let unused = SettingsUse.unused(in: skyfloAI(named), image: build.image, mayScaleEngine: true)
        #expect(unused.map(\.reason) == [.image, .image])
        #expect(unused[0].message.contains("spec.ui.image evil.example.com/ui:1 is not started"))
        let own: JSONValue = ["ui": ["image": "registry.example.com/skyflo:1"]]
        #expect(SettingsUse.unused(in: skyfloAI(own), image: build.image, mayScaleEngine: true) == [])
    }

    @Test func `what a manifest of the reference system says of pods is used`() {
        let spec: JSONValue = [
            "ui": [
                "replicas": 3, "resources": ["limits": ["cpu": "1"]],
                "env": [["name": "TZ", "value": "UTC"], ["name": "HTTPS_PROXY", "value": "http://p"]],
            ], "imagePullSecrets": [["name": "p"]], "nodeSelector": ["a": "b"],
            "tolerations": [["key": "k", "operator": "Exists"]], "affinity": ["podAntiAffinity": [:]],
        ]
        let template = deployment(spec)["spec", "template", "spec"]
        #expect(deployment(spec)["spec", "replicas"] == 3)
        #expect(container(spec)["resources"] == ["limits": ["cpu": "1"]])
        #expect(container(spec)["env"]?.array?.compactMap { $0["name"]?.string } == ["TZ", "HTTPS_PROXY"])
        #expect(template?["imagePullSecrets"] == [["name": "p"], ["name": "own"]])
        #expect(template?["nodeSelector"] == ["a": "b"])
        #expect(template?["tolerations"] == [["key": "k", "operator": "Exists"]])
        #expect(template?["affinity"] == ["podAntiAffinity": [:]])
    }

    @Test func `replicas that nobody names are left to an autoscaler`() {
        #expect(deployment(["ui": [:]])["spec", "replicas"] == nil)
    }

    @Test func `no Secret reaches a component by its environment or its arguments`() {
        let spec: JSONValue = [
            "ui": [
                "clusterName": "$(KEY)",
                "env": [
                    ["name": "HTTPS_PROXY", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]],
                    ["name": "KEY", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]],
                    ["name": "HTTP_PROXY", "value": "http://$(KEY)@p"], ["name": "KUBECONFIG", "value": "/tls/x"],
                ],
            ]
        ]
        #expect(container(spec)["env"] == [["name": "HTTP_PROXY", "value": "http://$$(KEY)@p"]])
        #expect(container(spec)["args"]?.array?.contains("--cluster-name=$$(KEY)") == true)
        let unused = SettingsUse.unused(in: skyfloAI(spec), image: build.image, mayScaleEngine: true)
        #expect(unused.count == 1)
        #expect(unused[0].message.contains("HTTPS_PROXY, KEY, KUBECONFIG are not used"))
    }

    @Test func `each setting without a meaning is told`() {
        let spec: JSONValue = [
            "engine": [
                "image": "registry.example.com/skyflo:1", "replicas": 2, "databaseConfig": ["host": "h"],
                "redisConfig": ["host": "h"], "resources": ["limits": ["cpu": "1"]], "env": [["name": "A"]],
            ], "mcp": ["kubeconfigSecret": "k"],
        ]
        let told = SettingsUse.unused(in: skyfloAI(spec), image: build.image, mayScaleEngine: false).map(\.message)
        for path in [
            "spec.engine.databaseConfig", "spec.engine.redisConfig", "spec.engine.resources", "spec.engine.env",
            "spec.engine.replicas", "spec.mcp.kubeconfigSecret",
        ] { #expect(told.contains { $0.hasPrefix(path) }, "\(path)") }
        #expect(told.count == 6)
    }

    @Test(arguments: ["1shop", "shop.eu", String(repeating: "a", count: 60), "shop"])
    func `every name of a SkyfloAI gives names that a Service may have`(_ name: String) {
        let made = objects(["ui": [:]], name: name)[0].object.name
        #expect(made.utf8.count <= 59 && made.hasSuffix("-ui") && !made.contains("."))
        #expect(made.first?.isLetter == true)
        #expect((made == "\(name)-ui") == (name == "shop"))
    }

    @Test func `people's tokens never go to an Ingress without TLS`() {
        let ingress = objects(["ui": ["ingress": ["host": "h", "annotations": ["a": "b"]]]]).last?.object
        #expect(ingress?["spec", "tls"] == [["hosts": ["h"]]])
        #expect(ingress?.annotations["nginx.ingress.kubernetes.io/backend-protocol"] == "HTTPS")
        #expect(ingress?.annotations["a"] == "b")
        let named = objects(["ui": ["ingress": ["host": "h", "tlsSecretName": "t", "className": "c"]]]).last?.object
        #expect(named?["spec", "tls"] == [["hosts": ["h"], "secretName": "t"]])
        #expect(named?["spec", "ingressClassName"] == "c")
    }

    @Test func `the MCP server is called by its names and asks for tokens`() {
        let arguments =
            container(
                ["mcp": ["readOnly": true, "origins": ["https://o"], "ingress": ["host": "mcp.example.com"]]],
                kind: .mcp)[
                "args"]?.array?.compactMap(\.string) ?? []
        #expect(arguments.first == "mcp" && arguments.contains("--tokens") && arguments.contains("--read-only"))
        for host in ["skyflo-mcp.skyflo-system.svc", "mcp.example.com"] {
            #expect(arguments.contains("--host=\(host)"))
        }
        #expect(arguments.contains("--origin=https://o"))
    }

    @Test func `another certificate rolls the pods out anew, and another number of replicas doesn't`() {
        func template(_ spec: JSONValue, digest: String) -> JSONValue? {
            let skyfloAI = skyfloAI(spec)
            return ComponentObjects(
                of: skyfloAI, kind: .ui, settings: skyfloAI.components[.ui] ?? ComponentSettings(), build: build,
                claim: build.claim, certificateDigest: digest
            ).all().first { $0.resource == .deployments }?.object["spec", "template"]
        }
        #expect(template(["ui": [:]], digest: "a") != template(["ui": [:]], digest: "b"))
        #expect(template(["ui": [:]], digest: "a") == template(["ui": ["replicas": 5]], digest: "a"))
    }
}
