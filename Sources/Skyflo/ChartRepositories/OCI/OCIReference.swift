import Integrations

/// What a registry keeps, by name: `oci://HOST/PATH`, with a tag or a digest or neither.
struct OCIReference: Sendable, Hashable {
    /// As it was written, `docker.io` too; with the port that was written.
    let host: String
    /// The path, without slashes at its ends: `acme/charts/web`.
    let name: String
    let tag: String?
    /// `sha256:` and 64 hexadecimal digits.
    let digest: String?

    /// - Parameter url: `oci://HOST[:PORT]/PATH[:TAG][@DIGEST]`, or the same without `oci://`.
    /// - Returns: nil for what is none (distribution specification, "Pulling manifests").
    init?(_ url: String) {
        guard url.utf8.count <= 1024 else { return nil }
        var rest = url.hasPrefix("oci://") ? url.dropFirst(6) : url[...]
        var digest: String?
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        while rest.last == "/" { rest.removeLast() }
        let host = rest.prefix { $0 != "/" }
        var name = rest.dropFirst(host.count)
        var tag: String?
        if let colon = name.lastIndex(of: ":") {
            tag = String(name[name.index(after: colon)...])
            name = name[..<colon]
        }
        if name.first == "/" { name.removeFirst() }
        guard IntegrationOrigin.place(ofRedirect: "https://\(host)") != nil, !host.contains("@"),
            name.isEmpty || name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isSegment),
            name.utf8.count <= 255, tag.map(Self.isTag) ?? true, digest.map(Self.isDigest) ?? true
        else { return nil }
        (self.host, self.name, self.tag, self.digest) = (host.lowercased(), String(name), tag, digest)
    }

    /// - Parameter image: as a pod names it: without a host it is one of Docker Hub.
    init?(image: String) {
        let parts = image.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let hasHost =
            parts.count == 2 && (parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost")
        self.init(hasHost ? image : parts.count == 2 ? "docker.io/\(image)" : "docker.io/library/\(image)")
        if name.isEmpty { return nil }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { byte &- 97 < 26 || byte &- 48 < 10 }

    /// Lower case letters and digits, with `.`, `_`, `__` or hyphens between them.
    private static func isSegment(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isLetterOrDigit(first) && isLetterOrDigit(last)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || [0x2E, 0x5F, 0x2D].contains($0) } && !text.contains("..")
    }

    static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, first != 0x2E, first != 0x2D
        else { return false }
        return text.utf8.allSatisfy { $0 | 0x20 &- 97 < 26 || $0 &- 48 < 10 || [0x2E, 0x5F, 0x2D].contains($0) }
    }

    static func isDigest(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst(7)
        return text.hasPrefix("sha256:") && digits.count == 64
            && digits.allSatisfy { $0 &- 48 < 10 || $0 &- 97 < 6 }
    }

    /// Whether what another names is this, or below it.
    func contains(_ other: OCIReference) -> Bool {
        server == other.server && (name.isEmpty || other.name == name || other.name.hasPrefix(name + "/"))
    }

    /// The host that answers: Docker Hub's isn't the one of its names.
    var server: String { ["docker.io", "index.docker.io"].contains(host) ? "registry-1.docker.io" : host }

    func origin(isPlainHTTP: Bool) -> IntegrationOrigin? {
        IntegrationOrigin.place(ofRedirect: "\(isPlainHTTP ? "http" : "https")://\(server)")?.origin
    }

    /// `oci://HOST/PATH`
    var text: String { "oci://\(host)" + (name.isEmpty ? "" : "/\(name)") }
}

/// Tags can't have a plus, so Helm writes an underscore for it.
enum VersionTag {
    static func tag(of version: String) -> String { version.replacing("+", with: "_") }
    static func version(of tag: String) -> String { tag.replacing("_", with: "+") }
}
