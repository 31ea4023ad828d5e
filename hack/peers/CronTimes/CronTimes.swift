import FoundationEssentials
import KubeModel

/// Answers each line `SCHEDULE;ZONE;START` of the standard input by the next times of the schedule, or by `refused`: for another
/// program to compare.
@main
struct CronTimes {
    private static let count = 6

    static func main() throws {
        while let line = readLine() {
            let parts = line.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let start = KubeTime(parts[2]) else { throw CocoaError(.formatting) }
            print(try answer(parts[0], zone: parts[1], start: start))
        }
    }

    private static func answer(_ text: String, zone: String, start: KubeTime) throws -> String {
        guard let schedule = try? CronSchedule(text) else { return "refused" }
        let data = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(zone)"))
        guard let info = ZoneInfo(Array(data)) else { throw CocoaError(.fileReadCorruptFile) }
        var (time, times) = (start, [String]())
        while times.count < count, let next = schedule.next(after: time, in: info) {
            times.append(next.description)
            time = next
        }
        return times.joined(separator: " ")
    }
}
