/// The name of a container image, taken apart as the chart's values have it.
package struct InstalledImage: Sendable, Hashable {
    /// With the registry: `registry.example.com:5000/team/skyflo`.
    package var repository: String
    /// nil where the reference has none.
    package var tag: String?
    /// `sha256:…`; nil where the reference has none.
    package var digest: String?

    /// Reads `REPOSITORY[:TAG][@DIGEST]`; nil for what no registry could have. A port of the registry is no tag.
    package init?(_ text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count <= 2, let name = halves.first else { return nil }
        if halves.count == 2 {
            guard halves[1].hasPrefix("sha256:"), halves[1].utf8.count == 71 else { return nil }
            digest = String(halves[1])
        }
        let path = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = path.last, !path.contains("") else { return nil }
        let parts = last.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts.contains("") else { return nil }
        tag = parts.count == 2 ? String(parts[1]) : nil
        repository = String(tag.map { name.dropLast($0.utf8.count + 1) } ?? name)
        guard
            repository.utf8.allSatisfy({ byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || "._-/:".utf8.contains(byte)
            })
        else { return nil }
    }
}
