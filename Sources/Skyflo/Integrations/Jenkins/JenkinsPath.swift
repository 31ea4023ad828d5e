import KubeModel

/// The full name of a job: `folder/team/build`. A branch of a multibranch project is one part of it, in which a slash is
/// written `%2F` (`shop/feature%2Flogin`), as Jenkins itself names it.
package struct JenkinsPath: Sendable, Hashable, CustomStringConvertible {
    package let parts: [String]

    /// Deeper folders are not known of any Jenkins.
    private static let deepest = 24

    /// - Throws: ``IntegrationError`` where the text is no full name of a job.
    package init(_ fullName: String) throws(IntegrationError) {
        var text = fullName[...]
        while text.first == "/" { text.removeFirst() }
        while text.last == "/" { text.removeLast() }
        let shown = JSONWriter.string(.string(fullName.count > 80 ? "\(fullName.prefix(80))…" : fullName))
        if text.contains("://") {
            throw IntegrationError(
                .refused, message: "\(shown) is an address; give the full name of a job, such as folder/job")
        }
        parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !text.isEmpty, parts.count <= Self.deepest else {
            throw IntegrationError(.refused, message: "\(shown) is no full name of a job, such as folder/job")
        }
        // Whatever can't be part of a path is told before anything is asked for.
        _ = try IntegrationRequest(.get, segments: parts)
        guard parts.allSatisfy(Self.isName) else {
            throw IntegrationError(
                .refused,
                message: "\(shown) is no full name of a job: a name has none of ? * \\ ! @ # $ ^ & | < > [ ] : ;")
        }
    }

    /// Those that Jenkins refuses in names (`Jenkins.checkGoodName`), but for `%`, which names of branches have, and `@` and
    /// `&`, which some plug-ins let through.
    private static func isName(_ part: String) -> Bool { part.allSatisfy { !"?*\\!#$^|<>[]:;".contains($0) } }

    package var description: String { parts.joined(separator: "/") }

    /// `job`, `folder`, `job`, `build`.
    package var segments: [String] { parts.flatMap { ["job", $0] } }

    /// The job that a URL of Jenkins is about, whatever host and prefix it names; nil where it is about none.
    package init?(url: String) {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        var rest = path.split(separator: "/")[...]
        if url.contains("://") { rest = rest.dropFirst(2) }
        guard let first = rest.firstIndex(of: "job") else { return nil }
        rest = rest[first...]
        var names: [String] = []
        while rest.count >= 2, rest.first == "job" {
            guard let name = PercentEncoding.decode(rest[rest.startIndex + 1]) else { return nil }
            names.append(name)
            rest = rest.dropFirst(2)
        }
        guard !names.isEmpty, let path = try? JenkinsPath(names.joined(separator: "/")) else { return nil }
        self = path
    }

    package init(parts: [String]) { self.parts = parts }
}

/// Which build of a job is meant: a number, or one of Jenkins's names for one.
package enum JenkinsBuildReference: Sendable, Hashable, CustomStringConvertible {
    case number(Int)
    case alias(String)

    package static let aliases = [
        "lastBuild", "lastCompletedBuild", "lastSuccessfulBuild", "lastStableBuild", "lastUnstableBuild",
        "lastFailedBuild", "lastUnsuccessfulBuild",
    ]

    package init(_ text: String) throws(IntegrationError) {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        if let number = Int(digits), number > 0, digits.allSatisfy(\.isNumber) {
            self = .number(number)
        } else if Self.aliases.contains(text) {
            self = .alias(text)
        } else {
            throw IntegrationError(
                .refused,
                message: "build: \(JSONWriter.string(.string(String(text.prefix(60))))) is neither a number nor one of "
                    + Self.aliases.joined(separator: ", "))
        }
    }

    /// As it is part of a path.
    package var description: String {
        switch self {
        case .number(let number): String(number)
        case .alias(let name): name
        }
    }
}
