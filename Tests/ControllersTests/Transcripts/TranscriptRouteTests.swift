import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import Transcripts
import WorkflowEngine

@testable import Controllers

/// Who is handed a transcript out, and who isn't.
@Suite struct TranscriptRouteTests {
    /// The conversation `talk`, whose transcript has been moved to three Secrets of the operator's namespace.
    private static func run(
        allowed: Set<String> = ["alice get conversations/transcript shop/talk"],
        _ body: @escaping @Sendable (_ route: TranscriptRoute, _ api: ReviewingAPI, _ scene: Scene) async throws -> Void
    ) async throws {
        try await Scene.run { scene in
            _ = try FormerTranscript(in: scene)
            _ = try await ConversationReconciler(scene.dependencies).reconcile(
                ObjectKey(namespace: "shop", name: "talk"))
            let users = [
                "alice-token": "alice", "bob-token": "bob", "web-token": "system:serviceaccount:skyflo-system:web",
            ]
            let api = ReviewingAPI(cluster: scene.cluster, users: users, allowed: allowed)
            let route = TranscriptRoute(
                api: api, conversations: scene.dependencies.conversations,
                pages: SecretTranscriptReader(api: api, namespace: "skyflo-system"), callers: CallerReview(api: api),
                logger: scene.dependencies.logger)
            try await body(route, api, scene)
        }
    }

    private static func request(
        _ headers: KeyValuePairs<String, String> = ["Skyflo-Token": "alice-token"], page: String? = nil,
        namespace: String = "shop", name: String = "talk", method: String = "GET"
    ) -> EndpointRequest {
        EndpointRequest(
            method: method, path: ["v1", "namespaces", namespace, "conversations", name, "transcript"],
            query: page.map { ["page": $0] } ?? [:], headers: headers.map { ($0.key, $0.value) })
    }

    private static func json(_ response: EndpointResponse?) throws -> JSONValue {
        try JSONParser.parse(try #require(response).body)
    }

    @Test func `who may get conversations/transcript reads it page by page, and the chain holds`() async throws {
        try await Self.run { route, _, scene in
            let talk = Conversation(try #require(scene.cluster.object(.conversations, "talk")))
            var texts: [String] = []
            var page = 0
            while true {
                let response = try #require(await route.answer(Self.request(page: "\(page)")))
                #expect(response.status == 200)
                let record = try #require(TranscriptPageRecord(json: try Self.json(response)))
                #expect(record.uid == talk.uid && record.number == page)
                texts.append(record.page.text)
                guard record.page.hasNext else { break }
                page += 1
            }
            #expect(texts.count == 3)
            let reading = try await Handed(texts: texts).read(talk)
            #expect(reading.fault == nil && reading.entries.map(\.event) == FormerTranscript.events)
            #expect(await route.answer(Self.request(page: "3"))?.status == 404)
        }
    }

    private struct Handed: TranscriptPages {
        var texts: [String]
        func page(_ number: Int, of conversation: Conversation) async throws -> TranscriptPage? {
            texts.indices.contains(number) ? TranscriptPage(text: texts[number], hasNext: true) : nil
        }
    }

    @Test func `nobody else is told anything, not even whether there is such a conversation`() async throws {
        try await Self.run { route, api, _ in
            let bob = try #require(await route.answer(Self.request(["Skyflo-Token": "bob-token"])))
            #expect(bob.status == 403)
            #expect(try Self.json(bob)["message"]?.string?.contains("bob may not get the transcript") == true)
            let nothing = await route.answer(Self.request(["Skyflo-Token": "bob-token"], name: "nothing"))
            #expect(nothing?.status == 403)
            // The right for one namespace is none for another.
            #expect(await route.answer(Self.request(namespace: "billing"))?.status == 403)
            #expect(
                !api.cluster.sent.contains {
                    $0.request.path.contains("/secrets/") && $0.request.method == .get
                        && $0.request.path.contains("billing")
                })
        }
    }

    @Test func `a missing, wrong or empty token is refused, with a word on how to get one`() async throws {
        try await Self.run { route, _, _ in
            let none = try #require(await route.answer(Self.request([:])))
            #expect(none.status == 401)
            #expect(try Self.json(none)["message"]?.string?.contains("kubectl create token") == true)
            let wrong: [KeyValuePairs<String, String>] = [
                ["Skyflo-Token": "who"], ["Skyflo-Token": ""], ["Authorization": "Basic YWxpY2U6eA=="],
                ["Authorization": "alice-token"], ["Skyflo-Stream-Key": "alice-token"],
            ]
            for headers in wrong {
                #expect(await route.answer(Self.request(headers))?.status == 401, "\(headers)")
            }
        }
    }

    @Test func `directly, the token may come in Authorization`() async throws {
        try await Self.run { route, _, _ in
            #expect(await route.answer(Self.request(["Authorization": "Bearer alice-token"]))?.status == 200)
        }
    }

    @Test func `a key of a status in the query opens nothing`() async throws {
        try await Self.run { route, _, _ in
            var request = Self.request([:])
            request.query = ["key": "alice-token", "token": "alice-token", "streamKey": "alice-token"]
            #expect(await route.answer(request)?.status == 401)
        }
    }

    @Test func `for somebody else asks only who may impersonate them, and by their right`() async throws {
        let web = "system:serviceaccount:skyflo-system:web"
        let allowed: Set = [
            "alice get conversations/transcript shop/talk", "\(web) impersonate users alice",
            "\(web) impersonate users bob",
        ]
        try await Self.run(allowed: allowed) { route, api, _ in
            func ask(_ token: String, _ user: String, group: String? = nil) async -> Int? {
                var headers = [("Skyflo-Token", token), ("Skyflo-Impersonate-User", user)]
                if let group { headers.append(("Skyflo-Impersonate-Group", group)) }
                let request = EndpointRequest(
                    path: ["v1", "namespaces", "shop", "conversations", "talk", "transcript"], headers: headers)
                return await route.answer(request)?.status
            }
            #expect(await ask("web-token", "alice") == 200)
            #expect(await ask("web-token", "bob") == 403, "bob may not read it himself")
            #expect(await ask("web-token", "carol") == 403)
            #expect(await ask("bob-token", "alice") == 403, "bob may impersonate nobody")
            #expect(await ask("web-token", "alice", group: "system:masters") == 403)
            #expect(api.asked.all.contains("\(web) impersonate groups system:masters"))
        }
    }

    @Test func `an answer of the API server is asked for once in ten seconds`() async throws {
        try await Self.run { route, api, _ in
            for page in 0..<3 { _ = await route.answer(Self.request(page: "\(page)")) }
            #expect(api.asked.all == ["token", "alice get conversations/transcript shop/talk"])
        }
    }

    @Test func `nonsense is refused`() async throws {
        try await Self.run { route, _, _ in
            for page in ["-1", "x", "99999999999999999999", ""] {
                #expect(await route.answer(Self.request(page: page))?.status == 400, "\(page)")
            }
            #expect(await route.answer(Self.request(method: "DELETE"))?.status == 405)
            #expect(await route.answer(EndpointRequest(path: ["v1", "namespaces"])) == nil)
        }
    }

    /// What somebody wrote into the status who may write it doesn't lead to another's transcript.
    @Test func `the status of a conversation can't point to another's transcript`() async throws {
        try await Self.run { route, api, scene in
            scene.cluster.put(
                KubeObject(
                    .secrets, namespace: "skyflo-system", name: "skyflo-transcript-victim-0",
                    members: ["data": ["000000.jsonl": .string(Base64.encode(Array("{}\n".utf8)))]]), in: .secrets)
            scene.cluster.change(
                .conversations, "talk",
                ["status": ["transcript": ["secretPrefix": "skyflo-transcript-victim", "secrets": 1]]])
            scene.dependencies.conversations.insert(try #require(scene.cluster.object(.conversations, "talk")))
            let record = TranscriptPageRecord(json: try Self.json(await route.answer(Self.request())))
            #expect(record?.page.text.contains("scale it") == true)
        }
    }

    @Test func `a server that doesn't answer reviews opens nothing`() async throws {
        try await Self.run { route, api, scene in
            let broken = TranscriptRoute(
                api: scene.cluster, conversations: scene.dependencies.conversations,
                pages: SecretTranscriptReader(api: scene.cluster, namespace: "skyflo-system"),
                callers: CallerReview(api: scene.cluster), logger: scene.dependencies.logger)
            scene.cluster.before({ $0.path.hasSuffix("/tokenreviews") }) { _ in
                throw APIStatus(code: 403, reason: .forbidden, message: "the operator may not create tokenreviews")
            }
            let response = try #require(await broken.answer(Self.request()))
            #expect(response.status == 503)
            #expect(
                try Self.json(response)["message"]?.string?.contains("operator") == false,
                "it isn't the caller's business")
        }
    }
}
