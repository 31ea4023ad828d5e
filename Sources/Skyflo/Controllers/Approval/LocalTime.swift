import FoundationEssentials
import KubeModel

enum LocalTime {
    /// A time zone that is known; without offsets for UTC.
    struct Zone: Sendable {
        var info: ZoneInfo?
    }

    /// Day of the week (1 Monday to 7 Sunday) and minute of the day; nil for a time zone that isn't known.
    ///
    /// - Parameter zone: as in ``zone(_:)``.
    @Sendable static func of(_ time: KubeTime, in zone: String) -> (day: Int, minute: Int)? {
        let seconds = Int64((Double(time.microseconds) / 1_000_000).rounded(.down))
        guard let zone = self.zone(zone) else { return nil }
        let local = Int(seconds) + (zone.info?.offset(at: seconds).seconds ?? 0)
        let days = Int((Double(local) / 86_400).rounded(.down))
        // 1970-01-01 was a Thursday.
        let day = ((days + 3) % 7 + 7) % 7 + 1
        return (day, (local - days * 86_400) / 60)
    }

    /// The time zone of that name; nil for one that isn't known.
    ///
    /// - Parameter name: of the IANA time zone database, such as `Europe/Vienna`. The system's copy of it is used; `UTC` and `GMT`
    ///   are known without one.
    static func zone(_ name: String) -> Zone? {
        if ["UTC", "GMT"].contains(name) { return Zone() }
        // Nothing but a name below the folder of the database.
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            part.first?.isLetter ?? false
                && part.utf8.allSatisfy {
                    ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || "0123456789_+-".utf8.contains($0)
                }
        }
        guard isName, parts.count <= 3, let data = try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))
        else { return nil }
        return ZoneInfo(Array(data)).map { Zone(info: $0) }
    }
}
