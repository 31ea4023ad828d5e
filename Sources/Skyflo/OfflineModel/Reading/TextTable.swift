/// A table as `kubectl get` prints it, read tolerantly.
struct TextTable: Sendable, Hashable {
    var columns: [String]
    var rows: [[String]]
    /// As they were printed.
    let header: String
    private(set) var lines: [String]

    /// - Returns: nil where the line isn't one of names of columns.
    init?(header: String) {
        guard Self.isHeader(header) else { return nil }
        self.header = header
        columns = Self.cells(header).map { $0.uppercased() }
        (rows, lines) = ([], [])
    }

    /// - Returns: false for a hint that the text was cut, or another remark.
    mutating func append(_ line: String) -> Bool {
        let cells = Self.cells(line)
        let isOne = columns.count == 1 && cells.count == 1 && !line.contains(" ")
        guard isOne || columns.count > 1 && cells.count > 1, !"[(…".contains(line.first ?? "…"), !line.hasPrefix("...")
        else { return false }
        rows.append(cells.count == columns.count ? cells : Self.slices(line, starts: Self.starts(header)))
        lines.append(line)
        return true
    }

    /// Names of columns are in upper case, but for units (`CPU(cores)`); a row never is as a whole: it has a name or a time.
    private static func isHeader(_ line: String) -> Bool {
        guard line.first?.isLetter == true else { return false }
        var depth = 0
        for character in line {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth == 0, character.isLowercase || ":=\"".contains(character) { return false }
        }
        return cells(line).count > 1 || line == "NAME"
    }

    /// The rows of these numbers, in this order.
    func keeping(_ kept: [Int]) -> TextTable {
        var table = self
        table.rows = kept.map { rows[$0] }
        table.lines = kept.map { lines[$0] }
        return table
    }

    var text: String { ([header] + lines).joined(separator: "\n") }

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
    private static func slices(_ line: String, starts: [Int]) -> [String] {
        let characters = Array(line)
        return starts.indices.map { column in
            let from = min(starts[column], characters.count)
            let to = column + 1 < starts.count ? min(starts[column + 1], characters.count) : characters.count
            return characters[from..<max(from, to)].split(separator: " ").map { String($0) }.joined(separator: " ")
        }
    }

    func value(_ row: [String], column: String) -> String? {
        columns.firstIndex(of: column).flatMap { row.indices.contains($0) ? row[$0] : nil }
    }
}
