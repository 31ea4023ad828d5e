import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import Writes

@Suite struct WriteTouchesTests {
    private static let lists = [
        "pods": "GET /api/v1/namespaces/shop/pods",
        "budgets": "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets",
        "autoscalers": "GET /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
        "quotas": "GET /api/v1/namespaces/shop/resourcequotas",
    ]

    private func api(_ answers: KeyValuePairs<String, JSONValue> = [:]) -> FakeAPI {
        let api = FakeAPI()
        for (name, request) in Self.lists {
            let items = answers.first { $0.key == name }?.value ?? []
            api.answer(request, ["kind": "List", "apiVersion": "v1", "metadata": [:], "items": items])
        }
        return api
    }

    /// What a change of the deployment web touches.
    private func touches(_ api: FakeAPI, patch: JSONValue = ["spec": ["replicas": 3]]) async throws -> [String] {
        let target = LiveTarget(resource: .deployments, namespace: "shop", object: web)
        let planned = target.patch(.merge(patch))
        let after = KubeObject(MergePatch.apply(patch, to: web.json))
        let change = ChangeRecord(planned, after: after, redactor: redactor)
        return try await Self.touches(PlannedWrite(planned), change, api)
    }

    private static func touches(_ write: PlannedWrite, _ change: ChangeRecord?, _ api: FakeAPI) async throws -> [String]
    {
        var preview = Preview(text: "", warnings: [], changes: [change], writes: [write])
        let api = ReadOnlyAPI(api.impersonating(worker))
        preview.surroundings = [try await WriteSurroundings(around: write, change, api: api)]
        return WriteTouches.of(preview)
    }

    private static func pod(_ name: String) -> JSONValue {
        ["metadata": ["name": .string(name), "namespace": "shop", "labels": ["app": "web"]]]
    }

    @Test func `pods, what protects and scales them, and what is left of quotas is said`() async throws {
        let api = api([
            "pods": [Self.pod("web-1"), Self.pod("web-2"), Self.pod("web-3"), Self.pod("web-4")],
            "budgets": [
                [
                    "metadata": ["name": "web"],
                    "spec": ["minAvailable": "50%", "selector": ["matchLabels": ["app": "web"]]],
                    "status": ["disruptionsAllowed": 1],
                ],
                ["metadata": ["name": "db"], "spec": ["selector": ["matchLabels": ["app": "db"]]]],
                ["metadata": ["name": "none"], "spec": [:]],
            ],
            "autoscalers": [
                [
                    "metadata": ["name": "web"],
                    "spec": [
                        "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web"],
                        "minReplicas": 2, "maxReplicas": 6,
                    ],
                    "status": ["desiredReplicas": 2],
                ]
            ],
            "quotas": [
                [
                    "metadata": ["name": "team"],
                    "status": [
                        "hard": [
                            "pods": "10", "requests.cpu": "2", "requests.memory": "4Gi", "services": "5",
                            "limits.cpu": "odd",
                        ],
                        "used": [
                            "pods": "3", "requests.cpu": "500m", "requests.memory": "1536Mi", "services": "1",
                            "limits.cpu": "1",
                        ],
                    ],
                ]
            ],
        ])
        #expect(
            try await touches(api) == [
                "Pods: 4 (web-1, web-2, web-3, …)",
                "PodDisruptionBudget web: minAvailable 50%, allows 1 more disruption now",
                "HorizontalPodAutoscaler web owns its replicas: 2 to 6, wants 2 now",
                "ResourceQuota team: limits.cpu 1 of odd used, pods 7 of 10 left, requests.cpu 1500m of 2 left, "
                    + "requests.memory 2560Mi of 4Gi left",
            ])
    }

    @Test func `a quota is looked at only where the change makes pods need more`() async throws {
        let api = api(["pods": [Self.pod("web-1")]])
        let lines = try await touches(api, patch: ["metadata": ["annotations": ["a": "b"]]])
        #expect(
            lines == [
                "Pods: 1 (web-1)", "none affected: PodDisruptionBudgets, HorizontalPodAutoscalers",
            ])
        #expect(!api.requests.contains { $0.path.contains("resourcequotas") })
    }

    @Test func `what may not or can't be read is said, and fails nothing`() async throws {
        let api = api()
        let api2 = FakeAPI()
        for request in Self.lists.values {
            api2.answer(request, APIStatus(code: 403, reason: .forbidden, message: "no"))
        }
        let lines = try await touches(api2)
        #expect(lines.count == 4 && lines.allSatisfy { $0.hasSuffix(": not visible to \(worker.user)") }, "\(lines)")
        #expect(
            try await touches(api) == [
                "none affected: Pods, PodDisruptionBudgets, HorizontalPodAutoscalers, ResourceQuotas"
            ])
        let broken = FakeAPI()
        broken.answer(Self.lists["pods"] ?? "", APIStatus(code: 500, reason: .internalError, message: "x"))
        broken.answer(Self.lists["budgets"] ?? "", APIStatus(code: 404, reason: .notFound, message: "x"))
        broken.fail(Self.lists["autoscalers"] ?? "", KubeClientError(.unreachable, message: "gone"))
        broken.fail(Self.lists["quotas"] ?? "", KubeClientError(.unreachable, message: "gone"))
        #expect(
            try await touches(broken) == [
                "Pods: could not be read now", "PodDisruptionBudgets: not served by this API server",
                "HorizontalPodAutoscalers: could not be read now", "ResourceQuotas: could not be read now",
            ])
    }

    @Test func `what makes no pods touches nothing, and costs nothing`() async throws {
        let api = FakeAPI()
        let map = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop, uid: u}}")
        let resource = try #require(FakeAPI.resources.first { $0.plural == "configmaps" })
        let target = LiveTarget(resource: resource, namespace: "shop", object: map)
        let planned = target.patch(.merge(["data": ["a": "b"]]))
        let change = ChangeRecord(planned, after: map, redactor: redactor)
        #expect(try await Self.touches(PlannedWrite(planned), change, api).isEmpty)
        #expect(api.sent.isEmpty)
    }

    @Test func `of an eviction it says what protects the pod, of a command nothing`() async throws {
        let pod = KubeObject(MergePatch.apply(["metadata": ["uid": "p1"]], to: Self.pod("web-1")))
        let live = LiveTarget(resource: .pods, namespace: "shop", object: pod)
        let eviction = PlannedWrite(PlannedRequest.eviction(of: live, grace: nil))
        let command = PlannedWrite(
            .command(PlannedCommand(target: live.target, container: "c", command: ["true"], timeoutSeconds: 5)))
        let budget: JSONValue = [
            "metadata": ["name": "web"], "spec": ["maxUnavailable": 1, "selector": [:]],
            "status": ["disruptionsAllowed": 0],
        ]
        let api = api(["budgets": [budget]])
        #expect(
            try await Self.touches(eviction, nil, api) == [
                "Pods: 1 (web-1)", "PodDisruptionBudget web: maxUnavailable 1, allows 0 more disruptions now",
                "none affected: HorizontalPodAutoscalers",
            ])
        #expect(try await Self.touches(command, nil, api).isEmpty)
    }
}
