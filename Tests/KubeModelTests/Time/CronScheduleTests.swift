import Foundation
import KubeModel
import Testing

@Suite struct CronScheduleTests {
    private static func zone(_ name: String) throws -> ZoneInfo {
        try #require(ZoneInfo(Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")))))
    }

    @Test(
        arguments: [
            ("*/15 * * * *", "2026-02-28T23:50:00Z", "2026-03-01T00:00:00Z"),
            ("30 4 1,15 * 5", "2026-01-02T05:00:00Z", "2026-01-09T04:30:00Z"),
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 9-17/4 * jan-mar mon-fri", "2026-01-02T17:00:00Z", "2026-01-05T09:00:00Z"),
            ("0 9 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T09:00:00Z"),
            ("5/20 0 ? * ?", "2026-01-01T00:05:00Z", "2026-01-01T00:25:00Z"),
            ("0 0 31 12 *", "1969-06-01T00:00:00Z", "1969-12-31T00:00:00Z"),
            ("@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
            ("@hourly", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            ("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"),
            // A step makes a star a restriction, so that either day is enough.
            ("0 0 */2 * mon", "2026-01-03T00:00:00Z", "2026-01-05T00:00:00Z"),
            ("0 0 * * mon", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"),
        ])
    func `the next time of a schedule`(_ schedule: String, _ now: String, _ expected: String) throws {
        let next = try CronSchedule(schedule).next(after: #require(KubeTime(now)))
        #expect(next?.description == expected)
    }

    @Test(arguments: [
        "61 * * * *", "* * 0 * *", "5-3 * * * *", "*/0 * * * *", "x * * * *", "@sometimes", "* * * *", "* * * * * *",
        "1-2-3 * * * *", "1/2/3 * * * *", ", * * * *", "* * * 13 *", "* * * * 8", "@every 1d", "@every -1s",
        "TZ=UTC * * * * *", "99999999999999999999 * * * *", "",
    ])
    func `what is no schedule is refused`(_ schedule: String) {
        #expect(throws: CronSchedule.Problem.self) { try CronSchedule(schedule) }
    }

    @Test func `a step that is too large leaves the first value`() throws {
        let now = try #require(KubeTime("2026-01-01T00:00:00Z"))
        let next = try CronSchedule("3/9223372036854775807 * * * *").next(after: now)
        #expect(next?.description == "2026-01-01T00:03:00Z")
    }

    @Test func `a time that never comes is none`() throws {
        let now = try #require(KubeTime("2026-01-01T00:00:00Z"))
        #expect(try CronSchedule("0 0 31 2 *").next(after: now) == nil)
    }

    @Test func `an hour that the clocks skip is skipped`() throws {
        let zone = try Self.zone("Europe/Vienna")
        let next = try CronSchedule("30 2 * * *").next(after: #require(KubeTime("2026-03-28T12:00:00Z")), in: zone)
        // 29 March has no 02:30.
        #expect(next?.description == "2026-03-30T00:30:00Z")
    }

    @Test func `an hour that the clocks repeat is due twice`() throws {
        let (zone, schedule) = (try Self.zone("Europe/Vienna"), try CronSchedule("30 2 * * *"))
        let first = schedule.next(after: try #require(KubeTime("2026-10-24T12:00:00Z")), in: zone)
        #expect(first?.description == "2026-10-25T00:30:00Z")
        #expect(schedule.next(after: try #require(first), in: zone)?.description == "2026-10-25T01:30:00Z")
    }

    /// Around changes by an hour and by half of one, at midnight, and of a whole day that was left out.
    @Test(arguments: [
        ("Africa/Cairo", "2026-04-22"), ("Africa/Cairo", "2026-10-28"), ("America/St_Johns", "2026-11-01"),
        ("America/Sao_Paulo", "2018-11-03"), ("America/Sao_Paulo", "2018-02-17"), ("Asia/Beirut", "2026-03-28"),
        ("Asia/Kathmandu", "2026-01-01"), ("Australia/Lord_Howe", "2026-04-04"), ("Australia/Lord_Howe", "2026-10-03"),
        ("Europe/London", "2026-10-24"), ("Pacific/Apia", "2011-12-29"), ("Pacific/Chatham", "2026-09-26"),
    ])
    func `it is due in each minute whose local time fits, and in no other`(_ name: String, _ day: String) throws {
        let zone = try Self.zone(name)
        for text in ["0 0 * * *", "30 1 * * *", "15,45 0-2 * * sun,fri", "0 */6 * * *", "59 23 * * *"] {
            let schedule = try CronSchedule(text)
            let start = try #require(KubeTime("\(day)T00:00:00Z"))
            let end = start.adding(seconds: 3 * 86_400)
            var (time, found, expected) = (start, [KubeTime](), [KubeTime]())
            while let next = schedule.next(after: time, in: zone), next < end {
                found.append(next)
                time = next
            }
            for minute in 1..<(3 * 1440) {
                let moment = start.adding(seconds: Double(minute * 60))
                let offset = zone.offset(at: moment.microseconds / 1_000_000).seconds
                let local = moment.adding(seconds: Double(offset))
                if schedule.next(after: local.adding(seconds: -60)) == local { expected.append(moment) }
            }
            #expect(found == expected, "\(text)")
        }
    }

    @Test func `the latest time of many is found`() throws {
        let start = try #require(KubeTime("2026-01-01T00:00:00Z"))
        let end = try #require(KubeTime("2026-01-01T10:20:30Z"))
        #expect(try CronSchedule("@hourly").latest(after: start, until: end)?.description == "2026-01-01T10:00:00Z")
        #expect(try CronSchedule("@every 7m").latest(after: start, until: end)?.description == "2026-01-01T10:16:00Z")
        #expect(try CronSchedule("@daily").latest(after: start, until: end) == nil)
    }
}
