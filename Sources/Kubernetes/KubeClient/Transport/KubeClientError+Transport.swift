import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOHTTP1
import NIOSSL

extension KubeClientError {
    /// What an error of the HTTP client means to callers: a `CancellationError`, or a `KubeClientError` about `what`.
    ///
    /// Nothing of the error's own text is in it (``TransportFault``).
    static func of(_ error: any Error, what: String) -> any Error {
        if error is CancellationError || Task.isCancelled { return CancellationError() }
        switch error {
        case let error as KubeClientError: return error
        case is NIOTooManyBytesError:
            return KubeClientError(.tooLarge, message: "\(what): the answer is larger than allowed")
        default:
            let code = code(error)
            // Where nothing came back it is to be said what couldn't be reached, and not only what the socket said.
            let subject = code == .unreachable && !isBroken(error) ? "the API server cannot be reached: " : ""
            return KubeClientError(code, message: "\(what): \(subject)\(TransportFault.explanation(error))")
        }
    }

    private static func code(_ error: any Error) -> Code {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout: .timeout
            case .invalidURL, .emptyHost, .emptyScheme: .configuration
            default: TransportFault.isHeaderRefusal(error) ? .configuration : .unreachable
            }
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: .unreachable
        case is HTTPParserError: .badResponse
        default: .unreachable
        }
    }

    /// Whether the connection had been made.
    private static func isBroken(_ error: any Error) -> Bool {
        switch error {
        case is HTTPParserError: true
        case let error as HTTPClientError: [.remoteConnectionClosed, .alreadyShutdown].contains(error)
        default: false
        }
    }
}
