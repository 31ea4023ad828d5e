public import KubeModel

/// A fault in one field, worded as `k8s.io/apimachinery/pkg/util/validation/field` words it, because clients and people
/// read these texts.
public struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong. The raw value is the reason of the cause in a `Status`.
    public enum Kind: String, Sendable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case typeInvalid = "FieldValueTypeInvalid"
        case internalError = "InternalError"

        /// The words before the value.
        var title: String {
            switch self {
            case .notFound: "Not found"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            case .invalid, .typeInvalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .internalError: "Internal error"
            }
        }

        var showsValue: Bool {
            switch self {
            case .required, .forbidden, .tooLong, .internalError: false
            default: true
            }
        }
    }

    public var kind: Kind
    /// As in `spec.parts[0].name`; `<nil>` for a fault of the object as a whole.
    public var field: String
    /// The offending value as text (a string in quotes, objects as JSON); empty when it isn't shown.
    public var badValue: String
    public var detail: String

    /// The field of a fault that belongs to no field.
    public static let noField = "<nil>"

    public init(_ kind: Kind, field: String, value: JSONValue? = nil, detail: String = "") {
        self.kind = kind
        self.field = field.isEmpty ? Self.noField : field
        self.badValue = value.map(Self.text) ?? ""
        self.detail = detail
    }

    /// - Parameter badValue: the value's text as it is to be shown.
    public init(_ kind: Kind, field: String, badValue: String, detail: String) {
        self.kind = kind
        self.field = field.isEmpty ? Self.noField : field
        self.badValue = badValue
        self.detail = detail
    }

    /// As Go prints it: whole numbers without a fraction, members sorted by name.
    private static func text(_ value: JSONValue) -> String {
        if case .double(let number) = value, let whole = Int64(exactly: number) { return String(whole) }
        return JSONWriter.string(value, .sortedKeys)
    }

    public static func required(_ field: String, detail: String = "") -> FieldError {
        FieldError(.required, field: field, detail: detail)
    }

    public static func invalid(_ field: String, value: JSONValue?, detail: String) -> FieldError {
        FieldError(.invalid, field: field, value: value, detail: detail)
    }

    public static func forbidden(_ field: String, detail: String) -> FieldError {
        FieldError(.forbidden, field: field, detail: detail)
    }

    public static func duplicate(_ field: String, value: JSONValue) -> FieldError {
        FieldError(.duplicate, field: field, value: value)
    }

    public static func notSupported(_ field: String, value: JSONValue, supported: [String]) -> FieldError {
        let values = supported.map { JSONWriter.string(.string($0)) }.joined(separator: ", ")
        return FieldError(
            .notSupported, field: field, value: value, detail: supported.isEmpty ? "" : "supported values: \(values)")
    }

    /// - Parameter limit: in bytes; the texts of the API server say "bytes" although it counts characters.
    public static func tooLong(_ field: String, limit: Int) -> FieldError {
        FieldError(.tooLong, field: field, detail: "may not be more than \(limit) bytes")
    }

    public static func tooMany(_ field: String, count: Int, limit: Int) -> FieldError {
        FieldError(.tooMany, field: field, value: JSONValue(count), detail: "must have at most \(limit) items")
    }

    /// The text without the field.
    public var message: String {
        var text = kind.title
        if kind.showsValue, !badValue.isEmpty { text += ": \(badValue)" }
        if !detail.isEmpty { text += ": \(detail)" }
        return text
    }

    public var description: String { "\(field): \(message)" }

    public var cause: APIStatus.Cause { APIStatus.Cause(reason: kind.rawValue, field: field, message: message) }
}
