import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

/// `k8s_set_resources` and `k8s_set_env`.
@Suite struct ContainerSettingsToolTests {
    /// The server's answer to the dry run: something changes.
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        var changed = web.json
        changed[path: ["spec", "template", "metadata", "labels", "changed"]] = "yes"
        api.answer("PATCH /apis/apps/v1/namespaces/shop/deployments/web", changed)
        return api
    }

    private func arguments(_ more: JSONValue) -> JSONValue {
        MergePatch.apply(more, to: ["resource_type": "deploy", "name": "web", "container": "app"])
    }

    // MARK: Resources

    @Test func `requests and limits are patched in the containers that are named`() async throws {
        let named = try await proposal(
            api(), "k8s_set_resources", arguments(["requests": "cpu=100m,memory=64Mi", "limits": "memory=128Mi,cpu-"]))
        #expect(
            golden(named) == #"""
                Set resources of deployment shop/web, container app: requests cpu=100m, memory=64Mi; limits memory=128Mi, cpu- [Medium]
                PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo&fieldValidation=Strict application/strategic-merge-patch+json
                {"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"memory":"128Mi","cpu":null}}}]}}},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
                → roll-out of deployment shop/web is complete
                → no new warnings about deployment shop/web
                """#)
        let all = try await proposal(
            api(), "k8s_set_resources", arguments(["requests": "cpu=1", "container": "*"]))
        #expect(
            try body(all.requests[0])["spec", "template", "spec", "containers"]?.array?.compactMap {
                $0["name"]?.string
            }
                == ["app", "proxy"])
    }

    @Test(
        arguments: [
            (["requests": "memory=256mb"], "the nearest is 256M"), (["requests": "memory=256m"], "in thousandths"),
            (["requests": "cpu=lots"], "no quantity of cpu"), (["requests": "cpu"], "is not resource=quantity"),
            (["requests": "cpu=1,cpu=2"], "cpu is in it twice"), ([:], "give at least one of them"),
            (["requests": "cpu=-1"], "no quantity"), (["requests": "cpu=1.2.3"], "no quantity"),
            (["requests": "cpu=1", "container": "nope"], "its containers: migrate, app, proxy"),
            (["requests": "cpu=1", "container": .null], "has several, name one"),
            (["requests": "cpu=1", "resource_type": "job", "name": "j"], "can't be changed"),
            (["requests": "cpu=1", "resource_type": "pod", "name": "p"], "change the workload that it belongs to"),
            (["requests": "cpu=1", "resource_type": "cm", "name": "c"], "no pod template"),
        ] as [(JSONValue, String)])
    func `resources that can't be set are refused`(_ more: JSONValue, _ expected: String) async {
        let api = api()
        api.put(yaml("{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: shop}}"))
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}}"))
        api.put(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}"))
        let text = await failure(api, "k8s_set_resources", arguments(more))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `resources that are so already are no proposal`() async throws {
        let api = FakeAPI()
        api.put(web)
        api.answer("PATCH /apis/apps/v1/namespaces/shop/deployments/web", web.json)
        #expect(try await output(api, "k8s_set_resources", arguments(["requests": "cpu=1"])).hasPrefix("Nothing to do"))
    }

    // MARK: Environment

    @Test func `variables are set, referred to and removed by one patch`() async throws {
        let api = api()
        api.put(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {}}"))
        let proposal = try await proposal(
            api, "k8s_set_env",
            arguments([
                "env": ["LEVEL": "debug"], "from_secret": ["DB_PASSWORD": "db/password"],
                "from_config_map": ["REGION": "settings/region"], "remove": "MODE",
            ]))
        #expect(
            golden(proposal) == #"""
                Set environment of deployment shop/web, container app: LEVEL=debug, DB_PASSWORD from secret db, key password, REGION from configmap settings, key region, MODE- [Medium]
                ! configmap settings has no key region: pods don't start without it
                PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo&fieldValidation=Strict application/strategic-merge-patch+json
                {"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"LEVEL","value":"debug"},{"name":"DB_PASSWORD","value":null,"valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}},{"name":"REGION","valueFrom":{"configMapKeyRef":{"name":"settings","key":"region"}}},{"name":"MODE","$patch":"delete"}]}]}}},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
                → roll-out of deployment shop/web is complete
                → no new warnings about deployment shop/web
                """#)
        #expect(api.requests.allSatisfy { !$0.path.contains("secrets") })
    }

    @Test(
        arguments: [
            (["env": ["DB_PASSWORD": "correct-horse-battery"]], "to that by from_secret"),
            (["env": ["API_TOKEN": "sk-live-1234567890abcdef"]], "looks like a credential"),
            (["env": ["1A": "x"]], "\"1A\" is no name"), ([:], "give at least one"),
            (["from_secret": ["A": "db"]], "\"db\" is not NAME/KEY"),
            (["env": ["A": "1"], "remove": "A"], "A is in it more than once"),
        ] as [(JSONValue, String)])
    func `variables that can't be set are refused`(_ more: JSONValue, _ expected: String) async {
        let text = await failure(api(), "k8s_set_env", arguments(more))
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("correct-horse-battery") && !text.contains("sk-live-1234567890abcdef"))
    }

    @Test func `variables that are so already are no proposal`() async throws {
        let text = try await output(api(), "k8s_set_env", arguments(["env": ["MODE": "fast"], "remove": "NOTHING"]))
        #expect(text.hasPrefix("Nothing to do"))
    }
}
