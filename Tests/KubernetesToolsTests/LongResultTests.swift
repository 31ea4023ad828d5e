import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

/// What is too long for a result loses what matters least, and every object keeps its name.
@Suite struct LongResultTests {
    /// A pod as clusters have them: 8 kB of JSON.
    private func pod(_ number: Int) -> KubeObject {
        let variables = (1...40).map { "{name: SETTING_\($0), value: a-value-of-some-length-\($0)}" }.joined(
            separator: ", ")
        return yaml(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web-\(number)
              namespace: shop
              labels: {app: web}
              annotations: {kubectl.kubernetes.io/last-applied-configuration: '\(String(repeating: "x", count: 2500))'}
              managedFields: [{manager: kubelet, fieldsV1: {"f:status": {}}}]
            spec:
              nodeName: node-\(number)
              containers:
              - name: app
                image: registry.example.com/shop/app:1.\(number)
                env: [\(variables)]
                livenessProbe: {httpGet: {path: /healthz, port: 80}, periodSeconds: 10}
                volumeMounts: [{name: kube-api-access-abcde, mountPath: /var/run/secrets}]
              volumes: [{name: kube-api-access-abcde, projected: {sources: [{configMap: {name: kube-root-ca.crt}}]}}]
              tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}]
            status:
              phase: Running
              podIP: 10.0.0.\(number)
              conditions: [{type: Ready, status: "\(number == 6 ? "False" : "True")", lastTransitionTime: "2026-11-21T03:00:00Z"}]
              containerStatuses:
              - name: app
                ready: \(number != 6)
                restartCount: \(number == 6 ? 12 : 0)
                image: registry.example.com/shop/app:1.\(number)
                imageID: registry.example.com/shop/app@sha256:\(String(repeating: "0", count: 64))
                state: {\(number == 6 ? "waiting: {reason: CrashLoopBackOff}" : "running: {startedAt: \"2026-11-21T03:00:00Z\"}")}
            """)
    }

    @Test(arguments: ["json", "yaml"])
    func `seven pods come through with what is essential of each`(_ format: String) async throws {
        let api = FakeAPI()
        for number in 0..<7 { api.put(pod(number)) }
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "output": .string(format)])
        #expect(text.utf8.count <= 16_384)
        for number in 0..<7 {
            for what in ["web-\(number)", "node-\(number)", "10.0.0.\(number)", "app:1.\(number)"] {
                #expect(text.contains(what), "\(what)")
            }
        }
        #expect(text.contains("CrashLoopBackOff") && text.contains("12"))
        #expect(text.contains("… shortened, left out of each object: last-applied-configuration"))
        #expect(text.contains("label_selector") && !text.contains("sha256"))
    }

    @Test(arguments: [1, 7, 60, 200], ["json", "yaml", "", "name"])
    func `every object is named, and the limit is kept`(_ count: Int, _ format: String) async throws {
        let api = FakeAPI()
        for number in 0..<count { api.put(pod(number)) }
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "output": .string(format)])
        #expect(text.utf8.count <= 16_384)
        for number in 0..<count { #expect(text.contains("web-\(number)"), "web-\(number)") }
    }

    @Test(arguments: ["json", "yaml"])
    func `of fifty pods the images and the states stay`(_ format: String) async throws {
        let api = FakeAPI()
        for number in 0..<50 { api.put(pod(number)) }
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "output": .string(format)])
        #expect(text.utf8.count <= 16_384)
        for number in 0..<50 { #expect(text.contains("app:1.\(number)")) }
        #expect(text.contains("CrashLoopBackOff, ready 0/1, restarts 12"))
    }

    @Test func `where only names fit, those in trouble are marked`() async throws {
        let api = FakeAPI()
        for number in 0..<300 { api.put(pod(number)) }
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "output": "json"])
        #expect(text.contains("web-6 (CrashLoopBackOff, ready 0/1, restarts 12), "))
        #expect(text.contains("web-299"))
    }

    @Test func `of large objects the messages of conditions stay`() async throws {
        let api = FakeAPI()
        for number in 0..<30 {
            let listeners = (0..<60).map { "{name: l\($0), hostname: host-\($0).example.com}" }.joined(separator: ", ")
            api.put(
                yaml(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: edge-\(number), namespace: shop}
                    spec: {listeners: [\(listeners)]}
                    status:
                      conditions: [{type: Ready, status: "False", reason: BadCert, message: certificate \(number) expired}]
                    """))
        }
        let text = try await output(api, "k8s_get", ["resource_type": "services", "output": "json"])
        #expect(text.utf8.count <= 16_384)
        for number in 0..<30 { #expect(text.contains("Ready=False (BadCert): certificate \(number) expired")) }
    }

    @Test func `events in whole keep what they say`() async throws {
        let api = FakeAPI()
        for number in 0..<60 {
            api.put(
                yaml(
                    """
                    apiVersion: v1
                    kind: Event
                    metadata: {name: web.\(number), namespace: shop, uid: 7f6e0a9c-94a3-4d30-8b57-26b9e6d1a5\(number + 10)}
                    involvedObject: {kind: Pod, name: web-\(number), namespace: shop, apiVersion: v1}
                    type: Warning
                    reason: BackOff
                    message: Back-off restarting failed container number \(number)
                    lastTimestamp: "2026-11-21T03:00:00Z"
                    source: {component: kubelet, host: a-node-with-a-long-name.example.com}
                    reportingComponent: kubelet
                    reportingInstance: a-node-with-a-long-name.example.com
                    """))
        }
        let text = try await output(api, "k8s_get", ["resource_type": "events", "output": "json"])
        #expect(text.utf8.count <= 16_384)
        for number in 0..<60 { #expect(text.contains("failed container number \(number)\"")) }
    }

    @Test func `one large object keeps its shape, and its bulk goes first`() async throws {
        let api = FakeAPI()
        let value = String(repeating: "0123456789", count: 4000)
        api.put(
            yaml(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}, data: {big: \"\(value)end\", small: kept}}"
            ))
        for format in ["json", "yaml"] {
            let text = try await output(
                api, "k8s_get", ["resource_type": "cm", "name": "c", "output": .string(format)])
            #expect(text.utf8.count <= 16_384 && text.contains("kept") && text.contains("89end"), "\(text)")
            #expect(text.contains("bytes left out)…") && text.contains("… shortened"))
            #expect(text.utf8.count > 12_000, "no more is left out than has to be")
        }
    }

    @Test func `what fits isn't shortened`() async throws {
        let api = FakeAPI()
        let value = String(repeating: "0123456789", count: 900) + "end"
        api.put(
            yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}, data: {big: \"\(value)\"}}"))
        for tool in ["k8s_get", "k8s_describe"] {
            let arguments: JSONValue = ["resource_type": "cm", "name": "c"]
            let text = try await output(
                api, tool, tool == "k8s_get" ? MergePatch.apply(["output": "yaml"], to: arguments) : arguments)
            #expect(text.contains(value))
        }
        api.put(pod(1))
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "name": "web-1", "output": "yaml"])
        #expect(text.contains("last-applied-configuration") && text.contains("sha256") && !text.contains("…"))
    }

    private func table(_ columns: [String], _ rows: [[String]]) -> JSONValue {
        [
            "kind": "Table", "columnDefinitions": .array(columns.map { ["name": .string($0), "priority": 0] }),
            "rows": .array(
                rows.map { cells in
                    [
                        "cells": JSONValue(cells),
                        "object": ["metadata": ["name": .string(cells[0]), "namespace": "shop"]],
                    ]
                }),
        ]
    }

    @Test func `of a long table the rows in trouble stay, and the others are named`() async throws {
        let api = FakeAPI()
        let rows = (1...400).map { number in
            number == 390
                ? ["pod-390", "0/1", "CrashLoopBackOff", "17 (2m ago)", "5h"]
                : ["pod-\(number)", "1/1", "Running", "0", "\(number)h of some more text to make the row long"]
        }
        api.answer(
            "GET /api/v1/namespaces/shop/pods", table(["Name", "Ready", "Status", "Restarts", "Age"], rows))
        let text = try await output(api, "k8s_get", ["resource_type": "pods"])
        #expect(text.utf8.count <= 16_384 && text.hasPrefix("NAME "))
        #expect(text.contains("pod-390   0/1     CrashLoopBackOff   17 (2m ago)"), "\(text)")
        for number in 1...400 { #expect(text.contains("pod-\(number)"), "pod-\(number)") }
        #expect(text.contains("names only: ") && text.contains("field_selector"))
    }

    @Test func `of many events the warnings stay, the newest first`() async throws {
        let api = FakeAPI()
        let rows = (1...500).map { number in
            let isWarning = number % 100 == 0
            return [
                "\(number)m", isWarning ? "Warning" : "Normal", isWarning ? "BackOff" : "Pulled", "pod/web-\(number)",
                "a message that says what has happened to the pod number \(number)",
            ]
        }
        api.answer(
            "GET /api/v1/namespaces/shop/events", table(["Last Seen", "Type", "Reason", "Object", "Message"], rows))
        let text = try await output(api, "k8s_get", ["resource_type": "events"])
        let lines = text.split(separator: "\n")
        #expect(text.utf8.count <= 16_384)
        #expect(lines[1].hasPrefix("100m") && lines[5].hasPrefix("500m") && lines[6].hasPrefix("1m "), "\(text)")
        #expect(text.contains("Normal Pulled ") && text.contains("more events"))
    }

    @Test func `a description keeps its warnings, and its end`() async throws {
        let api = FakeAPI()
        var object = web
        object["spec", "template", "spec", "containers"] = .array(
            (1...60).map { number in
                [
                    "name": .string("c\(number)"), "image": "shop/app:1",
                    "env": .array((1...20).map { ["name": .string("V\($0)"), "value": "a value of some length"] }),
                ]
            })
        api.put(object)
        for number in 10...60 {
            api.put(
                yaml(
                    """
                    {apiVersion: v1, kind: Event, metadata: {name: e\(number), namespace: shop}, reason: R\(number),
                     type: \(number < 15 ? "Warning" : "Normal"), message: m, lastTimestamp: "2026-11-21T03:00:\(min(number, 59))Z",
                     involvedObject: {kind: Deployment, name: web, uid: uid-web}}
                    """))
        }
        let text = try await output(api, "k8s_describe", ["resource_type": "deploy", "name": "web"])
        #expect(text.utf8.count <= 16_384)
        for number in 10..<15 { #expect(text.contains("Warning R\(number):"), "R\(number)") }
        #expect(
            text.contains("… left out: 26 earlier, of which 0 warnings; for all: k8s_get events with field_selector"))
        #expect(text.contains("k8s_get with its name and output yaml"))
    }
}
