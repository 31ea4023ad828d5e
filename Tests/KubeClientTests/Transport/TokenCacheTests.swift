import Testing

@testable import KubeClient

@Suite struct TokenCacheTests {
    private let start = ContinuousClock.now
    private let unreadable = KubeClientError(.configuration, message: "cannot read")

    @Test func `a token is read again after a minute, not before`() throws {
        var cache = TokenCache()
        #expect(try cache.token(at: start, fallback: nil) { "a" } == "a")
        #expect(try cache.token(at: start + .seconds(59), fallback: nil) { "b" } == "a")
        #expect(try cache.token(at: start + .seconds(60), fallback: nil) { "b" } == "b")
    }

    @Test func `a file that can't be read any more leaves the last token`() throws {
        var cache = TokenCache()
        _ = try cache.token(at: start, fallback: nil) { "a" }
        let later = start + .seconds(61)
        #expect(try cache.token(at: later, fallback: nil) { () throws(KubeClientError) in throw unreadable } == "a")
        #expect(try cache.token(at: later + .seconds(61), fallback: nil) { "c" } == "c")
    }

    @Test func `a file that never could be read gives the fallback, or the error`() throws {
        var cache = TokenCache()
        #expect(throws: KubeClientError.self) {
            try cache.token(at: start, fallback: nil) { () throws(KubeClientError) in throw unreadable }
        }
        #expect(try cache.token(at: start, fallback: "f") { () throws(KubeClientError) in throw unreadable } == "f")
    }

    @Test func `a refused token is read again at once`() throws {
        var cache = TokenCache()
        _ = try cache.token(at: start, fallback: nil) { "a" }
        #expect(cache.token(at: start, insteadOf: "a") { "b" } == "b")
        #expect(try cache.token(at: start + .seconds(1), fallback: nil) { "c" } == "b")
    }

    @Test func `a refused token that is still the one in the file has no replacement`() throws {
        var cache = TokenCache()
        _ = try cache.token(at: start, fallback: nil) { "a" }
        #expect(cache.token(at: start, insteadOf: "a") { "a" } == nil)
        #expect(cache.token(at: start, insteadOf: "a") { throw unreadable } == nil)
    }

    @Test func `who was refused with an old token gets the new one without reading`() throws {
        var cache = TokenCache()
        _ = try cache.token(at: start, fallback: nil) { "b" }
        #expect(cache.token(at: start, insteadOf: "a") { throw unreadable } == "b")
    }
}
