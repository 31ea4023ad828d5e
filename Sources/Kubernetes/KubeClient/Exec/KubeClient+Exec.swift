import AsyncHTTPClient
import Concurrency
import HTTPTransport
public import KubeModel
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket

extension KubeClient {
    /// Runs a command in a container and waits for its end.
    ///
    /// The command is a program with its arguments; no shell is between. When the task is cancelled or the time is over
    /// the connection is closed; whether the command goes on then is up to the container runtime.
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - pod: The name of the pod.
    ///   - namespace: The namespace of the pod.
    ///   - input: The bytes that the command reads; nil gives it none.
    ///   - options: The container, the time and the amount of output.
    ///   - identity: Whom to impersonate; nil acts as the client does.
    /// - Returns: The result, also of commands that fail: see ``ExecResult/exitCode``.
    /// - Throws: `APIStatus` when the server refuses or the program doesn't exist; ``KubeClientError``: `timeout`,
    ///   `tooLarge` when there is more output than ``ExecOptions/outputLimit``, `unreachable`, `unsupported` for
    ///   `input` at API servers before Kubernetes 1.30 (they can't be told where it ends), and for a SOCKS proxy.
    public func exec(
        _ command: [String], pod: String, namespace: String, input: [UInt8]? = nil,
        options: ExecOptions = ExecOptions(), as identity: Impersonation? = nil
    ) async throws -> ExecResult {
        try await withExec(
            command, pod: pod, namespace: namespace, hasInput: input != nil, options: options, as: identity
        ) { events, stream in
            guard let input else { return try await Self.collect(&events, options: options) }
            // Before anything is written: a command that reads to the end would wait for it.
            try stream.requireEnd()
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // A command may end before it has read everything, which is no failure of the whole.
                    do { try await stream.write(input) } catch is ChannelError { return }
                    do { try await stream.end() } catch is ChannelError {}
                }
                let result = try await Self.collect(&events, options: options)
                group.cancelAll()
                return result
            }
        }
    }

    /// Runs a command in a container and waits for its end, as ``exec(_:pod:namespace:input:options:as:)`` does without
    /// input.
    public func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        try await exec(
            command.command, pod: command.pod, namespace: command.namespace, options: command.options, as: identity)
    }

    /// Runs a command in a container and hands out its streams while it runs, for as long as `body` takes or
    /// ``ExecOptions/timeout`` allows.
    ///
    /// ``ExecOptions/outputLimit`` is not looked at.
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - pod: The name of the pod.
    ///   - namespace: The namespace of the pod.
    ///   - hasInput: Whether the command's standard input is connected; without it the command reads nothing.
    ///   - options: The container and the time; see ``ExecOptions``.
    ///   - identity: Whom to impersonate; nil acts as the client does.
    ///   - body: Takes the events of the command, and writes its input.
    /// - Returns: What `body` returns.
    /// - Throws: The errors of ``exec(_:pod:namespace:input:options:as:)``, and what `body` throws.
    public func withExec<Result: Sendable>(
        _ command: [String], pod: String, namespace: String, hasInput: Bool,
        options: ExecOptions = ExecOptions(), as identity: Impersonation? = nil,
        body: @escaping @Sendable (inout ExecEvents, ExecInput) async throws -> Result
    ) async throws -> Result {
        let request = options.request(command, pod: pod, namespace: namespace, hasInput: hasInput)
        let late = KubeClientError(
            .timeout, message: "\(request.label): the command did not end within \(options.timeout)")
        do {
            return try await withDeadline(.now + options.timeout, failure: late) {
                let (channel, version) = try await self.openSocket(request, as: identity)
                return try await channel.executeThenClose { inbound, outbound in
                    let writer = ExecSocket.Writer(outbound: outbound)
                    var events = ExecEvents(inbound, socket: writer, label: request.label)
                    return try await body(&events, ExecInput(socket: writer, version: version))
                }
            }
        } catch let status as APIStatus {
            throw status
        } catch {
            throw KubeClientError.of(error, what: request.label)
        }
    }

    private static func collect(_ events: inout ExecEvents, options: ExecOptions) async throws -> ExecResult {
        var result = ExecResult()
        while let event = try await events.next() {
            switch event {
            case .output(let bytes): result.output += bytes
            case .error(let bytes): result.error += bytes
            }
            guard result.output.count + result.error.count <= options.outputLimit else {
                throw KubeClientError(.tooLarge, message: "the command wrote more than \(options.outputLimit) bytes")
            }
        }
        result.exitCode = events.exitCode ?? 0
        return result
    }

    // MARK: The connection

    private typealias Socket = (NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, RemoteCommandProtocol)

    private func openSocket(_ request: KubeRequest, as identity: Impersonation?) async throws -> Socket {
        if let proxy, proxy.kind != .http {
            throw KubeClientError(
                .unsupported, message: "\(request.label): commands cannot be run through the SOCKS proxy \(proxy)")
        }
        let credential = try await credentials.current()
        do {
            return try await openSocket(request, as: identity, credential: credential)
        } catch let status as APIStatus where status.code == 401 {
            guard let renewed = try await credentials.renewed(insteadOf: credential) else { throw status }
            return try await openSocket(request, as: identity, credential: renewed)
        }
    }

    private func openSocket(
        _ request: KubeRequest, as identity: Impersonation?, credential: PresentedCredential
    ) async throws -> Socket {
        var head = try execHead(request, as: identity, credential: credential)
        let context = try tlsContext(credential)
        let socket = try await observed(request, headers: head.headers, status: \.status) { headers in
            head.headers = headers
            return try await ExecSocket.connect(
                to: builder.endpoint, through: proxy, head, tls: context, timeout: options.connectTimeout)
        }
        switch socket {
        case .open(let channel, let version): return (channel, version)
        case .refused(let channel, let head): throw try await Self.refusal(channel, head: head, credential: credential)
        }
    }

    private func execHead(
        _ request: KubeRequest, as identity: Impersonation?, credential: PresentedCredential
    ) throws(KubeClientError) -> HTTPRequestHead {
        let endpoint = builder.endpoint
        var headers = try builder.build(request, as: identity, authorization: credential.authorization).headers
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        headers.replaceOrAdd(name: "Host", value: "\(host):\(endpoint.port)")
        headers.add(name: "Sec-WebSocket-Protocol", value: RemoteCommandProtocol.offer)
        // A line feed in a token would begin a header of its own.
        guard headers.allSatisfy({ $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw KubeClientError(
                .configuration, message: "\(request.label): a header contains characters that are not allowed")
        }
        return HTTPRequestHead(
            version: .http1_1, method: .GET, uri: endpoint.pathPrefix + request.target, headers: headers)
    }

    private func tlsContext(_ credential: PresentedCredential) throws -> NIOSSLContext? {
        guard builder.endpoint.isSecure else { return nil }
        let replacement = try tls.replacement(for: credential.certificate)
        return try NIOSSLContext(configuration: try replacement ?? ClusterTLS.configuration(configuration))
    }

    /// Reads the `Status` of a refusal. API servers tell its length; of a body that comes in any other way the HTTP
    /// status has to do.
    private static func refusal(
        _ channel: NIOAsyncChannel<ByteBuffer, Never>, head: HTTPResponseHead, credential: PresentedCredential
    ) async throws -> APIStatus {
        let length = min(head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0, 1 << 20)
        return try await channel.executeThenClose { chunks in
            var body: [UInt8] = []
            var iterator = chunks.makeAsyncIterator()
            while body.count < length, let chunk = try await iterator.next(isolation: #isolation) {
                body += chunk.readableBytesView
            }
            return credential.hidden(in: KubeResponse(status: Int(head.status.code), body: body)).failure
        }
    }
}
