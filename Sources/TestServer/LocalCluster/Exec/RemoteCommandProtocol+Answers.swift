import KubeModel

/// What a server says.
extension RemoteCommandProtocol {
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
