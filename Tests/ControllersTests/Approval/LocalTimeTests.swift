import Foundation
import KubeModel
import Testing

@testable import Controllers

@Suite struct LocalTimeTests {
    private static let zones = [
        "Africa/Cairo", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Gaza", "Asia/Kathmandu",
        "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Dublin", "Europe/London",
        "Europe/Moscow", "Europe/Vienna", "Pacific/Apia", "Pacific/Chatham", "UTC",
    ]

    /// Foundation has its own copy of the database.
    @Test(arguments: zones)
    func `the local time is that of Foundation`(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // From 1980 to 2036, at all hours of the day and days of the week.
        for seconds in stride(from: 315_532_800, to: 2_082_758_400, by: 1_234_567) {
            let found = try #require(LocalTime.of(KubeTime(seconds: Double(seconds)), in: name))
            let date = Date(timeIntervalSince1970: Double(seconds))
            let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
            let day = try #require(parts.weekday.map { ($0 + 5) % 7 + 1 })
            let minute = try #require(parts.hour) * 60 + #require(parts.minute)
            #expect(found.day == day && found.minute == minute, "\(date) in \(name)")
        }
    }

    @Test(arguments: [
        "", "Nowhere/Else", "../../etc/passwd", "/etc/localtime", "Europe", "Europe//Vienna", "posixrules/..",
    ])
    func `another name is not known`(_ name: String) {
        #expect(LocalTime.of(KubeTime(seconds: 0), in: name) == nil)
    }

    @Test(arguments: [
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_900_000_000, 3600), ("CET-1CEST,M3.5.0,M10.5.0/3", 1_910_000_000, 7200),
        ("EST5EDT,M3.2.0,M11.1.0", 1_899_270_000, -18000), ("<+0330>-3:30", 0, 12600), ("<-03>3", 0, -10800),
        ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_893_456_000, 46800), ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_910_000_000, 3600),
        ("EST5EDT,J60,J300", 1_900_000_000, -14400), ("EST5EDT,0/0,J365/25", 1_900_000_000, -14400),
    ])
    func `after the last transition the rule of the file holds`(_ text: String, seconds: Int64, offset: Int) throws {
        #expect(try #require(PosixTimeZone(text)).offset(at: seconds).seconds == offset)
    }

    @Test(arguments: [
        "", "CET", "1", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0x", "CET-9999",
    ])
    func `what is no rule is refused`(_ text: String) { #expect(PosixTimeZone(text) == nil) }

    @Test func `a damaged file is refused, not misread`() throws {
        let whole = Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Vienna")))
        #expect(ZoneInfo(whole) != nil)
        #expect(ZoneInfo([]) == nil && ZoneInfo(Array("TZif".utf8)) == nil && ZoneInfo(Array(whole.prefix(100))) == nil)
        var huge = whole
        for position in 20..<44 { huge[position] = 0x7F }
        #expect(ZoneInfo(huge) == nil)
    }
}
