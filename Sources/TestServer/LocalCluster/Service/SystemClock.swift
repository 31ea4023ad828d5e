import FoundationEssentials
import KubeModel

extension KubeTime {
    /// The wall clock, to the second as the server's own timestamps are.
    static func now() -> KubeTime { KubeTime(seconds: Date().timeIntervalSince1970.rounded(.down)) }
}

/// Random texts in the forms of a real server.
enum RandomText {
    /// As in generated names: no vowels and no digits that look like letters, so that no words come about.
    private static let nameAlphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    static func suffix(_ length: Int = 5) -> String {
        String((0..<length).map { _ in nameAlphabet[Int.random(in: 0..<nameAlphabet.count)] })
    }

    /// A version 4 UUID in lower case.
    static func uuid() -> String { UUID().uuidString.lowercased() }

    static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64.encodeURL((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
