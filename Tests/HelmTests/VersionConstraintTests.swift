import Testing

@testable import Helm

/// Results of Masterminds' `semver`, as Helm v4.2.3 has them.
struct VersionConstraintTests {
    @Test(arguments: [
        ("^1.2.3", "1.4.0", true), ("^1.2.3", "2.0.0", false), ("^1.2.3", "1.4.0-alpha", false),
        (">=1.20-0", "1.21.3-gke.100", true),
        (">=1.20-0", "1.20.0", true), ("~1.2", "1.2.9", true), ("~1.2", "1.3.0", false), ("1.2.x", "1.2.7", true),
        ("*", "5.1.0", true),
        ("*", "5.1.0-rc.1", false), (">1.2, <2", "1.2.5", false), (">1.2 <2", "1.3.0", true), ("<1 || >3", "4", true),
        ("1.0 - 2.0", "1.5", true), ("1.0 - 2.0", "2.0.5", true), ("!=1.2.x", "1.2.3", false), ("<=1.2", "1.2.9", true),
        ("^0.2.3", "0.3.0", false),
        ("^0.0.3", "0.0.4", false), ("=1.2.3", "v1.2.3+b", true), ("~>1", "1.9.9", true),
        (">=1.0.0-rc.2", "1.0.0-rc.10", true),
    ])
    func `versions are compared with constraints`(constraint: String, version: String, isAllowed: Bool) throws {
        #expect(try VersionConstraint.check(ByteString(constraint), ByteString(version)) == isAllowed)
    }

    @Test(arguments: [
        ("foo", "1.0.0", "improper constraint: \"foo\""), ("", "1.0.0", "improper constraint: \"\""),
        (">1", "1.0.0.0", "invalid semantic version"), (">1", "x", "invalid semantic version"),
        (">1", "1.0.0-01", "version segment starts with 0"),
    ])
    func `what is no constraint or version is refused`(constraint: String, version: String, problem: String) {
        do throws(HelmError) {
            _ = try VersionConstraint.check(ByteString(constraint), ByteString(version))
            Issue.record("nothing was refused")
        } catch {
            #expect(error.message.text == problem)
        }
    }
}
