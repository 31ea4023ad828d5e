import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// Whole tasks as people give them, by the calls that models make, judged by what the API server has in the end.
@Suite struct EverydayTasksTests {
    /// One task: what there is before, the calls, and what has to be there afterwards.
    struct EverydayTask: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var before = ""
        var calls: [(String, JSONValue)]
        /// `deployments/web`, a path in it, and the value there; null for nothing.
        var after: [(String, [String], JSONValue)]
    }

    @Test(arguments: creating + mending + changing + administering + operating)
    func `a task is done by its calls`(_ task: EverydayTask) async throws {
        try await ToolCluster.withRunning { cluster in
            if !task.before.isEmpty { try await cluster.apply(task.before) }
            for (tool, arguments) in task.calls { try await cluster.carryOut(tool, arguments) }
            for (object, path, value) in task.after {
                let parts = object.split(separator: "/").map(String.init)
                let match = try await cluster.context.mapper.match(parts[parts.count - 2])
                let namespace = parts.count > 2 ? parts[0] : "default"
                let found = try await cluster.client.find(
                    match.resource, namespace: match.resource.namespaced ? namespace : nil, name: parts[parts.count - 1]
                )
                let live = try #require(found, "\(object) is missing")
                #expect(Self.value(path, in: live.json) == value, "\(object) \(path)")
            }
        }
    }

    private static func value(_ path: [String], in json: JSONValue) -> JSONValue {
        path.reduce(json) { value, step in
            (Int(step).flatMap { position in value.array.flatMap { position < $0.count ? $0[position] : nil } })
                ?? value[step] ?? .null
        }
    }

    private static func apply(_ manifest: String, in namespace: String? = nil) -> (String, JSONValue) {
        ("k8s_apply", .compact(["content": .string(manifest), "namespace": namespace.map(JSONValue.string)]))
    }

    private static func web(_ more: String = "", image: String = "nginx:1.27", container: String = "") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: nginx, image: "\(image)", ports: [{containerPort: 80}]\(container)}]
        \(more)
        """
    }

    private static let template = ["spec", "template", "spec"]
    private static let first = template + ["containers", "0"]
    private static let deploy: JSONValue = ["resource_type": "deployment", "name": "web"]
    private static func with(_ more: JSONValue) -> JSONValue { MergePatch.apply(more, to: deploy) }
    private static func patch(_ text: String, type: String? = nil) -> (String, JSONValue) {
        ("k8s_patch", with(.compact(["patch": .string(text), "patch_type": type.map(JSONValue.string)])))
    }

    // MARK: Creating

    static let creating = [
        EverydayTask(
            testDescription: "a deployment with a service", calls: [apply(web()), ("k8s_expose", with(["port": 80]))],
            after: [
                ("deployment/web", ["spec", "replicas"], 2), ("service/web", ["spec", "selector", "app"], "web"),
            ]),
        EverydayTask(
            testDescription: "a namespace and what is in it, in one manifest",
            calls: [
                apply(
                    """
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: dev, labels: {env: dev}}
                    ---
                    apiVersion: v1
                    kind: ResourceQuota
                    metadata: {name: quota, namespace: dev}
                    spec: {hard: {pods: "10", requests.cpu: "4", requests.memory: 8Gi}}
                    ---
                    apiVersion: v1
                    kind: LimitRange
                    metadata: {name: limits, namespace: dev}
                    spec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}}]}
                    ---
                    apiVersion: networking.k8s.io/v1
                    kind: NetworkPolicy
                    metadata: {name: deny-all, namespace: dev}
                    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
                    ---
                    apiVersion: v1
                    kind: ServiceAccount
                    metadata: {name: dev, namespace: dev}
                    ---
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleBinding
                    metadata: {name: dev, namespace: dev}
                    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                    subjects: [{kind: ServiceAccount, name: dev, namespace: dev}]
                    """)
            ],
            after: [
                ("namespace/dev", ["metadata", "labels", "env"], "dev"),
                ("dev/resourcequota/quota", ["spec", "hard", "pods"], "10"),
                ("dev/limitrange/limits", ["spec", "limits", "0", "type"], "Container"),
                ("dev/networkpolicy/deny-all", ["spec", "policyTypes", "1"], "Egress"),
                ("dev/rolebinding/dev", ["roleRef", "name"], "edit"),
            ]),
        EverydayTask(
            testDescription: "a pod that mounts a config map, with requests, limits and a probe",
            calls: [
                apply(
                    """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: settings}
                    data:
                      app.conf: |
                        port = 8080
                        mode = fast
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: reader}
                    spec:
                      containers:
                      - name: reader
                        image: busybox:1.37
                        command: ["sh", "-c", "cat /etc/app/app.conf && sleep 3600"]
                        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
                        readinessProbe: {exec: {command: [cat, /etc/app/app.conf]}}
                        volumeMounts: [{name: conf, mountPath: /etc/app}]
                      volumes: [{name: conf, configMap: {name: settings}}]
                    """)
            ],
            after: [
                ("configmap/settings", ["data", "app.conf"], "port = 8080\nmode = fast\n"),
                ("pod/reader", ["spec", "volumes", "0", "configMap", "name"], "settings"),
                ("pod/reader", ["spec", "containers", "0", "resources", "limits", "memory"], "128Mi"),
            ]),
        EverydayTask(
            testDescription: "a stateful set with claims, and an ingress",
            calls: [
                apply(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: db}
                    spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
                    ---
                    apiVersion: apps/v1
                    kind: StatefulSet
                    metadata: {name: db}
                    spec:
                      serviceName: db
                      replicas: 3
                      selector: {matchLabels: {app: db}}
                      template:
                        metadata: {labels: {app: db}}
                        spec: {containers: [{name: db, image: "postgres:17"}]}
                      volumeClaimTemplates:
                      - metadata: {name: data}
                        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                    ---
                    apiVersion: networking.k8s.io/v1
                    kind: Ingress
                    metadata: {name: web}
                    spec:
                      rules:
                      - host: shop.example.com
                        http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: db, port: {number: 5432}}}}]}
                    """), ("k8s_scale", ["resource_type": "statefulset", "name": "db", "replicas": 1]),
            ],
            after: [
                ("statefulset/db", ["spec", "replicas"], 1),
                ("ingress/web", ["spec", "rules", "0", "host"], "shop.example.com"),
            ]),
        EverydayTask(
            testDescription: "a cron job, and one run of it",
            calls: [
                apply(
                    """
                    apiVersion: batch/v1
                    kind: CronJob
                    metadata: {name: report}
                    spec:
                      schedule: "*/5 * * * *"
                      jobTemplate:
                        spec:
                          template:
                            spec:
                              restartPolicy: OnFailure
                              containers: [{name: report, image: "busybox:1.37", command: [date]}]
                    """), ("k8s_create_job_from_cronjob", ["cronjob_name": "report", "name": "report-now"]),
            ],
            after: [
                ("cronjob/report", ["spec", "schedule"], "*/5 * * * *"),
                ("job/report-now", ["spec", "template", "spec", "restartPolicy"], "OnFailure"),
            ]),
        EverydayTask(
            testDescription: "an autoscaler by a manifest and one by the tool", before: web(),
            calls: [
                ("k8s_autoscale", with(["min": 2, "max": 5, "cpu_percent": 60])),
                (
                    "k8s_patch",
                    [
                        "resource_type": "hpa", "name": "web", "patch": #"{"spec":{"maxReplicas":8}}"#,
                        "patch_type": "merge",
                    ]
                ),
            ],
            after: [
                ("hpa/web", ["spec", "maxReplicas"], 8), ("hpa/web", ["spec", "minReplicas"], 2),
                ("hpa/web", ["spec", "metrics", "0", "resource", "target", "averageUtilization"], 60),
            ]),
        EverydayTask(
            testDescription: "a role for reading pods",
            calls: [
                apply(
                    """
                    apiVersion: v1
                    kind: ServiceAccount
                    metadata: {name: reader}
                    ---
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: Role
                    metadata: {name: pod-reader}
                    rules: [{apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}]
                    ---
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleBinding
                    metadata: {name: read-pods}
                    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pod-reader}
                    subjects: [{kind: ServiceAccount, name: reader}]
                    """)
            ],
            after: [
                ("role/pod-reader", ["rules", "0", "resources", "1"], "pods/log"),
                ("rolebinding/read-pods", ["subjects", "0", "name"], "reader"),
            ]),
        EverydayTask(
            testDescription: "a definition of a kind, and an object of it later",
            calls: [
                apply(
                    """
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata: {name: backups.example.com}
                    spec:
                      group: example.com
                      scope: Namespaced
                      names: {plural: backups, singular: backup, kind: Backup}
                      versions:
                      - name: v1
                        served: true
                        storage: true
                        schema:
                          openAPIV3Schema:
                            type: object
                            properties: {spec: {type: object, properties: {schedule: {type: string}}}}
                    """),
                apply("{apiVersion: example.com/v1, kind: Backup, metadata: {name: nightly}, spec: {schedule: daily}}"),
            ], after: [("backup/nightly", ["spec", "schedule"], "daily")]),
    ]

    // MARK: Mending

    static let mending = [
        EverydayTask(
            testDescription: "a wrong image", before: web(image: "ngnix:latest"),
            calls: [
                (
                    "k8s_set_image",
                    ["resource_name": "web", "resource_type": "deployment", "container_images": "nginx=nginx:1.27"]
                )
            ], after: [("deployment/web", first + ["image"], "nginx:1.27")]),
        EverydayTask(
            testDescription: "a command that crashes, by a strategic patch",
            before: web(container: ", command: [sh, -c, exit 1]"),
            calls: [
                patch(
                    #"{"spec":{"template":{"spec":{"containers":[{"name":"nginx","command":["nginx","-g","daemon off;"]}]}}}}"#
                )
            ],
            after: [
                ("deployment/web", first + ["command", "0"], "nginx"),
                ("deployment/web", first + ["image"], "nginx:1.27"),
            ]),
        EverydayTask(
            testDescription: "a config map that is missing, and a key that is",
            before: web(container: ", env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]"),
            calls: [
                apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {level: info}}"),
                (
                    "k8s_patch",
                    [
                        "resource_type": "cm", "name": "settings", "patch_type": "merge",
                        "patch": "data:\n  mode: fast\n",
                    ]
                ),
            ],
            after: [("cm/settings", ["data", "mode"], "fast"), ("cm/settings", ["data", "level"], "info")]),
        EverydayTask(
            testDescription: "a secret that is missing",
            before: web(container: ", env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]"),
            calls: [
                apply(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: db}
                    type: Opaque
                    stringData: {password: for-tests-only}
                    """)
            ], after: [("secret/db", ["data", "password"], "Zm9yLXRlc3RzLW9ubHk=")]),
        EverydayTask(
            testDescription: "a selector of a service that selects nothing",
            before: web(
                "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: wbe}, ports: [{port: 80}]}}"
            ),
            calls: [
                (
                    "k8s_patch",
                    ["resource_type": "svc", "name": "web", "patch": #"{"spec":{"selector":{"app":"web"}}}"#]
                )
            ],
            after: [("svc/web", ["spec", "selector", "app"], "web")]),
        EverydayTask(
            testDescription: "a target port that nothing listens on, by a JSON patch",
            before: web(
                "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, "
                    + "ports: [{port: 80, targetPort: 8080}]}}"),
            calls: [
                (
                    "k8s_patch",
                    [
                        "resource_type": "service", "name": "web", "patch_type": "json",
                        "patch": #"[{"op":"replace","path":"/spec/ports/0/targetPort","value":80}]"#,
                    ]
                )
            ], after: [("svc/web", ["spec", "ports", "0", "targetPort"], 80)]),
        EverydayTask(
            testDescription: "a node selector that no node has, taken away",
            before: web().replacing(
                "    spec:\n      containers", with: "    spec:\n      nodeSelector: {disk: ssd}\n      containers"),
            calls: [patch(#"[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]"#, type: "json")],
            after: [("deployment/web", template + ["nodeSelector"], .null)]),
        EverydayTask(
            testDescription: "a request that no node can satisfy",
            before: web(container: ", resources: {requests: {cpu: \"64\", memory: 1Gi}}"),
            calls: [
                (
                    "k8s_set_resources",
                    with(["container": "nginx", "requests": "cpu=100m,memory=128Mi", "limits": "memory=256Mi"])
                )
            ],
            after: [
                ("deployment/web", first + ["resources", "requests", "cpu"], "100m"),
                ("deployment/web", first + ["resources", "limits", "memory"], "256Mi"),
            ]),
        EverydayTask(
            testDescription: "a probe at a wrong port",
            before: web(container: ", livenessProbe: {httpGet: {path: /, port: 9}}"),
            calls: [
                patch(
                    #"{"spec":{"template":{"spec":{"containers":[{"name":"nginx","livenessProbe":{"httpGet":{"port":80}}}]}}}}"#
                )
            ],
            after: [
                ("deployment/web", first + ["livenessProbe", "httpGet", "port"], 80),
                ("deployment/web", first + ["livenessProbe", "httpGet", "path"], "/"),
            ]),
        EverydayTask(
            testDescription: "a role that names a wrong resource",
            before:
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{apiGroups: [\"\"], resources: [pod], verbs: [get]}]}",
            calls: [
                apply(
                    "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{apiGroups: [\"\"], resources: [pods], verbs: [get, list]}]}"
                )
            ],
            after: [
                ("role/r", ["rules", "0", "resources", "0"], "pods"), ("role/r", ["rules", "0", "verbs", "1"], "list"),
            ]),
        EverydayTask(
            testDescription: "a claim that is too small",
            before:
                """
                {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: example.com/disk, allowVolumeExpansion: true}
                ---
                {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
                """,
            calls: [
                (
                    "k8s_patch",
                    [
                        "resource_type": "pvc", "name": "data",
                        "patch": #"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#,
                    ]
                )
            ], after: [("pvc/data", ["spec", "resources", "requests", "storage"], "2Gi")]),
    ]

    // MARK: Changing

    static let changing = [
        EverydayTask(
            testDescription: "a rolling update with a strategy, and its restart", before: web(),
            calls: [
                patch(
                    #"{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}"#
                ),
                (
                    "k8s_set_image",
                    ["resource_name": "web", "resource_type": "deploy", "container_images": "nginx=nginx:1.28"]
                ),
                ("k8s_rollout_restart", ["name": "web"]),
            ],
            after: [
                ("deployment/web", ["spec", "strategy", "rollingUpdate", "maxUnavailable"], 0),
                ("deployment/web", first + ["image"], "nginx:1.28"),
                (
                    "deployment/web",
                    ["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"],
                    "2027-01-15T08:00:00Z"
                ),
            ]),
        EverydayTask(
            testDescription: "a canary by hand, and traffic that goes over",
            before: web(
                "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}"
            ),
            calls: [
                apply(
                    web(image: "nginx:1.28").replacing("name: web,", with: "name: web-canary,")
                        .replacing(
                            "labels: {app: web}}\n    spec", with: "labels: {app: web, track: canary}}\n    spec"
                        )
                        .replacing("replicas: 2", with: "replicas: 1")
                        .replacing("matchLabels: {app: web}", with: "matchLabels: {app: web, track: canary}")),
                (
                    "k8s_patch",
                    ["resource_type": "svc", "name": "web", "patch": #"{"spec":{"selector":{"track":"canary"}}}"#]
                ),
                ("k8s_scale", ["resource_type": "deployment", "name": "web", "replicas": 0]),
            ],
            after: [
                ("deployment/web-canary", first + ["image"], "nginx:1.28"),
                ("deployment/web", ["spec", "replicas"], 0),
                ("svc/web", ["spec", "selector", "track"], "canary"), ("svc/web", ["spec", "selector", "app"], "web"),
            ]),
        EverydayTask(
            testDescription: "labels, annotations and environment", before: web(),
            calls: [
                ("k8s_label", with(["labels": ["tier": "front", "team": "shop"]])),
                ("k8s_annotate", with(["annotations": ["owner": "shop@example.com"]])),
                ("k8s_set_env", with(["env": ["LOG_LEVEL": "debug", "WORKERS": "4"]])),
            ],
            after: [
                ("deployment/web", ["metadata", "labels", "tier"], "front"),
                ("deployment/web", ["metadata", "annotations", "owner"], "shop@example.com"),
                ("deployment/web", first + ["env", "0", "value"], "debug"),
            ]),
        EverydayTask(
            testDescription: "a sidecar, by a manifest that lists both containers", before: web(),
            calls: [
                patch(
                    """
                    spec:
                      template:
                        spec:
                          volumes:
                          - name: logs
                            emptyDir: {}
                          containers:
                          - name: nginx
                            volumeMounts: [{name: logs, mountPath: /var/log/nginx}]
                          - name: tail
                            image: busybox:1.37
                            command: [sh, -c, "tail -F /logs/access.log"]
                            volumeMounts: [{name: logs, mountPath: /logs}]
                    """)
            ],
            after: [
                ("deployment/web", template + ["containers", "1", "name"], "tail"),
                ("deployment/web", template + ["volumes", "0", "name"], "logs"),
            ]),
    ]

    // MARK: Administering

    static let administering = [
        EverydayTask(
            testDescription: "a node is taken out of use and tainted",
            before: "{apiVersion: v1, kind: Node, metadata: {name: n1}}",
            calls: [
                ("k8s_cordon", ["node_name": "n1"]),
                ("k8s_taint", ["node_name": "n1", "taints": "dedicated=gpu:NoSchedule"]),
                ("k8s_label", ["resource_type": "node", "name": "n1", "labels": ["disk": "ssd"]]),
            ],
            after: [
                ("node/n1", ["spec", "unschedulable"], true), ("node/n1", ["spec", "taints", "0", "key"], "dedicated"),
                ("node/n1", ["metadata", "labels", "disk"], "ssd"),
            ]),
        EverydayTask(
            testDescription: "what a selector fits is deleted, and a disruption budget made",
            before: web("---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: old, labels: {stale: \"true\"}}}"),
            calls: [
                ("k8s_delete", ["resource_type": "configmaps", "label_selector": "stale=true"]),
                apply(
                    "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}}"
                ),
            ], after: [("pdb/web", ["spec", "minAvailable"], 1)]),
        EverydayTask(
            testDescription: "a priority class and a volume, which no namespace has",
            calls: [
                apply(
                    """
                    {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
                    ---
                    {apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}}}
                    """)
            ], after: [("priorityclass/high", ["value"], 1000), ("pv/disk", ["spec", "capacity", "storage"], "1Gi")]),
    ]

    // MARK: Operating

    static let operating = [
        EverydayTask(
            testDescription: "a pod of an image, which stays",
            calls: [("k8s_run_pod", ["name": "cache", "image": "redis", "namespace": "default"])],
            after: [
                ("pod/cache", ["spec", "containers", "0", "image"], "redis"),
                ("pod/cache", ["spec", "restartPolicy"], "Always"),
            ]),
        EverydayTask(
            testDescription: "a pod that waits for its sidecar, with a volume for both",
            calls: [
                apply(
                    """
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: logs}
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: pair, namespace: logs}
                    spec:
                      initContainers:
                      - name: server
                        image: nginx
                        restartPolicy: Always
                        startupProbe: {httpGet: {path: /, port: 80}}
                        volumeMounts: [{name: shared, mountPath: /var/log/nginx}]
                      containers:
                      - name: reader
                        image: busybox
                        command: [tail, -F, /var/log/nginx/access.log]
                        volumeMounts: [{name: shared, mountPath: /var/log/nginx}]
                      volumes: [{name: shared, emptyDir: {}}]
                    """)
            ],
            after: [
                ("logs/pod/pair", ["spec", "initContainers", "0", "restartPolicy"], "Always"),
                ("logs/pod/pair", ["spec", "volumes", "0", "name"], "shared"),
            ]),
        EverydayTask(
            testDescription: "a claim whose class there isn't: the class is made",
            before: """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data}
                spec: {storageClassName: slow, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """,
            calls: [
                apply(
                    """
                    {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: slow}, provisioner: example.com/disk, volumeBindingMode: Immediate}
                    """)
            ], after: [("storageclass/slow", ["provisioner"], "example.com/disk")]),
        EverydayTask(
            testDescription: "a claim whose class there isn't: it is made anew with another",
            before: """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data}
                spec: {storageClassName: slow, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """,
            calls: [
                ("k8s_delete", ["kind": "pvc", "name": "data"]),
                apply(
                    """
                    apiVersion: v1
                    kind: PersistentVolumeClaim
                    metadata: {name: data}
                    spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                    """),
            ], after: [("pvc/data", ["spec", "storageClassName"], "fast")]),
        EverydayTask(
            testDescription: "a service that has to lose a label of its selector",
            before: web(
                "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web, version: v1}, ports: [{port: 80}]}}"
            ),
            calls: [
                (
                    "k8s_patch",
                    [
                        "kind": "svc", "name": "web", "patch_type": "merge",
                        "patch": ["spec": ["selector": ["version": .null]]],
                    ]
                )
            ],
            after: [
                ("svc/web", ["spec", "selector", "version"], .null), ("svc/web", ["spec", "selector", "app"], "web"),
            ]),
        EverydayTask(
            testDescription: "a node that lacks the label that pods ask for",
            before: "{apiVersion: v1, kind: Node, metadata: {name: n1}}\n---\n"
                + web().replacing(
                    "    spec:\n      containers", with: "    spec:\n      nodeSelector: {tier: gpu}\n      containers"),
            calls: [("k8s_label", ["kind": "node", "name": "n1", "labels": ["tier": "gpu"]])],
            after: [("node/n1", ["metadata", "labels", "tier"], "gpu")]),
        EverydayTask(
            testDescription: "probes at paths that nobody serves are put right, not taken away",
            before: web(
                container:
                    ", livenessProbe: {httpGet: {path: /alive, port: 80}}, readinessProbe: {httpGet: {path: /ready, port: 80}}"
            ),
            calls: [
                patch(
                    #"[{"op":"replace","path":"/spec/template/spec/containers/0/livenessProbe/httpGet/path","value":"/"},{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/path","value":"/"}]"#,
                    type: "json")
            ],
            after: [
                ("deployment/web", first + ["livenessProbe", "httpGet", "path"], "/"),
                ("deployment/web", first + ["readinessProbe", "httpGet", "path"], "/"),
            ]),
        EverydayTask(
            testDescription: "a policy that lets out to one namespace and to DNS",
            calls: [
                apply(
                    """
                    apiVersion: networking.k8s.io/v1
                    kind: NetworkPolicy
                    metadata: {name: out}
                    spec:
                      podSelector: {}
                      policyTypes: [Egress]
                      egress:
                      - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: backend}}}]
                      - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
                    """)
            ],
            after: [
                ("networkpolicy/out", ["spec", "egress", "1", "ports", "0", "protocol"], "UDP"),
                ("networkpolicy/out", ["spec", "policyTypes", "0"], "Egress"),
            ]),
        EverydayTask(
            testDescription: "a limit of memory that is too small",
            before: web(container: ", resources: {limits: {memory: 16Mi}}"),
            calls: [("k8s_set_resources", with(["limits": "memory=256Mi", "requests": "memory=128Mi"]))],
            after: [
                ("deployment/web", first + ["resources", "limits", "memory"], "256Mi"),
                ("deployment/web", first + ["resources", "requests", "memory"], "128Mi"),
            ]),
        EverydayTask(
            testDescription: "half of the replicas, and then a deployment of the same with another image",
            before: web(),
            calls: [
                ("k8s_scale", ["kind": "deployment", "name": "web", "replicas": 1]),
                ("k8s_set_image", ["kind": "deployment", "name": "web", "container_images": "nginx=nginx:1.22"]),
            ],
            after: [("deployment/web", ["spec", "replicas"], 1), ("deployment/web", first + ["image"], "nginx:1.22")]),
    ]
}
