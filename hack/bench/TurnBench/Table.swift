/// The figures of one operator as text. It judges nothing.
struct Table {
    var reads: Measurement
    var writes: Measurement
    var loadedReads: Measurement
    var loadedWrites: Measurement
    /// MiB before the first conversation.
    var idle: Double

    var text: String {
        var lines = [Row.text("", ["median", "min", "max"])]
        lines.append(spread("read turn, wall (ms)", reads.walls))
        lines.append(spread("read + approved write turn, wall (ms)", writes.walls))
        lines.append(spread("approval → change seen (ms)", writes.executions))
        lines.append("")
        lines.append(Row.text("", ["read", "write"]))
        lines.append(row("operator's CPU per conversation (ms)", reads.cpuPerTurn, writes.cpuPerTurn))
        lines.append(
            row("API requests per conversation, events included", reads.perTurn(\.all), writes.perTurn(\.all)))
        lines.append(row("of these, status writes", reads.perTurn(\.statusWrites), writes.perTurn(\.statusWrites)))
        lines.append(row("concurrent: conversations/s", rate(loadedReads), rate(loadedWrites)))
        lines.append(
            row("concurrent: operator's CPU per conversation (ms)", loadedReads.cpuPerTurn, loadedWrites.cpuPerTurn))
        lines.append(row("concurrent: operator's RSS (MiB)", loadedReads.peak, loadedWrites.peak))
        lines.append(row("idle: operator's RSS (MiB)", idle))
        return lines.joined(separator: "\n")
    }

    private func rate(_ measurement: Measurement) -> Double { Double(measurement.turns.count) / measurement.seconds }

    private func spread(_ title: String, _ values: [Double]) -> String {
        row(title, Row.median(values) ?? 0, values.min() ?? 0, values.max() ?? 0)
    }

    private func row(_ title: String, _ figures: Double...) -> String { Row.text(title, figures.map(Row.number)) }
}

/// A line of a table: a title and figures, in columns.
enum Row {
    static func text(_ title: String, _ columns: [String]) -> String {
        func pad(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count)) + text
        }
        return title + String(repeating: " ", count: max(1, 50 - title.count)) + columns.map { pad($0, 14) }.joined()
    }

    static func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
