import KubeModel
import NIOHTTP1

/// How long a provider asks to wait, by the headers of its answer or by what it says.
enum RetryHint {
    /// `retry-after-ms` is OpenAI's and Azure's and the most exact; `llm_provider-retry-after` is what LiteLLM hands on of the
    /// provider behind it, which knows better than the proxy.
    ///
    /// - Parameter now: for answers without a `Date`.
    static func delay(_ headers: HTTPHeaders, now: KubeTime? = nil) -> Duration? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            if let text = headers.first(name: name), let milliseconds = number(text) {
                return .seconds(milliseconds / 1000)
            }
        }
        let date = headers.first(name: "date")
        for name in ["llm_provider-retry-after", "retry-after", "x-retry-after", "x-ratelimit-reset-after"] {
            if let text = headers.first(name: name), let delay = delay(retryAfter: text, date: date, now: now) {
                return delay
            }
        }
        return nil
    }

    /// A `Retry-After` header (RFC 9110, section 10.2.3): seconds, which some send with a fraction or a unit, or a date.
    ///
    /// - Parameters:
    ///   - date: the `Date` header of the same answer. A date is taken relative to it: the clocks of the two
    ///     sides may differ by more than the wait.
    ///   - now: where there is no `Date`.
    static func delay(retryAfter: String, date: String?, now: KubeTime? = nil) -> Duration? {
        let text = retryAfter.drop(while: \.isWhitespace)
        if let until = moment(String(text)) {
            guard let now = date.flatMap(moment) ?? now else { return nil }
            return .seconds(max(0, until.seconds(since: now)))
        }
        // Two of them in one line: a proxy's beside the provider's.
        let first = text.split(separator: ",").first.map(String.init) ?? ""
        return number(first).map { .seconds($0) } ?? period(first.lowercased()[...])
    }

    /// When what is used up comes back, where no header says how long to wait. Each provider has headers of its own for it, in
    /// pairs: `x-ratelimit-remaining-tokens` and `x-ratelimit-reset-tokens`, `anthropic-ratelimit-requests-remaining` and
    /// `anthropic-ratelimit-requests-reset`, `ratelimit-remaining` and `ratelimit-reset`.
    static func reset(_ headers: HTTPHeaders, now: KubeTime? = nil) -> Duration? {
        let now = headers.first(name: "date").flatMap(moment) ?? now
        let waits = headers.compactMap { header -> Duration? in
            let name = header.name.lowercased()
            guard name.contains("limit"), name.contains("remaining"), number(header.value) == 0,
                let text = headers.first(name: name.replacing("remaining", with: "reset"))
            else { return nil }
            return reset(text, now: now)
        }
        return waits.max()
    }

    /// A period, seconds, or a moment as a date or in seconds or milliseconds since 1970.
    private static func reset(_ text: String, now: KubeTime?) -> Duration? {
        if let until = moment(text) { return now.map { .seconds(max(0, until.seconds(since: $0))) } }
        guard let value = Double(text), (0..<1e14).contains(value) else { return period(text.lowercased()[...]) }
        guard value > 1e8 else { return .seconds(value) }
        let until = KubeTime(microseconds: Int64(value > 1e11 ? value * 1e3 : value * 1e6))
        return now.map { .seconds(max(0, until.seconds(since: $0))) }
    }

    private static let words = [
        "try again in ", "retry in ", "retry after ", "again after ", "please wait ", "resets in ", "reset in ",
        "available in ", "wait for ", "retry your request in ", "retry your request after ",
    ]

    /// What many providers say in their message only: "Please try again in 1m26.4s."
    static func delay(in message: String) -> Duration? {
        let text = message.lowercased()
        for words in words {
            guard let found = text.firstRange(of: words) else { continue }
            if let delay = period(text[found.upperBound...]) { return delay }
        }
        return nil
    }

    /// Members of an error that tell it, in seconds or in milliseconds: those of gateways, and of servers that load a model.
    static func delay(inMembersOf error: JSONValue) -> Duration? {
        for place in [error, error["metadata"] ?? .null, error["error"] ?? .null] {
            if let milliseconds = number(place["retry_after_ms"]) { return .seconds(milliseconds / 1000) }
            for name in ["retry_after", "retry_after_seconds", "retryAfter", "retryAfterSeconds", "estimated_time"] {
                if let seconds = number(place[name]) { return .seconds(seconds) }
            }
        }
        return nil
    }

    private static func number(_ value: JSONValue?) -> Double? {
        value?.double.flatMap { $0 >= 0 ? min($0, 1e9) : nil } ?? value?.string.flatMap { number($0) }
    }

    private static let units: [String: Double] = [
        "ms": 0.001, "millisecond": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "secs": 1, "second": 1,
        "seconds": 1, "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hr": 3600, "hour": 3600,
        "hours": 3600, "d": 86_400, "day": 86_400, "days": 86_400,
    ]

    /// `1m26.4s`, `6ms`, `20 seconds`, `1 minute and 5 seconds`, with anything behind it.
    private static func period(_ text: Substring) -> Duration? {
        var rest = text.drop { $0 == " " }
        var total: Double?
        while rest.first?.isASCII == true, rest.first?.isNumber == true {
            let digits = rest.prefix { $0 == "." || $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            guard let number = Double(digits), let factor = units[String(unit)] else { break }
            total = (total ?? 0) + number * factor
            rest = rest.dropFirst(unit.count)
            for between in [" and ", ", ", " "] where rest.hasPrefix(between) {
                rest = rest.dropFirst(between.count)
                break
            }
        }
        return total.map { .seconds(min($0, 1e9)) }
    }

    private static func number(_ text: String) -> Double? {
        let text = text.split(whereSeparator: \.isWhitespace).joined()
        // A number that no wait is as long as would be none that a Duration can hold.
        guard let number = Double(text.hasSuffix("s") ? String(text.dropLast()) : text), number.isFinite, number >= 0
        else { return nil }
        return min(number, 1e9)
    }

    /// The three forms of RFC 9110, section 5.6.7, and RFC 3339.
    private static func moment(_ text: String) -> KubeTime? {
        if let time = KubeTime(text) { return time }
        let parts = text.split { $0 == " " || $0 == "-" || $0 == "," }
        switch parts.count {
        // `Sun Nov  6 08:49:37 1994`
        case 5: return time(day: parts[2], month: parts[1], year: parts[4], clock: parts[3])
        // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`
        case 6 where ["GMT", "UTC", "+0000"].contains(parts[5]):
            let year = parts[3].count == 2 ? "20\(parts[3])"[...] : parts[3]
            return time(day: parts[1], month: parts[2], year: year, clock: parts[4])
        default: return nil
        }
    }

    private static func time(day: Substring, month: Substring, year: Substring, clock: Substring) -> KubeTime? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let month = months.firstIndex(of: String(month)) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return KubeTime("\(year)-\(number)-\(day.count == 1 ? "0\(day)" : "\(day)")T\(clock)Z")
    }
}
