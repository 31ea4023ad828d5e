import KubeClient
import KubeModel

/// What the model is told when a call can't be carried out.
package struct ToolFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package var message: String
    /// What the call is about has moved while it was prepared: the same call may well succeed.
    package var isStale = false
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

extension ToolFailure {
    /// What the model is told about an error of any kind.
    package init(describing error: any Error) {
        switch error {
        case let failure as ToolFailure: self = failure
        case let denied as PermissionDenied: self.init(denied.description)
        case let refused as WriteRefused: self.init(refused.description)
        case let status as APIStatus: self.init(Self.text(status))
        case let error as KubeClientError:
            self.init("the API server gave no usable answer (\(error.code)): \(error.description)")
        default: self.init("\(error)")
        }
    }

    private static func text(_ status: APIStatus) -> String {
        let reason = status.reason.rawValue.isEmpty ? "HTTP \(status.code)" : status.reason.rawValue
        return "the API server refused (\(reason)): \(status.message)"
    }
}
