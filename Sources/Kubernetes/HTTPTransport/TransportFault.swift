public import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The meaning of an error of the HTTP libraries, in our own words.
///
/// Their own descriptions are never quoted: they hold header values, which are credentials, URLs with keys in the query, and
/// whatever their next version adds. Of an error that isn't known here only its type is told.
public enum TransportFault {
    /// The reason as half a sentence, to follow what was tried and a colon.
    public static func explanation(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: explanation(error)
        case let error as NIOConnectionError: explanation(error)
        case let error as IOError: explanation(errno: error.errnoCode)
        case is SocketAddressError, is SocketAddressError.UnknownHost: "the host name can't be resolved"
        case let error as NIOSSLError: explanation(error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the server's certificate is for another name"
        case is NIOSSLExtraError, is BoringSSLError: "TLS failed (\(type(of: error)))"
        case ChannelError.connectTimeout: "the connection wasn't made in time"
        case is ChannelError: "the connection was closed"
        case is NIOTooManyBytesError: "the answer is larger than allowed"
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: lost
        case is HTTPParserError: "the answer is not HTTP"
        default: "an error of type \(type(of: error))"
        }
    }

    /// Whether the HTTP client refused a header, whose value its error holds.
    public static func isHeaderRefusal(_ error: HTTPClientError) -> Bool {
        // These have a payload, so that there is no value to compare with.
        error.shortDescription.contains("header field")
    }

    private static let lost = "the connection broke before the answer was complete"

    private static func explanation(_ error: HTTPClientError) -> String {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout: "no answer in time"
        case .connectTimeout: "the connection wasn't made in time"
        case .tlsHandshakeTimeout: "the TLS handshake wasn't done in time"
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout: "the proxy didn't answer in time"
        case .getConnectionFromPoolTimeout: "no connection became free in time"
        case .remoteConnectionClosed, .uncleanShutdown: lost
        case .invalidProxyResponse: "the proxy refuses to connect"
        case .proxyAuthenticationRequired: "the proxy requires a user and a password, or refuses those it got"
        case .invalidURL, .emptyHost, .emptyScheme: "the URL is not usable"
        case .alreadyShutdown: "the client was shut down"
        default:
            isHeaderRefusal(error)
                ? "a header contains characters that are not allowed"
                // One of a fixed set of texts, without the payload.
                : error.shortDescription
        }
    }

    private static func explanation(_ error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first { return explanation(first.error) }
        return error.dnsAError == nil && error.dnsAAAAError == nil
            ? "no connection could be made" : "the name \(error.host) can't be resolved"
    }

    private static func explanation(errno: CInt) -> String {
        switch errno {
        case ECONNREFUSED: "the connection was refused"
        case ECONNRESET, EPIPE: "the connection was reset"
        case ETIMEDOUT: "the connection timed out"
        case EHOSTUNREACH, ENETUNREACH: "there is no route to the host"
        case EMFILE, ENFILE: "too many files are open"
        default: "system error \(errno)"
        }
    }

    /// BoringSSL tells its reasons as a text only. It is searched and not quoted.
    private static func explanation(_ error: NIOSSLError) -> String {
        guard case .handshakeFailed = error else { return "TLS failed" }
        let text = "\(error)"
        func says(_ reasons: String...) -> Bool { reasons.contains { text.contains($0) } }
        if says("CERTIFICATE_VERIFY_FAILED") {
            return "the server's certificate was not signed by the configured certificate authority, or has expired "
                + "(CERTIFICATE_VERIFY_FAILED)"
        }
        if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST") { return "the server doesn't speak TLS" }
        if says("ALERT_CERTIFICATE", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "ALERT_UNSUPPORTED_CERTIFICATE") {
            return "the server refused the client certificate"
        }
        return "the TLS handshake failed"
    }
}
