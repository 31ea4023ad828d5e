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

    /// Titles of the columns. Cells of those that aren't shown are not kept: a list may have thousands of rows.
    private var columns: [String]
    private(set) var rows: [Row]

    /// Reads a Table; a list or an object, which servers answer that don't make tables, becomes one of names and ages.
    /// - Parameter wide: with the columns that are shown on demand only.
    init(_ json: JSONValue, wide: Bool, redactor: Redactor) {
        guard json["kind"]?.string == "Table" else {
            let items = json["items"] == nil ? [KubeObject(json)] : KubeList(json).items
            columns = ["NAME", "CREATED"]
            rows = items.map {
                Row(
                    name: $0.name, namespace: $0.namespace ?? "",
                    cells: [$0.name, $0.creationTimestamp?.description ?? "<unknown>"])
            }
            return
        }
        let definitions = json["columnDefinitions"]?.array ?? []
        let all = definitions.map { ($0["name"]?.string ?? "").uppercased() }
        let shown = definitions.indices.filter { wide || (definitions[$0]["priority"]?.int ?? 0) <= 0 }
        let names = all.firstIndex(of: "NAME") ?? 0
        columns = shown.map { all[$0] }
        rows = (json["rows"]?.array ?? []).map { row in
            let metadata = row["object", "metadata"]
            let cells = row["cells"]?.array ?? []
            // Without its object, a row's name is in its cells.
            let name = metadata?["name"]?.string ?? (names < cells.count ? cells[names].string : nil)
            return Row(
                name: name ?? "", namespace: metadata?["namespace"]?.string ?? "",
                cells: shown.map { $0 < cells.count ? Self.text(cells[$0], column: all[$0], redactor: redactor) : "" })
        }
    }

    /// The fields of objects that somebody wants to see.
    init(_ objects: [KubeObject], columns custom: CustomColumns) {
        columns = ["NAME"] + custom.titles
        rows = objects.map {
            Row(name: $0.name, namespace: $0.namespace ?? "", cells: [$0.name] + custom.cells(of: $0))
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
        guard let column = columns.firstIndex(of: "NAME") else { return }
        for at in rows.indices where rows[at].cells.indices.contains(column) {
            rows[at].cells[column] = prefix + rows[at].cells[column]
        }
    }

    func cell(_ row: Row, column: String) -> String? {
        guard let at = columns.firstIndex(of: column), at < row.cells.count else { return nil }
        return row.cells[at]
    }

    /// Whether these are events: they are told apart by what they say, not by their names.
    var isEvents: Bool { ["TYPE", "REASON", "OBJECT"].allSatisfy { columns.contains($0) } }

    /// In columns, three blanks apart.
    func lines(withNamespace: Bool) -> [String] {
        var table = [(withNamespace ? ["NAMESPACE"] : []) + columns]
        table.reserveCapacity(rows.count + 1)
        for row in rows { table.append(withNamespace ? [row.namespace] + row.cells : row.cells) }
        return TextColumns.align(table)
    }
}
