import Crypto
import KubeModel

/// Values that nobody guesses, and what follows from them.
enum Secrecy {
    /// 256 bits of the system's generator, which is made for secrets.
    static func randomText() -> String { (0..<32).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal }

    static func digest(_ value: String) -> SHA256.Digest { SHA256.hash(data: Array(value.utf8)) }

    /// Says nothing about the cookie's value that a page's other scripts or a log could use.
    static func formKey(of value: String) -> String { digest("form of " + value).hexadecimal }
}

/// Something said at the top of a page.
struct Note: Sendable, Hashable {
    enum Kind: Sendable { case done, refused }

    var kind: Kind
    var text: String
}
