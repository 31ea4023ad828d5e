public import KubeModel

/// A 403 of the API server's authorizer, with the permission that would have been needed.
public struct PermissionDenied: Error, Sendable, Hashable, CustomStringConvertible {
    /// The missing permission, `patch deployments/scale (group apps) in namespace shop`; method and path where the
    /// request is for no resource.
    public var permission: String
    /// The impersonated user; nil where the process asked for itself.
    public var identity: String?
    /// The server's own words.
    public var message: String

    /// Makes the error of a request that was refused, with the server's words.
    public init(_ request: KubeRequest, identity: Impersonation?, message: String) {
        self.identity = identity?.user
        self.message = message
        permission =
            ResourceAccess(request)?.description ?? "\(request.method.rawValue.lowercased()) \(request.path)"
    }

    /// The missing permission and the one who lacks it, with the server's words.
    public var description: String {
        "missing permission: \(identity ?? "the operator") may not \(permission). The API server says: \(message)"
    }
}

extension PermissionDenied {
    /// Whether a refusal is the authorizer's. Admission and quotas answer 403 as well, and only the words tell them apart:
    /// the authorizer's are `User "…" cannot VERB resource …`.
    public static func isReason(of status: APIStatus) -> Bool {
        status.code == 403 && status.message.contains("User \"") && status.message.contains("\" cannot ")
    }
}
