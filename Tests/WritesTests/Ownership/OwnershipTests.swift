import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import Writes

@Suite struct OwnershipTests {
    private func deployment(_ metadata: JSONValue) -> KubeObject {
        KubeObject(MergePatch.apply(["metadata": metadata], to: web.json))
    }

    /// What an approver of a change of the deployment's replicas from 2 to 3, or of its deletion, is warned about.
    private func warnings(
        _ metadata: JSONValue, deletion: Bool = false, replicas: Int = 3, _ api: FakeAPI = FakeAPI()
    ) async throws -> [String] {
        let before = deployment(metadata)
        let target = LiveTarget(resource: .deployments, namespace: "shop", object: before)
        let planned =
            deletion
            ? WriteProposal.deletion(of: target, title: "").requests[0]
            : target.patch(.merge(["spec": ["replicas": JSONValue(replicas)]]))
        let after = KubeObject(MergePatch.apply(["spec": ["replicas": JSONValue(replicas)]], to: before.json))
        let ownership = Ownership(planned, after: deletion ? nil : after)
        return try await ownership?.warnings(ReadOnlyAPI(api.impersonating(worker))) ?? []
    }

    private static let tracked: JSONValue = [
        "annotations": ["argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"]
    ]

    @Test func `an object that nobody manages has no warning`() async throws {
        #expect(try await warnings([:]).isEmpty)
        #expect(try await warnings(["labels": ["app.kubernetes.io/managed-by": "kubectl"]]).isEmpty)
    }

    @Test(arguments: [
        ("{automated: {selfHeal: true}}", "whose self-heal is on: it will revert this within seconds"),
        ("{automated: {}}", "which syncs by itself: it will revert this with the next change in Git"),
        ("{automated: {enabled: false, selfHeal: true}}", "which is synced by hand"), ("{}", "which is synced by hand"),
    ])
    func `what Argo CD will do is said by what its application says`(_ policy: String, _ words: String) async throws {
        let api = FakeAPI()
        let application = try YAML.parse("{spec: {syncPolicy: \(policy)}}")
        api.answer("GET /apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop", application)
        let warnings = try await warnings(Self.tracked, api)
        #expect(warnings.count == 1 && warnings[0].hasPrefix("managed by Argo CD application shop"))
        #expect(warnings[0].contains(words), "\(warnings)")
    }

    @Test func `an application that can't be read is warned about all the same`() async throws {
        let api = FakeAPI()
        api.answer(
            "GET /apis/argoproj.io/v1alpha1/namespaces/team/applications/shop",
            APIStatus(code: 403, reason: .forbidden, message: "no"))
        let mark = "team_shop:apps/Deployment:shop/web"
        let warnings = try await warnings(["annotations": ["argocd.argoproj.io/tracking-id": .string(mark)]], api)
        #expect(warnings.first?.contains("team/shop: its next sync will revert this, within seconds where") == true)
        #expect(try await self.warnings(Self.tracked, deletion: true).first?.contains("will create it again") == true)
    }

    @Test func `a tracking id of another object, and a chart's label, say nothing`() async throws {
        let copy = "shop:apps/Deployment:shop/other"
        #expect(try await warnings(["annotations": ["argocd.argoproj.io/tracking-id": .string(copy)]]).isEmpty)
        #expect(try await warnings(["labels": ["app.kubernetes.io/instance": "x"]]).isEmpty)
        let byLabel: JSONValue = [
            "labels": ["app.kubernetes.io/instance": "x"], "managedFields": [["manager": "argocd-controller"]],
        ]
        #expect(try await warnings(byLabel).first?.contains("Argo CD application x") == true)
    }

    @Test func `Flux reverts within its interval, unless it is told to leave the object alone`() async throws {
        let api = FakeAPI()
        api.answer(
            "GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux/kustomizations/apps",
            ["spec": ["interval": "10m"]])
        let labels: JSONValue = [
            "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux",
        ]
        let warnings = try await warnings(["labels": labels], api)
        #expect(
            warnings == [
                "managed by Flux Kustomization flux/apps: it will revert this within 10m. Change it in Git instead"
            ])
        #expect(
            try await self.warnings([
                "labels": labels, "annotations": ["kustomize.toolkit.fluxcd.io/reconcile": "disabled"],
            ]).isEmpty)
    }

    @Test func `a chart has one owner: who releases it`() async throws {
        let helm: JSONValue = [
            "labels": ["app.kubernetes.io/managed-by": "Helm"], "annotations": ["meta.helm.sh/release-name": "shop"],
        ]
        #expect(
            try await warnings(helm).first?.hasPrefix("managed by Helm release shop: its next upgrade or rollback")
                == true)
        let flux = MergePatch.apply(["labels": ["helm.toolkit.fluxcd.io/name": "shop"]], to: helm)
        let warnings = try await warnings(flux)
        #expect(warnings.count == 1 && warnings[0].contains("Flux HelmRelease shop/shop"), "\(warnings)")
    }

    @Test func `an operator's object comes back as the operator's own says`() async throws {
        func owned(by apiVersion: String, _ kind: String) -> JSONValue {
            [
                "ownerReferences": [
                    ["apiVersion": .string(apiVersion), "kind": .string(kind), "name": "o", "controller": true]
                ]
            ]
        }
        let operated = owned(by: "kafka.strimzi.io/v1beta2", "Kafka")
        #expect(try await warnings(operated).first?.contains("operator of kafka o (kafka.strimzi.io/v1beta2)") == true)
        let replicaSet = owned(by: "apps/v1", "ReplicaSet")
        #expect(try await warnings(replicaSet).first?.contains("controlled by replicaset o: its controller") == true)
        #expect(
            try await warnings(replicaSet, deletion: true).first?.contains("creates a new one if one is needed")
                == true)
        #expect(
            try await warnings(["labels": ["olm.owner": "kafka.v1"]]).first?.contains("Operator Lifecycle") == true)
    }

    // MARK: Replicas and fields

    private func autoscaled(_ kind: String = "Deployment", _ apiVersion: String = "apps/v1") -> FakeAPI {
        let api = FakeAPI()
        api.answer(
            "GET /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
            [
                "items": [
                    [
                        "metadata": ["name": "web-hpa"],
                        "spec": [
                            "minReplicas": 2, "maxReplicas": 9,
                            "scaleTargetRef": [
                                "kind": .string(kind), "apiVersion": .string(apiVersion), "name": "web",
                            ],
                        ],
                    ]
                ]
            ])
        return api
    }

    @Test func `an autoscaler is warned about, whatever tool changes the number`() async throws {
        let warnings = try await warnings([:], autoscaled())
        #expect(warnings.count == 1)
        #expect(
            warnings[0].hasPrefix("horizontalpodautoscaler web-hpa (2 to 9 replicas) scales it: it will set its own"))
        #expect(try await self.warnings([:], replicas: 0, autoscaled()).first?.contains("it stops until") == true)
        #expect(try await self.warnings([:], replicas: 2, autoscaled()).isEmpty)
        #expect(try await self.warnings([:], autoscaled("StatefulSet")).isEmpty)
        #expect(try await self.warnings([:], autoscaled("Deployment", "example.dev/v1")).isEmpty)
    }

    @Test func `a controller that set the changed field is named, others are not`() async throws {
        func managed(_ manager: String, _ fields: JSONValue, subresource: String = "") -> JSONValue {
            [
                "managedFields": [
                    [
                        "manager": .string(manager), "subresource": .string(subresource),
                        "time": "2026-11-21T03:00:00Z", "fieldsV1": fields,
                    ]
                ]
            ]
        }
        let replicas: JSONValue = ["f:spec": ["f:replicas": [:]]]
        #expect(
            try await warnings(managed("shop-operator", replicas)) == [
                "spec.replicas was last set by shop-operator (2026-11-21T03:00:00Z), which may set it again"
            ])
        #expect(try await warnings(managed("shop-operator", ["f:spec": ["f:paused": [:]]])).isEmpty)
        #expect(try await warnings(managed("kubectl-client-side-apply", replicas)).isEmpty)
        #expect(try await warnings(managed("kube-controller-manager", replicas)).isEmpty)
        let scaled = managed("kube-controller-manager", replicas, subresource: "scale")
        #expect(try await warnings(scaled).count == 1)
        #expect(try await warnings(scaled, autoscaled()).count == 1)
    }

    @Test func `fields of list elements are found by their keys`() {
        let image: JSONValue = [
            "f:spec": ["f:template": ["f:spec": ["f:containers": ["k:{\"name\":\"proxy\"}": ["f:image": [:]]]]]]
        ]
        let object = deployment(["managedFields": [["manager": "m", "fieldsV1": image]]])
        func managers(_ position: String, _ field: String) -> Int {
            let path = ["spec", "template", "spec", "containers", position, field]
            return FieldOwners(of: object).managers(of: path).count
        }
        #expect(managers("1", "image") == 1 && managers("0", "image") == 0 && managers("1", "name") == 0)
        #expect(managers("7", "image") == 0)
    }
}
