import KubeModel
import Testing
import Writes

@Suite struct ManagedObjectsTests {
    private func deployment(_ name: String, _ metadata: JSONValue) -> KubeObject {
        var object = KubeObject(.deployments, namespace: "shop", name: name, members: [:])
        for (member, value) in metadata.object ?? [:] { object["metadata", member] = value }
        return object
    }

    @Test func `who manages what is told by its marks, most first`() {
        let objects = [
            deployment("a", ["annotations": ["argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/a"]]),
            deployment(
                "b",
                [
                    "labels": [
                        "kustomize.toolkit.fluxcd.io/name": "apps",
                        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
                    ]
                ]),
            deployment("c", ["annotations": ["meta.helm.sh/release-name": "shop"]]),
            deployment("d", ["annotations": ["meta.helm.sh/release-name": "shop"]]),
            deployment("e", [:]),
        ]
        #expect(
            ManagedObjects.summary(objects) == [
                "Helm release shop (c, d)", "Argo CD application web (a)", "Flux Kustomization flux-system/apps (b)",
            ])
    }

    @Test func `many objects and many owners are counted`() {
        let objects = (0..<6).flatMap { owner in
            (0...owner).map {
                deployment("d\(owner)-\($0)", ["annotations": ["meta.helm.sh/release-name": .string("r\(owner)")]])
            }
        }
        let summary = ManagedObjects.summary(objects)
        #expect(summary.count == 5 && summary.last == "and 2 more")
        #expect(summary.first == "Helm release r5 (d5-0, d5-1, d5-2 and 3 more)")
    }
}
