/// A `Status` of `meta/v1`, by which an API server says that a request failed (or, for some deletes, that it was done).
/// It is thrown as it is, so that callers can tell by ``code`` and ``reason`` what to do, never by the text.
public struct APIStatus: Error, Sendable, Hashable, CustomStringConvertible {
    /// One of several reasons of a failure (`metav1.StatusCause`): for a refused object, one field that is wrong.
    public struct Cause: Sendable, Hashable {
        /// The machine-readable reason, such as `FieldValueRequired`; empty where the server gives none.
        public var reason: String
        /// The path of the field, such as `spec.containers[0].image`; empty where the cause is about no field.
        public var field: String
        /// The fault in a sentence for people.
        public var message: String
        /// Makes a cause of its three fields.
        public init(reason: String, field: String, message: String) {
            self.reason = reason
            self.field = field
            self.message = message
        }
    }

    /// The HTTP status, such as 404; zero in a `Status` that carries none.
    public var code: Int
    /// The machine-readable reason, ``Reason/unknown`` where the server gives none.
    public var reason: Reason
    /// The server's sentence for people.
    public var message: String
    /// The name of the object that the request was about; empty where there was none.
    public var name: String
    /// The API group of that object, empty for the core group.
    public var group: String
    /// The plural of the resource (or the kind, in errors of validation).
    public var kind: String
    /// The UID of that object; empty where the server gives none.
    public var uid: String
    /// The single causes, one for each wrong field of a refused object.
    public var causes: [Cause]
    /// The seconds after which the server wants to be asked again; nil where it says nothing.
    public var retryAfterSeconds: Int?
    /// The token with which an expired list (410) goes on at the same place, over objects as they are now; empty for
    /// none.
    public var continueToken = ""

    /// Makes a status of its fields. What is left out is empty.
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

    /// A machine-readable reason of `k8s.io/apimachinery/pkg/apis/meta/v1`. The set is open: servers may use others.
    public struct Reason: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral {
        /// The reason as the server writes it.
        public var rawValue: String
        /// Makes a reason of the server's word.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Makes a reason of a literal.
        public init(stringLiteral value: String) { rawValue = value }

        /// The server gave no reason.
        public static let unknown: Reason = ""
        /// The request has no valid credentials (401).
        public static let unauthorized: Reason = "Unauthorized"
        /// The caller may not do this, by RBAC or by an admission plugin (403).
        public static let forbidden: Reason = "Forbidden"
        /// The object or the resource doesn't exist (404).
        public static let notFound: Reason = "NotFound"
        /// An object of that name exists already (409).
        public static let alreadyExists: Reason = "AlreadyExists"
        /// The object has changed since it was read, or another field manager owns a field (409).
        public static let conflict: Reason = "Conflict"
        /// The object or the version isn't available any more (410).
        public static let gone: Reason = "Gone"
        /// The resource version of a watch or a list token is too old (410).
        public static let expired: Reason = "Expired"
        /// The object doesn't satisfy the rules of its type; the causes name the fields (422).
        public static let invalid: Reason = "Invalid"
        /// The server can't do it in a reasonable time just now; the client may try again (500).
        public static let serverTimeout: Reason = "ServerTimeout"
        /// The time of the request was up; whether it took effect isn't known (504).
        public static let timeout: Reason = "Timeout"
        /// The server has too much to do, or a disruption budget forbids an eviction for now (429).
        public static let tooManyRequests: Reason = "TooManyRequests"
        /// The request can't be read as what it claims to be (400).
        public static let badRequest: Reason = "BadRequest"
        /// The resource doesn't support the method (405).
        public static let methodNotAllowed: Reason = "MethodNotAllowed"
        /// The server has no form of the answer that the client accepts (406).
        public static let notAcceptable: Reason = "NotAcceptable"
        /// The server doesn't read the content type of the body (415).
        public static let unsupportedMediaType: Reason = "UnsupportedMediaType"
        /// The body is larger than the server takes (413).
        public static let requestEntityTooLarge: Reason = "RequestEntityTooLarge"
        /// Something failed in the server or behind it (500).
        public static let internalError: Reason = "InternalError"
        /// The server, or the one that it passes the request to, isn't available (503).
        public static let serviceUnavailable: Reason = "ServiceUnavailable"
    }

    /// Whether the object or the resource doesn't exist.
    public var isNotFound: Bool { code == 404 }
    /// Whether the write is based on an old state: read again and repeat. An object that exists already isn't meant.
    public var isConflict: Bool { code == 409 && reason != .alreadyExists }
    /// Whether an object of that name exists already.
    public var isAlreadyExists: Bool { code == 409 && reason == .alreadyExists }
    /// Whether the caller may not do this.
    public var isForbidden: Bool { code == 403 }
    /// Whether the object was refused by validation.
    public var isInvalid: Bool { code == 422 }
    /// Whether the cause is in the server and not in the request (429 and 5xx), so that it may pass by itself.
    public var isTransient: Bool { code == 429 || code >= 500 }
    /// Whether the version asked for is no longer available (410): list again.
    public var isExpired: Bool { code == 410 }

    /// The server's sentence, or code and reason where it gave none.
    public var description: String { message.isEmpty ? "\(code) \(reason.rawValue)" : message }

    /// Reads a `Status` object. Missing fields read as empty.
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

    /// The `Status` object of this failure, with `status: Failure`; empty fields are left out.
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
