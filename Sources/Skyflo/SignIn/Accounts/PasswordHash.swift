import Concurrency
import Crypto
import CryptoExtras
import FoundationEssentials
import KubeModel
import NIOPosix

/// A password as it is stored: scrypt (RFC 7914) with its parameters and salt.
struct PasswordHash: Sendable, Hashable {
    /// What a hash costs. The memory is 128 · blockSize · 2^rounds bytes.
    struct Cost: Sendable, Hashable {
        /// The binary logarithm of N.
        var rounds: Int
        var blockSize: Int
        var parallelism: Int

        /// 32 MiB, a few tenths of a second: as OWASP's Password Storage Cheat Sheet asks for (N = 2^15, r = 8, p = 3).
        static let usual = Cost(rounds: 15, blockSize: 8, parallelism: 3)

        /// Stored hashes aren't trusted to name any cost.
        var isSane: Bool { (10...18).contains(rounds) && (1...16).contains(blockSize) && (1...8).contains(parallelism) }
        var memory: Int { 128 * blockSize << rounds }
    }

    let cost: Cost
    let salt: [UInt8]
    let key: [UInt8]

    /// Hashes a password anew; takes as long as ``Cost`` says, and blocks the thread.
    init(of password: String, cost: Cost) throws {
        self.cost = cost
        salt = SecretText.randomBytes(16)
        key = try Self.derive(password, cost: cost, salt: salt)
    }

    /// - Parameter text: as ``text`` gives it.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let size = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Base64.decodeURL(parts[4]), salt.count >= 16,
            let key = Base64.decodeURL(parts[5]), key.count == 32
        else { return nil }
        cost = Cost(rounds: rounds, blockSize: size, parallelism: parallelism)
        guard cost.isSane else { return nil }
        (self.salt, self.key) = (salt, key)
    }

    var text: String {
        "scrypt$\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)$\(Base64.encodeURL(salt))$\(Base64.encodeURL(key))"
    }

    /// Whether it is the password. Takes as long whether it is or not, and blocks the thread.
    func matches(_ password: String) throws -> Bool {
        let other = try Self.derive(password, cost: cost, salt: salt)
        return zip(key, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    static func derive(_ password: String, cost: Cost, salt: [UInt8]) throws -> [UInt8] {
        try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.rounds,
            blockSize: cost.blockSize, parallelism: cost.parallelism, maxMemory: cost.memory * 2 + (1 << 20)
        ).withUnsafeBytes { Array($0) }
    }
}

/// Hashes passwords on threads of their own, few at a time: each takes 32 MiB and a core.
final class PasswordHasher: Sendable {
    private static let atOnce = 2
    private static let waiting = 32

    let cost: PasswordHash.Cost
    private let semaphore = AsyncSemaphore(permits: atOnce)
    /// What an unknown name's password is compared with.
    private let nobody: PasswordHash?
    private let onDerivation: @Sendable () -> Void

    /// - Parameter onDerivation: is told of each comparison that takes its time.
    init(cost: PasswordHash.Cost = .usual, onDerivation: @escaping @Sendable () -> Void = {}) {
        self.cost = cost
        self.onDerivation = onDerivation
        nobody = PasswordHash(
            "scrypt$\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)"
                + "$\(Base64.encodeURL(SecretText.randomBytes(16)))$\(Base64.encodeURL(SecretText.randomBytes(32)))")
    }

    func hash(_ password: String) async throws -> String {
        try await run { [cost] in try PasswordHash(of: password, cost: cost).text }
    }

    /// - Parameter stored: nil where there is no such account: it takes as long.
    /// - Returns: whether it matches, and the hash to store instead where the stored one costs less than new ones do.
    func check(_ password: String, stored: String?) async throws -> (isRight: Bool, upgrade: String?) {
        let known = stored.flatMap(PasswordHash.init)
        return try await run { [cost, nobody, onDerivation] in
            guard let hash = known ?? nobody else { return (false, nil) }
            onDerivation()
            guard try hash.matches(password), known != nil else { return (false, nil) }
            return (true, hash.cost == cost ? nil : try PasswordHash(of: password, cost: cost).text)
        }
    }

    private func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        guard semaphore.waiters < Self.waiting else {
            throw SignInRefusal(.tooMany, "Too many people sign in at the moment. Try again in some seconds.")
        }
        return try await semaphore.withPermit { try await NIOThreadPool.singleton.runIfActive(body) }
    }
}

/// What a password has to be.
enum PasswordRules {
    static let length = 12...128

    /// - Throws: ``SignInRefusal``, which doesn't quote it.
    static func check(_ password: String, of name: String) throws(SignInRefusal) {
        let count = password.unicodeScalars.count
        guard length.contains(count), password.utf8.count <= 512 else {
            throw SignInRefusal(
                .invalid,
                "A password has \(length.lowerBound) to \(length.upperBound) characters; that one has \(count).")
        }
        guard Set(password.unicodeScalars).count >= 5 else {
            throw SignInRefusal(.invalid, "A password has at least five different characters.")
        }
        guard !password.lowercased().contains(name.lowercased()) || name.count < 4 else {
            throw SignInRefusal(.invalid, "A password doesn't contain the account's name.")
        }
    }
}
