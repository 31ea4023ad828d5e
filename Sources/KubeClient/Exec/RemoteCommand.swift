import KubeModel

/// The subprotocols that carry a command's streams over a WebSocket: binary messages whose first byte names the stream
/// (`k8s.io/apimachinery/pkg/util/remotecommand`).
enum RemoteCommand: String, Sendable, CaseIterable {
    /// It can close a stream, which is how the input ends (KEP-4006, Kubernetes 1.30).
    case v5 = "v5.channel.k8s.io"
    case v4 = "v4.channel.k8s.io"

    enum Channel: UInt8, Sendable {
        case input = 0
        case output = 1
        case error = 2
        case status = 3
        case close = 255
    }

    enum Message: Sendable, Hashable {
        case output([UInt8])
        case error([UInt8])
        case ended(exitCode: Int)
    }

    /// The value of `Sec-WebSocket-Protocol`, the best one first.
    static let offer = allCases.map(\.rawValue).joined(separator: ", ")

    /// nil for what says nothing: empty messages tell that the command has begun, others are of streams nobody asked for.
    /// - Throws: `APIStatus` where the command could not be run.
    static func message(_ bytes: [UInt8]) throws -> Message? {
        guard let channel = bytes.first.flatMap(Channel.init), bytes.count > 1 else { return nil }
        let rest = Array(bytes.dropFirst())
        switch channel {
        case .output: return .output(rest)
        case .error: return .error(rest)
        case .status: return .ended(exitCode: try exitCode(rest))
        case .input, .close: return nil
        }
    }

    private static func exitCode(_ bytes: [UInt8]) throws -> Int {
        guard let json = try? JSONParser.parse(bytes) else {
            throw KubeClientError(.badResponse, "the status of the command is no JSON")
        }
        if json["status"]?.string == "Success" { return 0 }
        let status = APIStatus(json)
        let cause = status.causes.first { $0.reason == "ExitCode" }
        guard json["reason"]?.string == "NonZeroExitCode", let code = cause.flatMap({ Int($0.message) }) else {
            throw status
        }
        return code
    }
}
