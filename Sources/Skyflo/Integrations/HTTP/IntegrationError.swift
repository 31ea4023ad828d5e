/// Why a request to an integration had no usable answer, in one sentence that quotes neither credentials nor an error of a
/// library.
package struct IntegrationError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The integration's settings, its Secret or its certificates can't be used.
        case configuration
        /// The request itself is refused here: it names a job that isn't allowed, or a path that can't be sent.
        case refused
        /// No connection was made: nothing was sent.
        case unreachable
        /// It was sent, and the answer is lost or came too late.
        case noAnswer
        case tooLarge
        /// The answer is not what the system answers with: HTML, broken JSON, a redirect to somewhere else.
        case malformed
        case unauthorized
        case forbidden
        case notFound
        /// Any other status of HTTP.
        case status(Int)
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// Whether the same request may be answered later: the system restarts, or is slow.
    package var mayPass: Bool {
        switch code {
        case .unreachable, .noAnswer: true
        case .status(let status): status >= 500 || status == 429 || status == 408
        case .configuration, .refused, .tooLarge, .malformed, .unauthorized, .forbidden, .notFound: false
        }
    }

    /// Whether it is certain that a request which changes something has changed nothing.
    package var isCertainlyNotDone: Bool {
        switch code {
        case .configuration, .refused, .unreachable, .unauthorized, .forbidden, .notFound: true
        case .status(let status): (400..<500).contains(status) && status != 408
        case .noAnswer, .tooLarge, .malformed: false
        }
    }
}
