import Concurrency
import HTTPTransport
import KubeModel
import Synchronization

/// How often an address may try to sign in, and how often it may be tried with one name: some times at once, then one every
/// few seconds.
final class SignInLimiter: Sendable {
    private let start = ContinuousClock.now
    private let addresses: Mutex<TokenBuckets>
    private let names: Mutex<TokenBuckets>

    init(burst: Int = 10, perSecond: Double = 0.2) {
        addresses = Mutex(TokenBuckets(perSecond: perSecond, burst: burst))
        names = Mutex(TokenBuckets(perSecond: perSecond / 2, burst: burst))
    }

    func allows(_ address: String) -> Bool {
        let now = start.duration(to: .now)
        return addresses.withLock { $0.take(for: AddressKey.key(of: address), now: now) }
    }

    /// Passwords of one account are guessed no faster from many addresses.
    func allows(name: String) -> Bool {
        let now = start.duration(to: .now)
        return names.withLock { $0.take(for: String(name.prefix(64)), now: now) }
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
        guard let bytes = IPAddress(address)?.bytes, bytes.count == 16 else { return String(address.prefix(64)) }
        return bytes.prefix(8).hexadecimal
    }
}
