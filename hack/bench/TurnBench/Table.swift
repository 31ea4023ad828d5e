/// The figures as text. It judges nothing.
struct Table {
    var reads: Measurement
    var writes: Measurement
    var loadedReads: Measurement
    var loadedWrites: Measurement
    /// MiB before the first conversation.
    var idle: Double

    var text: String {
        var lines = [row("", "median", "min", "max")]
        lines.append(spread("read turn, wall (ms)", reads.turns.map { $0.wall * 1000 }))
        lines.append(spread("read + approved write turn, wall (ms)", writes.turns.map { $0.wall * 1000 }))
        lines.append(spread("approval → change seen (ms)", writes.turns.compactMap { $0.execution.map { $0 * 1000 } }))
        lines.append("")
        lines.append(row("", "read", "write"))
        lines.append(row("operator's CPU per conversation (ms)", cpu(reads), cpu(writes)))
        lines.append(
            row("API requests per conversation, events included", requests(reads, \.all), requests(writes, \.all)))
        lines.append(
            row("of these, status writes", requests(reads, \.statusWrites), requests(writes, \.statusWrites)))
        lines.append(row("concurrent: conversations/s", rate(loadedReads), rate(loadedWrites)))
        lines.append(row("concurrent: operator's CPU per conversation (ms)", cpu(loadedReads), cpu(loadedWrites)))
        lines.append(row("concurrent: operator's RSS (MiB)", number(loadedReads.peak), number(loadedWrites.peak)))
        lines.append(row("idle: operator's RSS (MiB)", number(idle)))
        return lines.joined(separator: "\n")
    }

    private func cpu(_ measurement: Measurement) -> String {
        number(measurement.cpu / Double(measurement.turns.count) * 1000)
    }

    private func requests(_ measurement: Measurement, _ count: KeyPath<RequestCounts.Counts, Double>) -> String {
        number(measurement.requests[keyPath: count] / Double(measurement.turns.count))
    }

    private func rate(_ measurement: Measurement) -> String {
        number(Double(measurement.turns.count) / measurement.seconds)
    }

    private func spread(_ title: String, _ values: [Double]) -> String {
        let sorted = values.sorted()
        return row(title, number(sorted[sorted.count / 2]), number(sorted[0]), number(sorted[sorted.count - 1]))
    }

    private func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private func row(_ title: String, _ columns: String...) -> String {
        func pad(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return title + String(repeating: " ", count: max(1, 50 - title.count)) + columns.map { pad($0, 10) }.joined()
    }
}
