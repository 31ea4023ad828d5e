/// The subprotocols that carry a command's streams over a WebSocket: binary messages whose first byte names the stream
/// (`k8s.io/apimachinery/pkg/util/remotecommand`).
package enum RemoteCommandProtocol: String, Sendable, CaseIterable {
    /// The version that can close a stream, which is how the input ends (KEP-4006, Kubernetes 1.30).
    case v5 = "v5.channel.k8s.io"
    case v4 = "v4.channel.k8s.io"

    package enum Channel: UInt8, Sendable {
        case input = 0
        case output = 1
        case error = 2
        case status = 3
        case resize = 4
        case close = 255
    }

    /// The names of all of them as a value of `Sec-WebSocket-Protocol`, the best one first.
    package static let offer = allCases.map(\.rawValue).joined(separator: ", ")
}
