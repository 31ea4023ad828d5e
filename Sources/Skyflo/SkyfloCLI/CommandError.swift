import ConversationAccess
import KubeClient
import KubeModel

/// Why a command could not do what it was asked for: one line for people, and the number for scripts.
package struct CommandError: Error, Sendable, CustomStringConvertible {
    package var status: ExitStatus
    package var message: String
    package var cause: (any Error)?

    package init(_ status: ExitStatus, message: String, cause: (any Error)? = nil) {
        self.status = status
        self.message = message
        self.cause = cause
    }

    package var description: String { message }

    /// The line that any error ends a command with, in kubectl's words where kubectl has some.
    package static func line(for error: any Error) -> String {
        switch error {
        case let error as APIStatus: line(for: error)
        case let error as KubeClientError where error.code == .unreachable:
            "Unable to connect to the server: \(error)"
        default: "error: \(error)"
        }
    }

    /// A 404 without a name is the collection's: the kind isn't served.
    private static func line(for status: APIStatus) -> String {
        if status.isNotFound, status.name.isEmpty {
            return "error: the server doesn't have a resource type \"conversations\" in skyflo.ai/v1; "
                + "are the CRDs of skyflo installed?"
        }
        let reason = status.reason.rawValue.isEmpty ? "\(status.code)" : status.reason.rawValue
        return "Error from server (\(reason)): \(status)"
    }

    package static func status(for error: any Error) -> ExitStatus {
        switch error {
        case let error as CommandError: error.status
        case let error as ConversationAccessError: error.kind == .changed ? .changed : .error
        default: (error as? ExitStatus) ?? .error
        }
    }
}
