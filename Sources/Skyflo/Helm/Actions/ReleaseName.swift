/// The names that releases may have, and those that are made for them.
package enum ReleaseName {
    private static let pattern = #"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#

    /// - Throws: Helm's words for a name that no release may have.
    package static func check(_ name: String) throws(HelmError) {
        if name.isEmpty { throw HelmError("no name provided") }
        let isValid = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            part.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "-") }
                && !part.isEmpty && !part.hasPrefix("-") && !part.hasSuffix("-")
        }
        if !isValid || name.utf8.count > 53 {
            throw HelmError(
                "invalid release name, must match regex \(pattern) and the length must not be longer than 53")
        }
    }

    /// The name that a template makes, as of `--name-template`.
    package static func made(by template: String, environment: TemplateEnvironment) throws(HelmError) -> String {
        let file = RenderedFile(
            name: "name-template", text: ByteString(template), values: HelmMap(), basePath: "")
        let texts = try TemplateEngine(environment: environment).render([file])
        return texts[file.name]?.text ?? ""
    }
}
