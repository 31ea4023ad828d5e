/// Chooses objects by fields. Which fields there are depends on the resource; all have `metadata.name` and
/// `metadata.namespace`.
///
/// Values are escaped, so that a name from outside can't add conditions of its own.
public struct FieldSelector: Sendable, Hashable, CustomStringConvertible {
    private var terms: [String]

    private init(_ term: String) { terms = [term] }

    /// Selects objects whose field has that value.
    public static func equal(_ field: String, value: String) -> FieldSelector {
        FieldSelector("\(field)=\(escaped(value))")
    }

    /// Selects objects whose field has another value.
    public static func notEqual(_ field: String, value: String) -> FieldSelector {
        FieldSelector("\(field)!=\(escaped(value))")
    }

    /// Selects the one object of that name in a namespace (or of a resource without namespaces).
    public static func name(_ name: String) -> FieldSelector { equal("metadata.name", value: name) }

    /// Selects the objects that satisfy both selectors.
    public func and(_ other: FieldSelector) -> FieldSelector {
        var result = self
        result.terms += other.terms
        return result
    }

    /// The API's text form, which ``ListOptions/fieldSelector`` and ``WatchOptions/fieldSelector`` take.
    public var description: String { terms.joined(separator: ",") }

    /// The characters that `k8s.io/apimachinery/pkg/fields` escapes.
    private static func escaped(_ value: String) -> String {
        // By code points, as the server reads it: a comma stays one when a combining character follows.
        value.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar == "\\" || scalar == "," || scalar == "=" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
    }
}
