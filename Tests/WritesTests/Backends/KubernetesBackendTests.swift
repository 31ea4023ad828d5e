import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Writes

@Suite struct KubernetesBackendTests {
    private let patch = LiveTarget(resource: .deployments, namespace: "shop", object: web)
        .patch(.merge(["spec": ["replicas": 3]]))
    private let jsonPatch = LiveTarget(resource: .deployments, namespace: "shop", object: web)
        .patch(.json([["op": "replace", "path": "/spec/replicas", "value": 3]]))
    private let create = PlannedRequest(
        request: KubeRequest(.post, path: "/api/v1/namespaces/shop/configmaps", body: #"{"data":{"k":"v"}}"#),
        target: .init(
            resource: APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap"), namespace: "shop",
            name: "c", uid: "", resourceVersion: ""),
        before: nil)
    private let delete = PlannedRequest(
        request: KubeRequest(.delete, path: "/apis/apps/v1/namespaces/shop/deployments/web"),
        target: LiveTarget(resource: .deployments, namespace: "shop", object: web).target, before: web)

    private func response(_ status: APIStatus) -> KubeResponse {
        KubeResponse(status: status.code, body: JSONWriter.bytes(status.json))
    }

    private func kind(_ outcome: WriteOutcome) -> String {
        switch outcome {
        case .applied: "applied"
        case .failed: "failed"
        case .stale: "stale"
        case .rejected: "rejected"
        case .postponed: "postponed"
        case .notDone: "not"
        case .unknown: "unknown"
        }
    }

    @Test func `it sends exactly what was planned, once, as whom it is told`() async throws {
        let api = FakeAPI()
        api.answer(
            "PATCH \(patch.request.path)", warnings: ["old api"],
            ["metadata": ["uid": "uid-web", "resourceVersion": "50", "generation": 4]])
        let result = await KubernetesBackend().execute(patch, api: api.impersonating(worker), redactor: redactor)
        #expect(api.sent.map(\.request) == [patch.request])
        #expect(api.sent[0].identity == worker)
        #expect(result == .applied("done", uid: "uid-web"))
    }

    @Test func `what could be carried out twice is not sent`() async {
        let delete = WriteProposal.deletion(
            of: LiveTarget(resource: .deployments, namespace: "shop", object: web), title: "delete"
        ).requests[0]
        for pinned in [patch, jsonPatch, delete] {
            #expect(pinned.hasPreconditions)
            var moved = pinned
            moved.target.resourceVersion = "1"
            var other = pinned
            other.target.uid = "other"
            var bare = pinned
            bare.request.body = pinned.request.body?.replacing("resourceVersion", with: "labels")
            for loose in [moved, other, bare] {
                let api = FakeAPI()
                #expect(
                    kind(await KubernetesBackend().execute(loose, api: api.impersonating(worker), redactor: redactor))
                        == "rejected")
                #expect(api.sent.isEmpty)
            }
        }
        var named = create
        named.request.body = #"{"metadata":{"name":"c"}}"#
        #expect(named.hasPreconditions && !create.hasPreconditions)
        named.request.body = #"{"metadata":{"name":"c","generateName":"c-"}}"#
        #expect(!named.hasPreconditions)
        var late = jsonPatch
        late.request.body = late.request.body.map { "[{\"op\":\"remove\",\"path\":\"/spec/paused\"}," + $0.dropFirst() }
        #expect(!late.hasPreconditions)
    }

    @Test func `answers are told apart`() {
        let conflict = APIStatus(code: 409, reason: .conflict, message: "modified")
        let managers = APIStatus(
            code: 409, reason: .conflict, message: "Apply failed",
            causes: [.init(reason: "FieldManagerConflict", field: ".spec", message: "")])
        let gone = APIStatus(code: 404, reason: .notFound, message: "not found")
        let invalid = APIStatus(
            code: 422, reason: .invalid, message: "bad",
            causes: [.init(reason: "FieldValueInvalid", field: "spec", message: "bad")])
        let testFailed = APIStatus(code: 422, reason: .invalid, message: "the server rejected our request")
        let table: [(PlannedRequest, APIStatus, String)] = [
            (patch, conflict, "stale"), (delete, conflict, "stale"), (patch, managers, "rejected"),
            (patch, gone, "stale"),
            (create, gone, "rejected"), (create, APIStatus(code: 409, reason: .alreadyExists, message: ""), "stale"),
            (create, conflict, "rejected"), (patch, invalid, "rejected"), (jsonPatch, invalid, "rejected"),
            (jsonPatch, testFailed, "stale"), (patch, testFailed, "rejected"),
            (patch, APIStatus(code: 403, reason: .forbidden, message: ""), "rejected"),
            (patch, APIStatus(code: 429, reason: .tooManyRequests, message: ""), "postponed"),
            (patch, APIStatus(code: 500, reason: "InternalError", message: ""), "unknown"),
            (patch, APIStatus(code: 503, reason: "ServiceUnavailable", message: ""), "unknown"),
            (patch, APIStatus(code: 504, reason: .timeout, message: ""), "unknown"),
        ]
        for (planned, status, expected) in table {
            #expect(kind(KubernetesBackend.classify(response(status), of: planned)) == expected, "\(status)")
        }
        #expect(kind(KubernetesBackend.classify(KubeResponse(status: 200, body: [0x7B]), of: patch)) == "applied")
    }

    @Test func `no answer means not known`() async {
        let errors: [any Error] = [
            KubeClientError(.unreachable, message: "reset"), KubeClientError(.timeout, message: "late"),
            CancellationError(),
        ]
        for error in errors {
            let api = FakeAPI()
            api.fail("PATCH \(patch.request.path)", error)
            #expect(
                kind(await KubernetesBackend().execute(patch, api: api.impersonating(worker), redactor: redactor))
                    == "unknown")
        }
    }

    // MARK: - After a crash

    private func live(_ resourceVersion: String, uid: String = "uid-web", replicas: Int64, manager: String)
        -> KubeObject
    {
        var object = web
        object.resourceVersion = resourceVersion
        object["metadata", "uid"] = .string(uid)
        object["metadata", "managedFields"] = [["manager": .string(manager)]]
        object["spec", "replicas"] = .int(replicas)
        return object
    }

    @Test func `a lost patch is judged by the object`() {
        for planned in [patch, jsonPatch] {
            func outcome(_ live: KubeObject?) -> String { kind(KubernetesBackend.outcome(of: planned, live: live)) }
            #expect(outcome(live("41", replicas: 2, manager: "kubectl")) == "not")
            #expect(outcome(live("50", replicas: 3, manager: "skyflo")) == "applied")
            #expect(outcome(live("50", replicas: 3, manager: "kubectl")) == "unknown")
            #expect(outcome(live("50", replicas: 2, manager: "kubectl")) == "not", "only the status moved")
            #expect(outcome(live("50", replicas: 4, manager: "skyflo")) == "unknown")
            #expect(outcome(live("50", uid: "other", replicas: 3, manager: "skyflo")) == "unknown")
            #expect(outcome(nil) == "unknown")
        }
    }

    /// Another process knows it from the transcript, without the object as it was before.
    private func kept(_ planned: PlannedRequest) throws -> PlannedRequest {
        try #require(PlannedRequest(json: planned.json))
    }

    private func lost(_ patch: Patch, of object: KubeObject = web) throws -> PlannedRequest {
        try kept(LiveTarget(resource: .deployments, namespace: "shop", object: object).patch(patch))
    }

    /// Somebody else has changed it, and it was written from here at some time before.
    private func moved(_ object: KubeObject) -> KubeObject {
        var live = object
        live.resourceVersion = "50"
        live["metadata", "managedFields"] = [["manager": "skyflo"], ["manager": "kubectl"]]
        live.labels["other"] = "change"
        return live
    }

    private var guarded: KubeObject {
        var object = web
        object["metadata", "finalizers"] = ["a.dev/x", "a.dev/y"]
        return object
    }

    @Test(
        arguments: [
            .merge(["metadata": ["finalizers": ["a.dev/x"]]]), .merge(["metadata": ["finalizers": []]]),
            .merge(["metadata": ["finalizers": .null]]),
            .json([["op": "replace", "path": "/metadata/finalizers", "value": ["a.dev/x"]]]),
            .json([["op": "remove", "path": "/metadata/finalizers/1"]]),
            .json([["op": "add", "path": "/metadata/finalizers/0", "value": "a.dev/x"]]),
            .json([["op": "add", "path": "/metadata/finalizers/-", "value": "a.dev/x"]]),
            .json([
                [
                    "op": "replace", "path": "/spec/template/spec/containers/0/env",
                    "value": [["name": "MODE", "value": "fast"]],
                ]
            ]),
            .json([["op": "replace", "path": "/metadata/labels", "value": ["app": "web"]]]),
            .strategic(["spec": ["template": ["spec": ["containers": [["name": "proxy", "$patch": "delete"]]]]]]),
            .strategic(["metadata": ["labels": ["$patch": "replace", "app": "web"]]]),
            .strategic(["metadata": ["$deleteFromPrimitiveList/finalizers": ["a.dev/x"]]]),
            .strategic(["metadata": ["finalizers": ["a.dev/x"]]]),
            // Takes away what it doesn't mention, of what was applied from here before.
            .apply(["spec": ["replicas": 2]]), .apply(["metadata": ["finalizers": ["a.dev/x"]]]),
        ] as [Patch])
    func `a lost write that takes away isn't done because the rest is there`(_ patch: Patch) throws {
        #expect(kind(KubernetesBackend.outcome(of: try lost(patch, of: guarded), live: moved(guarded))) == "unknown")
    }

    @Test(
        arguments: [
            .merge(["metadata": ["finalizers": ["a.dev/x"]]]),
            .merge(["metadata": ["finalizers": ["a.dev/x"], "labels": ["app": .null], "annotations": ["x": .null]]]),
            .json([["op": "replace", "path": "/metadata/finalizers", "value": ["a.dev/x"]]]),
            .json([
                ["op": "remove", "path": "/metadata/labels/app"],
                ["op": "replace", "path": "/spec/replicas", "value": 2],
            ]),
            .strategic(["spec": ["template": ["metadata": ["annotations": ["restartedAt": "now"]]]]]),
        ] as [Patch])
    func `a lost write is done when all is exactly as it says`(_ patch: Patch) throws {
        var live = moved(guarded)
        live["metadata", "finalizers"] = ["a.dev/x"]
        live.labels["app"] = nil
        live["spec", "template", "metadata", "annotations"] = ["restartedAt": "now"]
        #expect(kind(KubernetesBackend.outcome(of: try lost(patch, of: guarded), live: live)) == "applied")
    }

    @Test(
        arguments: [
            .strategic(["spec": ["template": ["spec": ["containers": [["name": "app", "image": "shop/app:2"]]]]]]),
            .apply(["spec": ["template": ["spec": ["containers": [["name": "app", "image": "shop/app:2"]]]]]]),
        ] as [Patch])
    func `of lists that are merged it is the dry run's result that tells`(_ patch: Patch) throws {
        let planned = LiveTarget(resource: .deployments, namespace: "shop", object: web).patch(patch)
        var after = web
        var containers = after["spec", "template", "spec", "containers"]?.array ?? []
        containers[0]["image"] = "shop/app:2"
        after["spec", "template", "spec", "containers"] = .array(containers)
        let record = ChangeRecord(planned, after: after, redactor: redactor)
        let change = try #require(ChangeRecord(json: record.json))
        func outcome(_ live: KubeObject, _ change: ChangeRecord?) throws -> String {
            kind(KubernetesBackend.outcome(of: try kept(planned), change: change, live: live))
        }
        #expect(try outcome(moved(after), change) == "applied")
        // What the write is about is as it was before it.
        #expect(try outcome(moved(web), change) == "not")
        var elsewhere = moved(web)
        elsewhere.labels["team"] = "other"
        #expect(try outcome(elsewhere, change) == "not")
        #expect(try outcome(moved(web), change.withoutContent("too large")) == "unknown")
        #expect(try outcome(moved(after), nil) == "unknown")
        #expect(try outcome(moved(after), change.withoutContent("too large")) == "unknown")
        var reordered = moved(after)
        reordered["spec", "template", "spec", "containers"] = .array(containers.reversed())
        #expect(try outcome(reordered, change) == "unknown")
    }

    @Test func `under another version of its target a request is the same but for that`() throws {
        let delete = WriteProposal.deletion(
            of: LiveTarget(resource: .deployments, namespace: "shop", object: web), title: "delete"
        ).requests[0]
        for planned in [patch, jsonPatch, delete] {
            let moved = try #require(planned.pinned(to: "77"))
            #expect(moved.hasPreconditions && moved.target.resourceVersion == "77")
            let old = "\"\(planned.target.resourceVersion)\""
            #expect(moved.request.body == planned.request.body?.replacing(old, with: "\"77\""))
            var same = moved
            same.request.body = planned.request.body
            same.target.resourceVersion = planned.target.resourceVersion
            #expect(same == planned)
        }
        #expect(create.pinned(to: "77") == nil && patch.pinned(to: "") == nil)
    }

    @Test func `a content hash is of everything but the status and the bookkeeping, and has a key`() {
        func hash(_ change: (inout KubeObject) -> Void) -> String {
            var object = web
            change(&object)
            return redactor.contentHash(of: object)
        }
        let before = redactor.contentHash(of: web)
        #expect(hash { $0["status", "readyReplicas"] = 7 } == before)
        #expect(hash { $0["metadata", "generation"] = 7 } == before)
        #expect(hash { $0["metadata", "managedFields"] = [] } == before)
        #expect(hash { $0.resourceVersion = "9" } == before)
        for change in ["labels", "annotations"] {
            #expect(hash { $0["metadata", change, "x"] = "y" } != before)
        }
        #expect(hash { $0["metadata", "uid"] = "other" } != before)
        #expect(hash { $0["metadata", "deletionTimestamp"] = "2026-11-21T03:00:00Z" } != before)
        #expect(hash { $0.finalizers = ["x"] } != before)
        #expect(hash { $0["spec", "replicas"] = 9 } != before)
        #expect(Redactor(key: Array("another key of tests".utf8)).contentHash(of: web) != before)
    }

    @Test func `a lost delete is judged by the uid`() {
        func outcome(_ live: KubeObject?) -> String { kind(KubernetesBackend.outcome(of: delete, live: live)) }
        #expect(outcome(nil) == "applied")
        #expect(outcome(live("50", uid: "other", replicas: 2, manager: "x")) == "applied")
        #expect(outcome(web) == "not")
        #expect(outcome(live("50", replicas: 2, manager: "x")) == "not")
        var terminating = web
        terminating["metadata", "deletionTimestamp"] = "2026-11-21T03:00:00Z"
        #expect(outcome(terminating) == "applied")
    }

    @Test func `a lost create is ours when we manage it`() async throws {
        let ours = yaml(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop, managedFields: [{manager: skyflo}]}, data: {k: v, x: y}}"
        )
        var foreign = ours
        foreign["metadata", "managedFields"] = [["manager": "kubectl"]]
        #expect(kind(KubernetesBackend.outcome(of: create, live: nil)) == "not")
        #expect(kind(KubernetesBackend.outcome(of: create, live: ours)) == "applied")
        #expect(kind(KubernetesBackend.outcome(of: create, live: foreign)) == "unknown")
        var empty = create
        empty.request.body = #"{"data":{},"finalizers":[]}"#
        #expect(kind(KubernetesBackend.outcome(of: empty, live: ours)) == "applied")
        var guarded = ours
        guarded["finalizers"] = ["a.dev/x"]
        #expect(kind(KubernetesBackend.outcome(of: empty, live: guarded)) == "unknown")
        let api = FakeAPI()
        api.put(ours)
        #expect(
            kind(
                try await KubernetesBackend().recover(
                    create, change: nil, api: ReadOnlyAPI(api.impersonating(worker)), redactor: redactor))
                == "applied")
        #expect(api.sent.map(\.request.method) == [.get])
    }
}
