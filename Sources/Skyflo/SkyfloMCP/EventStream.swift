import Concurrency
import Hummingbird
import KubeModel
import MCP
import NIOCore

/// One answer as server-sent events: reports of progress, and the response at the end.
struct EventStream: Sendable {
    /// Under which the caller wants to hear of progress; nil where it doesn't.
    let token: RPCID?
    /// How long nothing is written before a comment is.
    let keepAlive: Duration

    private enum Item: Sendable {
        case progress(done: Int, message: String)
        case silence
        case response(JSONValue)
    }

    /// - Parameters:
    ///   - work: makes the response; cancelled when nothing can be written any more.
    ///   - writer: takes whole events.
    func run(
        work: @escaping @Sendable (ProgressReporter) async throws -> JSONValue,
        writer: inout any ResponseBodyWriter
    ) async throws {
        let (items, source) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingNewest(64))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [hasToken = token != nil] in
                let progress = ProgressReporter { done, message in source.yield(.progress(done: done, message: message))
                }
                source.yield(.response(try await work(hasToken ? progress : .none)))
                source.finish()
            }
            group.addTask { [keepAlive] in
                while true {
                    try await sleep(for: keepAlive)
                    source.yield(.silence)
                }
            }
            defer { group.cancelAll() }
            for await item in items {
                try await writer.write(ByteBuffer(string: text(of: item)))
            }
        }
    }

    private func text(of item: Item) -> String {
        switch item {
        case .silence: ": waiting\n\n"
        case .response(let json): Self.event(json)
        case .progress(let done, let message):
            Self.event(
                RPC.notification(
                    "notifications/progress",
                    params: [
                        "progressToken": token?.json ?? .null, "progress": JSONValue(done), "message": .string(message),
                    ]))
        }
    }

    /// JSON has no line breaks of its own: one line of data.
    private static func event(_ json: JSONValue) -> String { "event: message\ndata: \(JSONWriter.string(json))\n\n" }
}
