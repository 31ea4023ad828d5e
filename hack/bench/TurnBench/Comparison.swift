/// The same turns of two operators, alternately: whatever else the machine does meanwhile meets both.
struct Comparison: Sendable {
    /// The earlier one first.
    let operators: [(name: String, bench: Bench)]

    func measure(turns: Int) async throws {
        for (_, bench) in operators { try await bench.warmUp() }
        let reads = try await alternately(turns) { try await $0.readTurn($1) }
        let writes = try await alternately(turns) { try await $0.writeTurn($1) }
        print(ComparisonTable(names: operators.map(\.name), reads: reads, writes: writes).text)
    }

    private func alternately(
        _ count: Int, _ turn: (Bench, Int) async throws -> Bench.Turn
    ) async throws -> [Measurement] {
        var before: [OperatorUsage.Reading] = []
        for (_, bench) in operators { before.append(try await bench.usage.settled()) }
        var results = operators.map { _ in Measurement() }
        for number in 0..<count {
            for position in operators.indices {
                results[position].turns.append(try await turn(operators[position].bench, number))
            }
        }
        for position in operators.indices {
            results[position].take(try await operators[position].bench.usage.settled().minus(before[position]))
        }
        return results
    }
}

/// Both operators side by side. It judges no figure.
struct ComparisonTable {
    var names: [String]
    var reads: [Measurement]
    var writes: [Measurement]

    var text: String {
        let lines =
            [Row.text("", names)] + section("read turn", reads) + [""] + section("read + approved write turn", writes)
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ measurements: [Measurement]) -> [String] {
        var lines = [title + ", each"]
        func add(_ title: String, _ figure: (Measurement) -> Double?) {
            let figures = measurements.map { figure($0).map(Row.number) ?? "-" }
            lines.append(Row.text("  " + title, figures))
        }
        add("wall, median (ms)") { Row.median($0.walls) }
        add("wall, minimum (ms)") { $0.walls.min() }
        if measurements.contains(where: { !$0.executions.isEmpty }) {
            add("approval → change seen, median (ms)") { Row.median($0.executions) }
            add("approval → change seen, minimum (ms)") { $0.executions.min() }
        }
        add("operator's CPU (ms)") { $0.cpuPerTurn }
        add("status writes") { $0.perTurn(\.statusWrites) }
        add("API requests, events included") { $0.perTurn(\.all) }
        let kinds = Set(measurements.flatMap { $0.requests?.byKind.keys.map(\.self) ?? [] }).sorted()
        for kind in kinds {
            let figures = measurements.map { ($0.requests?.byKind[kind] ?? 0) / Double(max(1, $0.turns.count)) }
            if figures.contains(where: { $0 > 0 }) { lines.append(Row.text("    " + kind, figures.map(Row.number))) }
        }
        return lines
    }
}
