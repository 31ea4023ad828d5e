/// A pod, or a workload, as a row of a table shows it.
struct ObjectRow: Sendable, Hashable {
    var name: String
    var namespace: String?
    var ready: Int?
    var desired: Int?
    var status: String?
    var restarts: Int

    init?(_ table: TextTable, row: [String]) {
        guard let name = table.value(row, column: "NAME") else { return nil }
        self.name = name
        namespace = table.value(row, column: "NAMESPACE")
        status = table.value(row, column: "STATUS")
        let parts = (table.value(row, column: "READY") ?? "").split(separator: "/").compactMap { Int($0) }
        ready = parts.first
        desired = parts.count == 2 ? parts[1] : table.value(row, column: "DESIRED").flatMap { Int($0) }
        restarts = table.value(row, column: "RESTARTS").flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
    }

    init(name: String) {
        self.name = name
        restarts = 0
    }

    /// A pod in a description: `web-0 1/1 Running …`.
    init?(words: [String]) {
        guard words.count >= 3 else { return nil }
        let parts = words[1].split(separator: "/").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        name = words[0]
        (ready, desired, status, restarts) = (parts[0], parts[1], words[2], 0)
    }

    static func rows(_ text: String) -> [ObjectRow] {
        ListText(text).objects
    }

    private static let done: Set<String> = ["Completed", "Complete", "Succeeded"]
    private static let fine: Set<String> = ["Running", "Ready", "Active", "Bound", "Available"]

    var isDone: Bool { status.map(Self.done.contains) ?? false }

    /// Of a pod: it runs and is ready, or it has done its work.
    var isHealthy: Bool {
        if isDone { return true }
        let isReady = ready.map { $0 == (desired ?? $0) } ?? true
        return isReady && (status.map { Self.fine.contains(String($0.prefix { $0 != "," })) } ?? true)
    }

    /// Pods of a workload are named after it: `web-5d4f8c7b9-x2x4z`, `web-0`, `web-x2x4z`.
    func belongs(to workload: String) -> Bool {
        guard name.hasPrefix(workload + "-") else { return false }
        let parts = name.dropFirst(workload.count + 1).split(separator: "-", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return parts[0].allSatisfy(\.isNumber) || parts[0].count == 5
        case 2: return (5...10).contains(parts[0].count) && parts[1].count == 5
        default: return false
        }
    }

    /// The worst first: what doesn't run tells more than what restarted once.
    static func worst(_ rows: [ObjectRow]) -> ObjectRow? {
        let broken = rows.filter { !$0.isHealthy }
        return broken.max { $0.badness < $1.badness }
    }

    private var badness: Int {
        switch status {
        case "Running": 1
        case "Pending", "ContainerCreating", "PodInitializing", "Terminating": 2
        default: 3
        }
    }
}
