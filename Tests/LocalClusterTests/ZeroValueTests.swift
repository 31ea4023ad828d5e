import KubeModel
import Testing

@testable import LocalCluster

/// Charts write `type: ""` and `args: []` where a value isn't set. In Go's types these are no values at all.
@Suite struct ZeroValueTests {
    private func stored(_ path: String, _ yaml: String) throws -> JSONValue {
        let answer = try InProcess().send("POST", path, try YAML.parse(yaml))
        #expect(answer.status == 201, "\(answer.json)")
        return answer.json
    }

    @Test func `a Service gets its defaults for empty members`() throws {
        let service = try stored(
            "/api/v1/namespaces/default/services",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {}, annotations: {}}
            spec:
              type: ""
              clusterIP: ""
              sessionAffinity: ""
              externalTrafficPolicy: ""
              loadBalancerIP: ""
              externalIPs: []
              publishNotReadyAddresses: false
              selector: {}
              ports: [{port: 80, name: "", protocol: "", nodePort: 0, targetPort: 8080}]
            """)
        #expect(service["spec", "type"] == "ClusterIP" && service["spec", "sessionAffinity"] == "None")
        #expect(service["spec", "clusterIP"]?.string?.isEmpty == false)
        #expect(service["spec", "ports"] == [["port": 80, "protocol": "TCP", "targetPort": 8080]])
        for member in [
            "externalTrafficPolicy", "loadBalancerIP", "externalIPs", "publishNotReadyAddresses", "selector",
        ] {
            #expect(service["spec", member] == nil)
        }
        #expect(service["metadata", "labels"] == nil && service["metadata", "annotations"] == nil)
    }

    @Test func `workloads do, too`() throws {
        let template = """
            template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: "", schedulerName: "", restartPolicy: "",
              tolerations: [], hostNetwork: false, volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: c, args: [],
              command: [], imagePullPolicy: "", resources: {limits: {}}, env: [{name: A, value: ""}],
              ports: [{containerPort: 80, hostPort: 0, protocol: ""}],
              livenessProbe: {httpGet: {path: /, port: 80, scheme: ""}, initialDelaySeconds: 0, periodSeconds: 0}}]}}
            """
        let deployment = try stored(
            "/apis/apps/v1/namespaces/default/deployments",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              paused: false
              minReadySeconds: 0
              replicas: 0
              strategy: {type: ""}
              selector: {matchLabels: {app: web}}
              \(template)
            """)
        #expect(deployment["spec", "strategy", "type"] == "RollingUpdate")
        // A pointer in Go: zero is a value.
        #expect(deployment["spec", "replicas"] == 0)
        #expect(deployment["spec", "paused"] == nil && deployment["spec", "minReadySeconds"] == nil)
        let pod = try #require(deployment["spec", "template", "spec"])
        #expect(pod["serviceAccountName"] == nil && pod["tolerations"] == nil && pod["hostNetwork"] == nil)
        #expect(pod["schedulerName"] == "default-scheduler" && pod["restartPolicy"] == "Always")
        #expect(pod["volumes"] == [["name": "v", "emptyDir": [:]]])
        let container = try #require(pod["containers"]?[0])
        #expect(container["args"] == nil && container["command"] == nil && container["env"] == [["name": "A"]])
        #expect(container["resources"] == [:] && container["imagePullPolicy"] == "Always")
        #expect(container["ports"] == [["containerPort": 80, "protocol": "TCP"]])
        let probe = try #require(container["livenessProbe"])
        #expect(probe["initialDelaySeconds"] == nil && probe["periodSeconds"] == 10)
        #expect(probe["httpGet", "scheme"] == "HTTP")
        let set = try stored(
            "/apis/apps/v1/namespaces/default/statefulsets",
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: web}
            spec:
              podManagementPolicy: ""
              updateStrategy: {type: ""}
              serviceName: web
              selector: {matchLabels: {app: web}}
              \(template)
            """)
        #expect(set["spec", "podManagementPolicy"] == "OrderedReady")
        #expect(set["spec", "updateStrategy", "type"] == "RollingUpdate")
    }

    @Test func `values of maps and of what the API server doesn't read stay`() throws {
        let map = try stored(
            "/api/v1/namespaces/default/configmaps",
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {empty: ""}, finalizers: []}, data: {empty: ""},
             immutable: false}
            """)
        #expect(map["data"] == ["empty": ""] && map["metadata", "labels"] == ["empty": ""])
        #expect(map["immutable"] == false && map["metadata", "finalizers"] == nil)
    }

    @Test func `a patch to a zero value goes back to the default`() throws {
        let server = try InProcess()
        let path = "/api/v1/namespaces/default/services"
        _ = server.send(
            "POST", path,
            try YAML.parse(
                """
                {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {sessionAffinity: ClientIP, ports: [{port: 80}]}}
                """))
        let patched = server.send(
            "PATCH", path + "/web", ["spec": ["sessionAffinity": ""]], type: "application/merge-patch+json")
        #expect(patched.status == 200 && patched.json["spec", "sessionAffinity"] == "None")
    }
}
