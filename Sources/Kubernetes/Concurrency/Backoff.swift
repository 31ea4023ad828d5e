/// Growing delays between attempts.
public struct Backoff: Sendable, Hashable {
    /// The delay after the first failure.
    public var base: Duration
    /// The number by which the delay grows with each further failure.
    public var factor: Double
    /// The longest delay.
    public var maximum: Duration
    /// The share of a delay that is left to chance, so that many clients don't come back at the same moment: 0 (none)
    /// to 1 (anything from zero to the whole).
    public var jitter: Double

    /// Makes delays that double, without jitter, unless told otherwise.
    public init(base: Duration, factor: Double = 2, maximum: Duration, jitter: Double = 0) {
        self.base = base
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// The delay before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: How many failures there were in a row, 1 or more.
    ///   - random: A number from 0 to 1; decides where in the jittered share the result is.
    /// - Returns: The delay, at most ``maximum``.
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
