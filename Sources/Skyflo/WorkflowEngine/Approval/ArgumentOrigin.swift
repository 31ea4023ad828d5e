import KubeModel

/// Which of a call's arguments the model can have only from what tools returned, or from data that a message quotes. Logs,
/// annotations, events and alerts are written by whoever likes to, also with orders in them; who approves should know that a
/// value comes from there.
///
/// Judged by names, numbers of images and the like, word by word. It can't be known where a model has a value from: what the
/// user has said as well counts as the user's.
package struct ArgumentOrigin: Sendable {
    private var ofUser: Set<String>
    private var ofTools: Set<String> = []

    /// - Parameter known: what the model knows without being told by either.
    package init(history: [HistoryMessage], known: Set<String> = []) {
        ofUser = Set(known.map { $0.lowercased() })
        for message in history {
            switch message {
            case .user(let text):
                let (own, quoted) = QuotedData.split(text)
                ofUser.formUnion(Self.words(own))
                ofTools.formUnion(Self.words(quoted))
            case .tool(_, let content): ofTools.formUnion(Self.words(content))
            case .assistant, .note: continue
            }
        }
    }

    /// The words of the arguments, sorted, that tool results have and no message of the user.
    package func fromToolOutput(in arguments: String) -> [String] {
        guard !ofTools.isEmpty, let json = try? JSONParser.parse(arguments) else { return [] }
        var found: Set<String> = []
        collect(json, into: &found)
        return found.sorted()
    }

    private func collect(_ value: JSONValue, into found: inout Set<String>) {
        switch value {
        case .object(let members):
            for (key, value) in members where !Self.vocabulary.contains(key) { collect(value, into: &found) }
        case .array(let elements):
            for element in elements { collect(element, into: &found) }
        case .string(let text):
            // Manifests and patches come as text.
            if text.contains("\n") || text.contains(":"), let inner = try? YAML.parse(text), inner.string == nil {
                return collect(inner, into: &found)
            }
            let words = Self.words(text)
            for word in words where words.count == 1 || Self.isTelling(word) {
                let lowered = word.lowercased()
                if ofTools.contains(lowered), !ofUser.contains(lowered) { found.insert(lowered) }
            }
        default: return
        }
    }

    /// Members whose values are words of the API and no choice of anybody's.
    private static let vocabulary: Set<String> = ["resource_type", "patch_type", "output", "apiVersion", "kind"]

    /// In a sentence only what looks like a name of something: `registry/app:1.2`, `web-7f9c`.
    private static func isTelling(_ word: String) -> Bool {
        word.utf8.count >= 6 && word.utf8.contains { "-./:@".utf8.contains($0) || ($0 >= 0x30 && $0 <= 0x39) }
    }

    /// Of at least three bytes, in small letters, without the punctuation around them.
    private static func words(_ text: String) -> Set<String> {
        var words: Set<String> = []
        for part in text.lowercased().utf8.split(whereSeparator: { !isPart($0) }) {
            var word = part
            while let last = word.last, ".:-/@_".utf8.contains(last) { word = word.dropLast() }
            while let first = word.first, ".:-/@_".utf8.contains(first) { word = word.dropFirst() }
            if word.count >= 3 { words.insert(String(decoding: word, as: UTF8.self)) }
        }
        return words
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, 0x80...0xFF: true
        default: ".:-/@_".utf8.contains(byte)
        }
    }
}
