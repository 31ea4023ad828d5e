import KubeModel

/// A time zone of Go: its name, and which offset holds when.
final class TimeZoneRules: Sendable {
    let name: String
    private let fixed: UTCOffset
    private let zone: ZoneInfo?

    static let utc = TimeZoneRules(name: "UTC", offset: UTCOffset(seconds: 0, abbreviation: "UTC"))

    init(name: String, offset: UTCOffset) {
        (self.name, fixed, zone) = (name, offset, nil)
    }

    /// - Parameter file: of the zone database. nil where it is none.
    init?(name: String, file: [UInt8]) {
        guard let zone = ZoneInfo(file) else { return nil }
        (self.name, fixed, self.zone) = (name, Self.utc.fixed, zone)
    }

    func offset(at seconds: Int64) -> UTCOffset { zone?.offset(at: seconds) ?? fixed }
}
