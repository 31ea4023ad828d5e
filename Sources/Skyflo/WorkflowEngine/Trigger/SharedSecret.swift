import Crypto

/// Compares what a caller shows with what is known, in a time that says nothing of either.
package struct SharedSecret: Sendable {
    private let key = SymmetricKey(size: .bits256)
    private let code: HashedAuthenticationCode<SHA256>

    package init(_ secret: some Collection<UInt8>) {
        code = HMAC<SHA256>.authenticationCode(for: Array(secret), using: key)
    }

    /// By keyed hashes: their comparison takes as long whatever differs, and lengths differ no more.
    package func matches(_ shown: some Collection<UInt8>) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(shown), using: key)
    }
}
