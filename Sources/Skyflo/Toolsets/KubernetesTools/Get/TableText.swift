import KubeModel

/// A table as text of a limited size. Rows that don't fit are named at least, those that tell of trouble come first, and
/// the text says how to get the others.
struct TableText: Sendable {
    private var header: [String]
    private var lines: [String]
    private var table: Table
    private var spansNamespaces: Bool

    /// - Parameter lines: one for each row of the table, after the header where there is one.
    init(_ table: Table, lines: [String], hasHeader: Bool, spansNamespaces: Bool) {
        self.table = table
        self.spansNamespaces = spansNamespaces
        header = hasHeader ? Array(lines.prefix(1)) : []
        self.lines = hasHeader ? Array(lines.dropFirst()) : lines
    }

    func text(limit: Int) -> String {
        let whole = (header + lines).joined(separator: "\n")
        if whole.utf8.count <= limit { return whole }
        let order = table.isEvents ? Self.eventOrder(table) : Self.troubleOrder(table)
        let sizes = lines.map { $0.utf8.count + 1 }
        let room = limit - header.reduce(0) { $0 + $1.utf8.count + 1 } - Self.noteRoom
        // As many whole rows as leave room for the names of the others; half of the room where not even the names fit.
        var names = order.map { nameSize(table.rows[$0]) }.reduce(0, +)
        var used = 0
        var kept: [Int] = []
        for at in order {
            let next = used + sizes[at]
            let rest = names - nameSize(table.rows[at])
            guard next + min(rest, room / 2) <= room else { break }
            (used, names) = (next, rest)
            kept.append(at)
        }
        let isKept = Set(kept)
        let shown = table.isEvents ? kept : lines.indices.filter(isKept.contains)
        let missing = order.filter { !isKept.contains($0) }
        return (header + shown.map { lines[$0] } + notes(missing, room: room - used)).joined(separator: "\n")
    }

    /// More than what the notes say besides the names.
    private static let noteRoom = 400

    private func nameSize(_ row: Table.Row) -> Int {
        table.isEvents ? 0 : row.name.utf8.count + 2 + (spansNamespaces ? row.namespace.utf8.count + 1 : 0)
    }

    private func notes(_ missing: [Int], room: Int) -> [String] {
        let howTo =
            "narrow the list with a namespace, label_selector or field_selector, or name one object, to see \(missing.count == 1 ? "it" : "them")"
        let rows = missing.map { table.rows[$0] }
        if table.isEvents {
            return ["… \(rows.count) more events, the older and the normal ones: \(counts(rows)); \(howTo)"]
        }
        var names: [String] = []
        var used = 0
        for row in rows {
            used += nameSize(row)
            if used > room { break }
            names.append(spansNamespaces && !row.namespace.isEmpty ? "\(row.namespace)/\(row.name)" : row.name)
        }
        var note = "… \(rows.count) more"
        if !names.isEmpty { note += ", names only: \(names.joined(separator: ", "))" }
        if names.count < rows.count {
            note += "\(names.isEmpty ? "" : ",") and \(rows.count - names.count) whose names don't fit"
        }
        return [note, "… \(howTo)"]
    }

    /// `Normal Pulled 12, Normal Created 9`
    private func counts(_ rows: [Table.Row]) -> String {
        var counts: [String: Int] = [:]
        for row in rows {
            counts["\(table.cell(row, column: "TYPE") ?? "") \(table.cell(row, column: "REASON") ?? "")", default: 0] +=
                1
        }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(8).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    // MARK: What comes first

    /// Rows in trouble, then the others, each as they are listed.
    private static func troubleOrder(_ table: Table) -> [Int] {
        let trouble = table.rows.map { isInTrouble(table, row: $0) }
        return table.rows.indices.filter { trouble[$0] } + table.rows.indices.filter { !trouble[$0] }
    }

    private static let wellStates: Set<String> = [
        "Running", "Completed", "Complete", "Succeeded", "Active", "Bound", "Available", "Ready", "True", "Healthy",
        "Synced",
        "Approved,Issued", "deployed", "",
    ]

    private static func isInTrouble(_ table: Table, row: Table.Row) -> Bool {
        for column in ["STATUS", "PHASE", "STATE"] {
            if let state = table.cell(row, column: column), !wellStates.contains(state) { return true }
        }
        let isDone = ["Completed", "Complete", "Succeeded"].contains(table.cell(row, column: "STATUS") ?? "")
        if !isDone, let ready = table.cell(row, column: "READY") {
            let parts = ready.split(separator: "/")
            if ready == "False" || (parts.count == 2 && parts[0] != parts[1]) { return true }
        }
        if let restarts = table.cell(row, column: "RESTARTS")?.prefix(while: \.isNumber), (Int(restarts) ?? 0) > 0 {
            return true
        }
        if let desired = table.cell(row, column: "DESIRED"), let ready = table.cell(row, column: "READY") {
            return desired != ready
        }
        return false
    }

    /// Warnings, then the others, the newest first in each.
    private static func eventOrder(_ table: Table) -> [Int] {
        let keys = table.rows.map { row in
            (table.cell(row, column: "TYPE") == "Warning" ? 0 : 1, age(table.cell(row, column: "LAST SEEN") ?? ""))
        }
        return table.rows.indices.sorted { (keys[$0].0, keys[$0].1, $0) < (keys[$1].0, keys[$1].1, $1) }
    }

    /// Seconds of `5d3h`, `2m13s`, or `10s (x4 over 2m)`; what can't be read is old.
    static func age(_ text: String) -> Int {
        var seconds = 0
        var digits = ""
        for character in text {
            if character.isNumber, digits.count < 9, seconds < 1 << 40 {
                digits.append(character)
            } else if let number = Int(digits),
                let unit = ["y": 31_536_000, "d": 86_400, "h": 3600, "m": 60, "s": 1][String(character)]
            {
                seconds += number * unit
                digits = ""
            } else {
                break
            }
        }
        return text.first?.isNumber == true ? seconds : .max
    }
}
