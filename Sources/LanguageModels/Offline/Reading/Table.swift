/// A table as `kubectl get` prints it, read tolerantly.
struct Table: Sendable, Hashable {
    var columns: [String]
    var rows: [[String]]

    /// Nil where the text has no line that begins with names of columns.
    init?(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard let header = lines.firstIndex(where: Self.isHeader) else { return nil }
        columns = Self.cells(lines[header]).map { $0.uppercased() }
        let starts = Self.starts(lines[header])
        let count = columns.count
        rows = lines[(header + 1)...].compactMap { line in
            let cells = Self.cells(line)
            // A hint that the text was cut, or another remark, is no row.
            guard cells.count > 1 || count == 1, !line.hasPrefix("[") else { return nil }
            return cells.count == count ? cells : Self.slices(line, starts)
        }
    }

    private static func isHeader(_ line: String) -> Bool {
        let cells = cells(line)
        guard let first = cells.first else { return false }
        return ["NAME", "NAMESPACE", "LAST SEEN"].contains(first.uppercased())
    }

    /// Columns stand at least two blanks apart; a cell may have single ones ("3 (2m ago)").
    private static func cells(_ line: String) -> [String] {
        var cells: [String] = []
        var cell = ""
        var blanks = 0
        for character in line {
            if character == " " || character == "\t" {
                blanks += character == "\t" ? 2 : 1
                continue
            }
            if blanks >= 2, !cell.isEmpty {
                cells.append(cell)
                cell = ""
            } else if blanks == 1, !cell.isEmpty {
                cell.append(" ")
            }
            blanks = 0
            cell.append(character)
        }
        return cell.isEmpty ? cells : cells + [cell]
    }

    private static func starts(_ header: String) -> [Int] {
        var starts: [Int] = []
        var blanks = 2
        for (at, character) in header.enumerated() {
            if character == " " {
                blanks += 1
            } else {
                if blanks >= 2 { starts.append(at) }
                blanks = 0
            }
        }
        return starts
    }

    /// The cells below their headings, where some are empty.
    private static func slices(_ line: String, _ starts: [Int]) -> [String] {
        let characters = Array(line)
        return starts.indices.map { column in
            let from = min(starts[column], characters.count)
            let to = column + 1 < starts.count ? min(starts[column + 1], characters.count) : characters.count
            return characters[from..<max(from, to)].split(separator: " ").map { String($0) }.joined(separator: " ")
        }
    }

    func value(_ row: [String], _ column: String) -> String? {
        columns.firstIndex(of: column).flatMap { row.indices.contains($0) ? row[$0] : nil }
    }

    var names: [String] { rows.compactMap { value($0, "NAME") } }
}
