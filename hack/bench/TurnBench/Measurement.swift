/// Turns of one operator and what they cost it.
struct Measurement: Sendable {
    var turns: [Bench.Turn] = []
    /// From the start of the first turn to the end of the last.
    var seconds = 0.0
    /// CPU seconds of the operator for all turns.
    var cpu = 0.0
    /// MiB at the end, or the highest that was seen.
    var peak = 0.0
    /// What the operator sent meanwhile; nil for turns beside each other.
    var requests: RequestCounts?

    var walls: [Double] { turns.map { $0.wall * 1000 } }
    var executions: [Double] { turns.compactMap { $0.execution.map { $0 * 1000 } } }
    var cpuPerTurn: Double { cpu / Double(max(1, turns.count)) * 1000 }

    func perTurn(_ count: KeyPath<RequestCounts, Double>) -> Double {
        (requests?[keyPath: count] ?? 0) / Double(max(1, turns.count))
    }
}

extension Bench {
    /// Turns one after the other, and then in lanes beside each other.
    func measure(turns: Int, concurrent: Int) async throws {
        let idle = try usage.process.residentMiB()
        try await warmUp()
        let reads = try await measured(turns) { try await readTurn($0) }
        let writes = try await measured(turns) { try await writeTurn($0) }
        let loadedReads = try await load(turns, concurrent) { try await readTurn("loaded-read-\($0)-\($1)") }
        for lane in 0..<concurrent { try await createDeployment("web-\(lane)") }
        let loadedWrites = try await load(turns, concurrent) { round, lane in
            try await writeTurn("loaded-write-\(round)-\(lane)", deployment: "web-\(lane)", replicas: round % 2 + 2)
        }
        print(
            Table(reads: reads, writes: writes, loadedReads: loadedReads, loadedWrites: loadedWrites, idle: idle).text)
    }

    /// One after the other.
    private func measured(_ count: Int, _ turn: (Int) async throws -> Turn) async throws -> Measurement {
        let before = try await usage.settled()
        let start = ContinuousClock.now
        var result = Measurement()
        for number in 0..<count { result.turns.append(try await turn(number)) }
        result.seconds = start.secondsSince
        result.take(try await usage.settled().minus(before))
        result.peak = try usage.process.residentMiB()
        return result
    }

    /// In lanes beside each other, as many turns in each.
    private func load(
        _ turns: Int, _ lanes: Int, _ turn: @escaping @Sendable (_ round: Int, _ lane: Int) async throws -> Turn
    ) async throws -> Measurement {
        let cpu = try usage.process.cpuSeconds()
        let start = ContinuousClock.now
        let rounds = max(1, turns / 4)
        var result = Measurement()
        try await withThrowingTaskGroup(of: [Turn].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var done: [Turn] = []
                    for round in 0..<rounds { done.append(try await turn(round, lane)) }
                    return done
                }
            }
            for try await turns in group {
                result.turns += turns
                result.peak = max(result.peak, try usage.process.residentMiB())
            }
        }
        result.seconds = start.secondsSince
        result.cpu = try usage.process.cpuSeconds() - cpu
        return result
    }
}

extension Measurement {
    mutating func take(_ used: OperatorUsage.Reading) {
        cpu = used.cpu
        requests = used.requests
    }
}

extension ContinuousClock.Instant {
    var secondsSince: Double {
        let elapsed = duration(to: .now)
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
}
