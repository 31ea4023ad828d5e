// All of Foundation: Essentials knows no time zone but GMT.
import Foundation
import KubeModel

enum LocalTime {
    /// Day of the week (1 Monday to 7 Sunday) and minute of the day; nil for a time zone that isn't known.
    @Sendable static func of(_ time: KubeTime, in zone: String) -> (day: Int, minute: Int)? {
        guard let zone = TimeZone(identifier: zone) else { return nil }
        let seconds = time.microseconds / 1_000_000
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        let local = Int(seconds) + offset
        let days = Int((Double(local) / 86_400).rounded(.down))
        // 1970-01-01 was a Thursday.
        let day = ((days + 3) % 7 + 7) % 7 + 1
        return (day, (local - days * 86_400) / 60)
    }
}
