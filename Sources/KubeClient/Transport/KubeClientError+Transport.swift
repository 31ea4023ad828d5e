import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

extension KubeClientError {
    /// What an error of the HTTP client means to callers: a `CancellationError`, or a `KubeClientError` about `what`.
    static func of(_ error: any Error, _ what: String) -> any Error {
        if error is CancellationError || Task.isCancelled { return CancellationError() }
        switch error {
        case let error as KubeClientError: return error
        case is NIOTooManyBytesError:
            return KubeClientError(.tooLarge, "\(what): the answer is larger than allowed", cause: error)
        case let error as HTTPClientError: return of(error, what)
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: return broken(error, what)
        case is HTTPParserError: return KubeClientError(.badResponse, "\(what): the answer is no HTTP", cause: error)
        default: return KubeClientError(.unreachable, "\(what): \(explanation(error))", cause: error)
        }
    }

    private static func of(_ error: HTTPClientError, _ what: String) -> KubeClientError {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            KubeClientError(.timeout, "\(what): no answer in time", cause: error)
        case .invalidURL, .emptyHost, .emptyScheme:
            KubeClientError(.configuration, "\(what): the URL is not usable", cause: error)
        case .alreadyShutdown: KubeClientError(.unreachable, "\(what): the client was shut down", cause: error)
        case .remoteConnectionClosed: broken(error, what)
        default:
            // The one case with a payload that matters here; it has no value to compare with.
            if error.shortDescription.contains("header field") {
                KubeClientError(.configuration, "\(what): a header has characters that none may have", cause: error)
            } else {
                KubeClientError(.unreachable, "\(what): the API server cannot be reached", cause: error)
            }
        }
    }

    private static func broken(_ error: any Error, _ what: String) -> KubeClientError {
        KubeClientError(.unreachable, "\(what): the connection broke before the answer was complete", cause: error)
    }

    private static func explanation(_ error: any Error) -> String {
        if case NIOSSLError.handshakeFailed = error, "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
            return "the server's certificate was not signed by the configured certificate authority, or has expired"
        }
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "the server's certificate is for another name"
        }
        return "the API server cannot be reached"
    }
}
