/// A length of time as kubectl prints it (`duration.HumanDuration` of apimachinery): `5s`, `2m13s`, `3h`, `5d2h`.
package enum HumanDuration {
    package static func text(from start: KubeTime, to end: KubeTime) -> String {
        text(seconds: Int(end.seconds(since: start)))
    }

    /// An age; `<unknown>` of what has no beginning.
    package static func text(since start: KubeTime?, now: KubeTime) -> String {
        start.map { text(from: $0, to: now) } ?? "<unknown>"
    }

    package static func text(seconds: Int) -> String {
        let minutes = seconds / 60
        let hours = minutes / 60
        let days = hours / 24
        switch seconds {
        case ..<(-1): return "<invalid>"
        case ..<0: return "0s"
        case ..<120: return "\(seconds)s"
        case ..<600: return "\(minutes)m" + rest(seconds % 60, unit: "s")
        case ..<10_800: return "\(minutes)m"
        case ..<28_800: return "\(hours)h" + rest(minutes % 60, unit: "m")
        case ..<172_800: return "\(hours)h"
        case ..<691_200: return "\(days)d" + rest(hours % 24, unit: "h")
        case ..<63_072_000: return "\(days)d"
        case ..<252_288_000: return "\(days / 365)y" + rest(days % 365, unit: "d")
        default: return "\(days / 365)y"
        }
    }

    private static func rest(_ count: Int, unit: String) -> String { count == 0 ? "" : "\(count)\(unit)" }
}
