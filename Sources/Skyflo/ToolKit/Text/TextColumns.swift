/// Cells of texts in columns, three blanks apart, as kubectl prints them.
package enum TextColumns {
    /// Pads all cells but the last of a row to the width of their column.
    package static func align(_ rows: [[String]]) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (at, cell) in row.enumerated() {
                if at < widths.count { widths[at] = max(widths[at], cell.count) } else { widths.append(cell.count) }
            }
        }
        return rows.map { row in
            var line = ""
            for (at, cell) in row.enumerated() {
                line += cell
                if at < row.count - 1 { line += String(repeating: " ", count: widths[at] - cell.count + 3) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
