import AsyncHTTPClient
import Concurrency
import HTTPTransport
import NIOCore
import NIOHTTP1

/// A JSON document that is posted to the address of an integration itself.
package struct JSONPost: Sendable, Hashable {
    package var body: String
    /// What is taken as an answer, as the header `Accept` has it.
    package var accept: String
    /// Headers besides the usual ones.
    package var headers: [IntegrationRequest.Field]
    /// Bytes of the answer's body; a longer one is refused.
    package var limit: Int

    package init(_ body: String, accept: String, headers: [IntegrationRequest.Field] = [], limit: Int) {
        self.body = body
        self.accept = accept
        self.headers = headers
        self.limit = limit
    }
}

/// Takes the body of an answer as it comes.
package protocol BodyReader: Sendable {
    /// - Parameter head: the answer, without its body.
    /// - Returns: whether nothing more of it is wanted. Then the connection is closed.
    mutating func read(_ bytes: [UInt8], of head: IntegrationResponse) -> Bool
}

extension HTTPIntegrationTransport {
    /// Posts once. No redirect is followed: its answer is returned as it is.
    ///
    /// - Parameter secrets: texts that are replaced wherever the body repeats them.
    /// - Returns: the answer without a body, and the reader that has seen the body.
    /// - Throws: ``IntegrationError``; `CancellationError`.
    package func post<Reader: BodyReader>(
        _ post: JSONPost, hiding secrets: [String] = [], reader: Reader
    ) async throws -> (IntegrationResponse, Reader) {
        do {
            return try await withDeadline(.now + timeout, failure: HTTPClientError.deadlineExceeded) {
                try await exchange(post, hiding: secrets, reader: reader)
            }
        } catch let error as IntegrationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw Self.failure(error)
        }
    }

    private func exchange<Reader: BodyReader>(
        _ post: JSONPost, hiding secrets: [String], reader: Reader
    ) async throws -> (IntegrationResponse, Reader) {
        let request = try outgoing(post)
        let (parts, part) = LimitedBody.Parts.makeStream()
        let task = client.execute(
            request: request, delegate: LimitedBody(part, limit: post.limit), eventLoop: .delegate(on: loop))
        part.onTermination = { _ in task.cancel() }
        let hidden = (secrets.map { Array($0.utf8) } + (credential?.texts ?? [])).filter { $0.count >= 4 }
        return try await Self.read(parts, limit: post.limit, hiding: hidden, reader: reader)
    }

    private func outgoing(_ post: JSONPost) throws -> HTTPClient.Request {
        var fields: HTTPHeaders = [
            "accept": post.accept, "content-type": "application/json", "user-agent": "skyflo",
        ]
        if let credential { fields.add(name: "authorization", value: credential.authorization) }
        for header in headers + post.headers { fields.replaceOrAdd(name: header.name, value: header.value) }
        return try HTTPClient.Request(
            url: origin.url(of: ""), method: .POST, headers: fields, body: .string(post.body), tlsConfiguration: tls)
    }

    /// Posts once and waits for no answer: whether it arrives isn't known. It is sent also where the task is cancelled.
    package func send(_ post: JSONPost) {
        guard let request = try? outgoing(post) else { return }
        let (_, part) = LimitedBody.Parts.makeStream()
        _ = client.execute(
            request: request, delegate: LimitedBody(part, limit: post.limit), eventLoop: .delegate(on: loop),
            deadline: .now() + .seconds(5))
    }

    private static func read<Reader: BodyReader>(
        _ parts: LimitedBody.Parts, limit: Int, hiding secrets: [[UInt8]], reader: Reader
    ) async throws -> (IntegrationResponse, Reader) {
        var reader = reader
        var head: IntegrationResponse?
        var total = 0
        var concealer = Concealer(secrets)
        for try await part in parts {
            switch part {
            case .head(let found):
                head = IntegrationResponse(
                    status: Int(found.status.code), headers: found.headers.map { ($0.name, $0.value) })
            case .body(let buffer):
                total += buffer.readableBytes
                guard total <= limit else {
                    throw IntegrationError(
                        .tooLarge, message: "the answer is larger than \(limit) bytes, and was not read")
                }
                guard let head else { continue }
                if reader.read(concealer.push(buffer.readableBytesView), of: head) { return (head, reader) }
            }
        }
        try Task.checkCancellation()
        guard let head else { throw HTTPClientError.remoteConnectionClosed }
        _ = reader.read(concealer.finish(), of: head)
        return (head, reader)
    }
}

/// Replaces secrets in bytes that come in parts, also where one is cut in two. Line ends are never held back for longer than
/// the part they come with unless a secret may begin before them.
private struct Concealer {
    private let secrets: [[UInt8]]
    private let longest: Int
    private var held: [UInt8] = []

    init(_ secrets: [[UInt8]]) {
        // Longest first: one may contain another.
        self.secrets = secrets.sorted { $0.count > $1.count }
        longest = self.secrets.first?.count ?? 0
    }

    mutating func push(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        held += bytes
        guard longest > 0 else { return finish() }
        for secret in secrets { held = IntegrationResponse.replace(secret, in: held) }
        let kept = beginning
        defer { held = Array(held.suffix(kept)) }
        return Array(held.dropLast(kept))
    }

    mutating func finish() -> [UInt8] {
        defer { held = [] }
        return held
    }

    /// How many bytes at the end may be the beginning of a secret.
    private var beginning: Int {
        (0..<min(longest, held.count + 1)).reversed().first { count in
            count > 0 && secrets.contains { $0.count > count && held.suffix(count).elementsEqual($0.prefix(count)) }
        } ?? 0
    }
}
