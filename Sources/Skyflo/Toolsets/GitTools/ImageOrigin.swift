import Integrations
import KubeModel
import Writes

/// What an image and the workload that runs it tell of the commit that it was built of. The image's own labels are known to its
/// registry, which may not be one that is asked; who builds images often repeats them beside the workload.
struct ImageOrigin: Sendable, Hashable {
    /// A name that may be the commit's, and where it was found.
    struct Candidate: Sendable, Hashable {
        var ref: String
        var place: String
    }

    /// What may be the full name of its repository, or its address, the likeliest first.
    private(set) var repositories: [String] = []
    /// The likeliest first.
    private(set) var candidates: [Candidate] = []

    static let revisionKeys = ["org.opencontainers.image.revision", "org.label-schema.vcs-ref"]
    static let sourceKeys = ["org.opencontainers.image.source", "org.label-schema.vcs-url"]

    /// - Parameters:
    ///   - image: `registry:5000/acme/shop:1.4-1a2b3c4@sha256:…`
    ///   - metadata: of the workload and its pod template.
    ///   - labels: of the image.
    init(image: String, metadata: [JSONValue] = [], labels: [String: String] = [:]) {
        for key in Self.revisionKeys { if let value = labels[key] { add(value, from: "the image's label \(key)") } }
        repositories = Self.sourceKeys.compactMap { labels[$0] }
        let marks = metadata.flatMap { [$0["annotations"], $0["labels"]] }.compactMap { $0 }
        func marked(_ keys: [String]) -> [(key: String, value: String)] {
            keys.flatMap { key in marks.compactMap { $0[key]?.string.map { (key, $0) } } }
        }
        for (key, value) in marked(Self.revisionKeys) { add(value, from: key) }
        for (_, value) in marked(Self.sourceKeys) where !repositories.contains(value) { repositories.append(value) }
        let name = image.prefix { $0 != "@" }
        let last = name.split(separator: "/").last ?? ""
        let tag = last.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init)
        if let tag { addRefs(of: tag) }
        var parts = name.dropLast(tag.map { $0.count + 1 } ?? 0).split(separator: "/").map(String.init)
        if let first = parts.first, first.contains(".") || first.contains(":") || first == "localhost" {
            parts.removeFirst()
        }
        // An image of a repository may have a name of its own below it.
        for count in stride(from: parts.count, through: 2, by: -1) {
            repositories.append(parts.prefix(count).joined(separator: "/"))
        }
    }

    private mutating func add(_ ref: String, from place: String) {
        guard (try? GitReference(ref)) != nil, !candidates.contains(where: { $0.ref == ref }) else { return }
        candidates.append(Candidate(ref: ref, place: place))
    }

    /// `main-1a2b3c4-1700000000`, `sha-1a2b3c4`, `1.4.0-5-g1a2b3c4` (git describe), `v1.4.0`.
    private mutating func addRefs(of tag: String) {
        let words = tag.split { "-_.+".contains($0) }
        for word in words {
            var commit = word
            for prefix in ["sha", "git", "g"] where commit.hasPrefix(prefix) {
                commit = commit.dropFirst(prefix.count)
                break
            }
            // Dates and the numbers of builds have digits alone.
            let isNumber = commit.allSatisfy { $0.isNumber } && commit.count < 40
            if GitReference.isCommit(commit), !isNumber { add(String(commit), from: "the image's tag \(tag)") }
        }
        guard !["latest", "stable", "main", "master"].contains(tag) else { return }
        add(tag, from: "the image's tag \(tag)")
        if tag.first?.isNumber == true { add("v" + tag, from: "the image's tag \(tag)") }
        if tag.first == "v", tag.dropFirst().first?.isNumber == true {
            add(String(tag.dropFirst()), from: "the image's tag \(tag)")
        }
    }
}
