import KubeModel
import NIOHTTP1

/// How long a provider asks to wait, by the headers of its answer.
enum RetryHint {
    /// `retry-after-ms` is OpenAI's and Azure's and the most exact; `llm_provider-retry-after` is what LiteLLM hands on of the
    /// provider behind it, which knows better than the proxy.
    static func delay(_ headers: HTTPHeaders) -> Duration? {
        if let text = headers.first(name: "retry-after-ms"), let milliseconds = number(text) {
            return .seconds(milliseconds / 1000)
        }
        let date = headers.first(name: "date")
        for name in ["llm_provider-retry-after", "retry-after"] {
            if let text = headers.first(name: name), let delay = delay(retryAfter: text, date: date) { return delay }
        }
        return nil
    }

    /// A `Retry-After` header (RFC 9110, section 10.2.3): seconds, which some send with a fraction, or a date.
    ///
    /// - Parameter date: the `Date` header of the same answer. A date is taken relative to it: the clocks of the two
    ///   sides may differ by more than the wait.
    static func delay(retryAfter: String, date: String?) -> Duration? {
        if let seconds = number(retryAfter) { return .seconds(seconds) }
        guard let until = httpDate(retryAfter), let now = date.flatMap(httpDate) else { return nil }
        return .seconds(max(0, until.seconds(since: now)))
    }

    /// When what is used up comes back, where no header says how long to wait: OpenAI and Groq tell it for requests and for
    /// tokens, OpenRouter tells the moment.
    static func reset(_ headers: HTTPHeaders) -> Duration? {
        for kind in ["-requests", "-tokens", ""] where headers.first(name: "x-ratelimit-remaining\(kind)") == "0" {
            guard let text = headers.first(name: "x-ratelimit-reset\(kind)") else { continue }
            if let delay = period(text[...]) { return delay }
            guard let value = Double(text), (0..<1e14).contains(value) else { continue }
            guard value > 1e8 else { return .seconds(value) }
            guard let now = headers.first(name: "date").flatMap(httpDate) else { continue }
            let until = KubeTime(microseconds: Int64(value > 1e11 ? value * 1e3 : value * 1e6))
            return .seconds(max(0, until.seconds(since: now)))
        }
        return nil
    }

    /// What many providers say in their message only: "Please try again in 1m26.4s."
    static func delay(in message: String) -> Duration? {
        let text = message.lowercased()
        for words in ["try again in ", "retry in ", "retry after "] {
            if let found = text.firstRange(of: words), let delay = period(text[found.upperBound...]) { return delay }
        }
        return nil
    }

    private static let units: [String: Double] = [
        "ms": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "minute": 60, "minutes": 60, "h": 3600,
        "hour": 3600, "hours": 3600,
    ]

    /// `1m26.4s`, `6ms`, `20 seconds`, with anything behind it.
    private static func period(_ text: Substring) -> Duration? {
        var rest = text
        var total: Double?
        while rest.first?.isASCII == true, rest.first?.isNumber == true {
            let digits = rest.prefix { $0 == "." || $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            guard let number = Double(digits), let factor = units[String(unit)] else { break }
            rest = rest.dropFirst(unit.count)
            total = (total ?? 0) + number * factor
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

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of RFC 9110 that is still sent.
    private static func httpDate(_ text: String) -> KubeTime? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, ["GMT", "UTC"].contains(parts[5]), let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        let day = parts[1].count == 1 ? "0\(parts[1])" : "\(parts[1])"
        return KubeTime("\(parts[3])-\(number)-\(day)T\(parts[4])Z")
    }
}
