/// Growing delays between attempts.
public struct Backoff: Sendable, Hashable {
    /// The delay after the first failure.
    public var base: Duration
    public var factor: Double
    public var maximum: Duration
    /// The share of a delay that is left to chance, so that many clients don't come back at the same moment: 0 (none)
    /// to 1 (anything from zero to the whole).
    public var jitter: Double

    public init(base: Duration, factor: Double = 2, maximum: Duration, jitter: Double = 0) {
        self.base = base
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// - Parameters:
    ///   - failures: how many there were in a row, 1 or more.
    ///   - random: from 0 to 1; decides where in the jittered share the result lies.
    public func delay(failures: Int, random: Double = 0) -> Duration {
        var delay = base
        var left = failures - 1
        while left > 0, delay < maximum {
            delay = delay * factor
            left -= 1
        }
        return min(delay, maximum) * (1 - jitter * random)
    }
}
