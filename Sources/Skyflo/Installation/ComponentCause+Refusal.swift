import KubeModel

extension ComponentCause {
    /// Why the API server doesn't take what was applied. Only another setting, or somebody else, changes that, so the other
    /// components aren't kept waiting for it.
    ///
    /// - Parameter title: of the object, as `Deployment/skyflo-ui`.
    /// - Returns: nil where the same request may be answered otherwise in a moment: somebody else has written, or the API
    ///   server can't answer just now.
    package static func refusal(_ status: APIStatus, of title: String) -> ComponentCause? {
        switch status.code {
        // 500 is also the answer to a field that the kind doesn't have ("failed to create typed patch object"), and to a
        // webhook that fails.
        case 500 where status.reason != .serverTimeout: break
        case 401, 408, 409, 429, 500...: return nil
        default: break
        }
        return ComponentCause(
            reason: status.message.contains("exceeded quota") ? "QuotaExceeded" : "ApplyRefused",
            message: "the API server refuses the \(title): \(status)")
    }
}
