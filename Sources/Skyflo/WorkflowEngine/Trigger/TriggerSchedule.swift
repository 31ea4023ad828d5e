import KubeModel
import SkyfloAPI

/// When a cron trigger makes a Conversation.
package struct TriggerSchedule: Sendable {
    package enum Decision: Sendable, Hashable {
        /// Nothing is due.
        case wait
        /// - Parameter replaces: those of the trigger that aren't over are stopped first.
        case start(KubeTime, replaces: Bool)
        /// It is due, and waits until the earlier one is over or the deadline has passed.
        case blocked(KubeTime)
        /// It was due, and its deadline has passed. Times until `countedFrom` don't count any more.
        case missed(KubeTime, countedFrom: KubeTime)

        /// The time that a Conversation is to be made for; nil where none is.
        package var due: KubeTime? {
            switch self {
            case .start(let due, _), .blocked(let due): due
            case .wait, .missed: nil
            }
        }
    }

    package var schedule: CronSchedule
    /// nil for UTC.
    package var zone: ZoneInfo?
    package var settings: CronSettings

    package init(schedule: CronSchedule, zone: ZoneInfo?, settings: CronSettings) {
        self.schedule = schedule
        self.zone = zone
        self.settings = settings
    }

    /// What the times are counted by: with another text of it they are counted anew.
    package static func key(of settings: CronSettings) -> String { "\(settings.schedule) \(settings.timeZone)" }

    /// Of several times that are due only the last one counts, as with a CronJob.
    ///
    /// - Parameters:
    ///   - base: the last time that was started, or when the schedule was first seen. One in the future, as after a clock was set
    ///     back, doesn't hold anything up: the name of a Conversation has its time, so that no time is started twice.
    ///   - isActive: whether a Conversation of the trigger isn't over.
    package func decide(since base: KubeTime, now: KubeTime, isActive: Bool) -> Decision {
        let base = min(base, now)
        let earliest = max(base, now.adding(seconds: -Double(settings.startingDeadlineSeconds)))
        // What goes by intervals counts from the last one.
        let start = schedule.intervalSeconds == nil ? earliest : base
        guard let due = schedule.latest(after: start, until: now, in: zone), due > earliest else {
            if let first = schedule.next(after: base, in: zone), first <= earliest {
                return .missed(first, countedFrom: earliest)
            }
            return .wait
        }
        switch settings.concurrencyPolicy {
        case .allow: return .start(due, replaces: false)
        case .replace: return .start(due, replaces: isActive)
        case .forbid: return isActive ? .blocked(due) : .start(due, replaces: false)
        }
    }

    /// The next time that is to come.
    package func next(since base: KubeTime, now: KubeTime) -> KubeTime? {
        guard let seconds = schedule.intervalSeconds else { return schedule.next(after: now, in: zone) }
        let base = min(base, now)
        let last = schedule.latest(after: base, until: now) ?? base
        return last.adding(seconds: Double(seconds))
    }
}
