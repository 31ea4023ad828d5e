import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOHTTPCompression
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The settings of the two HTTP clients.
///
/// An HTTP/2 connection carries at most 100 streams at a kube-apiserver, and the HTTP client opens one connection:
/// watches on it would starve every other request. So watches get HTTP/1.1 connections of their own.
enum HTTPClients {
    static func unary(
        _ configuration: ClusterConfiguration, endpoint: Endpoint, options: KubeClient.Options
    ) throws(KubeClientError) -> HTTPClient.Configuration {
        var result = try common(configuration, endpoint: endpoint, options: options)
        result.httpVersion = .automatic
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // The limit on the body itself is stricter and gives the clearer error; this one is for a single chunk that
        // blows up.
        let limit = options.maximumBodyBytes
        result.decompression = .enabled(limit: .size(max(limit, limit &* 2)))
        return result
    }

    static func streams(
        _ configuration: ClusterConfiguration, endpoint: Endpoint, options: KubeClient.Options
    ) throws(KubeClientError) -> HTTPClient.Configuration {
        var result = try common(configuration, endpoint: endpoint, options: options)
        result.httpVersion = .http1Only
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.maximumStreams
        return result
    }

    private static func common(
        _ configuration: ClusterConfiguration, endpoint: Endpoint, options: KubeClient.Options
    ) throws(KubeClientError) -> HTTPClient.Configuration {
        var result = HTTPClient.Configuration(
            tlsConfiguration: try ClusterTLS.configuration(configuration),
            // A redirect would carry requests to a server that nobody configured.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(options.connectTimeout.nanoseconds)))
        // Retries are decided in one place, by RetryPolicy; and a refused connection is to be told of at once.
        result.connectionPool.retryConnectionEstablishment = false
        result.dnsOverride = endpoint.dnsOverride
        result.proxy = try configuration.proxy(for: endpoint)?.configuration
        // RequestSpan makes the spans: its own don't tell which resource a request is about.
        result.tracing.tracer = nil
        result.http1_1ConnectionDebugInitializer = keepAlive
        result.http2ConnectionDebugInitializer = keepAlive
        return result
    }

    /// Lets the kernel notice a peer that has gone without a word (a node that lost power, a NAT that forgot): within
    /// about a minute of silence on an idle connection, and after 30 s without acknowledgement of what was sent. The
    /// HTTP client sends neither HTTP/2 pings nor TCP keepalives by itself.
    @Sendable static func keepAlive(_ channel: any Channel) -> EventLoopFuture<Void> {
        var options: [EventLoopFuture<Void>] = [
            channel.setOption(.socketOption(.so_keepalive), value: 1)
        ]
        #if os(Linux)
            for (option, value) in [
                (TCP_KEEPIDLE, 30), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 3), (TCP_USER_TIMEOUT, 30_000),
            ] as [(CInt, ChannelOptions.Types.SocketOption.Value)] {
                options.append(channel.setOption(.tcpOption(.init(rawValue: option)), value: value))
            }
        #endif
        return EventLoopFuture.andAllComplete(options, on: channel.eventLoop)
    }
}

extension Duration {
    /// Rounded down; at most the largest Int64.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds > Int64.max / 2_000_000_000 ? .max : seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
