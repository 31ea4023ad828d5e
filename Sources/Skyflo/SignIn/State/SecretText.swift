import Crypto
import KubeModel

/// Values that nobody guesses, and how they are compared and kept.
enum SecretText {
    /// Random bytes of the system's generator, which is made for secrets.
    static func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max) } }

    static func random(bytes: Int = 32) -> String { randomBytes(bytes).hexadecimal }

    /// What is stored of a value that has enough randomness to be found by nobody who reads the digest.
    static func digest(_ value: String) -> String { SHA256.hash(data: Array(value.utf8)).hexadecimal }

    /// Takes a time that doesn't tell where they differ.
    static func isEqual(_ a: String, to b: String) -> Bool {
        let (left, right) = (Array(SHA256.hash(data: Array(a.utf8))), Array(SHA256.hash(data: Array(b.utf8))))
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
