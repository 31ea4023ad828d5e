import AsyncHTTPClient
import FoundationEssentials
import KubeClient
import KubeModel
import LocalCluster
import Logging
import NIOCore
import NIOHTTP1
import OperatorTestKit
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import CommandCenter

/// The Command Center before an API server of its own, with the CRDs and the roles of people.
struct Site: Sendable {
    let url: String
    /// The administrator.
    let api: KubeClient
    let client: HTTPClient

    static let namespace = "shop"

    private static let logger = {
        var logger = Logger(label: "web")
        logger.logLevel = .critical
        return logger
    }()

    static func run(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        try await LocalCluster.withRunning(.init()) { _, endpoint in
            let configuration = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig())
            try await withKubeClient(configuration, logger: logger) { api in
                try await prepare(api)
                try await serve(configuration, api: api, body)
            }
        }
    }

    private static func serve(
        _ cluster: ClusterConfiguration, api: KubeClient, _ body: @escaping @Sendable (Site) async throws -> Void
    ) async throws {
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        var configuration = CommandCenter.Configuration(
            host: "127.0.0.1", port: 0, certificate: nil, clusterName: "test-cluster")
        // None comes back while a test lasts, however slow the machine.
        configuration.signInsPerSecond = 0.000_1
        configuration.onListening = { source.yield($0) }
        let service = CommandCenter(configuration, cluster: cluster, options: .init(), logger: logger) {
            KubeTime(seconds: Date().timeIntervalSince1970)
        }
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        try await HTTPClient.withHTTPClient(configuration: settings) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                group.addTask {
                    for await port in ports {
                        return try await body(Site(url: "http://127.0.0.1:\(port)", api: api, client: client))
                    }
                }
                try await group.next()
                group.cancelAll()
                while let _ = try? await group.next() {}
            }
        }
    }

    // MARK: The cluster

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path()

    private static func prepare(_ api: KubeClient) async throws {
        let mapper = RESTMapper(api: api)
        var documents: [JSONValue] = [
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "other"]],
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "skyflo-system"]],
        ]
        for file in ["crds/skyflo.ai_conversations.yaml", "crds/skyflo.ai_skyfloais.yaml", "rbac/people.yaml"] {
            documents += try YAML.parseAll(String(contentsOf: URL(filePath: root + file), encoding: .utf8))
        }
        for (account, role) in [
            ("viewer", "skyflo-viewer"), ("requester", "skyflo-requester"), ("approver", "skyflo-approver"),
        ] {
            documents += binding(of: account, to: role)
        }
        documents.append(serviceAccount("nobody"))
        for json in documents {
            let object = KubeObject(json)
            try await eventually("\(object.kind) \(object.name) is applied") {
                guard let groupVersion = object.groupVersion else { return false }
                await mapper.invalidate()
                let resource = try await mapper.resource(
                    for: GroupVersionKind(group: groupVersion.group, version: groupVersion.version, kind: object.kind))
                _ = try await api.apply(object, in: resource, options: WriteOptions(fieldManager: "test", force: true))
                return true
            }
        }
    }

    private static func serviceAccount(_ name: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
    }

    private static func binding(of account: String, to role: String) -> [JSONValue] {
        [
            serviceAccount(account),
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": ["name": .string(account), "namespace": .string(namespace)],
                "roleRef": [
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role),
                ],
                "subjects": [
                    ["kind": "ServiceAccount", "name": .string(account), "namespace": .string(namespace)]
                ],
            ],
        ]
    }

    func token(of account: String) async throws -> String {
        try await api.requestToken(serviceAccount: account, namespace: Self.namespace).token
    }

    /// Somebody who is signed in.
    func browser(as account: String) async throws -> Browser {
        let browser = Browser(self)
        let answer = try await browser.signIn(token: token(of: account))
        try #require(answer.status == 303, "\(answer.text)")
        return browser
    }

    @discardableResult
    func converse(
        _ name: String = "talk", in namespace: String = Site.namespace, saying message: String = "scale web",
        status: JSONValue? = nil
    ) async throws -> Conversation {
        let object = KubeObject(
            .conversations, namespace: namespace, name: name,
            members: ["spec": ["messages": [["content": .string(message)]], "serviceAccountName": "copilot"]])
        let created = Conversation(try await api.create(object, in: .conversations))
        guard let status else { return created }
        return try await setStatus(status, of: name, in: namespace)
    }

    @discardableResult
    func setStatus(
        _ status: JSONValue, of name: String = "talk", in namespace: String = Site.namespace
    ) async throws -> Conversation {
        Conversation(
            try await api.patch(
                .conversations, namespace: namespace, name: name, subresource: "status",
                patch: .merge(["status": status])))
    }

    func conversation(_ name: String = "talk") async throws -> Conversation {
        Conversation(try await api.get(.conversations, namespace: Self.namespace, name: name))
    }

    /// Has a conversation ask for the approval of c1.
    @discardableResult
    func askForApproval(
        _ conversation: Conversation, replicas: Int = 3, text: String = "plain",
        expires: String = "2099-01-01T00:00:00Z"
    ) async throws -> Conversation {
        var approval = Approval()
        approval.tool = "k8s_scale"
        approval.summary = "Scale web to \(replicas) \(text)"
        approval.arguments = "{\"replicas\":\(replicas)}"
        approval.requests = [
            [
                "backend": "Kubernetes", "method": "PATCH", "path": "/apis/apps/v1/namespaces/shop/deployments/web",
                "body": .string("{\"spec\":{\"replicas\":\(replicas),\"text\":\"\(text)\"}}"),
            ]
        ]
        approval.preview = "--- a/web\n+++ b/web\n@@ -1,1 +1,1 @@\n-replicas: 2\n+replicas: \(replicas) \(text)\n"
        approval.risk = "Medium"
        approval.warnings = ["It will be taken back: \(text)"]
        approval.touches = ["the pods of web \(text)"]
        approval.requestedAt = KubeTime("2026-01-01T00:00:00Z")
        approval.expiresAt = KubeTime(expires)
        approval.digest = Digest.of(approval, turn: 1, callID: "c1", in: conversation)
        return try await setStatus(
            [
                "phase": "AwaitingApproval", "turn": 1, "pendingApprovals": 1, "title": .string("Scale \(text)"),
                "calls": [
                    "c1": ["tool": "k8s_scale", "turn": 1, "state": "AwaitingApproval", "summary": .string(text)]
                ],
                "approvals": ["c1": approval.json],
            ], of: conversation.object.name, in: conversation.namespace)
    }
}

/// What a browser keeps: cookies. It follows no redirect and runs no script.
actor Browser {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var text: String

        var location: String? { headers.first(name: "Location") }
        /// The key of the page's forms.
        var formKey: String { field("form") ?? "" }

        /// The value of the first field of that name.
        func field(_ name: String) -> String? {
            guard let at = text.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(text[at.upperBound...].prefix { $0 != "\"" })
        }
    }

    private let site: Site
    private(set) var cookies: [String: String] = [:]

    init(_ site: Site) { self.site = site }

    func set(cookie name: String, to value: String) { cookies[name] = value }

    func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> Answer {
        try await send(.GET, path: path, headers: headers)
    }

    /// Sends a form with the key of a page that has one.
    func post(_ path: String, fields: [String: String], from page: String = "/new") async throws -> Answer {
        var fields = fields
        if fields["form"] == nil { fields["form"] = try await get(page).formKey }
        return try await post(path, body: Self.encode(fields))
    }

    func post(
        _ path: String, body: String, headers: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded"]
    ) async throws -> Answer {
        try await send(.POST, path: path, headers: headers, body: body)
    }

    func signIn(token: String, goBack: String? = nil) async throws -> Answer {
        let page = try await get("/sign-in" + (goBack.map { "?return=\(PercentEncoding.query($0))" } ?? ""))
        var fields = ["token": token, "form": page.formKey]
        if let back = page.field("return") { fields["return"] = back.replacing("&amp;", with: "&") }
        return try await post("/sign-in", body: Self.encode(fields))
    }

    static func encode(_ fields: [String: String]) -> String {
        fields.map { "\(PercentEncoding.query($0.key))=\(PercentEncoding.query($0.value))" }.joined(separator: "&")
    }

    func send(
        _ method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: String? = nil
    ) async throws -> Answer {
        let response = try await site.client.execute(
            request(method, path: path, headers: headers, body: body), timeout: .seconds(60))
        for header in response.headers["Set-Cookie"] {
            let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = header.contains("Max-Age=0") ? nil : String(pair[1])
        }
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return Answer(status: Int(response.status.code), headers: response.headers, text: text)
    }

    func request(
        _ method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: String? = nil
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: site.url + path)
        request.method = method
        request.headers = headers
        if !cookies.isEmpty {
            request.headers.add(name: "Cookie", value: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
        }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return request
    }
}
