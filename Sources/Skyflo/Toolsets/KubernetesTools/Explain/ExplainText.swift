import KubeModel
import Writes

/// What `kubectl explain` prints.
struct ExplainText {
    private let kind: GroupVersionKind
    private let field: String?
    private let view: SchemaView
    /// Nothing is made beyond it, as a schema that is unfolded can be very large.
    private let limit: Int
    private var lines: [String] = []
    private var size = 0

    /// - Parameter field: nil for the kind itself.
    init(_ kind: GroupVersionKind, field: String?, view: SchemaView, limit: Int) {
        self.kind = kind
        self.field = field
        self.view = view
        self.limit = limit * 2
    }

    func text(isRecursive: Bool) -> String {
        var text = self
        text.write(isRecursive: isRecursive)
        return text.lines.joined(separator: "\n")
    }

    private mutating func write(isRecursive: Bool) {
        if !kind.group.isEmpty { line("GROUP:      \(kind.group)") }
        line("KIND:       \(kind.kind)")
        line("VERSION:    \(kind.version)\n")
        if let field { line("FIELD: \(field) <\(view.type)>") }
        writeEnumeration(of: view, indent: "")
        if field != nil { line("") }
        line("DESCRIPTION:")
        paragraph(view.description, indent: "    ")
        let fields = view.fields
        guard !fields.isEmpty else { return }
        line("FIELDS:")
        if isRecursive {
            recurse(fields, indent: "  ", above: [view.identity].compactMap { $0 })
        } else {
            for field in fields {
                line("  \(Self.head(field))")
                writeEnumeration(of: field.schema, indent: "    ")
                paragraph(field.schema.description, indent: "    ")
            }
        }
    }

    private static func head(_ field: SchemaView.Field) -> String {
        "\(field.name)\t<\(field.schema.type)>" + (field.isRequired ? " -required-" : "")
    }

    private mutating func recurse(_ fields: [SchemaView.Field], indent: String, above: [String]) {
        for field in fields {
            guard size < limit else { return }
            line(indent + Self.head(field))
            writeEnumeration(of: field.schema, indent: indent)
            let identity = field.schema.identity
            if let identity, above.contains(identity) { continue }
            // No schema of Kubernetes is nested deeper.
            guard indent.utf8.count < 64 else { continue }
            recurse(field.schema.fields, indent: indent + "  ", above: above + [identity].compactMap { $0 })
        }
    }

    private mutating func writeEnumeration(of view: SchemaView, indent: String) {
        let values = view.enumeration
        if !values.isEmpty { line("\(indent)enum: \(values.joined(separator: ", "))") }
    }

    /// Lines of at most 80 characters.
    private mutating func paragraph(_ text: String, indent: String) {
        for part in (text.isEmpty ? "<empty>" : text).split(separator: "\n", omittingEmptySubsequences: false) {
            var current = indent
            for word in part.split(separator: " ") {
                if current.count + word.count > 80, current != indent {
                    line(current)
                    current = indent
                }
                current += (current == indent ? "" : " ") + word
            }
            line(current == indent ? "" : current)
        }
        line("")
    }

    private mutating func line(_ text: String) {
        guard size < limit else { return }
        lines.append(text)
        size += text.utf8.count + 1
    }
}
