import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct ReadToolsTests {
    private let table: JSONValue = [
        "kind": "Table", "metadata": ["continue": "abc", "remainingItemCount": 12],
        "columnDefinitions": [
            ["name": "Name", "priority": 0], ["name": "Ready", "priority": 0], ["name": "Images", "priority": 1],
            ["name": "Token", "priority": 0],
        ],
        "rows": [
            [
                "cells": ["web", "2/2", "app:1", "sometoken"],
                "object": ["metadata": ["name": "web", "namespace": "shop"]],
            ],
            [
                "cells": ["long-name", "0/1", .null, "<none>"],
                "object": ["metadata": ["name": "long-name", "namespace": "shop"]],
            ],
        ],
    ]

    @Test func `a list has the columns of kubectl`() async throws {
        let api = FakeAPI()
        var last = table
        last["metadata"] = [:]
        for page in [table, last] { api.answer("GET /apis/apps/v1/namespaces/shop/deployments", page) }
        let text = try await output(api, "k8s_get", ["resource_type": "deploy", "label_selector": "app in (web,db)"])
        let token = redactor.token("sometoken")
        #expect(
            text == """
                NAME        READY   TOKEN
                web         2/2     \(token)
                long-name   0/1     <none>
                web         2/2     \(token)
                long-name   0/1     <none>
                """)
        #expect(api.requests.last?[query: "continue"] == "abc")
        let request = try #require(api.requests.first)
        #expect(request.accept.hasPrefix("application/json;as=Table;v=v1;g=meta.k8s.io"))
        #expect(request.target.hasSuffix("?limit=500&labelSelector=app%20in%20%28web%2Cdb%29&includeObject=None"))
    }

    @Test func `of a very long list it is said how many more there are, and how to narrow it`() async throws {
        let api = FakeAPI()
        api.answer("GET /apis/apps/v1/namespaces/shop/deployments", table)
        let text = try await output(api, "k8s_get", ["resource_type": "deploy"])
        #expect(
            text.hasSuffix(
                "… there are 12 more than the 80 listed: narrow the list with a namespace, a label selector or a field selector"
            ))
        #expect(api.requests.count == 40)
    }

    @Test func `wide, name and all namespaces`() async throws {
        let api = FakeAPI()
        api.answer("GET /apis/apps/v1/deployments", table)
        let all = try await output(
            api, "k8s_get", ["resource_type": "deploy", "all_namespaces": true, "output": "wide"])
        #expect(all.hasPrefix("NAMESPACE   NAME        READY   IMAGES   TOKEN\nshop        web "))
        let names = try await output(
            api, "k8s_get", ["resource_type": "deploy", "all_namespaces": true, "output": "name"])
        #expect(names.hasPrefix("deployment.apps/web\ndeployment.apps/long-name\n"))
    }

    @Test func `nothing found is a result`() async throws {
        let api = FakeAPI()
        #expect(
            try await output(api, "k8s_get", ["resource_type": "pods"])
                == "No resources found in shop namespace: no pods.")
        api.put(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: x}}"))
        #expect(
            try await output(api, "k8s_get", ["resource_type": "deploy", "output": "yaml", "namespace": "x"])
                == "No resources found in x namespace: no deployments.apps.")
        #expect(
            try await output(api, "k8s_get", ["resource_type": "nodes", "namespace": "x"])
                == "No resources found: no nodes.")
    }

    @Test func `objects come without secrets and managed fields`() async throws {
        let api = FakeAPI()
        var object = web
        object["metadata", "managedFields"] = [["manager": "x"]]
        api.put(object)
        api.put(
            yaml(
                "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, data: {p: aHVudGVyMmh1bnRlcjI=}}"
            ))
        for format in ["yaml", "json"] {
            let one = try await output(
                api, "k8s_get", ["resource_type": "deploy", "name": "web", "output": .string(format)])
            #expect(one.contains("shop/app:1") && !one.contains("hunter2") && !one.contains("managedFields"))
            let list = try await output(api, "k8s_get", ["resource_type": "secrets", "output": .string(format)])
            #expect(list.contains(redactor.token("hunter2hunter2")) && !list.contains("aHVudGVy"))
        }
    }

    @Test(
        arguments: [
            (["resource_type": "pods", "namespace": "a", "all_namespaces": true], "exclude each other"),
            (["resource_type": "pods", "name": "a", "all_namespaces": true], "exclude each other"),
            (["resource_type": "pods", "name": "a", "label_selector": "a=b"], "exclude each other"),
            (["resource_type": "gizmos"], "doesn't have a resource type"),
            (["resource_type": "pods/exec"], "is a subresource, not a resource type"),
            (["resource_type": "pods/web/exec"], "is not a resource type"),
            (["resource_type": "pods/web", "name": "db"], "leave out name"),
            (["resource_type": "pods web"], "is ambiguous"),
            (["resource_type": "pods/web", "field_selector": "a=b"], "exclude each other"),
            (["resource_type": "--raw=/api/v1/secrets"], "is not a resource type"),
            (["resource_type": "pods", "name": "Web"], "is not a valid name of a Pod"),
            (["resource_type": "pods", "name": "gone"], "not found"),
            (["resource_type": "pods", "output": "go-template"], "is not one of"),
        ] as [(JSONValue, String)])
    func `what makes no sense is refused`(_ arguments: JSONValue, _ expected: String) async {
        let text = await failure(FakeAPI(), "k8s_get", arguments)
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `names of RBAC may hold a colon, and are encoded`() async throws {
        let api = FakeAPI()
        _ = await failure(api, "k8s_get", ["resource_type": "clusterroles", "name": "system:node"])
        #expect(api.requests.contains { $0.path == "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode" })
    }

    // MARK: - Logs

    private let pod = yaml(
        """
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, uid: u},
         spec: {initContainers: [{name: init}], containers: [{name: app}, {name: proxy}]}}
        """)

    @Test func `logs are asked for with all that was said`() async throws {
        let api = FakeAPI()
        api.put(pod)
        api.answer(
            "GET /api/v1/namespaces/shop/pods/p/log",
            KubeResponse(status: 200, body: Array("start\npassword=abcdef\n".utf8)))
        let text = try await output(
            api, "k8s_logs",
            ["pod_name": "p", "container_name": "init", "since": "5m", "previous": true, "num_lines": 10])
        #expect(text == "start\npassword=\(redactor.token("abcdef"))\n")
        #expect(
            api.requests.last?.target
                == "/api/v1/namespaces/shop/pods/p/log?container=init&tailLines=10&limitBytes=1048576&sinceSeconds=300&previous=true"
        )
    }

    @Test func `several containers have to be chosen from`() async {
        let api = FakeAPI()
        api.put(pod)
        #expect(
            await failure(api, "k8s_logs", ["pod_name": "p"]).contains("containers: app, proxy; init containers: init"))
        #expect(
            await failure(api, "k8s_logs", ["pod_name": "p", "container_name": "x"]).contains("has no container \"x\""))
        #expect(
            await failure(api, "k8s_logs", ["pod_name": "p", "num_lines": 2001]).contains("not between 1 and 2000"))
        #expect(!api.requests.contains { $0.path.hasSuffix("/log") })
    }

    @Test func `long logs keep their newest lines`() async throws {
        let api = FakeAPI()
        api.put(
            yaml("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [{name: app}]}}")
        )
        let log = (1...500).map { "line \($0)\n" }.joined()
        api.answer("GET /api/v1/namespaces/shop/pods/p/log", KubeResponse(status: 200, body: Array(log.utf8)))
        let text = try await output(api, "k8s_logs", ["pod_name": "p"], outputLimit: 500)
        #expect(text.utf8.count <= 500 && text.hasSuffix("line 500\n") && text.hasPrefix("… left out: "))
    }

    // MARK: - Describe and rollout status

    @Test func `a pod in trouble is described with its reasons and events`() async throws {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: shop, uid: u1}
                spec:
                  containers:
                  - {name: app, image: "shop/app:1", env: [{name: API_TOKEN, value: verysecret}]}
                  volumes: [{name: data, persistentVolumeClaim: {claimName: db}}]
                status:
                  phase: Running
                  containerStatuses:
                  - name: app
                    ready: false
                    restartCount: 7
                    state: {waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}}
                    lastState: {terminated: {reason: OOMKilled, exitCode: 137}}
                  conditions: [{type: Ready, status: "False", reason: ContainersNotReady}]
                """))
        for (name, uid, time, message) in [
            ("e2", "u1", "2026-11-21T03:00:02Z", "second token=abcdefgh"),
            ("e1", "u1", "2026-11-21T03:00:01Z", "first"),
            ("e3", "other", "2026-11-21T03:00:03Z", "of an older pod"),
        ] {
            api.put(
                yaml(
                    """
                    {apiVersion: v1, kind: Event, metadata: {name: \(name), namespace: shop}, type: Warning, reason: BackOff, count: 3,
                     lastTimestamp: "\(time)", message: "\(message)", involvedObject: {kind: Pod, name: p, uid: \(uid)}}
                    """))
        }
        let text = try await output(api, "k8s_describe", ["resource_type": "pod", "name": "p"])
        for expected in [
            "Status: CrashLoopBackOff", "State: Waiting: CrashLoopBackOff, back-off 5m0s",
            "Last state: Terminated: OOMKilled, exit code 137", "Restart count: 7", "Ready=False (ContainersNotReady)",
            "data: persistentVolumeClaim claimName=db", "API_TOKEN=‹redacted:",
            "Warning BackOff (x3): first\n  2026-11-21T03:00:02Z Warning BackOff (x3): second token=‹redacted:",
        ] { #expect(text.contains(expected), "\(expected)\n\(text)") }
        #expect(!text.contains("older pod") && !text.contains("verysecret") && !text.contains("abcdefgh"))
        #expect(api.requests.last?[query: "fieldSelector"] == "involvedObject.kind=Pod,involvedObject.name=p")
    }

    @Test func `a deployment is described with its pods, those in trouble first`() async throws {
        let api = FakeAPI()
        api.put(web)
        for (name, phase) in [("web-a", "Running"), ("web-b", "Pending")] {
            api.put(
                yaml(
                    """
                    {apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: shop, labels: {app: web}},
                     spec: {containers: [{name: app}]}, status: {phase: \(phase), containerStatuses: [{ready: true}]}}
                    """))
        }
        let text = try await output(api, "k8s_describe", ["resource_type": "deploy", "name": "web"])
        #expect(text.contains("Replicas: 2 desired | 2 updated | 2 total | 2 ready | 2 available | 0 unavailable"))
        #expect(text.contains("Rollout: deployment \"web\" successfully rolled out"))
        #expect(text.contains("Image: shop/migrate:1"))
        #expect(
            text.contains("  web-b   1/1   Pending   0 restarts\n  web-a   1/1   Running   0 restarts\n"), "\(text)")
        #expect(text.hasSuffix("Events: none\n"))
    }

    @Test func `what may not be listed is left out of a description`() async throws {
        let api = FakeAPI()
        api.put(web)
        for path in ["pods", "events"] {
            api.answer("GET /api/v1/namespaces/shop/\(path)", APIStatus(code: 403, reason: .forbidden, message: "no"))
        }
        let text = try await output(api, "k8s_describe", ["resource_type": "deploy", "name": "web"])
        for what in ["Pods: can't be listed: missing permission to list pods in", "Events: can't be listed: missing"] {
            #expect(text.contains(what), "\(text)")
        }
    }

    @Test func `other kinds are described as a tree`() async throws {
        let api = FakeAPI()
        api.put(
            yaml(
                "{apiVersion: example.dev/v1, kind: Widget, metadata: {name: w, namespace: shop}, spec: {size: large, parts: [{name: a}]}}"
            ))
        let text = try await output(api, "k8s_describe", ["resource_type": "widget", "name": "w"])
        #expect(text.contains("Spec:\n  size: large\n  parts:\n  - name: a\n"), "\(text)")
    }

    @Test func `rollout status answers at once in kubectl's words`() async throws {
        let api = FakeAPI()
        api.put(KubeObject(MergePatch.apply(["status": ["updatedReplicas": 1]], to: web.json)))
        #expect(
            try await output(api, "k8s_rollout_status", ["name": "web"])
                == "Waiting for deployment \"web\" rollout to finish: 1 out of 2 new replicas have been updated...")
        #expect(api.requests.count == 1)
    }
}
