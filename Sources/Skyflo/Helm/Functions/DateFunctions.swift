/// Sprig's functions of dates.
enum DateFunctions {
    static func add(to table: inout FunctionTable) {
        addMaking(to: &table)
        addFormatting(to: &table)
        addDurations(to: &table)
    }

    private static func addMaking(to table: inout FunctionTable) {
        table.addContextual("now") { execution, _ in
            .object(TimeObject(execution.engine.now, hasClock: true))
        }
        table.addContextual("toDate", taking: .string, .string) { execution, arguments in
            let parsed = try? TimeParser.parse(
                arguments.string(1), layout: arguments.string(0), zone: execution.engine.localZone)
            return .object(TimeObject(parsed ?? .zero))
        }
        table.addContextual("mustToDate", taking: .string, .string) { execution, arguments in
            let time = try TimeParser.parse(
                arguments.string(1), layout: arguments.string(0), zone: execution.engine.localZone)
            return .object(TimeObject(time))
        }
        table.add("dateModify", taking: .string, .time) {
            guard let delta = try? GoDuration.parse($0.string(0)) else { return $0[1] }
            return .object(TimeObject($0.time(1).adding(nanoseconds: delta)))
        }
        table.alias("date_modify", of: "dateModify")
        table.add("mustDateModify", taking: .string, .time) {
            .object(TimeObject($0.time(1).adding(nanoseconds: try GoDuration.parse($0.string(0)))))
        }
        table.alias("must_date_modify", of: "mustDateModify")
    }

    private static func addFormatting(to table: inout FunctionTable) {
        table.addContextual("date", taking: .string, .any) { formatted($1.string(0), $1[1], zone: "Local", $0) }
        table.addContextual("dateInZone", taking: .string, .any, .string) {
            formatted($1.string(0), $1[1], zone: $1.string(2).text, $0)
        }
        table.alias("date_in_zone", of: "dateInZone")
        table.addContextual("htmlDate", taking: .any) { formatted("2006-01-02", $1[0], zone: "Local", $0) }
        table.addContextual("htmlDateInZone", taking: .any, .string) {
            formatted("2006-01-02", $1[0], zone: $1.string(1).text, $0)
        }
        table.add("unixEpoch", taking: .time) { .string(String($0.time(0).seconds)) }
    }

    private static func addDurations(to table: inout FunctionTable) {
        table.addContextual("ago", taking: .any) { execution, arguments in
            let now = execution.engine.now
            let time = time(arguments[0], execution) ?? now
            return .string(GoDuration.text(GoDuration.rounded(now.nanoseconds(since: time), to: GoDuration.second)))
        }
        table.add("duration", taking: .any) {
            let seconds: Int64
            switch $0[0] {
            case .string(let text): seconds = GoNumber.decimal(text.text) ?? 0
            case .int64(let int): seconds = int
            default: seconds = 0
            }
            return .string(GoDuration.text(seconds &* GoDuration.second))
        }
        table.addContextual("durationRound", taking: .any) { execution, arguments in
            let nanoseconds: Int64
            switch arguments[0] {
            case .string(let text): nanoseconds = (try? GoDuration.parse(text)) ?? 0
            case .int64(let int): nanoseconds = int
            case .object(let object):
                nanoseconds = (object as? TimeObject).map { execution.engine.now.nanoseconds(since: $0.time) } ?? 0
            default: nanoseconds = 0
            }
            return .string(rounded(nanoseconds.magnitude))
        }
    }

    private static func time(_ value: HelmValue, _ execution: TemplateExecution) -> GoTime? {
        switch value {
        case .object(let object): (object as? TimeObject)?.time
        case .int(let seconds): GoTime(seconds: Int64(seconds), nanoseconds: 0, zone: execution.engine.localZone)
        case .int64(let seconds): GoTime(seconds: seconds, nanoseconds: 0, zone: execution.engine.localZone)
        default: nil
        }
    }

    private static func formatted(
        _ layout: ByteString, _ value: HelmValue, zone: String, _ execution: TemplateExecution
    ) -> HelmValue {
        var time = time(value, execution) ?? execution.engine.now
        time.zone = execution.engine.zone(zone) ?? .utc
        return .string(time.formatted(layout))
    }

    /// The largest unit of which there is more than one whole.
    private static func rounded(_ nanoseconds: UInt64) -> String {
        let second: UInt64 = 1_000_000_000
        let units: [(UInt64, String)] = [
            (365 * 86400, "y"), (30 * 86400, "mo"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"),
        ]
        for (seconds, name) in units where nanoseconds > seconds * second {
            return String(nanoseconds / (seconds * second)) + name
        }
        return "0s"
    }
}
