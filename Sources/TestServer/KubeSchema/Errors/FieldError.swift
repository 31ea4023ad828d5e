public import KubeModel

/// A fault in one field, worded as `k8s.io/apimachinery/pkg/util/validation/field` words it, because clients and people
/// read these texts.
public struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a fault. The raw value is the reason of the cause in a `Status`.
    public enum Kind: String, Sendable {
        /// Another object or value that the field names doesn't exist.
        case notFound = "FieldValueNotFound"
        /// The field is missing or empty.
        case required = "FieldValueRequired"
        /// The value occurs twice where it may occur once.
        case duplicate = "FieldValueDuplicate"
        /// The value doesn't satisfy a rule.
        case invalid = "FieldValueInvalid"
        /// The value is none of those that are supported.
        case notSupported = "FieldValueNotSupported"
        /// The field may not be set, or not be changed, in this object.
        case forbidden = "FieldValueForbidden"
        /// The text is too long.
        case tooLong = "FieldValueTooLong"
        /// The list has too many elements.
        case tooMany = "FieldValueTooMany"
        /// The value has another type than the schema says.
        case typeInvalid = "FieldValueTypeInvalid"
        /// The check itself failed.
        case internalError = "InternalError"

        /// The words in front of the value.
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

    /// The kind of the fault.
    public var kind: Kind
    /// The path of the field, `spec.parts[0].name`; `<nil>` for a fault of the object as a whole.
    public var field: String
    /// The offending value as text (a string in quotes, objects as JSON); empty when it isn't shown.
    public var badValue: String
    /// The rest of the text; empty for nothing.
    public var detail: String

    /// The field of a fault that belongs to no field.
    public static let noField = "<nil>"

    /// Makes a fault that shows a value as JSON; nil shows none.
    public init(_ kind: Kind, field: String, value: JSONValue? = nil, detail: String = "") {
        self.kind = kind
        self.field = field.isEmpty ? Self.noField : field
        self.badValue = value.map(Self.text) ?? ""
        self.detail = detail
    }

    /// Makes a fault that shows `badValue` as it is.
    public init(_ kind: Kind, field: String, badValue: String, detail: String) {
        self.kind = kind
        self.field = field.isEmpty ? Self.noField : field
        self.badValue = badValue
        self.detail = detail
    }

    /// The text of a value as Go prints it: whole numbers without a fraction, members sorted by name.
    private static func text(_ value: JSONValue) -> String {
        if case .double(let number) = value, let whole = Int64(exactly: number) { return String(whole) }
        return JSONWriter.string(value, options: .sortedKeys)
    }

    /// A fault of a field that is missing or empty.
    public static func required(_ field: String, detail: String = "") -> FieldError {
        FieldError(.required, field: field, detail: detail)
    }

    /// A fault of a value that doesn't satisfy a rule, which `detail` tells.
    public static func invalid(_ field: String, value: JSONValue?, detail: String) -> FieldError {
        FieldError(.invalid, field: field, value: value, detail: detail)
    }

    /// A fault of a field that may not be set or changed.
    public static func forbidden(_ field: String, detail: String) -> FieldError {
        FieldError(.forbidden, field: field, detail: detail)
    }

    /// A fault of a value that occurs twice.
    public static func duplicate(_ field: String, value: JSONValue) -> FieldError {
        FieldError(.duplicate, field: field, value: value)
    }

    /// A fault of a value that is none of `supported`; those are named in that order.
    public static func notSupported(_ field: String, value: JSONValue, supported: [String]) -> FieldError {
        let values = supported.map { JSONWriter.string(.string($0)) }.joined(separator: ", ")
        return FieldError(
            .notSupported, field: field, value: value, detail: supported.isEmpty ? "" : "supported values: \(values)")
    }

    /// A fault of a text that is longer than `limit` bytes; the texts of the API server say "bytes" although it counts
    /// characters.
    public static func tooLong(_ field: String, limit: Int) -> FieldError {
        FieldError(.tooLong, field: field, detail: "may not be more than \(limit) bytes")
    }

    /// A fault of a list of `count` elements that may have `limit`.
    public static func tooMany(_ field: String, count: Int, limit: Int) -> FieldError {
        FieldError(.tooMany, field: field, value: JSONValue(count), detail: "must have at most \(limit) items")
    }

    /// The text without the field, such as `Invalid value: "x": must be a number`.
    public var message: String {
        var text = kind.title
        if kind.showsValue, !badValue.isEmpty { text += ": \(badValue)" }
        if !detail.isEmpty { text += ": \(detail)" }
        return text
    }

    /// The text with the field, as the API server puts it into the message of a `Status`.
    public var description: String { "\(field): \(message)" }

    /// The fault as a cause of a `Status`.
    public var cause: APIStatus.Cause { APIStatus.Cause(reason: kind.rawValue, field: field, message: message) }
}
