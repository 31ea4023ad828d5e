import Concurrency
import HTTPTransport
import KubeModel
import SignIn
import Synchronization

/// How often an address may try to sign in, and how often it may be tried with one name: some times at once, then one every
/// few seconds.
///
/// A name gets its times back faster than one address can use them up, and has more at once: nobody keeps somebody else out from
/// one address.
final class SignInLimiter: Sendable {
    private let start = ContinuousClock.now
    private let addresses: Mutex<TokenBuckets>
    private let names: Mutex<TokenBuckets>
    private let sessions: Mutex<TokenBuckets>
    /// What was taken of names for attempts that succeeded.
    private let forgiven = Mutex<[String: Int]>([:])
    private static let limit = 4096

    init(burst: Int = 10, perSecond: Double = 0.2) {
        addresses = Mutex(TokenBuckets(perSecond: perSecond, burst: burst))
        names = Mutex(TokenBuckets(perSecond: perSecond * 5, burst: burst * 3))
        sessions = Mutex(TokenBuckets(perSecond: perSecond, burst: burst))
    }

    func allows(_ address: String) -> Bool {
        let now = start.duration(to: .now)
        return addresses.withLock { $0.take(for: AddressKey.key(of: address), now: now) }
    }

    /// Passwords of one account are guessed no faster from many addresses.
    func allows(name: String) -> Bool {
        let key = Self.key(ofName: name)
        let isForgiven = forgiven.withLock { forgiven in
            guard let count = forgiven[key] else { return false }
            forgiven[key] = count > 1 ? count - 1 : nil
            return true
        }
        if isForgiven { return true }
        let now = start.duration(to: .now)
        return names.withLock { $0.take(for: key, now: now) }
    }

    /// An attempt with the right password counts for none.
    func forgive(name: String) {
        forgiven.withLock { forgiven in
            if forgiven.count >= Self.limit { forgiven = [:] }
            forgiven[Self.key(ofName: name), default: 0] += 1
        }
    }

    /// What can be nobody's name, of whatever length, is one.
    private static func key(ofName name: String) -> String { LocalAccount.isName(name) ? name : "" }

    /// Whether somebody who is signed in may try the password again.
    func allows(session id: String) -> Bool {
        let now = start.duration(to: .now)
        return sessions.withLock { $0.take(for: id, now: now) }
    }
}

/// How much one address, and one person, may ask for.
final class RequestLimiter: Sendable {
    private let start = ContinuousClock.now
    private let addresses: Mutex<TokenBuckets>
    private let people: Mutex<TokenBuckets>

    /// - Parameters:
    ///   - perAddress: requests a second; several people may share an address.
    init(burst: Int = 500, perAddress: Double = 100, perPerson: Double = 30) {
        addresses = Mutex(TokenBuckets(perSecond: perAddress, burst: burst * 2))
        people = Mutex(TokenBuckets(perSecond: perPerson, burst: burst))
    }

    func allows(address: String) -> Bool {
        let now = start.duration(to: .now)
        return addresses.withLock { $0.take(for: AddressKey.key(of: address), now: now) }
    }

    func allows(person: String) -> Bool {
        let now = start.duration(to: .now)
        return people.withLock { $0.take(for: person, now: now) }
    }
}

/// What counts as one address: whoever has one of IPv6 has 2^64 of them.
enum AddressKey {
    static func key(of address: String) -> String {
        guard let bytes = IPAddress(address)?.bytes else { return "" }
        return bytes.prefix(bytes.count == 16 ? 8 : 4).hexadecimal
    }
}
