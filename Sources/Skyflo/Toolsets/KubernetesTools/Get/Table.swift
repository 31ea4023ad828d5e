import KubeModel
import ToolKit
import Writes

/// `meta/v1 Table`: a list as the server would have it printed.
struct Table {
    struct Row {
        var name: String
        var namespace: String
        var cells: [String]
    }

    private struct Column {
        var name: String
        var isWide: Bool
    }

    private var columns: [Column]
    private(set) var rows: [Row]

    /// Reads a Table; a list or an object, which servers answer that don't make tables, becomes one of names and ages.
    init(_ json: JSONValue, redactor: Redactor) {
        guard json["kind"]?.string == "Table" else {
            let items = json["items"] == nil ? [KubeObject(json)] : KubeList(json).items
            columns = [Column(name: "NAME", isWide: false), Column(name: "CREATED", isWide: false)]
            rows = items.map {
                Row(
                    name: $0.name, namespace: $0.namespace ?? "",
                    cells: [$0.name, $0.creationTimestamp?.description ?? "<unknown>"])
            }
            return
        }
        let columns = (json["columnDefinitions"]?.array ?? []).map {
            Column(name: ($0["name"]?.string ?? "").uppercased(), isWide: ($0["priority"]?.int ?? 0) > 0)
        }
        self.columns = columns
        rows = (json["rows"]?.array ?? []).map { row in
            let object = KubeObject(row["object"] ?? .null)
            let cells = (row["cells"]?.array ?? []).enumerated().map { at, cell in
                Self.text(cell, column: at < columns.count ? columns[at].name : "", redactor: redactor)
            }
            return Row(
                name: object.name.isEmpty ? cells.first ?? "" : object.name, namespace: object.namespace ?? "",
                cells: cells)
        }
    }

    private static func text(_ cell: JSONValue, column: String, redactor: Redactor) -> String {
        let text: String
        switch cell {
        case .null: text = ""
        case .string(let value): text = value
        case .double(let value): text = Int(exactly: value).map(String.init) ?? "\(value)"
        default: text = JSONWriter.string(cell)
        }
        // A column of that name has the Secret's name, as that of a Certificate does.
        let meaning = column == "SECRET" ? .reference : CredentialNames.meaning(of: column)
        if CredentialValues.isCredential(text, as: meaning), !text.hasPrefix("<") { return redactor.token(text) }
        let redacted = redactor.redact(text: text)
        // A cell with a line feed would break the columns; kubectl cuts there as well.
        return redacted.firstIndex(of: "\n").map { redacted[..<$0] + "..." } ?? redacted
    }

    /// Adds the rows of the next page.
    mutating func append(_ page: Table) { rows += page.rows }

    /// Puts `pod/` before the names, for tables of several types one after the other.
    mutating func prefixNames(with prefix: String) {
        guard let column = columns.firstIndex(where: { $0.name == "NAME" }) else { return }
        for at in rows.indices where rows[at].cells.indices.contains(column) {
            rows[at].cells[column] = prefix + rows[at].cells[column]
        }
    }

    func cell(_ row: Row, column: String) -> String? {
        guard let at = columns.firstIndex(where: { $0.name == column }), at < row.cells.count else { return nil }
        return row.cells[at]
    }

    /// Whether these are events: they are told apart by what they say, not by their names.
    var isEvents: Bool { ["TYPE", "REASON", "OBJECT"].allSatisfy { name in columns.contains { $0.name == name } } }

    /// In columns, three blanks apart.
    func lines(wide: Bool, withNamespace: Bool) -> [String] {
        let shown = columns.indices.filter { wide || !columns[$0].isWide }
        var table = [(withNamespace ? ["NAMESPACE"] : []) + shown.map { columns[$0].name }]
        for row in rows {
            table.append(
                (withNamespace ? [row.namespace] : []) + shown.map { $0 < row.cells.count ? row.cells[$0] : "" })
        }
        return TextColumns.align(table)
    }
}
