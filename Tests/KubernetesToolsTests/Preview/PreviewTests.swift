import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct PreviewTests {
    private func preview(_ api: FakeAPI, _ proposal: WriteProposal) async throws -> Preview {
        try await Preview.of(proposal, api: ReadOnlyAPI(api.impersonating(worker)), redactor: redactor)
    }

    @Test func `a scale shows the replicas of its parent and sends only a dry run`() async throws {
        let api = FakeAPI()
        api.put(web)
        let path = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
        api.answer("GET \(path)", ["kind": "Scale", "spec": ["replicas": 2]])
        api.answer("PATCH \(path)", warnings: ["be careful"], ["kind": "Scale", "spec": ["replicas": 3]])
        let proposal = try await proposal(api, "k8s_scale", ["resource_type": "deploy", "name": "web", "replicas": 3])
        let preview = try await preview(api, proposal)
        #expect(
            preview.text.hasPrefix(
                "--- deployment shop/web (live)\n+++ deployment shop/web (after)\n"))
        #expect(preview.text.contains("-  replicas: 2\n+  replicas: 3\n"))
        #expect(preview.warnings == ["be careful"])
        let patches = api.requests.filter { $0.method != .get }
        #expect(patches.count == 1 && patches[0][query: "dryRun"] == "All")
    }

    @Test func `what has no dry run is refused before it is sent`() async throws {
        let api = FakeAPI()
        let path = "/api/v1/namespaces/shop/serviceaccounts/helper/token"
        let accounts = APIResource.serviceAccounts
        let planned = PlannedRequest(
            request: KubeRequest(.post, path: path, contentType: "application/json", body: "{}"),
            target: .init(resource: accounts, namespace: "shop", name: "helper", uid: "", resourceVersion: ""),
            before: nil)
        let proposal = WriteProposal(summary: "Issue a token", requests: [planned], risk: .high)
        await #expect(throws: ToolFailure("refused: POST \(path) would change something")) {
            try await self.preview(api, proposal)
        }
        #expect(api.sent.isEmpty)
    }

    @Test func `noise and secrets are not in it`() async throws {
        let api = FakeAPI()
        api.put(web)
        let proposal = try await proposal(
            api, "k8s_set_image",
            ["resource_type": "deploy", "resource_name": "web", "container_images": "app=shop/app:2"])
        let after = MergePatch.apply(
            ["metadata": ["resourceVersion": "42", "generation": 4], "spec": ["template": ["spec": ["x": "y"]]]],
            to: web.json)
        api.answer("PATCH /apis/apps/v1/namespaces/shop/deployments/web", after)
        let text = try await preview(api, proposal).text
        #expect(text.contains("+      x: \"y\""))
        for noise in ["hunter2", "resourceVersion", "generation", "uid", "observedGeneration"] {
            #expect(!text.contains(noise))
        }
    }

    @Test(arguments: ["/spec/template/spec/containers/0/env/0/value", "/spec/template/spec/containers/0/env", "/spec"])
    func `a credential can't be copied or moved by a patch`(_ from: String) async throws {
        let api = FakeAPI()
        api.put(web)
        for operation in ["copy", "move"] {
            let patch: JSONValue = [
                ["op": .string(operation), "from": .string(from), "path": "/metadata/annotations/note"]
            ]
            let message = await failure(
                api, "k8s_patch",
                [
                    "resource_type": "deploy", "name": "web", "patch_type": "json",
                    "patch": .string(JSONWriter.string(patch)),
                ])
            #expect(message.contains("\(from) contains a credential"), "\(message)")
        }
    }

    @Test func `a change that would bring a credential to light is refused, and no record has it`() async throws {
        let api = FakeAPI()
        api.put(web)
        let name = ["spec", "template", "spec", "containers", "0", "env", "0", "name"]
        let patch: JSONValue = [["op": "replace", "path": .string(JSONPatch.pointer(of: name)), "value": "NOTE"]]
        let after = try JSONPatch(patch).apply(to: web.json)
        for _ in 1...2 { api.answer("PATCH /apis/apps/v1/namespaces/shop/deployments/web", after) }
        let proposal = try await proposal(
            api, "k8s_patch",
            [
                "resource_type": "deploy", "name": "web", "patch_type": "json",
                "patch": .string(JSONWriter.string(patch)),
            ])
        await #expect(throws: ToolFailure.self) { try await preview(api, proposal) }
        let record = ChangeRecord(proposal.requests[0], after: KubeObject(after), redactor: redactor)
        #expect(!JSONWriter.string(record.json).contains("hunter2"))
    }

    @Test func `a secret's change shows by its tokens`() async throws {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, data: {p: b2xkb2xkb2xk}}"))
        let proposal = try await proposal(
            api, "k8s_patch",
            ["resource_type": "secret", "name": "db", "patch_type": "merge", "patch": "data: {p: bmV3bmV3bmV3}"])
        let text = try await preview(api, proposal).text
        #expect(text.contains("-  p: \(redactor.token("oldoldold"))"), "\(text)")
        #expect(text.contains("+  p: \(redactor.token("newnewnew"))"))
        #expect(proposal.risk == .high)
    }

    @Test func `a delete shows the object as removed`() async throws {
        let api = FakeAPI()
        api.put(web)
        let proposal = try await proposal(api, "k8s_delete", ["resource_type": "deploy", "name": "web"])
        let text = try await preview(api, proposal).text
        #expect(text.hasPrefix("--- deployment shop/web (live)\n+++ /dev/null\n"))
        #expect(text.split(separator: "\n").dropFirst(3).allSatisfy { $0.hasPrefix("-") })
    }

    @Test func `a refusal is told without the secret that the server repeats`() async throws {
        let api = FakeAPI()
        let manifest = "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {p: correct-horse}}"
        let proposal = try await proposal(api, "k8s_apply", ["content": .string(manifest)])
        api.answer(
            "POST /api/v1/namespaces/shop/secrets",
            APIStatus(code: 422, reason: .invalid, message: "data[p]: \"correct-horse\" (Y29ycmVjdC1ob3JzZQ==) is bad"))
        do {
            _ = try await preview(api, proposal)
            Issue.record("no failure")
        } catch let failure as ToolFailure {
            #expect(failure.message.contains("is bad"))
            #expect(!failure.message.contains("horse") && !failure.message.contains("Y29y"), "\(failure)")
        }
    }

    @Test func `a refusal is told without the credential that the model wrote and the server repeats`() async throws {
        let api = FakeAPI()
        let manifest = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers:
            [{name: a, env: [{name: DB_PASSWORD, value: correct-horse}]}]}}}}
            """
        let proposal = try await proposal(api, "k8s_apply", ["content": .string(manifest)])
        api.answer(
            "POST /apis/apps/v1/namespaces/shop/deployments",
            APIStatus(code: 422, reason: .invalid, message: "env[0].value: \"correct-horse\" is bad"))
        await #expect {
            try await self.preview(api, proposal)
        } throws: { error in
            "\(error)".contains("is bad") && !"\(error)".contains("horse")
        }
    }

    @Test func `a missing right to write is named`() async throws {
        let api = FakeAPI()
        api.put(web)
        let proposal = try await proposal(api, "k8s_delete", ["resource_type": "deploy", "name": "web"])
        api.answer(
            "DELETE /apis/apps/v1/namespaces/shop/deployments/web",
            APIStatus(
                code: 403, reason: .forbidden,
                message: "deployments.apps \"web\" is forbidden: User \"x\" cannot delete resource \"deployments\""))
        do {
            _ = try await preview(api, proposal)
            Issue.record("no failure")
        } catch let failure as ToolFailure {
            #expect(failure.message.contains("missing permission: system:serviceaccount:shop:helper may not delete"))
        }
    }

    @Test func `objects of a namespace that the same proposal creates are shown unchecked`() async throws {
        let api = FakeAPI()
        let manifest = """
            {apiVersion: v1, kind: Namespace, metadata: {name: new}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: new}, data: {k: v}}
            """
        let proposal = try await proposal(api, "k8s_apply", ["content": .string(manifest)])
        api.answer(
            "POST /api/v1/namespaces/new/configmaps",
            APIStatus(code: 404, reason: .notFound, message: "namespaces \"new\" not found"))
        let preview = try await preview(api, proposal)
        #expect(preview.text.contains("+  k: v"))
        #expect(preview.warnings.contains { $0.contains("could not be checked") })
    }
}
