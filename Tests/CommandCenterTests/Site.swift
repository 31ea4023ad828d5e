import AsyncHTTPClient
import FoundationEssentials
import KubeClient
import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import CommandCenter
@testable import SignIn

/// The Command Center before an API server of its own, with the CRDs and the roles of people.
struct Site: Sendable {
    let url: String
    /// The administrator.
    let api: KubeClient
    let client: HTTPClient
    /// What was told of the set-up code.
    let codes: SetUpCodes

    static let namespace = "shop"

    /// How people sign in besides with tokens.
    struct SignIn: Sendable {
        var service = SignInService.Configuration()
        var externalURL: String?
        var proxies: [String] = []
        /// How often an address may try, beyond the first times.
        var perSecond = 100.0
        var time: @Sendable () -> KubeTime = { KubeTime(seconds: Date().timeIntervalSince1970) }
    }

    private static let logger = {
        var logger = Logger(label: "web")
        logger.logLevel = .critical
        return logger
    }()

    static func run(
        signIn: SignIn? = nil, _ body: @escaping @Sendable (Site) async throws -> Void
    ) async throws {
        try await LocalCluster.withRunning(.init()) { _, endpoint in
            var configuration = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig())
            try await withKubeClient(configuration, logger: logger) { api in
                try await prepare(api)
                if signIn != nil {
                    // With its own rights, and no others.
                    let token = try await api.requestToken(serviceAccount: "skyflo-web", namespace: "skyflo-system")
                    configuration.credentials = .token(token.token)
                    (configuration.clientCertificate, configuration.clientKey) = (nil, nil)
                }
                try await serve(configuration, api: api, signIn: signIn, body)
            }
        }
    }

    private static func serve(
        _ cluster: ClusterConfiguration, api: KubeClient, signIn: SignIn?,
        _ body: @escaping @Sendable (Site) async throws -> Void
    ) async throws {
        let codes = SetUpCodes()
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        var configuration = CommandCenter.Configuration(
            host: "127.0.0.1", port: 0, certificate: nil, clusterName: "test-cluster")
        // None comes back while a test lasts, however slow the machine.
        configuration.signInsPerSecond = 0.000_1
        configuration.onListening = { source.yield($0) }
        configuration.onSetUpCode = { codes.tell($0) }
        if let signIn {
            configuration.signIn = signIn.service
            configuration.externalURL = signIn.externalURL
            configuration.signInsPerSecond = signIn.perSecond
            configuration.trustedProxies = try #require(TrustedProxies(signIn.proxies))
        }
        let time = (signIn ?? SignIn()).time
        let service = CommandCenter(configuration, cluster: cluster, options: .init(), logger: logger, now: time)
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        try await HTTPClient.withHTTPClient(configuration: settings) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                group.addTask {
                    for await port in ports {
                        return try await body(
                            Site(url: "http://127.0.0.1:\(port)", api: api, client: client, codes: codes))
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
        for file in [
            "crds/skyflo.ai_conversations.yaml", "crds/skyflo.ai_skyfloais.yaml", "rbac/people.yaml",
            "rbac/optional/web-sign-in.yaml", "rbac/optional/local-accounts.yaml",
        ] {
            documents += try YAML.parseAll(String(contentsOf: URL(filePath: root + file), encoding: .utf8))
        }
        for (account, role) in [
            ("viewer", "skyflo-viewer"), ("requester", "skyflo-requester"), ("approver", "skyflo-approver"),
        ] {
            documents += binding(of: account, to: role)
        }
        documents.append(serviceAccount("nobody"))
        documents.append(serviceAccount("skyflo-web", in: "skyflo-system"))
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

    private static func serviceAccount(_ name: String, in namespace: String = Site.namespace) -> JSONValue {
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

    // MARK: Local accounts

    static let password = "four quiet words here"

    /// Makes the first admin, and signs them in.
    func admin(named name: String = "root") async throws -> Browser {
        let browser = Browser(self)
        let code = try await codes.next()
        let page = try await browser.get("/set-up")
        let made = try await browser.post(
            "/set-up",
            fields: ["code": code, "name": name, "new": Self.password, "form": page.formKey])
        try #require(made.status == 200, "\(made.text)")
        return try await browser.signedIn(name)
    }

    /// Adds an account, and signs it in.
    func member(_ name: String, roles: [String], by admin: Browser) async throws -> Browser {
        var fields = ["name": name]
        for role in roles { fields["role-\(role)"] = "yes" }
        let added = try await admin.post("/team", fields: fields)
        let link = try #require(added.link, "\(added.text)")
        let browser = Browser(self)
        let page = try await browser.get(link)
        let joined = try await browser.post(
            "/join",
            fields: [
                "name": name, "code": page.field("code") ?? "", "new": Self.password, "form": page.formKey,
            ])
        try #require(joined.status == 200, "\(joined.text)")
        return try await browser.signedIn(name)
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

/// The codes that the server told.
final class SetUpCodes: Sendable {
    private let stream: AsyncStream<String>
    private let source: AsyncStream<String>.Continuation

    init() { (stream, source) = AsyncStream.makeStream(of: String.self) }

    func tell(_ code: String) { source.yield(code) }

    func next() async throws -> String {
        for await code in stream { return code }
        throw CancellationError()
    }
}
