import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Reads a conversation's transcript from its Secrets and checks it: every entry follows from the one before it, and the
/// hash that the status has is the hash of that entry.
///
/// Whoever may write both the Secrets and the status can forge both; the chain shows everything less.
struct TranscriptReader {
    struct Reading {
        var entries: [TranscriptChain.Entry] = []
        /// As they lie there, hashes included.
        var lines: [JSONValue] = []
        var head = ""
        /// What is wrong, nil when nothing is. `entries` is what stands before it.
        var fault: String?
    }

    let api: any KubeAPI

    func read(_ conversation: Conversation) async throws -> Reading {
        guard let prefix = conversation.object["status", "transcript", "secretPrefix"]?.string else {
            throw CommandError(.error, "conversation \"\(conversation.object.name)\" has no transcript yet")
        }
        var check = TranscriptCheck(conversation.status.transcript)
        var number = 0
        while let secret = try await api.find(
            .secrets, namespace: conversation.namespace, name: "\(prefix)-\(number)")
        {
            check.add(secret, ownedBy: conversation.uid)
            number += 1
        }
        return check.finish()
    }
}

/// The checking, without I/O.
struct TranscriptCheck {
    private let known: TranscriptChain.Anchor
    private var chain: TranscriptChain
    private var reading = TranscriptReader.Reading()

    init(_ known: TranscriptChain.Anchor) {
        self.known = known
        chain = TranscriptChain(anchor: known)
    }

    mutating func add(_ secret: KubeObject, ownedBy uid: String) {
        guard reading.fault == nil else { return }
        guard secret.controller?.uid == uid else {
            reading.fault = "the Secret \(secret.name) doesn't belong to the conversation"
            return
        }
        for key in (secret["data"]?.object?.keys ?? []).sorted() where reading.fault == nil {
            guard let bytes = secret["data", key]?.string.flatMap(Base64.decode) else {
                reading.fault = "the Secret \(secret.name) holds something under \(key) that is no Base64"
                return
            }
            add(lines: String(decoding: bytes, as: UTF8.self))
        }
    }

    private mutating func add(lines: String) {
        for line in lines.split(separator: "\n") {
            do throws(TranscriptChain.Failure) {
                reading.entries += try chain.read(String(line))
            } catch {
                reading.fault = error.description
                return
            }
            if let json = try? JSONParser.parse(String(line)) { reading.lines.append(json) }
        }
    }

    /// The Secrets may be ahead of the status: they are written first.
    consuming func finish() -> TranscriptReader.Reading {
        var reading = reading
        reading.head = chain.head
        if reading.fault == nil, chain.count < known.count {
            reading.fault =
                "entry \(chain.count + 1) of the transcript and all behind it are missing: "
                + "the status counts \(known.count)"
        }
        return reading
    }
}
