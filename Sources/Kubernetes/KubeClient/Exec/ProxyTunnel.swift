import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOExtras
import NIOHTTP1

/// Asks a proxy for a connection to the API server (CONNECT; RFC 9110, section 9.3.6).
enum ProxyTunnel {
    /// Asks for the connection. It has to be called on the channel's event loop, before it is connected; the future
    /// succeeds when the next byte is the server's, at once without a proxy.
    static func open(
        on channel: any Channel, through proxy: ProxyServer?, to endpoint: Endpoint, timeout: Duration
    ) throws -> EventLoopFuture<Void> {
        guard let proxy else { return channel.eventLoop.makeSucceededVoidFuture() }
        var headers: HTTPHeaders = [:]
        if let authorization = proxy.authorization {
            headers.add(name: "Proxy-Authorization", value: authorization.headerValue)
        }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        let connect = NIOHTTP1ProxyConnectHandler(
            targetHost: endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host, targetPort: endpoint.port,
            headers: headers,
            deadline: .now() + TimeAmount(timeout), promise: promise)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([encoder, decoder, connect])
        // That one takes itself out of the pipeline.
        return promise.futureResult.assumeIsolated().flatMapErrorThrowing { throw Self.known($0) }.flatMap {
            pipeline.removeHandler(decoder).assumeIsolated().flatMap { pipeline.removeHandler(encoder) }.nonisolated()
        }.nonisolated()
    }

    /// The same errors as those of the HTTP client.
    private static func known(_ error: any Error) -> any Error {
        guard let error = error as? NIOHTTP1ProxyConnectHandler.Error else { return error }
        if error == .proxyAuthenticationRequired() { return HTTPClientError.proxyAuthenticationRequired }
        if error == .httpProxyHandshakeTimeout() { return HTTPClientError.httpProxyHandshakeTimeout }
        if error == .remoteConnectionClosed() || error == .noResult() { return HTTPClientError.remoteConnectionClosed }
        return HTTPClientError.invalidProxyResponse
    }
}
