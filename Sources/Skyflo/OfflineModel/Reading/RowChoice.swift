/// Which rows of a table a command asks for, and in which order.
struct RowChoice: Sendable {
    private let command: Command

    init(_ command: Command) { self.command = command }

    /// Whether the columns tell what the filter asks for.
    func judges(_ tables: [TextTable]) -> Bool {
        switch command.filter {
        case nil: true
        case .warnings: tables.contains { $0.columns.contains("TYPE") }
        case .pending: tables.contains { $0.columns.contains("STATUS") }
        case .restarted: tables.contains { $0.columns.contains("RESTARTS") }
        case .running, .unhealthy: tables.contains { $0.columns.contains("STATUS") || $0.columns.contains("READY") }
        }
    }

    func chosen(_ table: TextTable) -> TextTable {
        let kept = table.rows.indices.filter { isNamed(table.rows[$0], in: table) && fits(table.rows[$0], in: table) }
        return table.keeping(ordered(kept, in: table))
    }

    /// Warnings of events come first: a long list is cut at its end.
    private func ordered(_ kept: [Int], in table: TextTable) -> [Int] {
        if Self.isEvents(table) {
            return kept.filter { Self.isWarning(table.rows[$0], in: table) }
                + kept.filter { !Self.isWarning(table.rows[$0], in: table) }
        }
        guard command.sortsByRestarts, table.columns.contains("RESTARTS") else { return kept }
        func restarts(_ at: Int) -> Int { ObjectRow(table, row: table.rows[at])?.restarts ?? 0 }
        // In the server's order where they are as many.
        return kept.sorted { (restarts($1), $0) < (restarts($0), $1) }
    }

    private static func isEvents(_ table: TextTable) -> Bool {
        table.columns.contains("OBJECT") && table.columns.contains("TYPE")
    }

    private static func isWarning(_ row: [String], in table: TextTable) -> Bool {
        table.value(row, column: "TYPE") == "Warning"
    }

    static func warnings(_ table: TextTable) -> Int {
        isEvents(table) ? table.rows.filter { isWarning($0, in: table) }.count : 0
    }

    private func isNamed(_ row: [String], in table: TextTable) -> Bool {
        guard let name = command.name else { return true }
        if let object = ObjectRow(table, row: row) { return object.name == name || object.belongs(to: name) }
        // An event tells of an object: `pod/web-0`.
        guard let object = table.value(row, column: "OBJECT") else { return true }
        let parts = object.split(separator: "/").map(String.init)
        if parts.first == "replicaset", let end = object.lastIndex(of: "-") {
            return object[..<end].hasSuffix("/" + name)
        }
        return parts.last.map { $0 == name || ObjectRow(name: $0).belongs(to: name) } ?? true
    }

    private func fits(_ row: [String], in table: TextTable) -> Bool {
        guard judges([table]) else { return true }
        if command.filter == .warnings { return Self.isWarning(row, in: table) }
        guard let object = ObjectRow(table, row: row) else { return true }
        switch command.filter {
        case nil, .warnings: return true
        case .running: return object.isHealthy && !object.isDone
        case .unhealthy: return !object.isHealthy
        case .pending: return object.status == "Pending"
        case .restarted: return object.restarts > 0
        }
    }
}
