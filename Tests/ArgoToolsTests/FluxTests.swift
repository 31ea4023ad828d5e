import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import ArgoTools
@testable import ToolKit
@testable import Writes

private let appKustomization: JSONValue = ["kind": "ks", "name": "app"]
private let kustomizations = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/default/kustomizations"

@Suite struct FluxTests {
    private func with(_ body: @Sendable (Bench) async throws -> Void) async throws {
        try await Bench.with { bench in
            try await bench.apply(
                "{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {name: shop}, spec: {url: 'https://git.example/shop', interval: 1m}}"
            )
            for (name, path) in [("app", "./app"), ("bad", "./broken")] {
                try await bench.apply(
                    """
                    apiVersion: kustomize.toolkit.fluxcd.io/v1
                    kind: Kustomization
                    metadata: {name: \(name)}
                    spec: {path: \(path), interval: 5m, sourceRef: {kind: GitRepository, name: shop}}
                    """)
                try await bench.wait(for: "kustomizations", name, "\(name) was seen") { $0["status"] != nil }
            }
            try await body(bench)
        }
    }

    @Test(arguments: [
        ("Kustomization", "Kustomization"), ("ks", "Kustomization"),
        ("helmreleases.helm.toolkit.fluxcd.io", "HelmRelease"),
        ("hr", "HelmRelease"), ("gitrepo", "GitRepository"), ("ocirepositories", "OCIRepository"),
        ("HelmRepository", "HelmRepository"), ("buckets", "Bucket"), ("hc", "HelmChart"),
    ])
    func `a kind is known by every name of it`(_ text: String, _ kind: String) throws {
        #expect(try FluxResource.named(text).noun == kind)
    }

    @Test func `another kind is told the kinds`() {
        #expect(
            throws: ToolFailure(
                "kind: \"pods\" is no kind of Flux; the kinds are Kustomization, HelmRelease, GitRepository, OCIRepository, HelmRepository, Bucket, HelmChart"
            )
        ) {
            try FluxResource.named("pods")
        }
    }

    @Test func `lists are those of flux get`() async throws {
        try await with { bench in
            let list = try await bench.output("flux_list", ["kind": "ks"])
            #expect(
                list == """
                    NAME   REVISION                     SUSPENDED   READY   MESSAGE
                    app    main@sha1:0123456789abcdef   False       True    Applied revision: main@sha1:0123456789abcdef
                    bad                                 False       False   path not found
                    """, "\(list)")
            let all = try await bench.output("flux_list", [:])
            #expect(all.contains("kustomization/app") && all.contains("gitrepository/shop"), "\(all)")
            #expect(
                try await bench.output("flux_list", ["kind": "bucket"])
                    == "No resources found in default namespace: no Buckets.")
            let one = try await bench.output("flux_get", appKustomization)
            #expect(one.contains("Source: kind=GitRepository, name=shop") && one.contains("Path: ./app"), "\(one)")
        }
    }

    @Test func `a reconciliation is asked for by an annotation, the source first`() async throws {
        try await with { bench in
            let proposal = try await bench.propose(
                "flux_reconcile", MergePatch.apply(["with_source": true], to: appKustomization))
            let body: JSONValue = [
                "metadata": ["annotations": ["reconcile.fluxcd.io/requestedAt": .string(clock.description)]]
            ]
            #expect(try bodies(proposal) == [body, body])
            #expect(
                lines(proposal) == [
                    "PATCH /apis/source.toolkit.fluxcd.io/v1/namespaces/default/gitrepositories/shop?fieldManager=skyflo application/merge-patch+json",
                    "PATCH \(kustomizations)/app?fieldManager=skyflo application/merge-patch+json",
                ])
            try await bench.carryOut(proposal)
            let evidence = try await bench.evidence(proposal)
            #expect(
                evidence.count == 2 && evidence.allSatisfy { $0.contains("ReconciliationSucceeded") }, "\(evidence)")
            let failed = try await bench.run("flux_reconcile", ["kind": "ks", "name": "bad"])
            #expect(failed == ["failed: kustomization default/bad: BuildFailed (path not found)"])
            #expect(
                await bench.failure("flux_reconcile", ["kind": "ks", "name": "app", "force": true])
                    == "force: only a HelmRelease has that, not a Kustomization")
        }
    }

    @Test func `the chart that a release refers to is reconciled as its source`() async throws {
        try await Bench.with { bench in
            try await bench.apply(
                """
                apiVersion: source.toolkit.fluxcd.io/v1
                kind: HelmChart
                metadata: {name: chart}
                spec: {chart: app, interval: 1m, sourceRef: {kind: HelmRepository, name: charts}}
                """)
            try await bench.apply(
                """
                apiVersion: helm.toolkit.fluxcd.io/v2
                kind: HelmRelease
                metadata: {name: app}
                spec: {interval: 5m, chartRef: {kind: HelmChart, name: chart}}
                """)
            let arguments: JSONValue = ["kind": "hr", "name": "app", "with_source": true]
            let proposal = try await bench.propose("flux_reconcile", arguments)
            #expect(proposal.requests.map(\.target.text) == ["helmchart default/chart", "helmrelease default/app"])
            #expect(try await bench.output("flux_list", ["kind": "HelmChart"]).contains("chart"))
        }
    }

    @Test func `what is suspended is resumed first`() async throws {
        try await with { bench in
            let suspend = try await bench.propose("flux_suspend", appKustomization)
            #expect(try bodies(suspend) == [["spec": ["suspend": true]]])
            try await bench.carryOut(suspend)
            #expect(try await bench.output("flux_suspend", appKustomization).contains("suspended already"))
            #expect(await bench.failure("flux_reconcile", appKustomization).contains("use flux_resume"))
            let resume = try await bench.propose("flux_resume", appKustomization)
            #expect(try bodies(resume) == [["spec": ["suspend": false]]])
            try await bench.carryOut(resume)
            #expect(try await bench.evidence(resume)[0].contains("ReconciliationSucceeded"))
            #expect(try await bench.output("flux_resume", appKustomization).contains("is not suspended"))
        }
    }

    @Test func `force and reset of a release are marks of their own`() async throws {
        try await Bench.with { bench in
            try await bench.apply(
                "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: db}, spec: {interval: 5m, chart: {spec: {chart: pg}}}}"
            )
            let proposal = try await bench.propose(
                "flux_reconcile", ["kind": "HelmRelease", "name": "db", "force": true, "reset": true])
            let annotations = try bodies(proposal)[0]["metadata", "annotations"]?.object
            #expect(
                annotations?.keys.sorted() == [
                    "reconcile.fluxcd.io/forceAt", "reconcile.fluxcd.io/requestedAt", "reconcile.fluxcd.io/resetAt",
                ])
            #expect(proposal.risk == .medium)
        }
    }
}
