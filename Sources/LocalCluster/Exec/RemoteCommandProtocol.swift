import KubeModel

/// The subprotocols in which kubectl carries a command's streams over a WebSocket: binary messages whose first byte names
/// the stream (`k8s.io/apimachinery/pkg/util/remotecommand`).
enum RemoteCommandProtocol: String, Sendable, CaseIterable {
    /// Beside the streams it can close one: that is how the input ends (KEP-4006).
    case v5 = "v5.channel.k8s.io"
    case v4 = "v4.channel.k8s.io"

    enum Channel: UInt8, Sendable {
        case input = 0
        case output = 1
        case error = 2
        case status = 3
        case resize = 4
        case close = 255
    }

    /// The best one of those that a client offers in `Sec-WebSocket-Protocol`.
    static func choose(_ offered: [String]) -> RemoteCommandProtocol? {
        allCases.first { offered.contains($0.rawValue) }
    }

    /// What the status stream says at the end.
    static func status(exitCode: Int) -> JSONValue {
        if exitCode == 0 { return ["metadata": .object([:]), "status": "Success"] }
        return [
            "metadata": .object([:]), "status": "Failure",
            "message": .string("command terminated with non-zero exit code: exit status \(exitCode)"),
            "reason": "NonZeroExitCode",
            "details": ["causes": [["reason": "ExitCode", "message": .string(String(exitCode))]]],
        ]
    }

    static func notFound(_ program: String) -> JSONValue {
        [
            "metadata": .object([:]), "status": "Failure", "reason": "InternalError", "code": 500,
            "message": .string(
                "Internal error occurred: error executing command in container: failed to exec in container: "
                    + "exec: \"\(program)\": executable file not found in $PATH"),
        ]
    }
}
