import KubeModel

/// What a client makes of the messages.
extension RemoteCommandProtocol {
    enum Message: Sendable, Hashable {
        case output([UInt8])
        case error([UInt8])
        case ended(exitCode: Int)
    }

    /// Reads a message; nil for one that says nothing: empty messages tell that the command has begun, others are of
    /// streams nobody asked for.
    static func message(_ bytes: [UInt8]) throws -> Message? {
        guard let channel = bytes.first.flatMap(Channel.init), bytes.count > 1 else { return nil }
        let rest = Array(bytes.dropFirst())
        switch channel {
        case .output: return .output(rest)
        case .error: return .error(rest)
        case .status: return .ended(exitCode: try exitCode(rest))
        case .input, .resize, .close: return nil
        }
    }

    private static func exitCode(_ bytes: [UInt8]) throws -> Int {
        guard let json = try? JSONParser.parse(bytes) else {
            throw KubeClientError(.badResponse, message: "the status of the command is not JSON")
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
