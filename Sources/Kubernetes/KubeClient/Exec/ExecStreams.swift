import KubeModel
import NIOCore
import NIOWebSocket

/// A piece of what a command writes.
public enum ExecEvent: Sendable, Hashable {
    /// Bytes of the standard output.
    case output([UInt8])
    /// Bytes of the standard error.
    case error([UInt8])
}

/// The output of a running command, as it comes.
public struct ExecEvents {
    private var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
    private let socket: ExecSocket.Writer
    private let label: String
    /// The exit code of the command; nil until ``next()`` has returned nil.
    public private(set) var exitCode: Int?

    init(_ frames: NIOAsyncChannelInboundStream<WebSocketFrame>, socket: ExecSocket.Writer, label: String) {
        self.frames = frames.makeAsyncIterator()
        self.socket = socket
        self.label = label
    }

    /// The next piece of output; nil when the command has ended: ``exitCode`` says how.
    /// - Throws: `APIStatus` where the command could not be run; ``KubeClientError`` (`unreachable`) when the
    ///   connection broke before its end; `CancellationError`.
    public mutating func next() async throws -> ExecEvent? {
        while exitCode == nil {
            guard let frame = try await frame() else { continue }
            switch try RemoteCommandProtocol.message(frame) {
            case .output(let bytes): return .output(bytes)
            case .error(let bytes): return .error(bytes)
            case .ended(let code): exitCode = code
            case nil: continue
            }
        }
        return nil
    }

    /// The message of the next frame; nil for frames that only keep the connection going.
    private mutating func frame() async throws -> [UInt8]? {
        let frame: WebSocketFrame?
        do {
            frame = try await frames.next(isolation: #isolation)
        } catch {
            throw KubeClientError.of(error, what: label)
        }
        try Task.checkCancellation()
        guard let frame, frame.opcode != .connectionClose else {
            throw KubeClientError(.unreachable, message: "\(label): the connection broke before the command ended")
        }
        if frame.opcode == .ping { try await socket.send(.pong, data: frame.unmaskedData) }
        return frame.opcode == .binary ? Array(frame.unmaskedData.readableBytesView) : nil
    }
}

/// The standard input of a running command.
public struct ExecInput: Sendable {
    /// The length of one message: what API servers and container runtimes read at once.
    private static let pieceBytes = 32 << 10

    let socket: ExecSocket.Writer
    let version: RemoteCommandProtocol

    /// Returns when the connection has taken the bytes. They are lost without an error where the command has ended.
    public func write(_ bytes: some Collection<UInt8> & Sendable) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.pieceBytes)
            try await socket.send(
                .binary, data: ByteBuffer(bytes: [RemoteCommandProtocol.Channel.input.rawValue] + piece))
            rest = rest.dropFirst(Self.pieceBytes)
        }
    }

    /// Tells the command that nothing more comes.
    /// - Throws: ``KubeClientError`` (`unsupported`) at API servers before Kubernetes 1.30, which can't be told.
    public func end() async throws {
        try requireEnd()
        let message = [RemoteCommandProtocol.Channel.close.rawValue, RemoteCommandProtocol.Channel.input.rawValue]
        try await socket.send(.binary, data: ByteBuffer(bytes: message))
    }

    func requireEnd() throws(KubeClientError) {
        if version == .v5 { return }
        throw KubeClientError(
            .unsupported, message: "the API server can't be told that a command's input has ended (Kubernetes 1.30 can)"
        )
    }
}
