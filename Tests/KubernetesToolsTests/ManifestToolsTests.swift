import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct ManifestToolsTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        api.put(
            yaml("{apiVersion: example.dev/v1, kind: Widget, metadata: {name: w, namespace: shop}, spec: {size: 4}}"))
        return api
    }

    // MARK: - Apply

    @Test func `what exists is applied with its uid and version, what doesn't is created`() async throws {
        let manifest = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, creationTimestamp: null}
            spec: {replicas: 5}
            status: {}
            ---
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {k: v}}
            """
        let proposal = try await proposal(api(), "k8s_apply", ["content": .string(manifest)])
        #expect(proposal.summary == "Apply: change deployment shop/web, create configmap shop/c")
        let (change, create) = (proposal.requests[0], proposal.requests[1])
        #expect(change.request.method == .patch && change.request.contentType == "application/apply-patch+yaml")
        #expect(
            change.request.target
                == "/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo&fieldValidation=Strict&force=false"
        )
        #expect(
            try body(change) == [
                "apiVersion": "apps/v1", "kind": "Deployment", "spec": ["replicas": 5],
                "metadata": ["name": "web", "namespace": "shop", "uid": "uid-web", "resourceVersion": "41"],
            ])
        #expect(create.request.method == .post && create.target.uid.isEmpty && create.before == nil)
        #expect(
            create.request.target == "/api/v1/namespaces/shop/configmaps?fieldManager=skyflo&fieldValidation=Strict")
        #expect(proposal.postConditions.map(\.subject.name) == ["web", "c", "web"])
    }

    @Test func `namespaces follow the manifest, then the parameter, then the conversation`() async throws {
        func namespace(_ metadata: String, _ parameter: JSONValue?) async throws -> String? {
            var arguments: JSONValue = [
                "content": .string("{apiVersion: v1, kind: ConfigMap, metadata: {name: c\(metadata)}}")
            ]
            arguments["namespace"] = parameter
            return try await proposal(FakeAPI(), "k8s_apply", arguments).requests[0].target.namespace
        }
        #expect(try await namespace("", nil) == "shop")
        #expect(try await namespace("", "a") == "a")
        #expect(try await namespace(", namespace: b", nil) == "b")
        #expect(try await namespace(", namespace: b", "b") == "b")
        await #expect(throws: ToolFailure.self) { try await namespace(", namespace: b", "a") }
    }

    @Test func `a conflict with another manager is an error, one with ourselves is not`() async throws {
        let content: JSONValue = [
            "content": "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 5}}"
        ]
        func conflict(_ manager: String) -> APIStatus {
            APIStatus(
                code: 409, reason: .conflict, message: "conflicts with \"\(manager)\": .spec.replicas",
                causes: [
                    .init(
                        reason: "FieldManagerConflict", field: ".spec.replicas",
                        message: "conflict with \"\(manager)\" using apps/v1")
                ])
        }
        let path = "PATCH /apis/apps/v1/namespaces/shop/deployments/web"
        let foreign = api()
        foreign.answer(path, conflict("helm"))
        #expect(await failure(foreign, "k8s_apply", content).contains("conflicts with \"helm\""))
        let own = api()
        own.answer(path, conflict("skyflo"))
        own.answer(path, MergePatch.apply(["spec": ["replicas": 5]], to: web.json))
        #expect(try await proposal(own, "k8s_apply", content).requests[0].request[query: "force"] == "true")
    }

    @Test(arguments: [
        ("", "content: required"), ("a: [", "invalid YAML"), ("hello", "must be an object"),
        ("{kind: Pod}", "apiVersion and kind"),
        ("{apiVersion: v1, kind: Pod, metadata: {}}", "metadata.name is required"),
        ("{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}", "generateName"),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a}, status: {phase: Running}}", "status"),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a, uid: b}}", "metadata.uid"),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a, managedFields: []}}", "metadata.managedFields"),
        ("{apiVersion: v1, kind: Pod, metadata: {name: ../../x}}", "is not a valid name of a Pod"),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ../kube-system}}",
            "is not a valid namespace name"
        ),
        ("{apiVersion: v1, kind: Gizmo, metadata: {name: a}}", "no matches for kind"),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: on}}",
            "metadata.namespace must be a string, and is of type boolean"
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: 1_000}}",
            "metadata.name must be a string, and is of type integer; put it in quotes"
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, uid: b, resourceVersion: '1'}, status: {phase: Running}}",
            "leave out metadata.uid, metadata.resourceVersion and status: only the cluster sets them"
        ),
        (
            """
            {apiVersion: autoscaling.dev/v1, kind: Gizmo, metadata: {name: g}}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gizmos.autoscaling.dev}
            spec: {group: autoscaling.dev, names: {kind: Gizmo, plural: ../pods}, versions: [{name: v1, served: true}]}
            """, "must be named by its plural and group"
        ),
        (
            """
            {apiVersion: "autoscaling.dev/v1?dryRun=All", kind: Gizmo, metadata: {name: g}}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gizmos.autoscaling.dev}
            spec: {group: autoscaling.dev, names: {kind: Gizmo, plural: gizmos}, versions: [{name: "v1?dryRun=All", served: true}]}
            """, "its versions by DNS labels"
        ),
        ("{apiVersion: v1, kind: ConfigMapList, items: [3]}", "an item of the ConfigMapList must be an object"),
        ("{apiVersion: v1, kind: ConfigMapList, items: []}", "no object in it"),
        ("{apiVersion: v1, kind: ConfigMapList, items: [{kind: Pod, metadata: {name: a}}]}", "apiVersion and kind"),
        (
            """
            {apiVersion: autoscaling.dev/v1, kind: Gizmo, metadata: {name: g}}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gizmos.autoscaling.dev}
            spec: {group: autoscaling.dev, names: {kind: Gizmo}}
            """, "gizmos.autoscaling.dev serves no version v1 of Gizmo, but none"
        ),
        (
            "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {p: '‹redacted:12345678›'}}",
            "redaction token"
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: a}}",
            "twice"
        ),
    ])
    func `manifests that can't be meant are refused`(_ content: String, _ expected: String) async {
        let text = await failure(FakeAPI(), "k8s_apply", ["content": .string(content)])
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `objects of a kind that the manifest itself brings wait until that is served`() async throws {
        let manifest = """
            {apiVersion: gizmos.dev/v1, kind: Gizmo, metadata: {name: g}, spec: {size: 1}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gizmos.gizmos.dev}
            spec: {group: gizmos.dev, scope: Cluster, names: {kind: Gizmo, plural: gizmos}, versions: [{name: v1, served: true}]}
            """
        let proposal = try await proposal(FakeAPI(), "k8s_apply", ["content": .string(manifest)])
        #expect(
            proposal.writes.map(\.step?.title) == [
                "create customresourcedefinition gizmos.gizmos.dev", "create gizmo g", "create configmap shop/c",
            ])
        #expect(proposal.writes.map(\.step?.stage) == [1, 2, 3])
        let subject = PostCondition.Subject(
            resource: .customResourceDefinitions, namespace: nil, name: "gizmos.gizmos.dev")
        #expect(proposal.writes.map(\.step?.awaits) == [PostCondition.exists(subject).json, nil, nil])
        #expect(proposal.requests[1].request.path == "/apis/gizmos.dev/v1/gizmos")
    }

    @Test func `what the API server needs first is sent first, and all else as it is written`() async throws {
        let manifest = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {spec: {
            containers: [{name: a, envFrom: [{configMapRef: {name: flags}}]}]}}}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: web, namespace: new}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: new}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: flags, namespace: new}}
            ---
            {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: new}}
            """
        let proposal = try await proposal(api(), "k8s_apply", ["content": .string(manifest)])
        #expect(
            proposal.summary
                == "Apply: create namespace new, create clusterrole r, create configmap new/flags, "
                + "change deployment shop/web, create service new/web, create configmap new/other")
    }

    @Test(arguments: [
        "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}, {kind: ConfigMap, metadata: {name: b}}]}",
        """
        apiVersion: v1
        kind: List
        metadata: {resourceVersion: ""}
        items:
        - {apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}]}
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: '', creationTimestamp: null}, status: {}}
        """,
        "\u{FEFF}---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n\u{FEFF}apiVersion: v1\r\nkind: ConfigMap\r\n"
            + "metadata: {name: b, namespace: ~}",
        #"""
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","generation":0}}
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","uid":""},"status":{"conditions":[],"observed":0}}
        """#,
    ])
    func `lists, marks, skeletons and JSON are taken as kubectl takes them`(_ content: String) async throws {
        let proposal = try await proposal(api(), "k8s_apply", ["content": .string(content)])
        #expect(proposal.summary == "Apply: create configmap shop/a, create configmap shop/b")
        #expect(
            try proposal.requests.map { try body($0) }
                == ["a", "b"].map { name in
                    [
                        "apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": ["name": .string(name), "namespace": "shop"],
                    ]
                })
    }

    @Test func `the namespace of what is in none is ignored, as the warnings say`() async throws {
        let manifest = "{apiVersion: v1, kind: Node, metadata: {name: a, namespace: shop}}"
        let proposal = try await proposal(api(), "k8s_apply", ["content": .string(manifest)])
        #expect(proposal.requests[0].request.path == "/api/v1/nodes")
        #expect(proposal.warnings == ["node a: metadata.namespace \"shop\" is ignored: a Node is not namespaced"])
    }

    @Test func `whole numbers are sent without a fraction`() async throws {
        let proposal = try await proposal(
            api(), "k8s_patch",
            ["resource_type": "widget", "name": "w", "patch": "spec: {size: 1e3, share: 0.5}", "patch_type": "merge"])
        #expect(proposal.requests[0].request.body?.contains(#""spec":{"size":1000,"share":0.5}"#) == true)
    }

    // MARK: - Patch

    @Test func `each patch type carries its preconditions`() async throws {
        func planned(_ type: String, _ patch: String, _ resource: JSONValue = "deploy", _ name: JSONValue = "web")
            async throws -> PlannedRequest
        {
            try await proposal(
                api(), "k8s_patch",
                ["resource_type": resource, "name": name, "patch": .string(patch), "patch_type": .string(type)]
            ).requests[0]
        }
        for type in ["strategic", "merge"] {
            let planned = try await planned(type, "metadata:\n  labels: {a: b}\nspec:\n  replicas: 9\n")
            #expect(
                planned.request.contentType
                    == "application/\(type == "merge" ? "merge-patch" : "strategic-merge-patch")+json")
            #expect(
                try body(planned) == [
                    "metadata": ["labels": ["a": "b"], "uid": "uid-web", "resourceVersion": "41"],
                    "spec": ["replicas": 9],
                ])
        }
        let json = try await planned("json", #"[{"op":"replace","path":"/spec/replicas","value":9}]"#)
        #expect(json.request.contentType == "application/json-patch+json")
        #expect(try body(json).array?.map { $0["op"]?.string ?? "" } == ["test", "test", "replace"])
        #expect(try body(try await planned("merge", "{spec: {size: 5}}", "widget", "w"))["spec", "size"] == 5)
    }

    @Test(arguments: [
        ("strategic", "{spec: {size: 5}}", "widget", "w", "use patch_type merge"),
        ("merge", "[]", "deploy", "web", "must be an object"), ("merge", "{}", "deploy", "web", "must be an object"),
        ("merge", "{a: ", "deploy", "web", "neither JSON nor YAML"),
        ("merge", "{status: {replicas: 1}}", "deploy", "web", "status"),
        ("merge", "{metadata: {namespace: kube-system}}", "deploy", "web", "metadata.namespace"),
        ("merge", "{metadata: {resourceVersion: '1'}}", "deploy", "web", "metadata.resourceVersion"),
        ("merge", "{spec: {x: '‹redacted:12345678›'}}", "deploy", "web", "redaction token"),
        ("json", "{}", "deploy", "web", "list of operations"), ("json", "[]", "deploy", "web", "no operations"),
        ("json", #"[{"op":"chmod","path":"/spec"}]"#, "deploy", "web", "unknown operation"),
        ("json", #"[{"op":"replace","path":"/metadata/uid","value":"x"}]"#, "deploy", "web", "can't be changed"),
        ("json", #"[{"op":"replace","path":"","value":{}}]"#, "deploy", "web", "can't be changed"),
        ("json", #"[{"op":"remove","path":"/status"}]"#, "deploy", "web", "can't be changed"),
        ("json", #"[{"op":"replace","path":"/metadata","value":{}}]"#, "deploy", "web", "can't be changed"),
    ])
    func `patches that can't be meant are refused`(
        _ type: String, _ patch: String, _ resource: String, _ name: String, _ expected: String
    ) async {
        let text = await failure(
            api(), "k8s_patch",
            [
                "resource_type": .string(resource), "name": .string(name), "patch": .string(patch),
                "patch_type": .string(type),
            ])
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `what the server says to a bad patch is told before anybody is asked`() async {
        let api = api()
        api.answer(
            "PATCH /apis/apps/v1/namespaces/shop/deployments/web",
            APIStatus(code: 400, reason: .badRequest, message: "strict decoding error: unknown field \"spec.replica\""))
        let text = await failure(
            api, "k8s_patch", ["resource_type": "deploy", "name": "web", "patch": "{spec: {replica: 3}}"])
        #expect(text.contains("unknown field \"spec.replica\""))
    }
}
