import KubeModel
import NIOCore

/// The JSON of a pod as a kube-apiserver sends it, 6 to 8 KB with its managed fields, with places for what differs from
/// pod to pod: rendering one is a few copies, so that the server isn't what is measured.
struct PodTemplate: Sendable {
    enum Place: String, CaseIterable { case name, namespace, uid, node, address, version, sent }

    struct Values {
        var name: String
        var namespace: String
        var uid: String
        var node: String
        var address: String
        var version: Int
        /// When the event was sent, in nanoseconds since 1970; zero where it's no event.
        var sent: Int
    }

    private enum Piece {
        case text([UInt8])
        case place(Place)
    }

    private let pieces: [Piece]

    init(variant: Int) {
        var pieces: [Piece] = []
        // What stands between two marks is the name of a place.
        let parts = JSONWriter.string(Self.pod(variant)).dropFirst().split(
            separator: "@", omittingEmptySubsequences: false)
        for (number, part) in parts.enumerated() {
            if number.isMultiple(of: 2) {
                pieces.append(.text(Array(part.utf8)))
            } else if let place = Place(rawValue: String(part)) {
                pieces.append(.place(place))
            }
        }
        self.pieces = pieces
    }

    /// Without the brace that opens the object, so that a caller can put members before the others.
    func render(_ values: Values, into buffer: inout ByteBuffer) {
        for piece in pieces {
            switch piece {
            case .text(let bytes): buffer.writeBytes(bytes)
            case .place(.name): buffer.writeString(values.name)
            case .place(.namespace): buffer.writeString(values.namespace)
            case .place(.uid): buffer.writeString(values.uid)
            case .place(.node): buffer.writeString(values.node)
            case .place(.address): buffer.writeString(values.address)
            case .place(.version): buffer.writeString(String(values.version))
            case .place(.sent): buffer.writeString(String(values.sent))
            }
        }
    }
}

extension PodTemplate {
    private static func pod(_ variant: Int) -> JSONValue {
        let app = "checkout-\(variant)"
        let containers = (0..<(1 + variant % 2)).map { container(app, number: $0) }
        let spec = spec(containers)
        let status = status(containers, variant)
        return [
            "metadata": metadata(app, spec: spec, status: status), "spec": spec, "status": status,
        ]
    }

    private static func metadata(_ app: String, spec: JSONValue, status: JSONValue) -> JSONValue {
        let labels: JSONValue = [
            "app.kubernetes.io/name": .string(app), "app.kubernetes.io/part-of": "shop",
            "app.kubernetes.io/version": "2.17.4", "pod-template-hash": "7d9f8c6b54",
        ]
        let annotations: JSONValue = [
            "bench/sent": "@sent@",
            "k8s.v1.cni.cncf.io/network-status":
                "[{\n    \"name\": \"pod-network\",\n    \"ips\": [\n        \"10.128.4.17\"\n    ],\n    \"default\": true,\n    \"dns\": {}\n}]",
            "kubectl.kubernetes.io/restartedAt": "2026-11-02T09:12:44Z", "prometheus.io/port": "9090",
            "prometheus.io/scrape": "true",
        ]
        return [
            "name": "@name@", "generateName": .string("\(app)-7d9f8c6b54-"), "namespace": "@namespace@",
            "uid": "@uid@", "resourceVersion": "@version@", "generation": 1,
            "creationTimestamp": "2026-11-02T09:12:45Z", "labels": labels, "annotations": annotations,
            "ownerReferences": [
                [
                    "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string("\(app)-7d9f8c6b54"),
                    "uid": "0b1a3f63-64d2-4a53-8fd3-2f2a9d3f1c77", "controller": true, "blockOwnerDeletion": true,
                ]
            ],
            "managedFields": [
                managed("kube-controller-manager", ["metadata": ["labels": labels], "spec": spec]),
                managed("multus", ["metadata": ["annotations": annotations]], subresource: "status"),
                managed("kubelet", ["status": status], subresource: "status"),
            ],
        ]
    }

    private static func managed(_ manager: String, _ value: JSONValue, subresource: String? = nil) -> JSONValue {
        .compact([
            "manager": .string(manager), "operation": "Update", "apiVersion": "v1", "time": "2026-11-02T09:12:51Z",
            "fieldsType": "FieldsV1", "fieldsV1": fields(value),
            "subresource": subresource.map(JSONValue.string),
        ])
    }

    private static func fields(_ value: JSONValue) -> JSONValue {
        var result: JSONObject = [:]
        for (key, value) in value.object ?? [:] { result["f:\(key)"] = fields(value) }
        for element in value.array ?? [] {
            guard let name = element["name"] ?? element["type"] ?? element["key"] else { continue }
            result["k:{\"name\":\(name)}"] = fields(element)
        }
        return .object(result)
    }

    private static func container(_ app: String, number: Int) -> JSONValue {
        [
            "name": .string(number == 0 ? "server" : "sidecar-\(number)"),
            "image": .string("registry.example.com/shop/\(app)-\(number):2.17.4"),
            "args": ["--listen=:8080", "--log-format=json", "--config=/etc/shop/config.yaml"],
            "ports": [
                ["name": "http", "containerPort": 8080, "protocol": "TCP"],
                ["name": "metrics", "containerPort": 9090, "protocol": "TCP"],
            ],
            "env": [
                ["name": "POD_NAME", "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.name"]]],
                ["name": "DATABASE_URL", "valueFrom": ["secretKeyRef": ["name": "database", "key": "url"]]],
                ["name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://collector.observability:4317"],
            ],
            "resources": [
                "limits": ["memory": "512Mi"], "requests": ["cpu": "250m", "memory": "256Mi"],
            ],
            "volumeMounts": [
                ["name": "config", "readOnly": true, "mountPath": "/etc/shop"],
                [
                    "name": "kube-api-access-x2x9p", "readOnly": true,
                    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                ],
            ],
            "readinessProbe": [
                "httpGet": ["path": "/ready", "port": "http", "scheme": "HTTP"], "timeoutSeconds": 1,
                "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
            ],
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "imagePullPolicy": "IfNotPresent",
            "securityContext": [
                "capabilities": ["drop": ["ALL"]], "runAsNonRoot": true, "readOnlyRootFilesystem": true,
                "allowPrivilegeEscalation": false,
            ],
        ]
    }

    private static func spec(_ containers: [JSONValue]) -> JSONValue {
        [
            "volumes": [
                ["name": "config", "configMap": ["name": "shop-config", "defaultMode": 420]],
                [
                    "name": "kube-api-access-x2x9p",
                    "projected": [
                        "sources": [
                            ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
                            [
                                "configMap": [
                                    "name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]],
                                ]
                            ],
                        ], "defaultMode": 420,
                    ],
                ],
            ],
            "containers": .array(containers), "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst", "serviceAccountName": "shop", "serviceAccount": "shop", "nodeName": "@node@",
            "securityContext": ["seccompProfile": ["type": "RuntimeDefault"]], "schedulerName": "default-scheduler",
            "tolerations": [
                [
                    "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute",
                    "tolerationSeconds": 300,
                ],
                [
                    "key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute",
                    "tolerationSeconds": 300,
                ],
            ],
            "priority": 0, "enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority",
        ]
    }

    private static func status(_ containers: [JSONValue], _ variant: Int) -> JSONValue {
        let conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
        return [
            "phase": "Running",
            "conditions": .array(
                conditions.map { type in
                    [
                        "type": .string(type), "status": "True", "lastProbeTime": .null,
                        "lastTransitionTime": "2026-11-02T09:12:49Z",
                    ]
                }),
            "hostIP": "10.0.3.21", "podIP": "@address@", "podIPs": [["ip": "@address@"]],
            "startTime": "2026-11-02T09:12:45Z",
            "containerStatuses": .array(
                containers.map { container in
                    [
                        "name": container["name"] ?? "", "state": ["running": ["startedAt": "2026-11-02T09:12:48Z"]],
                        "lastState": [:], "ready": true, "restartCount": JSONValue(variant % 4),
                        "image": container["image"] ?? "",
                        "imageID":
                            "registry.example.com/shop/checkout:2.17.4#sha256:9f1c2a7b5d8e3f60412bd7c9ae5508f6d1e2c3b4a5968778695a4b3c2d1e0f1a",
                        "containerID":
                            "cri-o://5b0f6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f506172839", "started": true,
                    ]
                }), "qosClass": "Burstable",
        ]
    }
}
