import KubeModel
import WorkflowEngine

/// A transcript out of a file: what `kubectl skyflo transcript -o json` or `-o yaml` prints, or a line of JSON for each entry, as
/// it is stored.
package struct TranscriptFile: Sendable {
    package var entries: [TranscriptChain.Entry]
    /// The hash of the last entry.
    package var head: String

    /// - Throws: ``CommandError``: `tampered` where the chain of hashes is broken, as it is of a part of a transcript.
    package init(_ text: String) throws {
        let lines = try Self.lines(text)
        guard !lines.isEmpty else { throw CommandError(.error, message: "there is no entry in it") }
        var chain = TranscriptChain()
        do {
            var read: [TranscriptChain.Entry] = []
            for line in lines { read += try chain.read(line) }
            entries = read
        } catch {
            throw CommandError(
                .tampered,
                message: "\(error). It has to be a whole transcript, as `kubectl skyflo transcript -o json` prints it "
                    + "without --turn")
        }
        head = chain.head
    }

    private static func lines(_ text: String) throws -> [String] {
        let first = text.first { !$0.isWhitespace }
        if first == "{" { return text.split(whereSeparator: \.isNewline).map(String.init) }
        let json: JSONValue
        do {
            json = first == "[" ? try JSONParser.parse(text) : try YAML.parse(text)
        } catch {
            throw CommandError(.error, message: "it is neither JSON nor YAML: \(error)")
        }
        guard let entries = json.array else {
            throw CommandError(.error, message: "it is no transcript: a list of entries is expected")
        }
        return entries.map { JSONWriter.string($0) }
    }
}
