/// How much of its callers a ``LiveServer`` bears.
package struct LiveServerLimits: Sendable {
    /// Streams at the same time.
    package var streams = 1024
    /// Of one caller.
    package var streamsPerCaller = 32
    /// Connections at the same time, with and without a stream.
    package var connections = 2048
    /// New connections, and requests, of one address: so many at once, then so many a second. The API server's proxy is one
    /// address for all who come through it.
    package var burst = 200
    package var perSecond = 50.0
    /// How long a stream is silent at most.
    package var heartbeat = Duration.seconds(15)
    /// How often what isn't told otherwise is looked at: whether the turn is still here.
    package var tick = Duration.seconds(2)
    /// How often it is asked again whether the caller may follow the conversation.
    package var recheck = Duration.seconds(60)
    /// A client that takes nothing for so long is given up.
    package var stall = Duration.seconds(30)
    /// Of the events that are written at once, in bytes.
    package var batch = 32 * 1024

    package init() {}
}
