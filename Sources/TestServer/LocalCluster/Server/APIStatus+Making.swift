import KubeModel
import KubeSchema

/// Statuses in the words of a real API server.
extension APIStatus {
    static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: .badRequest, message: message)
    }

    static func notFound(_ resource: APIResource, name: String) -> APIStatus {
        APIStatus(
            code: 404, reason: .notFound, message: "\(resource.qualifiedName) \"\(name)\" not found",
            group: resource.group, kind: resource.plural, name: name)
    }

    static func alreadyExists(_ resource: APIResource, name: String) -> APIStatus {
        APIStatus(
            code: 409, reason: .alreadyExists, message: "\(resource.qualifiedName) \"\(name)\" already exists",
            group: resource.group, kind: resource.plural, name: name)
    }

    static func modified(_ resource: APIResource, name: String) -> APIStatus {
        conflict(
            resource, name: name,
            why: "the object has been modified; please apply your changes to the latest version and try again")
    }

    static func conflict(_ resource: APIResource, name: String, why: String) -> APIStatus {
        APIStatus(
            code: 409, reason: .conflict,
            message: "Operation cannot be fulfilled on \(resource.qualifiedName) \"\(name)\": \(why)",
            group: resource.group, kind: resource.plural, name: name)
    }

    static func forbidden(_ resource: APIResource, name: String, why: String, causes: [Cause] = []) -> APIStatus {
        APIStatus(
            code: 403, reason: .forbidden, message: "\(resource.qualifiedName) \"\(name)\" is forbidden: \(why)",
            group: resource.group, kind: resource.plural, name: name, causes: causes)
    }

    static func invalid(_ resource: APIResource, name: String, errors: [FieldError]) -> APIStatus {
        invalid(group: resource.group, kind: resource.kind, name: name, errors: errors)
    }

    static let otherNamespace = badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")

    /// A custom object whose kind isn't the one that is served here.
    static func otherKind(_ kind: String, resource: APIResource, name: String) -> APIStatus {
        invalid(
            group: resource.group, kind: kind, name: name,
            errors: [.invalid("kind", value: .string(kind), detail: "must be \(resource.kind)")])
    }

    /// 422 about the options in the query or in the body of a DELETE.
    static func invalidOptions(_ kind: String, error: FieldError) -> APIStatus {
        invalid(group: "meta.k8s.io", kind: kind, name: "", errors: [error])
    }

    static func internalError(_ message: String) -> APIStatus {
        APIStatus(code: 500, reason: .unknown, message: message)
    }

    static func notImplemented(_ message: String) -> APIStatus {
        APIStatus(code: 501, reason: "NotImplemented", message: message)
    }

    static let unauthorized = APIStatus(code: 401, reason: .unauthorized, message: "Unauthorized")

    static let unknownPath = APIStatus(
        code: 404, reason: .notFound, message: "the server could not find the requested resource")

    static let methodNotAllowed = APIStatus(
        code: 405, reason: .methodNotAllowed,
        message: "the server does not allow this method on the requested resource")

    static func methodNotSupported(_ resource: APIResource, action: String) -> APIStatus {
        APIStatus(
            code: 405, reason: .methodNotAllowed,
            message: "\(action) is not supported on resources of kind \"\(resource.qualifiedName)\"",
            group: resource.group, kind: resource.plural)
    }

    static func unsupportedMediaType(_ accepted: String) -> APIStatus {
        APIStatus(
            code: 415, reason: .unsupportedMediaType,
            message:
                "the body of the request was in an unknown format - accepted media types include: \(accepted)")
    }
}
