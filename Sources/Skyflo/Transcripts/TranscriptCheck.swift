import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Reads a transcript and checks it, without I/O: every entry follows from the one before it, and the hash that the status
/// has is the hash of that entry.
///
/// Whoever may write both the Secrets and the status can forge both; the chain shows everything less.
struct TranscriptCheck {
    private let known: TranscriptChain.Anchor
    private let veil: (any TranscriptCipher)?
    private(set) var stored: StoredTranscript
    private var lines: [JSONValue] = []
    private(set) var fault: TranscriptChain.Failure?

    /// - Parameters:
    ///   - known: what the status vouches for.
    ///   - place: of the Secrets; for who goes on with the transcript.
    ///   - veil: nil reads what readers may see.
    init(
        _ known: TranscriptChain.Anchor, place: TranscriptPlace? = nil, veil: (any TranscriptCipher)? = nil
    ) {
        self.known = known
        self.veil = veil
        stored = StoredTranscript(
            chain: TranscriptChain(anchor: known),
            position: .init(namespace: place?.namespace ?? "", secretPrefix: place?.prefix ?? ""))
    }

    /// Takes the next Secret in; nothing behind a fault is looked at.
    ///
    /// - Parameter uid: of the conversation that has to own the Secret; nil takes it whoever owns it.
    mutating func add(_ secret: KubeObject, ownedBy uid: String? = nil) {
        guard fault == nil else { return }
        let chunk: SecretChunk
        do {
            chunk = try SecretChunk(secret, owner: uid)
        } catch {
            return fail(error)
        }
        add(text: chunk.text)
        stored.position.bytes += chunk.bytes
        stored.position.secrets += 1
        stored.position.entries = stored.chain.count
        stored.position.head = stored.chain.head
        stored.tail = StoredTranscript.Tail(
            resourceVersion: secret.resourceVersion, uid: secret.uid, bytes: chunk.bytes, appends: chunk.appends,
            isSealed: secret["immutable"]?.bool ?? false)
    }

    /// Takes the next lines in; nothing behind a fault is looked at.
    mutating func add(text: String) {
        guard fault == nil else { return }
        for line in text.split(separator: "\n").map(String.init) {
            do throws(TranscriptChain.Failure) {
                stored.entries += try stored.chain.read(line, veil: veil)
            } catch {
                fault = error
                return
            }
            // Only who reads with a key goes on with the transcript, and has no use for what others see of it.
            if veil == nil, let json = try? JSONParser.parse(line) { lines.append(json) }
        }
    }

    mutating func fail(_ failure: TranscriptChain.Failure) { fault = fault ?? failure }

    /// The Secrets may be ahead of the status: they are written first.
    consuming func finish() -> TranscriptReading {
        var reading = TranscriptReading(
            entries: stored.entries, lines: lines, head: stored.chain.head, fault: fault?.description)
        if fault == nil, stored.chain.count < known.count {
            reading.fault =
                "entry \(stored.chain.count + 1) of the transcript and all after it are missing: "
                + "the status counts \(known.count)"
        }
        return reading
    }
}
