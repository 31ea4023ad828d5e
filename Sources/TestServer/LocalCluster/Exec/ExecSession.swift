import KubeModel
import NIOCore
import NIOWebSocket

/// Carries out one `pods/exec` over a WebSocket.
struct ExecSession: Sendable {
    let request: ExecRequest
    let version: RemoteCommandProtocol

    typealias Outbound = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// Returns when the command has ended or the client has left.
    func run(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async throws {
        try await channel.executeThenClose { inbound, outbound in
            let container = ScriptedContainer(pod: request.pod, container: request.container)
            guard
                var process = ScriptedProcess(request.command, in: container, isTerminal: request.isTerminal)
            else {
                try await end(RemoteCommandProtocol.notFound(request.command.first ?? ""), to: outbound)
                return
            }
            // Says that the command runs, even when it writes nothing for long.
            try await send(.output, bytes: [], to: outbound)
            if try await perform(process.start(request.command), to: outbound) { return }
            if !request.hasInput, try await perform(process.endOfInput(), to: outbound) { return }
            for try await frame in inbound {
                switch frame.opcode {
                case .binary:
                    var data = frame.unmaskedData
                    let bytes = data.readBytes(length: data.readableBytes) ?? []
                    if try await perform(effects(of: bytes, on: &process), to: outbound) { return }
                case .ping:
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .connectionClose: return
                default: continue
                }
            }
        }
    }

    private func effects(of message: [UInt8], on process: inout ScriptedProcess) -> [ScriptedProcess.Effect] {
        switch message.first.flatMap(RemoteCommandProtocol.Channel.init) {
        case .input: process.input(message.dropFirst())
        case .close where version == .v5 && message.dropFirst().first == RemoteCommandProtocol.Channel.input.rawValue:
            process.endOfInput()
        default: []
        }
    }

    /// - Returns: whether the command has ended.
    private func perform(_ effects: [ScriptedProcess.Effect], to outbound: Outbound) async throws -> Bool {
        for effect in effects {
            switch effect {
            case .output(let text): try await send(.output, bytes: bytes(text), to: outbound)
            // A terminal has one stream only.
            case .error(let text):
                try await send(request.isTerminal ? .output : .error, bytes: bytes(text), to: outbound)
            case .exit(let code):
                try await end(RemoteCommandProtocol.status(exitCode: code), to: outbound)
                return true
            }
        }
        return false
    }

    private func bytes(_ text: String) -> [UInt8] {
        Array((request.isTerminal ? text.replacing("\n", with: "\r\n") : text).utf8)
    }

    private func send(_ channel: RemoteCommandProtocol.Channel, bytes: [UInt8], to outbound: Outbound) async throws {
        let data = ByteBuffer(bytes: [channel.rawValue] + bytes)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .binary, data: data))
    }

    private func end(_ status: JSONValue, to outbound: Outbound) async throws {
        try await send(.status, bytes: JSONWriter.bytes(status), to: outbound)
        var reason = ByteBuffer()
        reason.write(webSocketErrorCode: .normalClosure)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: reason))
    }
}
