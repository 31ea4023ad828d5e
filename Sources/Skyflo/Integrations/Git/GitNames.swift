import KubeModel

/// The full name of a repository on a code host: `acme/shop`, and on GitLab with the groups that it is in.
package struct GitRepository: Sendable, Hashable, CustomStringConvertible {
    package let path: String

    /// - Throws: ``IntegrationError`` where the text is no such name.
    package init(_ text: String) throws(IntegrationError) {
        var name = text[...]
        while name.first == "/" { name.removeFirst() }
        while name.last == "/" { name.removeLast() }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...20).contains(parts.count), name.utf8.count <= 512, parts.allSatisfy(Self.isName) else {
            throw IntegrationError(
                .refused,
                message:
                    "repository: \(JSONWriter.string(.string(text.excerpt))) is no full name of a repository, such as "
                    + "acme/shop")
        }
        path = String(name)
    }

    private static func isName(_ part: Substring) -> Bool {
        !part.isEmpty && part != "." && part != ".."
            && part.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            }
    }

    package var description: String { path }
    package var parts: [String] { path.split(separator: "/").map(String.init) }
}

/// A branch, a tag or a commit, as git allows its name (`git check-ref-format`).
package struct GitReference: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// - Throws: ``IntegrationError`` where the text is no such name.
    package init(_ text: String) throws(IntegrationError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isName =
            !text.isEmpty && text.utf8.count <= 200 && !text.contains("..") && !text.contains("@{") && text.first != "-"
            && !text.unicodeScalars.contains {
                $0.value <= 0x20 || $0.value == 0x7F || "~^:?*[\\#%".unicodeScalars.contains($0)
            }
            && parts.allSatisfy { !$0.isEmpty && $0.first != "." && !$0.hasSuffix(".lock") && $0.last != "." }
        guard isName else {
            throw IntegrationError(
                .refused,
                message: "\(JSONWriter.string(.string(text.excerpt))) is no name of a branch, a tag or a commit")
        }
        description = text
    }

    /// Whether it can be a commit by its number, whole or abbreviated.
    package static func isCommit(_ text: some StringProtocol) -> Bool {
        (7...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
    }
}
