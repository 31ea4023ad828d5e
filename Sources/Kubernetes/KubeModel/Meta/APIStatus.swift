/// `meta/v1 Status`: how an API server says that a request failed (or, for some deletes, that it was done).
/// It is thrown as it is, so that callers can tell by ``code`` and ``reason`` what to do, never by the text.
public struct APIStatus: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Cause: Sendable, Hashable {
        public var reason: String
        public var field: String
        public var message: String
        public init(reason: String, field: String, message: String) {
            self.reason = reason
            self.field = field
            self.message = message
        }
    }

    /// The HTTP status.
    public var code: Int
    public var reason: Reason
    public var message: String
    /// Of the object that the request was about.
    public var name: String
    public var group: String
    /// The resource's plural (or the kind, in errors of validation).
    public var kind: String
    public var uid: String
    public var causes: [Cause]
    public var retryAfterSeconds: Int?
    /// Of an expired list (410): goes on where the list stood, over objects as they are now. Empty for none.
    public var continueToken = ""

    public init(
        code: Int, reason: Reason, message: String, group: String = "", kind: String = "", name: String = "",
        uid: String = "", causes: [Cause] = [], retryAfterSeconds: Int? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.group = group
        self.kind = kind
        self.name = name
        self.uid = uid
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The machine-readable reasons of `k8s.io/apimachinery/pkg/apis/meta/v1`. Open: servers may use others.
    public struct Reason: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        public static let unknown: Reason = ""
        public static let unauthorized: Reason = "Unauthorized"
        public static let forbidden: Reason = "Forbidden"
        public static let notFound: Reason = "NotFound"
        public static let alreadyExists: Reason = "AlreadyExists"
        public static let conflict: Reason = "Conflict"
        public static let gone: Reason = "Gone"
        public static let expired: Reason = "Expired"
        public static let invalid: Reason = "Invalid"
        public static let serverTimeout: Reason = "ServerTimeout"
        public static let timeout: Reason = "Timeout"
        public static let tooManyRequests: Reason = "TooManyRequests"
        public static let badRequest: Reason = "BadRequest"
        public static let methodNotAllowed: Reason = "MethodNotAllowed"
        public static let notAcceptable: Reason = "NotAcceptable"
        public static let unsupportedMediaType: Reason = "UnsupportedMediaType"
        public static let requestEntityTooLarge: Reason = "RequestEntityTooLarge"
        public static let internalError: Reason = "InternalError"
        public static let serviceUnavailable: Reason = "ServiceUnavailable"
    }

    public var isNotFound: Bool { code == 404 }
    public var isConflict: Bool { code == 409 && reason != .alreadyExists }
    public var isAlreadyExists: Bool { code == 409 && reason == .alreadyExists }
    public var isForbidden: Bool { code == 403 }
    public var isInvalid: Bool { code == 422 }
    /// Of the server and not of the request: it may pass by itself.
    public var isTransient: Bool { code == 429 || code >= 500 }
    /// The version asked for is no longer there: list again.
    public var isExpired: Bool { code == 410 }

    public var description: String { message.isEmpty ? "\(code) \(reason.rawValue)" : message }

    public init(_ json: JSONValue) {
        let details = json["details"]
        self.init(
            code: json["code"]?.int ?? 0, reason: Reason(rawValue: json["reason"]?.string ?? ""),
            message: json["message"]?.string ?? "", group: details?["group"]?.string ?? "",
            kind: details?["kind"]?.string ?? "", name: details?["name"]?.string ?? "",
            uid: details?["uid"]?.string ?? "",
            causes: (details?["causes"]?.array ?? []).map {
                Cause(
                    reason: $0["reason"]?.string ?? "", field: $0["field"]?.string ?? "",
                    message: $0["message"]?.string ?? "")
            },
            retryAfterSeconds: details?["retryAfterSeconds"]?.int)
        continueToken = json["metadata", "continue"]?.string ?? ""
    }

    /// The `Status` object, `status: Failure`.
    public var json: JSONValue {
        func text(_ value: String) -> JSONValue? { value.isEmpty ? nil : .string(value) }
        let details = JSONValue.compact([
            "name": text(name), "group": text(group), "kind": text(kind), "uid": text(uid),
            "causes": causes.isEmpty
                ? nil
                : .array(
                    causes.map {
                        .compact(["reason": text($0.reason), "message": text($0.message), "field": text($0.field)])
                    }),
            "retryAfterSeconds": retryAfterSeconds.map { JSONValue($0) },
        ])
        return .compact([
            "kind": "Status", "apiVersion": "v1",
            "metadata": .compact(["continue": text(continueToken)]), "status": "Failure",
            "message": .string(message), "reason": text(reason.rawValue),
            "details": details.object?.isEmpty == false ? details : nil, "code": JSONValue(code),
        ])
    }
}
