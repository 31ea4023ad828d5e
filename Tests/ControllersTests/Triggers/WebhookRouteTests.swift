import ControllerRuntime
import KubeModel
import SkyfloAPI
import Testing

@testable import Controllers

/// What HTTP adds.
@Suite struct WebhookRouteTests {
    private static let path = ["v1", "triggers", "shop", "sky", "page"]
    private static let body =
        #"{"version":"4","groupKey":"g","status":"firing","alerts":[{"status":"firing","startsAt":"2027-01-15T07:59:00Z"}]}"#

    private static func run(
        _ body: @escaping @Sendable (WebhookRoute, TriggerScene) async throws -> Void
    ) async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let route = WebhookRoute(
                WebhookHandler(scene.dependencies, journal: scene.journal) { _ in }, logger: scene.dependencies.logger)
            try await route.run { try await body(route, scene) }
            #expect(await send(to: route)?.status == 503, "its worker doesn't work any more")
        }
    }

    private static func send(
        _ method: String = "POST", path: [String] = path, body: String = body, type: String = "application/json",
        token: String? = TriggerScene.token, to route: WebhookRoute
    ) async -> EndpointResponse? {
        var headers = [("content-type", type)]
        if let token { headers.append(("authorization", "Bearer \(token)")) }
        return await route.answer(
            EndpointRequest(method: method, path: path, headers: headers) { limit in
                body.utf8.count > limit ? nil : Array(body.utf8)
            })
    }

    @Test func `a notification is taken, and the answer names the Conversation`() async throws {
        try await Self.run { route, scene in
            let response = try #require(await Self.send(type: "application/json; charset=utf-8", to: route))
            #expect(response.status == 201)
            let answer = try JSONParser.parse(response.body)
            #expect(answer["conversation"]?.string == scene.made.first?.key.description)
        }
    }

    @Test func `what isn't one is refused by its status`() async throws {
        try await Self.run { route, scene in
            #expect(await Self.send(token: nil, to: route)?.status == 401)
            let refused = await Self.send(path: Self.path.dropLast() + ["other"], token: "wrong", to: route)
            #expect(refused?.status == 401 && refused?.headers.first?.name == "WWW-Authenticate")
            #expect(await Self.send(type: "text/plain", to: route)?.status == 415)
            #expect(await Self.send("GET", body: "", to: route)?.status == 405)
            #expect(await Self.send(path: Array(Self.path.dropLast()), to: route) == nil, "it is somebody else's")
            let large = String(repeating: " ", count: (1 << 20) + 1)
            #expect(await Self.send(body: large, to: route)?.status == 413)
            #expect(scene.made.isEmpty)
        }
    }

    @Test func `a body that can't be read makes nothing`() async throws {
        try await Self.run { route, scene in
            let request = EndpointRequest(
                method: "POST", path: Self.path,
                headers: [("content-type", "application/json"), ("authorization", "Bearer \(TriggerScene.token)")]
            ) { _ in throw CancellationError() }
            #expect(await route.answer(request)?.status == 503)
            #expect(scene.made.isEmpty)
        }
    }
}
