/// What a range query covers.
package struct PrometheusWindow: Sendable, Hashable {
    /// In seconds since 1970.
    package var start: Double
    package var end: Double
    /// In seconds.
    package var step: Int

    /// How many points a series may have.
    package static let mostPoints = 1000
    /// How many it has where nobody asks for a step.
    private static let usualPoints = 120
    private static let usualSteps = [
        15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    ]

    package var points: Int { Int((end - start) / Double(step)) + 1 }

    /// - Parameter step: in seconds; nil for one that gives about a hundred points.
    /// - Throws: ``IntegrationError`` with what is wrong, and the nearest that isn't.
    package init(start: Double, end: Double, step: Int?) throws(IntegrationError) {
        guard start < end else {
            throw IntegrationError(
                .refused,
                message: "start: \(TimeText.shown(start)) is not before end, \(TimeText.shown(end))")
        }
        (self.start, self.end) = (start, end)
        let least = Int(((end - start) / Double(Self.usualPoints)).rounded(.up))
        self.step = step ?? Self.usualSteps.first { $0 >= least } ?? least
        guard points <= Self.mostPoints else {
            let nearest = Int(((end - start) / Double(Self.mostPoints - 1)).rounded(.up))
            throw IntegrationError(
                .refused,
                message:
                    "step: \(self.step)s gives \(points) points for each series, and at most \(Self.mostPoints) are "
                    + "asked for; the nearest is \(nearest)s")
        }
    }
}
