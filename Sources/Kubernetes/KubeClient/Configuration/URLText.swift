/// How an address is named in messages.
enum URLText {
    /// The URL without the parts before an `@` and behind a `?` or a `#`: passwords and keys are written there.
    static func withoutCredentials(_ url: String) -> String {
        let place = url.prefix { $0 != "?" && $0 != "#" }
        let scheme = place.firstRange(of: "://").map { place[..<$0.upperBound] } ?? ""
        let rest = place.dropFirst(scheme.count)
        guard let at = rest.lastIndex(of: "@") else { return String(place) }
        return String(scheme) + String(rest[rest.index(after: at)...])
    }
}
